"""Flows as contacts went through them: counts on every line, the contacts behind one, and the values that were seen."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Query
from pydantic import BaseModel

from skipline.api.access import allows
from skipline.api.document_views import no_such_flow
from skipline.api.errors import Refused
from skipline.api.runs import RunSummaryView
from skipline.api.services import Running, Services
from skipline.base.value_types import write_plain
from skipline.flow.drawing import personal_names
from skipline.flow.editing import read_document
from skipline.flow.exits import exits_in
from skipline.flow.loading import load_flow
from skipline.flow.masks import MASK
from skipline.model.access import Permission
from skipline.store import drafts, flows, traffic
from skipline.store.errors import FlowUnknown
from skipline.store.traffic import Passage
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
    """How many runs came to a step and left it, and by which exits; an empty exit: they ended there."""

    entered: int
    exits: dict[str, int]


class TrafficView(BaseModel):
    """How many runs that started since then went by each step. Runs count once they are over or wait for a message;
    `version` is the one whose steps are told of, whichever version a run was on."""

    version: int
    since: datetime
    steps: dict[str, StepTrafficView]


@router.get("/{flow}/traffic")
@allows(Permission.RUNS_READ)
async def read_traffic(
    services: Running,
    flow: str,
    window: Window = Window.HOUR,
    zone: Annotated[str, Query(description="where the day begins, such as Europe/Amsterdam")] = "UTC",
    version: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> TrafficView:
    """How many contacts went by each step and exit lately: of the live version, or of the one that is named."""
    shown, text = await _version_text(services, flow, version)
    since = _since(window, zone, services.clock())
    exits = await asyncio.to_thread(_exits_of, flow, text)
    passages = [Passage(step, name) for step, names in exits.items() for name in ("", *names)]
    counts = await services.database.read(traffic.count_passages, flow, passages, since)
    steps = {step: _step_traffic(counts, step, ["", *names]) for step, names in exits.items()}
    return TrafficView(version=shown, since=since, steps=steps)


@router.get("/{flow}/passages")
@allows(Permission.RUNS_READ)
async def list_passages(
    services: Running,
    flow: str,
    step: str,
    exit_: Annotated[str, Query(alias="exit")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[RunSummaryView]:
    """The newest runs of the last seven days that left a step by an exit (empty: that ended there)."""
    since = services.clock() - LONG_AGO
    found = await services.database.read(traffic.read_passages, flow, Passage(step, exit_), since, limit=limit)
    return [RunSummaryView.model_validate(one) for one in found]


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
        if written.strip() and written != MASK and len(written) <= LONGEST_VALUE and name not in personal:
            counts.setdefault(name, Counter())[written] += 1
    return {name: [value for value, _ in counts[name].most_common(MOST_VALUES)] for name in sorted(counts)}


def _step_traffic(counts: dict[Passage, int], step: str, exits: list[str]) -> StepTrafficView:
    went = {name: counts[Passage(step, name)] for name in exits if Passage(step, name) in counts}
    return StepTrafficView(entered=sum(went.values()), exits=went)


async def _version_text(services: Services, flow: str, version: int | None) -> tuple[int, str]:
    if version is None:
        opened = await services.database.read(drafts.find_under_work, flow)
        if opened is None:
            raise no_such_flow(flow)
        version = opened.live_version or opened.based_on
        if version is None:
            raise Refused(404, "not_found", f"Flow {flow} was never published.")
    try:
        found = await services.database.read(flows.read_version, flow, version)
    except FlowUnknown:
        raise Refused(404, "not_found", f"There is no version {version} of flow {flow}.") from None
    return version, found.content.text


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


def _since(window: Window, zone: str, now: datetime) -> datetime:
    if window is not Window.TODAY:
        return now - timedelta(minutes=15 if window is Window.QUARTER else 60)
    try:
        here = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(422, "bad_zone", f"There is no time zone {zone}: write one such as Europe/Amsterdam.") from None
    return here.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
