"""Call-backs: a contact who hung up keeps their place, and is called when an agent is free for them.

The promise is given once the database holds it, so it outlives everything. When the agent is rung first, they are
engaged while the contact's phone rings. When the contact is rung first, the agent is engaged from the offer on, so that
nobody else takes them meanwhile.
"""

from datetime import datetime, timedelta

import msgspec

from skipline.centre.call_back import CallBack, CallBackState
from skipline.centre.entry_facts import call_back_record, entry_fact
from skipline.centre.queueing import new_entry
from skipline.centre.ringing import ring_headers, ring_seconds, trunk_out, whisper_for
from skipline.centre.state import Centre, Changes
from skipline.model.call import Call
from skipline.model.commands import Issued, PlaceCallBack, RequestCallBack, RingAgent, StopRinging
from skipline.model.events import CallBackTaken
from skipline.model.ids import CallId, EntryId
from skipline.model.queue_events import (
    EntryJoined,
    EntryOverflowed,
    EntryRestored,
    OfferMade,
    OfferWithdrawn,
    ReservationAccepted,
)
from skipline.model.queueing import Entry, EntryState, Queue
from skipline.model.voice_link import AgentTalk

LEAST_REST_SECONDS = 5.0
"""Before a contact who was not reached is back in line, and between two looks whether the queue has closed the attempt
before: the agent may have it to wrap up."""

NO_QUEUE_SECONDS = 60.0
"""How often a call-back whose queue is not configured any more looks whether it is again."""


def new_call_back(centre: Centre, issued: Issued, order: RequestCallBack, now: datetime) -> CallBack | None:
    """The call-back that a run asks for, to be written down before it is promised; None when the run went on."""
    serving = centre.runs.get(issued.call)
    if serving is None or serving.run.waiting_for != issued.id:
        return None
    entry = new_entry(centre, serving, EntryId(issued.id), order.place, now)
    entry = msgspec.structs.replace(
        entry, call=CallId(""), contact_phone=order.phone, reasons=order.reasons, is_call_back=True
    )
    request = msgspec.structs.replace(order, trunk=order.trunk or trunk_out(centre, serving.call))
    return CallBack(entry=entry, request=request, number=serving.call.to, why=list(entry.reasons))


def call_back_in_writing(
    centre: Centre, issued: Issued, order: RequestCallBack, contact_name: str, now: datetime
) -> CallBack:
    """The call-back that somebody who writes is promised; they see the number of its trunk, or one of ours."""
    trunk = order.trunk or next((one.name for one in centre.trunks.values() if one.server), "")
    own = centre.trunks[trunk].default_number if trunk in centre.trunks else ""
    entry = Entry(
        id=EntryId(issued.id),
        joined_at=now,
        place=order.place,
        run=issued.run,
        node=centre.node,
        contact_name=contact_name,
        contact_phone=order.phone,
        reasons=order.reasons,
        is_call_back=True,
    )
    request = msgspec.structs.replace(order, trunk=trunk)
    return CallBack(entry=entry, request=request, number=own or next(iter(centre.flows), ""), why=list(entry.reasons))


def take_call_back(centre: Centre, call_back: CallBack, issued: Issued, now: datetime) -> Changes:
    """The promise is on disk: the contact's place is in line from now on, and the run goes on."""
    entry = call_back.entry
    centre.call_backs[entry.id] = call_back
    return Changes(
        queue_events=[EntryJoined(at=now, entry=entry)],
        facts=[entry_fact(entry, EntryState.WAITING, now)],
        answers=[CallBackTaken(at=now, call=issued.call, command=issued.id, entry=entry.id)],
    )


def refuse_call_back(issued: Issued, problem: str, now: datetime) -> Changes:
    """No promise can be given."""
    return Changes(answers=[CallBackTaken(at=now, call=issued.call, command=issued.id, problem=problem)])


