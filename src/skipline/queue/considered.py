"""Why each agent has an entry, or does not."""

from skipline.model.queueing import AgentState, EntryState, Medium
from skipline.queue.instants import Instant, in_seconds
from skipline.queue.line import Line
from skipline.queue.matching import may_take
from skipline.queue.placing import REFUSED, needs_after
from skipline.queue.seat import Seat
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay

_DOING = {
    AgentState.ENGAGED: "talks with somebody",
    AgentState.RESERVED: "is being offered another",
    AgentState.WRAP_UP: "wraps up",
}


def agents_considered(state: QueueState, stay: Stay, now: Instant, most: int = 100) -> tuple[str, ...]:
    """A sentence for each agent of the entry's queue, or whom it asks for by name: at most `most` of them, then first
    of all the one who has it."""
    line, seats = line_seen(state, stay, now), _concerned(state, stay)
    if len(seats) > most:
        chosen = stay.offer.seat if stay.offer is not None else stay.seat
        seats.sort(key=lambda seat: seat is not chosen)
    sentences = [f"{seat.name}: {_reason(state, stay, line, seat, now)}." for seat in seats[:most]]
    more = [f"And {len(seats) - most} more."] if len(seats) > most else []
    return (*sentences, *more)


def line_seen(state: QueueState, stay: Stay, now: Instant) -> Line:
    """The line that an entry stands in; for one that an agent has or is offered, as it would stand among all."""
    if stay.line is not None:
        return stay.line
    needs = needs_after(stay.entry.place, now - stay.joined_at)
    profiles = state.profiles_for(stay.grade.hall, needs)
    refused = frozenset(stay.refused)
    return Line(grade=stay.grade, medium=stay.medium, needs=needs, refused=refused, profiles=profiles)


def _concerned(state: QueueState, stay: Stay) -> list[Seat]:
    """The agents who could be asked, by name."""
    hall = stay.grade.hall
    named = {name for preference in stay.entry.place.preferences for name in preference.agents}
    found = (
        seat for seat in state.seats.values() if hall in seat.profile.halls or seat.name in named or seat is stay.seat
    )
    return sorted(found, key=lambda seat: seat.name)


def _reason(state: QueueState, stay: Stay, line: Line, seat: Seat, now: Instant) -> str:
    if stay.seat is seat:
        return "has it, and wraps up" if stay.state is EntryState.WRAPPING else "has it"
    if stay.offer is not None and stay.offer.seat is seat:
        return f"is being offered it, for {in_seconds(now - stay.offer.made_at):.0f} s now"
    return (
        _absence(seat, line.medium)
        or _unfit(line, seat)
        or _refusal(state, stay, line, seat, now)
        or _no_room(line.medium, seat)
        or _kept(stay, line)
        or ("could take it now" if stay.offer is None and stay.seat is None else "could have taken it")
    )


def _absence(seat: Seat, medium: Medium) -> str:
    if not seat.is_reachable or seat.is_removed:
        return "is not signed in"
    if medium not in seat.media:
        return "has no phone that is registered" if medium is Medium.CALL else "is not signed in for messages"
    return f"is away ({seat.reason})" if seat.reason else ""


def _unfit(line: Line, seat: Seat) -> str:
    if line.preferred:
        return "" if seat.name in line.preferred else f"it asks for {' or '.join(line.preferred)} for now"
    if line.grade.hall not in seat.profile.halls:
        return f"does not serve {line.grade.hall.queue.name}"
    lacking = [
        f"{skill} >= {level} (has {seat.profile.skills.get(skill, 0)})"
        for skill, level in line.needs
        if seat.profile.skills.get(skill, 0) < level
    ]
    return f"lacks {' and '.join(lacking)}" if lacking else ""


def _refusal(state: QueueState, stay: Stay, line: Line, seat: Seat, now: Instant) -> str:
    until = stay.refused.get(seat.name, 0)
    if until <= now or may_take(state, seat, line):
        return ""
    return f"refused it or left it unanswered {in_seconds(now - until + REFUSED):.0f} s ago"


def _no_room(medium: Medium, seat: Seat) -> str:
    if seat.has_room(medium):
        return ""
    doing = _DOING.get(seat.state, "is busy")
    return f"{doing} ({seat.calls} calls and {seat.chats} messages in hand)" if seat.chats else doing


def _kept(stay: Stay, line: Line) -> str:
    grade = stay.grade
    ready = grade.hall.ready[line.medium]
    if not grade.kept_idle or ready > grade.kept_idle:
        return ""
    above = [tier for rank, tier in enumerate(grade.hall.tiers) if rank < grade.rank]
    tiers = " and ".join(tier for tier in above if grade.hall.queue.reserves.get(tier))
    return f"is kept idle for {tiers} ({grade.kept_idle} kept, {ready} idle)"
