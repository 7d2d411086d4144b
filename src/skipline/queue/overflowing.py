"""When an entry gives up on its queue, and where it goes."""

import msgspec

from skipline.model.queue_events import EntryOverflowed
from skipline.model.queueing import Entry, Estimate, SkillNeed
from skipline.queue.instants import in_seconds
from skipline.queue.joining import open_stay
from skipline.queue.records import close_stay
from skipline.queue.state import Turn
from skipline.queue.stay import Stay
from skipline.queue.tables import EntryMove


def reason_to_overflow(turn: Turn, stay: Stay) -> str:
    """Why a waiting entry gives up on its queue now, as a sentence; empty when it does not. A call-back that no other
    queue would take waits on: nobody is on the line whom a flow could tell that the promise is not kept."""
    hall = stay.grade.hall
    rules = hall.queue.overflow
    if stay.entry.is_call_back and not _next_queue(turn, stay):
        _estimate(turn, stay)
        return ""
    if stay.is_new and rules.most_waiting is not None and hall.waiting > rules.most_waiting:
        return f"The queue is full: {hall.waiting - 1} wait, {rules.most_waiting} may."
    waited = in_seconds(stay.waited_by(turn.now))
    if rules.after_seconds is not None and waited >= rules.after_seconds:
        return f"Waited {waited:.1f} s; this queue gives up after {rules.after_seconds:g} s."
    if (
        rules.when_nobody_is_signed_in
        and not hall.signed_in_for[stay.medium]
        and turn.now >= stay.spared_until
        and not (stay.line and stay.line.preferred)
    ):
        return "Nobody is signed in."
    return _estimate_too_long(rules.wait_exceeds_seconds, _estimate(turn, stay))


def _estimate(turn: Turn, stay: Stay) -> Estimate | None:
    """The wait still expected; the first one goes on record, so that it can be compared with what came."""
    state, limit = turn.state, stay.grade.hall.queue.overflow.wait_exceeds_seconds
    if state.estimate_of is None or (limit is None and not stay.is_new):
        return None
    estimate = state.estimate_of(state, stay, turn.now_at)
    if stay.is_new:
        stay.estimate = estimate
    return estimate


def _estimate_too_long(limit: float | None, estimate: Estimate | None) -> str:
    if limit is None or estimate is None or estimate.seconds <= limit:
        return ""
    return f"The estimated wait is {estimate.seconds:.0f} s; this queue gives up above {limit:g} s."


def overflow(turn: Turn, stay: Stay, reason: str) -> None:
    """End a stay, and begin one in the queue that the rules name, where it counts as waited what it waited here.
    Without one, or when it was there before, its flow decides."""
    turn.state.take_out(stay)
    name, to = stay.entry.place.queue, _next_queue(turn, stay)
    entry = _moved(turn, stay, to, reason) if to else stay.entry
    close_stay(turn, stay, EntryMove.OVERFLOW, to)
    turn.decisions.append(EntryOverflowed(at=turn.now_at, entry=entry, reason=reason, to=to))
    if to:
        turn.loose.append(open_stay(turn, entry, stay.came_from | {name}))


def _next_queue(turn: Turn, stay: Stay) -> str:
    to = stay.grade.hall.queue.overflow.to
    been = {*stay.came_from, stay.entry.place.queue}
    return to if to in turn.state.halls and to not in been else ""


def _moved(turn: Turn, stay: Stay, to: str, reason: str) -> Entry:
    """The entry as it joins another queue now: its wait becomes credit, and needs relax when they would have."""
    place, waited = stay.entry.place, in_seconds(turn.now - stay.joined_at)
    needs = tuple(
        need if need.until_seconds is None else _sooner(need, waited)
        for need in place.needs
        if need.until_seconds is None or need.until_seconds > waited
    )
    credit = in_seconds(turn.now - stay.since)
    place = msgspec.structs.replace(place, queue=to, needs=needs, preferences=(), credit_seconds=credit)
    reasons = (*stay.entry.reasons, reason)
    return msgspec.structs.replace(stay.entry, joined_at=turn.now_at, place=place, reasons=reasons)


def _sooner(need: SkillNeed, waited: float) -> SkillNeed:
    return msgspec.structs.replace(need, until_seconds=(need.until_seconds or 0.0) - waited)
