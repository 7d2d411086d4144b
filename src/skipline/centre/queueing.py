"""Carries out what runs want of queues: a contact begins to wait, and a stay that is over wakes its run.

The queues themselves may be kept here or on another node. Facts for them leave in `Changes.queue_events`; what they
decide comes back to `offers.take_decision`, whenever that is.
"""

from datetime import datetime

import msgspec

from skipline.centre.announcing import first_told
from skipline.centre.entry_facts import closed_record, entry_fact, keep_explanation, open_record, show_in_trace
from skipline.centre.state import Centre, Changes, Serving
from skipline.centre.stay import Stay, StayState
from skipline.model.commands import EnterQueue, Issued, WaitInQueue
from skipline.model.events import QueueEnd, QueueEnded
from skipline.model.ids import EntryId
from skipline.model.queue_events import ContactEnded, EntryJoined, EntryLeft, EntryOverflowed, EntryRestored
from skipline.model.queueing import Entry, EntryState, Place, Queue


def enter_queue(centre: Centre, issued: Issued, order: EnterQueue, now: datetime) -> Changes:
    """Have a caller wait. One who was lost by our own fault a moment ago is as far in line as they were."""
    serving = centre.runs.get(issued.call)
    if serving is None or serving.run.waiting_for != issued.id:
        return Changes()
    queue = centre.queues.get(order.place.queue)
    if queue is None:
        reason = f"There is no queue {order.place.queue} any more."
        return Changes(answers=[_answer(issued, QueueEnd.FAILED, order.place.queue, reason, now)])
    wait = serving.issue(
        WaitInQueue(entry=EntryId(issued.id), music=order.music or queue.music, keys=tuple(order.keys))
    )
    entry = _with_lost_place(centre, new_entry(centre, serving, EntryId(issued.id), order.place, now), now)
    entry = msgspec.structs.replace(entry, reasons=(*order.reasons, *entry.reasons))
    serving.stay = Stay(
        entry=entry,
        asked=issued.id,
        wait=wait.id,
        told=first_told(queue, now),
        keys=order.keys,
        language=order.language,
        why=list(entry.reasons),
    )
    changes = Changes(commands=[wait])
    join(centre, entry, changes, now)
    return changes


def new_entry(centre: Centre, serving: Serving, id_: EntryId, place: Place, now: datetime) -> Entry:
    """An entry for the contact of a call, from now on."""
    contact = serving.run.contact
    return Entry(
        id=id_,
        joined_at=now,
        place=place,
        call=serving.call.id,
        run=serving.run.id,
        node=centre.node,
        contact_name=contact.name,
        contact_phone=contact.phone,
    )


def _with_lost_place(centre: Centre, entry: Entry, now: datetime) -> Entry:
    lost = centre.lost_places.take(entry.contact_phone, now)
    if lost is None:
        return entry
    place = msgspec.structs.replace(entry.place, credit_seconds=entry.place.credit_seconds + lost.waited_seconds)
    ago = (now - lost.at).total_seconds()
    why = f"Waited {lost.waited_seconds:.0f} s in a call that we lost {ago:.0f} s ago; that time counts."
    return msgspec.structs.replace(entry, place=place, reasons=(why,))


def join(centre: Centre, entry: Entry, changes: Changes, now: datetime) -> None:
    """An entry begins to wait."""
    centre.entries[entry.id] = entry.call
    changes.queue_events.append(EntryJoined(at=now, entry=entry))
    changes.facts.append(entry_fact(entry, EntryState.WAITING, now))
    changes.entries.append(open_record(entry))


def join_next_queue(centre: Centre, stay: Stay, overflowed: EntryOverflowed, changes: Changes, now: datetime) -> None:
    """An entry went on to another queue by itself: its waited time is kept, and the music plays on."""
    stay.begin(overflowed.entry, now)
    stay.told = first_told(centre.queues.get(overflowed.to, Queue(name=overflowed.to)), now)
    changes.facts.append(entry_fact(stay.entry, EntryState.WAITING, now))
    changes.entries.append(open_record(stay.entry))


def tell_restored(stay: Stay, changes: Changes, at: datetime) -> None:
    """Let the queues know of an entry that a centre before this one had, with its agent if there is one."""
    if stay.is_untold:
        stay.is_untold = False
        agent = stay.agent if stay.connected_at is not None else ""
        restored = EntryRestored(
            at=at,
            entry=stay.entry,
            agent=agent,
            connected_at=stay.connected_at,
            waited_seconds=stay.waited_before,
            again_at=stay.again_at,
        )
        changes.queue_events.append(restored)


def leave(
    centre: Centre, stay: Stay, changes: Changes, state: EntryState, at: datetime, reason: str, *, is_lost: bool = False
) -> None:
    """A waiting entry is over without an agent; one that its queue gave up is over already."""
    if stay.state is StayState.LEAVING:
        return
    keep_explanation(centre, stay)
    stay.note([reason])
    tell_restored(stay, changes, at)
    changes.queue_events.append(EntryLeft(at=at, entry=stay.entry.id, ended=state, reason=reason))
    close_entry(centre, stay, changes, state, at, is_lost=is_lost)


def end_contact(
    centre: Centre, stay: Stay, changes: Changes, at: datetime, *, talk: float, hold: float = 0.0, moves: bool = False
) -> None:
    """The talk with an agent is over, and with it the entry. Times in seconds."""
    stay.talk_seconds = talk
    tell_restored(stay, changes, at)
    ended = ContactEnded(at=at, entry=stay.entry.id, talk_seconds=talk, hold_seconds=hold, was_transferred=moves)
    changes.queue_events.append(ended)
    close_entry(centre, stay, changes, EntryState.CONNECTED, at)


def close_entry(
    centre: Centre, stay: Stay, changes: Changes, state: EntryState, at: datetime, *, is_lost: bool = False
) -> None:
    """Forget an entry, tell of its end, and have it written down."""
    centre.entries.pop(stay.entry.id, None)
    changes.facts.append(entry_fact(stay.entry, state, at, agent=stay.agent, waited=stay.waited(at)))
    changes.entries.append(closed_record(stay, state, at, is_lost=is_lost))


def _answer(issued: Issued, end: QueueEnd, queue: str, reason: str, now: datetime) -> QueueEnded:
    return QueueEnded(at=now, call=issued.call, command=issued.id, end=end, queue=queue, reason=reason)


def finish_stay(serving: Serving, changes: Changes, end: QueueEnd, at: datetime, *, key: str = "") -> None:
    """Wake the run that had its caller wait."""
    stay, serving.stay = serving.stay, None
    if stay is None:
        return
    show_in_trace(serving, stay, at)
    answer = QueueEnded(
        at=at,
        call=serving.call.id,
        command=stay.asked,
        end=end,
        entry=stay.entry.id,
        queue=stay.entry.place.queue,
        agent=stay.agent,
        key=key,
        reason=stay.reason,
        waited_seconds=stay.waited_seconds + stay.waited(at),
        talk_seconds=stay.talk_seconds,
    )
    changes.answers.append(answer)
