"""Flows as contacts went through them: counts on every line, the contacts behind one, and the values that were seen."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Query
from pydantic import BaseModel

from skipline.api.access import Author, allows
from skipline.api.document_views import no_such_flow
from skipline.api.errors import Refused
from skipline.api.run_paths import words_of
from skipline.api.runs import RunSummaryView, summary_views
from skipline.api.services import Running, Services
from skipline.api.traffic_counts import Counted, count_traffic, passages_so_far, runs_going_on
from skipline.base.sentence import say
from skipline.base.value_types import write_plain
from skipline.flow.drawing import personal_names
from skipline.flow.editing import read_document
from skipline.flow.exits import exits_in
from skipline.flow.loading import load_flow
from skipline.flow.masks import MASK
from skipline.flow.telling import NO_WORDS
from skipline.model.access import Permission
from skipline.store import drafts, flows, runs, traffic
from skipline.store.errors import FlowUnknown
from skipline.store.traffic import Passage, Span
from skipline.workspace.files import flow_file
from skipline.workspace.reading import all_pieces

router = APIRouter(prefix="/flows", tags=["flows"])

LONG_AGO = timedelta(days=7)
MOST_RUNS_READ = 300
MOST_VALUES = 20
LONGEST_VALUE = 100


class Window(StrEnum):
    """How far back to look."""

    QUARTER = "15m"
    HOUR = "1h"
    TODAY = "today"


class StepTrafficView(BaseModel):
    """How many runs came to a step and left it, and by which exits; an empty exit: they ended there. `here` are calls
    that are at it now; those have entered it, and left it by no exit yet."""

    entered: int
    here: int
    exits: dict[str, int]


class TrafficView(BaseModel):
    """How many runs that started since then, and before `until` where there is one, went by each step; a run that went
    by one twice counts once. Calls count from their first step on, other runs once they are over or wait.

    `version` is the one whose steps are told of. Runs of every version count where it has the same step; `versions` is
    how many there are on each. `counted_at` is when it was counted: with very many runs that is some seconds ago."""

    version: int
    since: datetime
    until: datetime | None
    counted_at: datetime
    runs: int
    versions: dict[int, int]
    steps: dict[str, StepTrafficView]


Zone = Annotated[str, Query(description="where the day begins, such as Europe/Amsterdam")]
Day = Annotated[date | None, Query(description="a whole day in that zone instead of a window, such as 2026-05-01")]


@router.get("/{flow}/traffic")
@allows(Permission.RUNS_READ)
async def read_traffic(
    services: Running,
    flow: str,
    window: Window = Window.HOUR,
    day: Day = None,
    zone: Zone = "UTC",
    version: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> TrafficView:
    """How many contacts went by each step and exit lately: of the live version, or of the one that is named."""
    shown = version or await _shown_version(services, flow)
    span, words = _span(window, day, zone, services.clock()), await words_of(services, flow, shown)
    if words is NO_WORDS:
        await _version_text(services, flow, shown)
    exits = {step: [one.name for one in names] for step, names in words.exits.items()}
    asked = (flow, shown, window, day, zone)
    counted = await count_traffic(services, asked, flow, exits, span)
    steps = {step: _step_traffic(counted, step, ["", *names]) for step, names in exits.items()}
    return TrafficView(
        version=shown,
        since=span.since,
        until=span.until,
        counted_at=counted.at,
        runs=sum(counted.versions.values()),
        versions=counted.versions,
        steps=steps,
    )


@router.get("/{flow}/passages")
@allows(Permission.RUNS_READ)
async def list_passages(
    services: Running,
    actor: Author,
    flow: str,
    step: str,
    exit_: Annotated[str, Query(alias="exit")] = "",
    window: Annotated[Window | None, Query(description="without it, the last seven days")] = None,
    day: Day = None,
    zone: Zone = "UTC",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[RunSummaryView]:
    """The newest runs of that time that left a step by an exit (empty: that ended there), those that go on too."""
    now = services.clock()
    span = Span(now - LONG_AGO) if window is None and day is None else _span(window or Window.HOUR, day, zone, now)
    going_on = [one for one in runs_going_on(services, flow, span) if Passage(step, exit_) in passages_so_far(one)]
    begun = await services.database.read(runs.read_summaries, [one.id for one in going_on][:limit])
    ended = await services.database.read(traffic.read_passages, flow, Passage(step, exit_), span, limit=limit)
    found = {one.id: one for one in (*begun, *ended)}
    newest = sorted(found.values(), key=lambda one: (one.started_at, one.id), reverse=True)[:limit]
    return await summary_views(services, newest, actor)


@router.get("/{flow}/seen")
@allows(Permission.RUNS_READ)
async def list_seen(services: Running, flow: str) -> dict[str, list[str]]:
    """The values that each variable had in the newest runs of the last seven days, the most frequent first; for
    conditions to choose from. Personal ones and long texts are left out."""
    opened = await services.database.read(drafts.find_under_work, flow)
    if opened is not None and (opened.live_version or opened.based_on) is None:
        return {}
    _, text = await _version_text(services, flow, None)
    first, personal = await asyncio.to_thread(_beginning, flow, text)
    since = services.clock() - LONG_AGO
    found = await services.database.read(traffic.read_variables, flow, first, since, limit=MOST_RUNS_READ)
    return _values_in(found, personal)


def _values_in(found: list[dict[str, Any]], personal: frozenset[str]) -> dict[str, list[str]]:
    counts: dict[str, Counter[str]] = {}
    for name, value in (pair for variables in found for pair in variables.items()):
        written = write_plain(value) if isinstance(value, str | int | float) else ""
        if written.strip() and MASK not in written and len(written) <= LONGEST_VALUE and name not in personal:
            counts.setdefault(name, Counter())[written] += 1
    return {name: [value for value, _ in counts[name].most_common(MOST_VALUES)] for name in sorted(counts)}


def _step_traffic(counted: Counted, step: str, exits: list[str]) -> StepTrafficView:
    passed = counted.passages
    went = {name: passed[Passage(step, name)] for name in exits if Passage(step, name) in passed}
    here = counted.here.get(step, 0)
    return StepTrafficView(entered=sum(went.values()) + here, here=here, exits=went)


async def _version_text(services: Services, flow: str, version: int | None) -> tuple[int, str]:
    version = version or await _shown_version(services, flow)
    try:
        found = await services.database.read(flows.read_version, flow, version)
    except FlowUnknown:
        raise Refused(
            404, "not_found", say("There is no version {version} of flow {flow}.", version=version, flow=flow)
        ) from None
    return version, found.content.text


async def _shown_version(services: Services, flow: str) -> int:
    """The live version, or else the one that people work on."""
    opened = await services.database.read(drafts.find_under_work, flow)
    if opened is None:
        raise no_such_flow(flow)
    version = opened.live_version or opened.based_on
    if version is None:
        raise Refused(404, "not_found", say("Flow {flow} was never published.", flow=flow))
    return version


def _exits_of(flow: str, text: str) -> dict[str, list[str]]:
    """Every exit of every step, as the flow's text has it."""
    document = read_document(text)
    if document is None:
        return {}
    loaded = load_flow(text, flow_file(flow), all_pieces())
    made = loaded.drawing.steps if loaded.drawing is not None else {}
    return {step: [one.name for one in exits] for step, exits in exits_in(document, made, all_pieces()).items()}


def _beginning(flow: str, text: str) -> tuple[list[Passage], frozenset[str]]:
    """The ways out of a flow's first step, by which every run of it went, and the names of its personal variables."""
    document, loaded = read_document(text), load_flow(text, flow_file(flow), all_pieces())
    start = str(document["start"]) if document is not None else ""
    personal = frozenset(personal_names(loaded.drawing)) if loaded.drawing is not None else frozenset()
    return [Passage(start, name) for name in ("", *_exits_of(flow, text).get(start, ()))], personal


def _span(window: Window, day: date | None, zone: str, now: datetime) -> Span:
    if day is None and window is not Window.TODAY:
        return Span(now - timedelta(minutes=15 if window is Window.QUARTER else 60))
    try:
        here = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(
            422, "bad_zone", say("There is no time zone {zone}: write one such as Europe/Amsterdam.", zone=zone)
        ) from None
    if day is None:
        return Span(_midnight(now.astimezone(here).date(), here))
    if day >= date.max:
        raise Refused(422, "bad_day", say("{day} has no day after it.", day=day))
    return Span(_midnight(day, here), _midnight(day + timedelta(days=1), here))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
