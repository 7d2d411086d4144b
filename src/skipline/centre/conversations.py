"""What happens to conversations in queues, as pure steps: a stay in, and out come the stay as it is now, what the
queues are to be told, and what people may see. `conversation_stays` has the states.

A step gives None when it comes late and changes nothing; what a person cannot do is `NotPossible`.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from skipline.centre.conversation_stays import ConversationStay, StayMove, StayState, after, noted, remembered
from skipline.model.events import Event, QueueEnd, QueueEnded
from skipline.model.ids import CallId, EntryId, ReservationId
from skipline.model.live_events import ConversationOffered, EntryChanged, OfferEnded
from skipline.model.queue_events import (
    AnyQueueEvent,
    ContactEnded,
    EntryJoined,
    EntryLeft,
    EntryOverflowed,
    EntryRestored,
    EntryReturned,
    OfferMade,
    OfferWithdrawn,
    ReservationAccepted,
    ReservationDeclined,
)
from skipline.model.queueing import EntryState, Place
from skipline.model.record import EntryRecord
from skipline.queue.explain import ExplainedEntry

_CALL = CallId("")
_NOBODY = ReservationId("")


class NotPossible(Exception):
    """Something that a person asked for and that cannot be, as the conversation stands: `code` is stable, `str()` says
    why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What came of something. `following` is the stay that goes on when this one was handed on."""

    stay: ConversationStay
    following: ConversationStay | None = None
    queue_events: tuple[AnyQueueEvent, ...] = ()
    facts: tuple[Event, ...] = ()
    records: tuple[EntryRecord, ...] = ()


def begin(stay: ConversationStay, now: datetime) -> Step:
    """A conversation begins to wait."""
    entry = stay.entry
    record = EntryRecord(entry=entry, state=EntryState.WAITING, why=stay.why)
    joined = EntryJoined(at=now, entry=entry)
    return Step(stay=stay, queue_events=(joined,), facts=(_fact(stay, now),), records=(record,))


def tell(stay: ConversationStay, now: datetime) -> tuple[AnyQueueEvent, ...]:
    """What queues are told that may not know of a stay: after a restart, or when the node that carried it is gone."""
    if stay.is_recorded:
        return ()
    waits = EntryRestored(at=now, entry=stay.entry, waited_seconds=stay.waited_before, again_at=stay.again_at)
    if stay.connected_at is not None:
        has_it = msgspec.structs.replace(waits, agent=stay.agent, connected_at=stay.connected_at)
        return (has_it, _contact_ended(stay, now)) if stay.state is StayState.ENDED else (has_it,)
    return (waits, _left(stay, now)) if stay.state is StayState.ENDED else (waits,)


def offer(stay: ConversationStay, made: OfferMade, now: datetime) -> Step | None:
    """The queues offer it to an agent; one that an agent has already is told to have them."""
    if stay.state is StayState.TALKING:
        return Step(stay=stay, queue_events=tell(stay, now))
    state = after(stay, StayMove.OFFER)
    if state is None:
        return None
    reservation = made.reservation
    offered = msgspec.structs.replace(
        stay,
        state=state,
        reservation=reservation.id,
        agent=reservation.agent,
        offered=remembered(stay, reservation.id, reservation.agent),
        offer_ends_at=reservation.expires_at,
        why=noted(stay, made.why),
    )
    told = ConversationOffered(
        at=now,
        conversation=stay.conversation,
        entry=stay.entry.id,
        reservation=reservation.id,
        agent=reservation.agent,
        queue=stay.entry.place.queue,
        tier=stay.entry.place.tier,
        until=reservation.expires_at,
        why=made.why,
    )
    return Step(stay=offered, facts=(_fact(offered, now), told))


def withdraw(stay: ConversationStay, withdrawn: OfferWithdrawn, now: datetime) -> Step | None:
    """The queues took an offer back, or its time was up. A late acceptance that lost is told so."""
    reservation = withdrawn.reservation
    if stay.state is StayState.TALKING and stay.reservation == reservation.id:
        # The queues did not take the acceptance, such as one that came too late; the agent has it all the same.
        return Step(stay=stay, queue_events=tell(stay, now))
    if stay.reservation != reservation.id or (state := after(stay, StayMove.LET_GO)) is None:
        return None
    return _let_go(stay, state, withdrawn.reason, now)


def decline(stay: ConversationStay, agent: str, reason: str, now: datetime) -> Step:
    """An agent does not want it. Raises `NotPossible` when it is not offered to them."""
    if stay.state is not StayState.OFFERED or stay.agent != agent:
        raise NotPossible("not_offered", f"This conversation is not offered to {agent}.")
    step = _let_go(stay, StayState.WAITING, f"{agent} declined" + (f": {reason}." if reason else "."), now)
    declined = ReservationDeclined(at=now, reservation=stay.reservation, reason=reason or f"{agent} declined.")
    return Step(stay=step.stay, queue_events=(declined,), facts=step.facts)


def accept(stay: ConversationStay, agent: str, now: datetime, explained: ExplainedEntry | None = None) -> Step | None:
    """An agent takes it; None when they have it already. The first acceptance wins, also one whose time was just up.
    Raises `NotPossible`."""
    if stay.state is StayState.TALKING and stay.agent == agent:
        return None
    reservation = next((one for one, to in reversed(stay.offered.items()) if to == agent), None)
    if reservation is None:
        raise NotPossible("not_offered", f"This conversation is not offered to {agent}.")
    state = after(stay, StayMove.TAKE)
    if state is None:
        raise NotPossible("too_late", _why_too_late(stay))
    taken = msgspec.structs.replace(
        stay,
        state=state,
        reservation=reservation,
        agent=agent,
        connected_at=now,
        answered_at=None,
        offer_ends_at=None,
        why=noted(stay, [f"{agent} took it after {stay.waited(now):.1f} s."]),
        **_explanation(stay, explained),
    )
    accepted = ReservationAccepted(at=now, reservation=reservation)
    facts: tuple[Event, ...] = (_fact(taken, now),)
    if stay.state is StayState.OFFERED and stay.reservation != reservation:
        facts = (*facts, _offer_ended(stay, f"{agent} took it.", now))
    return Step(stay=taken, queue_events=(accepted,), facts=facts)


def fall_silent(stay: ConversationStay, seconds: float, now: datetime) -> Step | None:
    """Its agent has not written for `seconds` while the contact waited for an answer: it is offered anew, before all
    who came later."""
    state = after(stay, StayMove.FALL_SILENT)
    if state is None:
        return None
    reason = f"{stay.agent} left it unanswered for {seconds:.0f} s."
    waits = _waiting(stay, state, [reason])
    waits = msgspec.structs.replace(
        waits, talk_seconds=stay.talk_seconds + stay.talked(now), waited_before=stay.waited(now), again_at=now
    )
    returned = EntryReturned(at=now, entry=stay.entry.id, reason=reason)
    return Step(stay=waits, queue_events=(returned,), facts=(_fact(waits, now),))


def hand_on(stay: ConversationStay, place: Place, entry: EntryId, node: str, now: datetime) -> Step:
    """Its agent hands it on: it waits in `place` as `entry`, carried by `node`. Raises `NotPossible`."""
    if stay.state is not StayState.TALKING:
        raise NotPossible("nobody_has_it", "Only a conversation that an agent has can be handed on.")
    why = f"{stay.agent} handed it on to {place.queue} with {place.credit_seconds:.0f} s of waiting."
    ended = _ended(stay, EntryState.CONNECTED, [why], now)
    joined = msgspec.structs.replace(stay.entry, id=entry, joined_at=now, place=place, node=node)
    following = ConversationStay(
        entry=joined,
        conversation=stay.conversation,
        key=stay.key,
        asked=stay.asked,
        language=stay.language,
        waited_seconds=stay.waited_seconds + stay.waited(now),
        talk_seconds=stay.talk_seconds + stay.talked(now),
        told_tier=stay.told_tier,
        why=noted(stay, [why]),
    )
    begun = begin(following, now)
    return Step(
        stay=ended,
        following=following,
        queue_events=(_contact_ended(ended, now, moves=True), *begun.queue_events),
        facts=(_fact(ended, now), *begun.facts),
        records=(_record(ended), *begun.records),
    )


def close(stay: ConversationStay, by: str, now: datetime, explained: ExplainedEntry | None = None) -> Step | None:
    """It is over, and its run goes on; None when it was over before. One that nobody took yet leaves its queue, and its
    run hears that nobody could wait there."""
    if stay.state is StayState.ENDED:
        return None
    if stay.state is not StayState.TALKING:
        return _leave(stay, QueueEnd.FAILED, f"{by} closed it while it waited.", now, explained)
    ended = _ended(stay, EntryState.CONNECTED, [f"{by} closed it after {stay.talked(now):.0f} s."], now)
    ended = msgspec.structs.replace(ended, answer=_answer(stay, QueueEnd.ANSWERED, "", now))
    return Step(
        stay=ended,
        queue_events=(_contact_ended(ended, now),),
        facts=(_fact(ended, now),),
        records=(_record(ended),),
    )


def overflow(stay: ConversationStay, overflowed: EntryOverflowed, now: datetime) -> Step | None:
    """The queue gave up on it: it waits in the next one, or its flow goes on."""
    if stay.state is StayState.TALKING:
        return Step(stay=stay, queue_events=tell(stay, now))
    if after(stay, StayMove.LEAVE) is None:
        return None
    if not overflowed.to:
        step = _leave(stay, QueueEnd.OVERFLOWED, overflowed.reason, now, None)
        # Its queue has closed it already, and has told so before this.
        recorded = msgspec.structs.replace(step.stay, is_recorded=True)
        return Step(stay=recorded, facts=step.facts, records=step.records)
    moved = _waiting(stay, StayState.WAITING, [overflowed.reason])
    moved = msgspec.structs.replace(
        moved,
        entry=overflowed.entry,
        waited_seconds=stay.waited_seconds + stay.waited(now),
        waited_before=0.0,
        again_at=None,
    )
    record = EntryRecord(entry=moved.entry, state=EntryState.WAITING, why=moved.why)
    return Step(stay=moved, facts=(_fact(moved, now),), records=(record,))


def _leave(stay: ConversationStay, end: QueueEnd, reason: str, now: datetime, explained: ExplainedEntry | None) -> Step:
    ended = _ended(stay, EntryState.OVERFLOWED, [reason], now)
    answer = _answer(stay, end, reason, now)
    ended = msgspec.structs.replace(ended, agent="", answer=answer, **_explanation(stay, explained))
    facts: tuple[Event, ...] = (_fact(ended, now),)
    if stay.state is StayState.OFFERED:
        facts = (*facts, _offer_ended(stay, reason, now))
    return Step(stay=ended, queue_events=(_left(ended, now),), facts=facts, records=(_record(ended),))


def _let_go(stay: ConversationStay, state: StayState, reason: str, now: datetime) -> Step:
    waits = _waiting(stay, state, [reason])
    return Step(stay=waits, facts=(_fact(waits, now), _offer_ended(stay, reason, now)))


def _waiting(stay: ConversationStay, state: StayState, why: list[str]) -> ConversationStay:
    return msgspec.structs.replace(
        stay,
        state=state,
        reservation=_NOBODY,
        agent="",
        connected_at=None,
        answered_at=None,
        offer_ends_at=None,
        why=noted(stay, why),
    )


def _ended(stay: ConversationStay, ended: EntryState, why: list[str], now: datetime) -> ConversationStay:
    return msgspec.structs.replace(
        stay, state=StayState.ENDED, ended=ended, left_at=now, offer_ends_at=None, why=noted(stay, why)
    )


def _answer(stay: ConversationStay, end: QueueEnd, reason: str, now: datetime) -> QueueEnded:
    return QueueEnded(
        at=now,
        call=_CALL,
        command=stay.asked,
        end=end,
        entry=stay.entry.id,
        queue=stay.entry.place.queue,
        agent=stay.agent if end is QueueEnd.ANSWERED else "",
        reason=reason,
        waited_seconds=stay.waited_seconds + stay.waited(now),
        talk_seconds=stay.talk_seconds + stay.talked(now),
    )


def _contact_ended(stay: ConversationStay, now: datetime, *, moves: bool = False) -> ContactEnded:
    at = stay.left_at or now
    return ContactEnded(at=at, entry=stay.entry.id, talk_seconds=stay.talked(at), was_transferred=moves)


def _left(stay: ConversationStay, now: datetime) -> EntryLeft:
    reason = stay.why[-1] if stay.why else ""
    return EntryLeft(at=stay.left_at or now, entry=stay.entry.id, ended=EntryState.OVERFLOWED, reason=reason)


def _explanation(stay: ConversationStay, explained: ExplainedEntry | None) -> dict[str, tuple[str, ...]]:
    if explained is None:
        return {}
    return {"passed_over": explained.passed_over, "agents_considered": explained.agents_considered}


def _why_too_late(stay: ConversationStay) -> str:
    return f"{stay.agent} has it." if stay.state is StayState.TALKING else "It is over."


_SHOWN = {
    StayState.WAITING: EntryState.WAITING,
    StayState.OFFERED: EntryState.RESERVED,
    StayState.TALKING: EntryState.CONNECTED,
}


def _fact(stay: ConversationStay, now: datetime) -> EntryChanged:
    state = EntryState.OVERFLOWED if stay.ended is EntryState.OVERFLOWED else EntryState.CLOSED
    return EntryChanged(
        at=now,
        entry=stay.entry.id,
        queue=stay.entry.place.queue,
        tier=stay.entry.place.tier,
        state=_SHOWN.get(stay.state, state),
        agent=stay.agent,
        waited_seconds=stay.waited(now),
    )


def _offer_ended(stay: ConversationStay, reason: str, now: datetime) -> OfferEnded:
    return OfferEnded(
        at=now, conversation=stay.conversation, reservation=stay.reservation, agent=stay.agent, reason=reason
    )


def _record(stay: ConversationStay) -> EntryRecord:
    left_at = stay.left_at or stay.entry.joined_at
    return EntryRecord(
        entry=stay.entry,
        state=stay.ended or EntryState.CLOSED,
        left_at=left_at,
        agent=stay.agent,
        waited_seconds=stay.waited(left_at),
        why=stay.why,
        passed_over=stay.passed_over,
        agents_considered=stay.agents_considered,
    )
