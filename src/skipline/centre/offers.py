"""What the queues decide, carried out: agents are rung, offers withdrawn, and callers taken off a queue that gave up.

An offer for an entry that is not here any more is answered by its leaving, so that no line holds what nobody carries.
"""

from datetime import datetime

import msgspec

from skipline.centre.call_backs import overflow_call_back, ring_call_back, withdraw_call_back
from skipline.centre.entry_facts import entry_fact
from skipline.centre.queueing import close_entry, join_next_queue
from skipline.centre.ringing import phone_of, ring_headers, ring_seconds, whisper_for
from skipline.centre.state import Centre, Changes, Serving
from skipline.centre.stay import Stay, StayState
from skipline.model.commands import LeaveQueue, RingAgent, StopRinging
from skipline.model.ids import CallId, EntryId
from skipline.model.live_events import AgentStateChanged
from skipline.model.queue_events import (
    AgentChanged,
    EntryClosed,
    EntryLeft,
    EntryOverflowed,
    EntryRestored,
    OfferMade,
    OfferWithdrawn,
    QueueDecision,
    ReservationDeclined,
)
from skipline.model.queueing import EntryState, Visit

_TO_BE_HAD = frozenset({StayState.WAITING, StayState.RUNG})


def take_decision(centre: Centre, decision: QueueDecision, now: datetime) -> Changes:
    """What a decision of the queues changes here."""
    match decision:
        case OfferMade():
            return _offer(centre, decision, now)
        case OfferWithdrawn():
            return _withdraw(centre, decision)
        case EntryOverflowed():
            return _overflow(centre, decision, now)
        case AgentChanged():
            return Changes(facts=[_agent_fact(decision)], agent_changes=[decision])
        case EntryClosed():
            return _close(centre, decision.visit)


def standing_call(centre: Centre, entry: EntryId) -> tuple[Serving, Stay] | None:
    """The call that an entry belongs to, with its stay; None when it is over, or another entry of it goes on."""
    serving = centre.runs.get(centre.entries.get(entry, CallId("")))
    if serving is None or serving.stay is None or serving.stay.entry.id != entry:
        return None
    return serving, serving.stay


def _offer(centre: Centre, offer: OfferMade, now: datetime) -> Changes:
    reservation = offer.reservation
    phone = phone_of(centre, reservation.agent)
    if not phone:
        reason = f"{reservation.agent} has no phone that we could ring."
        declined = ReservationDeclined(at=now, reservation=reservation.id, reason=reason, is_unreachable=True)
        return Changes(queue_events=[declined])
    if reservation.entry in centre.call_backs:
        return ring_call_back(centre, offer, phone, now)
    found = standing_call(centre, reservation.entry)
    if found is None:
        return Changes(queue_events=[EntryLeft(at=now, entry=reservation.entry, reason="Its call is over.")])
    serving, stay = found
    if stay.state not in _TO_BE_HAD:
        return _tell_where_it_is(stay, now)
    stay.note(offer.why)
    stay.offer(reservation.id, reservation.agent)
    ring = RingAgent(
        reservation=reservation.id,
        agent=reservation.agent,
        phone=phone,
        ring_seconds=ring_seconds(offer, now),
        whisper=whisper_for(centre, offer, now),
        headers=ring_headers(offer),
    )
    fact = entry_fact(stay.entry, EntryState.RESERVED, now, agent=reservation.agent, waited=stay.waited(now))
    return Changes(commands=[serving.issue(ring)], facts=[fact])


def _tell_where_it_is(stay: Stay, now: datetime) -> Changes:
    """The queues decided about an entry while an agent took it: on several nodes the two may cross. One that is over is
    being told of already."""
    if stay.state is not StayState.TALKING:
        return Changes()
    restored = EntryRestored(at=now, entry=stay.entry, agent=stay.agent, connected_at=stay.connected_at)
    return Changes(queue_events=[restored])


def _withdraw(centre: Centre, withdrawn: OfferWithdrawn) -> Changes:
    reservation = withdrawn.reservation
    if reservation.entry in centre.call_backs:
        return withdraw_call_back(centre, withdrawn)
    found = standing_call(centre, reservation.entry)
    if found is None:
        return Changes()
    serving, stay = found
    if stay.state is not StayState.RUNG or stay.reservation != reservation.id:
        return Changes()
    stay.note([withdrawn.reason])
    stay.wait_on()
    fact = entry_fact(stay.entry, EntryState.WAITING, withdrawn.at, waited=stay.waited(withdrawn.at))
    return Changes(commands=[serving.issue(StopRinging(reservation=reservation.id))], facts=[fact])


def _overflow(centre: Centre, overflowed: EntryOverflowed, now: datetime) -> Changes:
    if overflowed.entry.id in centre.call_backs:
        return overflow_call_back(centre, overflowed, now)
    found = standing_call(centre, overflowed.entry.id)
    if found is None:
        return Changes()
    serving, stay = found
    if stay.state not in _TO_BE_HAD:
        return _tell_where_it_is(stay, now)
    changes = Changes()
    stay.note([overflowed.reason])
    if overflowed.to:
        join_next_queue(centre, stay, overflowed, changes, now)
        changes.commands.append(serving.keep_memo())
        return changes
    stay.state, stay.reason = StayState.LEAVING, overflowed.reason
    changes.commands.append(serving.issue(LeaveQueue(reason=overflowed.reason)))
    close_entry(centre, stay, changes, EntryState.OVERFLOWED, now)
    return changes


def _close(centre: Centre, visit: Visit) -> Changes:
    """A visit is over. An attempt at a call-back that goes on is none; one at which the contact was never talked with
    reached nobody, though an agent was busy with it."""
    call_back = centre.call_backs.get(visit.entry)
    if call_back is not None:
        call_back.is_wrapping = False
        return Changes()
    if visit.is_call_back and visit.ended is EntryState.CONNECTED and not visit.talk_seconds:
        visit = msgspec.structs.replace(visit, ended=EntryState.ABANDONED, agent="")
    return Changes(visits=[visit])


def _agent_fact(changed: AgentChanged) -> AgentStateChanged:
    return AgentStateChanged(
        at=changed.at, agent=changed.agent, state=changed.state, before=changed.before, reason=changed.reason
    )
