"""Visits and spells for the tests of reports, each told apart by its number."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from skipline.model.ids import CallId, EntryId, RunId
from skipline.model.queueing import AgentSpell, AgentState, EntryState, Estimate, Medium, Visit

NOON = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


def make_visit(number: int = 1, *, after_seconds: float = 0.0, waited: float = 10.0, **more: Any) -> Visit:
    """A gold caller of queue vip, answered by ana after `waited` seconds, who talked for a minute."""
    joined_at = NOON + timedelta(seconds=after_seconds)
    ended = more.get("ended", EntryState.CONNECTED)
    is_answered = ended is EntryState.CONNECTED
    visit = Visit(
        entry=EntryId(f"call{number}:1"),
        queue="vip",
        tier="gold",
        medium=Medium.CALL,
        target_seconds=10.0,
        joined_at=joined_at,
        left_at=joined_at + timedelta(seconds=waited),
        ended=ended,
        waited_seconds=waited,
        agent="ana" if is_answered else "",
        talk_seconds=60.0 if is_answered else 0.0,
        call=CallId(f"call{number}"),
        run=RunId(f"call{number}"),
    )
    return msgspec.structs.replace(visit, **more)


def abandoned(number: int = 1, *, waited: float, **more: Any) -> Visit:
    """A caller who gave up."""
    return make_visit(number, waited=waited, ended=EntryState.ABANDONED, **more)


def told(seconds: float, high: float) -> Estimate:
    """A wait that was announced."""
    return Estimate(seconds=seconds, low=0.0, high=high)


def make_spell(agent: str, state: AgentState, begins: float, ends: float | None, reason: str = "") -> AgentSpell:
    """A spell from so many seconds after noon to so many."""
    return AgentSpell(
        agent=agent,
        state=state,
        began_at=NOON + timedelta(seconds=begins),
        ended_at=None if ends is None else NOON + timedelta(seconds=ends),
        reason=reason,
    )