def restore_call_back(centre: Centre, call_back: CallBack, now: datetime) -> Changes:
    """A promise of before a restart. One that was being called when everything stopped is waiting again. One at rest
    is woken when it would have been; only the queue knows whether it still has the last attempt, to wrap up."""
    entry = call_back.entry = msgspec.structs.replace(call_back.entry, node=centre.node)
    centre.call_backs[entry.id] = call_back
    if call_back.state is CallBackState.RESTING:
        call_back.is_wrapping = centre.lines.explain(entry.id) is not None
        return Changes(facts=[entry_fact(entry, EntryState.WAITING, now)])
    call_back.has_contact = False
    call_back.wait_on()
    return Changes(queue_events=[EntryRestored(at=now, entry=entry)])


def take_up_call_back(centre: Centre, call_back: CallBack, call: CallId, agent: AgentTalk | None) -> Changes:
    """A call-back whose call a voice worker carried while no centre was there. The queues hear of it with the next fact
    about it; at once when the agent is in."""
    changes = Changes()
    centre.call_backs[call_back.entry.id] = call_back
    centre.call_back_calls[call] = call_back.entry.id
    call_back.is_untold = True
    if agent is not None and agent.joined_at is not None:
        call_back.has_agent, call_back.agent, call_back.reservation = True, agent.agent, agent.reservation
        tell_call_back(call_back, changes, agent.joined_at, with_agent=True)
    return changes


def tell_call_back(call_back: CallBack, changes: Changes, at: datetime, *, with_agent: bool) -> bool:
    """Let the queues know of a call-back that a centre before this one had; false when they know it."""
    if not call_back.is_untold:
        return False
    call_back.is_untold = False
    agent = call_back.agent if with_agent else ""
    restored = EntryRestored(at=at, entry=call_back.entry, agent=agent, connected_at=at if agent else None)
    changes.queue_events.append(restored)
    return True


def ring_call_back(centre: Centre, offer: OfferMade, phone: str, now: datetime) -> Changes:
    """An agent is free: ring them and the contact, or only the agent when the contact is there already."""
    call_back = centre.call_backs[offer.reservation.entry]
    call_back.note(offer.why)
    if call_back.state is CallBackState.HOLDING:
        return _ring_agent(centre, call_back, offer, phone, now)
    if call_back.state is not CallBackState.WAITING:
        return Changes()
    return _place(centre, call_back, offer, phone, now)


def _place(centre: Centre, call_back: CallBack, offer: OfferMade, phone: str, now: datetime) -> Changes:
    request, reservation = call_back.request, offer.reservation
    call_back.calls += 1
    call_back.issued, call_back.has_contact, call_back.has_agent = 0, False, False
    call_back.call = CallId(f"{call_back.entry.id}:{call_back.calls}")
    call_back.state, call_back.reservation, call_back.agent = CallBackState.PLACED, reservation.id, reservation.agent
    order = PlaceCallBack(
        reservation=reservation.id,
        agent=reservation.agent,
        agent_phone=phone,
        phone=request.phone,
        trunk=request.trunk,
        caller_number=call_back.number,
        rings_agent_first=request.rings_agent_first,
        ring_seconds=ring_seconds(offer, now),
        whisper=whisper_for(centre, offer, now),
        language=request.language,
        headers=ring_headers(offer),
        music=centre.queues.get(offer.entry.place.queue, Queue(name="")).music,
    )
    centre.call_back_calls[call_back.call] = call_back.entry.id
    changes = Changes(commands=[call_back.issue(order)], placed=[_call_of(call_back, now)])
    changes.facts.append(entry_fact(call_back.entry, EntryState.RESERVED, now, agent=reservation.agent))
    if not request.rings_agent_first:
        call_back.has_agent, call_back.attempts = True, call_back.attempts + 1
        changes.queue_events.append(ReservationAccepted(at=now, reservation=reservation.id))
    changes.entries.append(call_back_record(call_back))
    return changes


