"""Who waits in a queue, what its agents do, and how each tier fares: lists for people who watch."""

from datetime import datetime

import msgspec

from skipline.model.ids import EntryId
from skipline.model.queueing import AgentState, EntryState, Estimate, Medium, Place
from skipline.queue.figures import estimate_for
from skipline.queue.hall import Hall
from skipline.queue.instants import Instant, as_instant, in_seconds
from skipline.queue.line import Line
from skipline.queue.seat import Seat
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay


class WaitingEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a line. `position` is as `explain.position_of` has it; who is being offered stands first."""

    entry: EntryId
    queue: str
    tier: str
    state: EntryState
    position: int
    waited_seconds: float
    credit_seconds: float
    joined_at: datetime
    contact_name: str
    contact_phone: str
    is_call_back: bool


class AgentStanding(msgspec.Struct, frozen=True, kw_only=True):
    """An agent at one moment. `reason` is why they are away; `media` what they can be reached for; `entries` are those
    they have or are offered."""

    agent: str
    state: AgentState
    reason: str
    is_reachable: bool
    media: tuple[Medium, ...]
    calls: int
    chats: int
    entries: tuple[EntryId, ...]
    queues: tuple[str, ...]


class TierFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One tier in one queue. `agents_ready` could be given a call of this tier now: those kept idle for higher tiers
    could not. `estimate` is the wait of somebody of this tier who came now."""

    tier: str
    waiting: int
    longest_wait_seconds: float
    agents_ready: int
    estimate: Estimate | None = None


def waiting_entries(state: QueueState, queue: str, now: datetime, most: int) -> list[WaitingEntry]:
    """The first of a queue, in the order in which they would be taken."""
    instant, hall = as_instant(now), state.halls.get(queue)
    if hall is None:
        return []
    unanswered = [
        stay for stay in state.stays.values() if stay.grade.hall.queue.name == queue and not stay.is_with_agent
    ]
    unanswered.sort(key=lambda stay: _order(stay, instant))
    offered = sum(1 for stay in unanswered if stay.state is EntryState.RESERVED)
    return [
        _waiting(stay, instant, max(1, place - offered + 1) if place >= offered else 1)
        for place, stay in enumerate(unanswered[:most])
    ]


def _order(stay: Stay, now: Instant) -> tuple[bool, object]:
    return stay.state is EntryState.WAITING, stay.grade.key(stay.since, stay.entry.id, now)


def _waiting(stay: Stay, now: Instant, position: int) -> WaitingEntry:
    entry = stay.entry
    return WaitingEntry(
        entry=entry.id,
        queue=entry.place.queue,
        tier=entry.place.tier,
        state=stay.state,
        position=position,
        waited_seconds=in_seconds(stay.waited_by(now)),
        credit_seconds=entry.place.credit_seconds,
        joined_at=entry.joined_at,
        contact_name=entry.contact_name,
        contact_phone=entry.contact_phone,
        is_call_back=entry.is_call_back,
    )


def agent_standing(state: QueueState, agent: str) -> AgentStanding | None:
    """What an agent does; None when nobody of this name is configured."""
    seat = state.seats.get(agent)
    return None if seat is None or seat.is_removed else _standing(seat)


def agent_standings(state: QueueState, queue: str | None = None) -> list[AgentStanding]:
    """Every agent, or those of one queue, by name."""
    wanted = (seat for seat in state.seats.values() if not seat.is_removed)
    return [_standing(seat) for seat in sorted(wanted, key=lambda seat: seat.name) if _serves(seat, queue)]


def _serves(seat: Seat, queue: str | None) -> bool:
    return queue is None or queue in seat.agent.queues


def _standing(seat: Seat) -> AgentStanding:
    offered = (offer.stay.entry.id for offer in seat.offers.values())
    return AgentStanding(
        agent=seat.name,
        state=seat.state,
        reason=seat.reason,
        is_reachable=seat.is_reachable,
        media=seat.media,
        calls=seat.calls,
        chats=seat.chats,
        entries=tuple(dict.fromkeys([*seat.stays, *offered])),
        queues=seat.agent.queues,
    )


def tier_figures(state: QueueState, queue: str, now: datetime) -> list[TierFigures]:
    """Every tier of a queue, the highest first, and then what waits under a tier that nobody knows."""
    hall, instant = state.halls.get(queue), as_instant(now)
    if hall is None:
        return []
    lines: dict[str, list[Line]] = {tier: [] for tier in hall.tiers}
    for line in hall.lines:
        if len(line):
            lines.setdefault(line.grade.tier, []).append(line)
    figures = (_tier(hall, tier, own, instant) for tier, own in lines.items())
    return [
        msgspec.structs.replace(one, estimate=estimate_for(state, Place(queue=queue, tier=one.tier), now))
        for one in figures
    ]


def _tier(hall: Hall, tier: str, lines: list[Line], now: Instant) -> TierFigures:
    kept_idle = hall.grade_of(Place(queue=hall.queue.name, tier=tier)).kept_idle
    return TierFigures(
        tier=tier,
        waiting=sum(map(len, lines)),
        longest_wait_seconds=max((in_seconds(line.longest_wait(now)) for line in lines), default=0.0),
        agents_ready=max(0, hall.ready[Medium.CALL] - kept_idle),
    )
