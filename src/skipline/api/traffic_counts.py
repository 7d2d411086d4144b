"""Counts of how runs went through a flow: from the database those that are over or wait, and from memory the calls that
go on.

The database is asked again once a second at most, and more seldom the longer it took: however many look at a flow, and
however much went through it, counting takes a twentieth of one processor at most. Calls are counted anew each time.
A call that has just ended counts as it was last seen until the database has been asked twice, because its row may still
be on its way; so no figure falls and rises again. With several nodes, calls that go on elsewhere count once they are
over.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from skipline.api.services import Services
from skipline.model.ids import RunId
from skipline.model.run import Run
from skipline.store import traffic
from skipline.store.traffic import Passage, Span

FRESH = timedelta(seconds=0.9)
SHARE = 20
"""How many times as long as it took to count, the counts serve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted, and when. `here` is how many calls are at each step now."""

    at: datetime
    passages: Mapping[Passage, int]
    versions: dict[int, int]
    here: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Call:
    """A call as it was last seen: the exits that it took, and the step at which it is; empty: it is gone."""

    passages: frozenset[Passage]
    here: str


@dataclass(slots=True, kw_only=True)
class _Kept:
    """What the database said of all runs but those in `calls`. `gone` of these were over already when it was asked."""

    at: datetime
    until: datetime
    passages: Mapping[Passage, int]
    versions: dict[int, int]
    calls: dict[RunId, _Call]
    gone: frozenset[RunId]


async def count_traffic(
    services: Services, asked: Hashable, flow: str, exits: Mapping[str, Collection[str]], span: Span
) -> Counted:
    """The counts of a flow's runs of a span. `asked` names the question: who asks the same shares the answer."""
    kept: _Kept | None = services.counts.get(asked)
    if kept is None or services.clock() >= kept.until:
        kept = await _ask(services, flow, exits, span, kept)
        services.counts.keep(asked, kept)
    now_on = {run.id: _seen(run) for run in runs_going_on(services, flow, span)}
    gone = {run: _Call(call.passages, "") for run, call in kept.calls.items() if run not in now_on}
    kept.calls = gone | now_on
    return _with_calls(kept)


def runs_going_on(services: Services, flow: str, span: Span) -> list[Run]:
    """The runs of calls that go on here now."""
    runs = (one.run for one in services.host.centre.runs.values())
    return [run for run in runs if run.flow == flow and span.covers(run.started_at)]


def passages_so_far(run: Run) -> frozenset[Passage]:
    """The exits by which a run left steps so far."""
    return frozenset(Passage(entry.step, entry.exit) for entry in run.trace)


async def _ask(
    services: Services, flow: str, exits: Mapping[str, Collection[str]], span: Span, before: _Kept | None
) -> _Kept:
    now, now_on = services.clock(), {run.id for run in runs_going_on(services, flow, span)}
    known = {} if before is None else {run: call for run, call in before.calls.items() if run not in before.gone}
    gone = {run: call for run, call in known.items() if run not in now_on}
    passages = [Passage(step, name) for step, names in exits.items() for name in ("", *names)]
    counts = await services.database.read(traffic.count_passages, flow, passages, span, now_on | gone.keys())
    versions = await services.database.read(traffic.count_versions, flow, span)
    took = services.clock() - now
    until = now + max(FRESH, SHARE * took)
    return _Kept(at=now, until=until, passages=counts, versions=versions, calls=gone, gone=frozenset(gone))


def _with_calls(kept: _Kept) -> Counted:
    passages, here = Counter(kept.passages), Counter(call.here for call in kept.calls.values() if call.here)
    for call in kept.calls.values():
        passages.update(call.passages)
    return Counted(at=kept.at, passages=passages, versions=kept.versions, here=here)


def _seen(run: Run) -> _Call:
    step = run.outer[0].step if run.outer else run.step
    return _Call(passages_so_far(run), step or "")
