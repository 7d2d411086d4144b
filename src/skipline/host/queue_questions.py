"""What nodes ask the leader about its queues, as plain JSON: a question's name, its arguments, and the answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from skipline.centre.lines import Standing
from skipline.flow.names import queue_figures
from skipline.model.ids import EntryId
from skipline.model.queueing import Estimate
from skipline.queue.explain import ExplainedEntry, explain_entry, position_of
from skipline.queue.figures import Displacement, QueueFigures, displacements, figures_of
from skipline.queue.lists import (
    AgentStanding,
    TierFigures,
    WaitingEntry,
    agent_standing,
    agent_standings,
    tier_figures,
    waiting_entries,
)
from skipline.queue.reach import reworded, unbound
from skipline.queue.state import QueueState

MOST_STANDINGS = 200


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What a node that does not lead knows of the queues: their figures, and where its own entries stand."""

    figures: dict[str, dict[str, Any]] = {}
    standings: dict[EntryId, Standing] = {}


class _Question(msgspec.Struct, frozen=True):
    name: str
    values: tuple[Any, ...] = ()


def ask(name: str, *values: object) -> str:
    """A question as it is sent."""
    return msgspec.json.encode(_Question(name, values)).decode()


def answer(state: QueueState, asked: str, now: datetime) -> str:
    """The answer as it is sent back. Raises `KeyError` for a question that is none."""
    question = msgspec.json.decode(asked, type=_Question)
    return msgspec.json.encode(_QUESTIONS[question.name][0](state, now, *question.values)).decode()


def read_answer(name: str, answered: str) -> Any:
    """The answer as it was given."""
    return msgspec.json.decode(answered, type=_QUESTIONS[name][1])


def estimate_of(state: QueueState, now: datetime, entry: EntryId) -> Estimate | None:
    """How long a waiting entry is still expected to wait; None when nobody can say."""
    stay = state.stays.get(entry)
    if stay is None or state.estimate_of is None or stay.is_with_agent:
        return None
    return state.estimate_of(state, stay, now)


def _explain(state: QueueState, now: datetime, entry: EntryId) -> ExplainedEntry | None:
    found = explain_entry(state, entry, now)
    if found is None:
        return None
    why, considered = tuple(map(reworded, found.why)), tuple(map(reworded, found.agents_considered))
    return msgspec.structs.replace(found, entry=unbound(found.entry), why=why, agents_considered=considered)


def _view(state: QueueState, now: datetime, entries: Sequence[EntryId]) -> View:
    figures = {name: _figures(state, name, now) for name in state.halls}
    standings = {entry: standing for entry in entries[:MOST_STANDINGS] if (standing := _standing(state, now, entry))}
    return View(figures=figures, standings=standings)


def _figures(state: QueueState, name: str, now: datetime) -> dict[str, Any]:
    found = figures_of(state, name, now)
    assert found is not None  # noqa: S101 - one of the state's own
    return queue_figures(
        waiting=found.waiting,
        longest_wait_seconds=found.longest_wait_seconds,
        agents_ready=found.agents_ready,
        agents_ready_in_writing=found.agents_ready_for_messages,
        estimated_wait_seconds=None if found.estimate is None else found.estimate.seconds,
    )


def _standing(state: QueueState, now: datetime, entry: EntryId) -> Standing | None:
    position = position_of(state, entry, now)
    return None if position is None else Standing(position=position, estimate=estimate_of(state, now, entry))


_QUESTIONS: Mapping[str, tuple[Callable[..., object], Any]] = {
    "explain": (_explain, ExplainedEntry | None),
    "estimate": (estimate_of, Estimate | None),
    "figures": (lambda state, now, queue: figures_of(state, queue, now), QueueFigures | None),
    "tiers": (lambda state, now, queue: tier_figures(state, queue, now), list[TierFigures]),
    "displacements": (lambda state, _, queue: displacements(state, queue), list[Displacement]),
    "waiting": (lambda state, now, queue, most: waiting_entries(state, queue, now, most), list[WaitingEntry]),
    "agents": (lambda state, _, queue: agent_standings(state, queue), list[AgentStanding]),
    "agent": (lambda state, _, name: agent_standing(state, name), AgentStanding | None),
    "view": (_view, View),
}
