"""The paths of runs in words, for many runs at once: each version of a flow is read once, because versions never
change."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from pydantic import BaseModel, ConfigDict

from skipline.api.services import Services
from skipline.centre.state import Serving
from skipline.flow.telling import NO_WORDS, FlowWords, PathPart, path_in_words, read_flow_words
from skipline.model.ids import CallId
from skipline.model.record import PassedStep, RunSummary
from skipline.model.run import Run
from skipline.store import flows
from skipline.store.errors import FlowUnknown
from skipline.store.runs import waited_seconds_in
from skipline.workspace.reading import all_pieces


class PathPartView(BaseModel):
    """One part of a run's path. With an `exit` it is a decision, and `label` says which way it went; without, it is
    where the contact came to, and `label` is that step's name, empty when it has none."""

    model_config = ConfigDict(from_attributes=True)

    step: str
    type: str
    exit: str
    label: str


async def paths_of(services: Services, summaries: Iterable[RunSummary]) -> list[list[PathPartView]]:
    """The path of each of these runs, told by the version that it is on."""
    listed = tuple(summaries)
    words = {key: await words_of(services, *key) for key in dict.fromkeys((one.flow, one.version) for one in listed)}
    return [_views(path_in_words(one.steps, words[one.flow, one.version], all_pieces())) for one in listed]


def with_progress(services: Services, summary: RunSummary) -> RunSummary:
    """A run in a list with the steps that it has taken by now: what goes on is not on the disk yet."""
    if summary.ended_at is not None or summary.call is None:
        return summary
    serving = services.host.centre.runs.get(CallId(summary.call))
    if serving is None or serving.run.id != summary.id:
        return summary
    return msgspec.structs.replace(
        summary, steps=tuple(steps_so_far(serving.run)), waited_seconds=_waited_so_far(serving, services.clock())
    )


def _waited_so_far(serving: Serving, now: datetime) -> float:
    """The time in queues of a call that goes on: stays that are over, and the one that is not."""
    stay = serving.stay
    own = 0.0 if stay is None else stay.waited_seconds + stay.waited(now)
    return round(waited_seconds_in(entry.detail for entry in serving.run.trace) + own, 1)


def steps_so_far(run: Run) -> Iterable[PassedStep]:
    """The steps that a run has left, and the one at which it is."""
    yield from (PassedStep(one.step, one.type, one.exit) for one in run.trace)
    if run.step is not None and not run.outer:
        yield PassedStep(run.step, run.step_type, "")


def _views(parts: Iterable[PathPart]) -> list[PathPartView]:
    return [PathPartView.model_validate(one) for one in parts]


async def words_of(services: Services, flow: str, version: int) -> FlowWords:
    """What a version of a flow calls its steps and exits; nothing when there is no such version."""
    known = services.flow_words.get((flow, version))
    if known is None:
        known = await _read_words(services, flow, version)
        services.flow_words.keep((flow, version), known)
    return known


async def _read_words(services: Services, flow: str, version: int) -> FlowWords:
    try:
        found: Any = await services.database.read(flows.read_version, flow, version)
    except FlowUnknown:
        return NO_WORDS
    return await asyncio.to_thread(read_flow_words, found.content.text, all_pieces())