def _call_of(call_back: CallBack, now: datetime) -> Call:
    request = call_back.request
    return Call(id=call_back.call, arrived_at=now, from_=call_back.number, to=request.phone, trunk=request.trunk)


def _ring_agent(centre: Centre, call_back: CallBack, offer: OfferMade, phone: str, now: datetime) -> Changes:
    reservation = offer.reservation
    call_back.reservation, call_back.agent = reservation.id, reservation.agent
    ring = RingAgent(
        reservation=reservation.id,
        agent=reservation.agent,
        phone=phone,
        ring_seconds=ring_seconds(offer, now),
        whisper=whisper_for(centre, offer, now),
        headers=ring_headers(offer),
    )
    return Changes(commands=[call_back.issue(ring)])


def withdraw_call_back(centre: Centre, withdrawn: OfferWithdrawn) -> Changes:
    """The queue took its offer back before the agent answered; the call that was placed for it ends by that."""
    call_back = centre.call_backs[withdrawn.reservation.entry]
    if call_back.reservation != withdrawn.reservation.id or not call_back.call:
        return Changes()
    call_back.note([withdrawn.reason])
    stop = call_back.issue(StopRinging(reservation=withdrawn.reservation.id))
    call_back.wait_on()
    return Changes(commands=[stop])


def overflow_call_back(centre: Centre, overflowed: EntryOverflowed, now: datetime) -> Changes:
    """Its queue gave up on it: the promise goes on in the next one. Where there is none, because the queue is not
    configured any more, it rests until there is."""
    call_back = centre.call_backs[overflowed.entry.id]
    call_back.entry = overflowed.entry
    if call_back.has_agent:
        return _tell_agent(call_back, now)
    if overflowed.reason not in call_back.why:
        call_back.note([overflowed.reason])
    if not overflowed.to:
        call_back.retry_at = now + timedelta(seconds=NO_QUEUE_SECONDS)
    if not overflowed.to and call_back.state is CallBackState.WAITING:
        call_back.state = CallBackState.RESTING
    return Changes(facts=[entry_fact(call_back.entry, EntryState.WAITING, now)], entries=[call_back_record(call_back)])


def _tell_agent(call_back: CallBack, now: datetime) -> Changes:
    """An agent has it by now: on several nodes that and what the queues decide may cross."""
    since = call_back.connected_at or now
    has_it = EntryRestored(at=now, entry=call_back.entry, agent=call_back.agent, connected_at=since)
    return Changes(queue_events=[has_it])


def wake_call_back(centre: Centre, entry: EntryId, now: datetime) -> Changes:
    """The time of rest may be over: the contact is back in line, as far ahead as they were."""
    call_back = centre.call_backs.get(entry)
    if call_back is None or call_back.retry_at is None or now < call_back.retry_at:
        return Changes()
    if call_back.is_wrapping:
        call_back.retry_at = now + timedelta(seconds=LEAST_REST_SECONDS)
        return Changes()
    call_back.retry_at = None
    if call_back.state is CallBackState.RESTING:
        call_back.state = CallBackState.WAITING
    return Changes(
        queue_events=[EntryRestored(at=now, entry=call_back.entry)],
        facts=[entry_fact(call_back.entry, EntryState.WAITING, now)],
        entries=[call_back_record(call_back)],
    )


def rest(call_back: CallBack, changes: Changes, now: datetime) -> None:
    """The contact was not reached: put the call-back aside, its place kept."""
    seconds = max(LEAST_REST_SECONDS, call_back.request.retry_seconds)
    call_back.wait_on()
    call_back.is_wrapping = True
    call_back.state, call_back.retry_at = CallBackState.RESTING, now + timedelta(seconds=seconds)
    call_back.note([f"Attempt {call_back.attempts} of {call_back.request.attempts}; the next in {seconds:.0f} s."])
    changes.entries.append(call_back_record(call_back))
    changes.facts.append(entry_fact(call_back.entry, EntryState.WAITING, now))
