"""New queues, tiers and agents while entries wait and agents talk.

Everything that is compiled from the configuration is built anew; what is known of entries and agents stays. Entries
keep their effective arrival. One whose queue is gone overflows; one whose tier is gone waits on behind the others. An
agent who is gone keeps what they have in hand, and what rings at theirs is offered to others.
"""

from collections.abc import Iterable

from skipline.model.queue_events import QueuesConfigured
from skipline.model.queueing import Agent, EntryState
from skipline.queue.hall import Hall
from skipline.queue.offering import take_back
from skipline.queue.profile import Profile
from skipline.queue.seat import Seat
from skipline.queue.seating import count_presence, forget_seat, free
from skipline.queue.state import QueueState, Turn
from skipline.queue.stay import Stay

_Alike = tuple[tuple[str, ...], tuple[tuple[str, int], ...]]
_ENDED = (EntryState.CLOSED, EntryState.ABANDONED, EntryState.OVERFLOWED)


def configure(turn: Turn, event: QueuesConfigured) -> None:
    """The queues, tiers and agents are those of `event` from now on."""
    state = turn.state
    state.tiers = {tier.name: tier for tier in event.tiers}
    closed = _build_halls(state, event)
    state.keeps_agents = any(hall.keeps_agents for hall in state.halls.values())
    _clear_lines(turn)
    lane_turns = {_alike_of(profile): profile.since_lane for profile in state.profiles}
    _reseat(state, event.agents)
    for profile in state.profiles:
        profile.since_lane = lane_turns.get(_alike_of(profile), 0)
    for seat in list(state.seats.values()):
        _see_seat(turn, seat)
    for stay in [stay for stay in state.stays.values() if stay.offer is not None]:
        if stay.grade.hall in closed and stay.offer is not None:
            take_back(turn, stay.offer, f"There is no queue {stay.entry.place.queue} any more.")


def _build_halls(state: QueueState, event: QueuesConfigured) -> list[Hall]:
    """New halls with the old counts and ledgers; gives those that are closed now."""
    before = state.halls
    state.halls = {queue.name: _hall(Hall(queue, state.tiers), before.get(queue.name)) for queue in event.queues}
    closed = {name: hall for name, hall in before.items() if name not in state.halls}
    for hall in closed.values():
        hall.is_open = False
    for stay in state.stays.values():
        _move_in(state, stay)
    return list(closed.values())


def _hall(hall: Hall, before: Hall | None) -> Hall:
    if before is not None:
        hall.ledger = before.ledger
        hall.counts.update({ended: before.counts[ended] for ended in _ENDED})
    return hall


def _move_in(state: QueueState, stay: Stay) -> None:
    hall = state.halls.get(stay.entry.place.queue)
    if hall is not None:
        stay.grade = hall.grade_of(stay.entry.place)
        hall.count(stay.grade.tier, None, stay.state)


def _clear_lines(turn: Turn) -> None:
    state = turn.state
    state.lines.clear()
    state.fitting.clear()
    for stay in state.stays.values():
        stay.line = None
        if stay.state is EntryState.WAITING:
            turn.loose.append(stay)


def _reseat(state: QueueState, agents: Iterable[Agent]) -> None:
    profiles: dict[_Alike, Profile] = {}
    configured = {agent.name: agent for agent in agents}
    for name, agent in configured.items():
        profile = _profile_of(state, agent, profiles)
        if name in state.seats:
            _move_seat(state.seats[name], agent, profile)
        else:
            state.seats[name] = Seat(agent, profile)
        profile.size += 1
        for hall in profile.halls:
            hall.size += 1
    nowhere = Profile(halls=(), skills={}, breadth=0, lane_every=0)
    for name, seat in state.seats.items():
        if name not in configured:
            _move_seat(seat, seat.agent, nowhere)
            seat.is_removed = True
    state.profiles = list(profiles.values())


def _profile_of(state: QueueState, agent: Agent, profiles: dict[_Alike, Profile]) -> Profile:
    halls = tuple(state.halls[name] for name in sorted(set(agent.queues)) if name in state.halls)
    alike = (tuple(hall.queue.name for hall in halls), tuple(sorted(agent.skills.items())))
    if alike not in profiles:
        lanes = [hall.queue.fair_lane for hall in halls if hall.queue.fair_lane > 0]
        profiles[alike] = Profile(
            halls=halls,
            skills=agent.skills,
            breadth=len(halls) + len(agent.skills),
            lane_every=min(lanes, default=0),
            is_plain=len({hall.queue.policy for hall in halls}) <= 1
            and not any(hall.keeps_agents or hall.queue.shares for hall in halls),
            keeping_halls=tuple(hall for hall in halls if hall.keeps_agents),
        )
    return profiles[alike]


def _alike_of(profile: Profile) -> _Alike:
    return tuple(hall.queue.name for hall in profile.halls), tuple(sorted(profile.skills.items()))


def _move_seat(seat: Seat, agent: Agent, profile: Profile) -> None:
    """Counters and lines are new, so what the agent was counted in is forgotten."""
    seat.agent, seat.profile, seat.is_removed = agent, profile, False
    seat.own_lines = []
    seat.tickets = dict.fromkeys(seat.tickets)
    seat.counted_present = seat.counted_signed_in = ()


def _see_seat(turn: Turn, seat: Seat) -> None:
    count_presence(turn, seat)
    if seat.is_removed:
        for offer in list(seat.offers.values()):
            take_back(turn, offer, f"{seat.name} is no agent any more.")
        if not seat.stays:
            forget_seat(turn.state, seat)
    free(turn, seat)
