"""What the voice worker tells of a call that we placed for a call-back. See `call_back` for the states."""

from datetime import datetime

from skipline.centre.call_back import CallBack, CallBackState
from skipline.centre.call_backs import rest, tell_call_back
from skipline.centre.entry_facts import call_back_record, entry_fact
from skipline.centre.ringing import refusal, status_of
from skipline.centre.state import Centre, Changes
from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import HangUp, Issued
from skipline.model.events import AgentJoined, AgentLeft, AgentRefused, CallEnded, ContactJoined, ContactRefused
from skipline.model.ids import CallId, CommandId, RunId
from skipline.model.queue_events import (
    ContactEnded,
    EntryLeft,
    EntryReturned,
    ReservationAccepted,
    ReservationDeclined,
)
from skipline.model.queueing import EntryState

CallBackEvent = AgentJoined | AgentLeft | AgentRefused | ContactJoined | ContactRefused


def hear_call_back(centre: Centre, event: CallBackEvent) -> Changes:
    """What a fact of such a call changes. Those about an earlier offer are late and harmless."""
    changes = Changes(facts=[event])
    call_back = _of(centre, event.call)
    if call_back is None or event.reservation != call_back.reservation:
        if isinstance(event, AgentJoined | ContactJoined) and event.call in centre.call_back_calls:
            changes.commands.append(_end_stray(event.call))
        return changes
    match event:
        case AgentJoined():
            _join_agent(call_back, event, changes)
        case AgentRefused() if event.end is not TryEnd.CANCELLED:
            _refuse(call_back, event, changes)
        case AgentLeft():
            _part(centre, call_back, event, changes)
        case ContactJoined():
            _join_contact(call_back, event, changes)
        case ContactRefused():
            call_back.note([f"The contact did not answer{status_of(event.code, event.reason)}."])
    return changes


def end_call_back(centre: Centre, event: CallEnded, changes: Changes) -> None:
    """A call of a call-back is over: the contact was served or left, or is tried again later, or was not reached for
    the last time. A call that was given up before is not looked at again."""
    call_back = _of(centre, event.call)
    centre.call_back_calls.pop(event.call, None)
    if call_back is None:
        return
    if event.by is EndedBy.LOST and not (call_back.has_contact and call_back.has_agent):
        call_back.has_contact = False
        _go_back(call_back, changes, event.at, "Our own part of the call was lost.", is_unreachable=True)
    elif call_back.has_agent:
        _end_contact(call_back, changes, event.at, talk=_talked(call_back, event.at))
        _close_or_rest(centre, call_back, changes, event.at)
    elif call_back.has_contact:
        tell_call_back(call_back, changes, event.at, with_agent=False)
        left = EntryLeft(at=event.at, entry=call_back.entry.id, reason="The contact hung up.")
        changes.queue_events.append(left)
        _close(centre, call_back, changes, EntryState.ABANDONED, event.at)
    else:
        _go_back(call_back, changes, event.at, "The call ended before anybody answered.", is_unreachable=True)


def _join_agent(call_back: CallBack, event: AgentJoined, changes: Changes) -> None:
    """Told again by a worker that a new centre connects to."""
    is_news = not call_back.has_agent
    if call_back.state is CallBackState.TALKING:
        return
    if is_news:
        call_back.has_agent = True
        if not tell_call_back(call_back, changes, event.at, with_agent=True):
            changes.queue_events.append(ReservationAccepted(at=event.at, reservation=event.reservation))
    if call_back.has_contact:
        _begin_talk(call_back, event.at, changes)
    elif is_news:
        # The agent was rung first: only now is the contact.
        call_back.attempts += 1


def _join_contact(call_back: CallBack, event: ContactJoined, changes: Changes) -> None:
    if call_back.has_contact:
        return
    call_back.has_contact = True
    if call_back.request.rings_agent_first:
        _begin_talk(call_back, event.at, changes)
    else:
        call_back.note(["The contact answered and waits for the agent."])


def _begin_talk(call_back: CallBack, at: datetime, changes: Changes) -> None:
    call_back.state, call_back.connected_at = CallBackState.TALKING, at
    call_back.note([f"Joined with {call_back.agent}."])
    changes.facts.append(entry_fact(call_back.entry, EntryState.CONNECTED, at, agent=call_back.agent))


def _refuse(call_back: CallBack, event: AgentRefused, changes: Changes) -> None:
    _go_back(call_back, changes, event.at, refusal(call_back.agent, event), is_unreachable=event.end is TryEnd.FAILED)


def _part(centre: Centre, call_back: CallBack, event: AgentLeft, changes: Changes) -> None:
    if event.is_lost or not call_back.has_contact:
        reason = f"{call_back.agent} was lost from the call."
        if not call_back.has_contact:
            changes.commands.append(call_back.issue(HangUp(reason=reason)))
        _go_back(call_back, changes, event.at, reason)
        return
    _end_contact(call_back, changes, event.at, talk=event.talk_seconds, hold=event.hold_seconds)
    # No flow goes on with the contact.
    changes.commands.append(call_back.issue(HangUp()))
    _close(centre, call_back, changes, EntryState.CONNECTED, event.at)


def _go_back(call_back: CallBack, changes: Changes, at: datetime, reason: str, *, is_unreachable: bool = False) -> None:
    """The agent is not there after all: the entry is in line again, for the next one."""
    call_back.note([reason])
    if tell_call_back(call_back, changes, at, with_agent=False):
        pass
    elif call_back.has_agent:
        changes.queue_events.append(EntryReturned(at=at, entry=call_back.entry.id, reason=reason))
    else:
        declined = ReservationDeclined(
            at=at, reservation=call_back.reservation, reason=reason, is_unreachable=is_unreachable
        )
        changes.queue_events.append(declined)
    call_back.wait_on()
    changes.facts.append(entry_fact(call_back.entry, EntryState.WAITING, at))


def _end_contact(call_back: CallBack, changes: Changes, at: datetime, *, talk: float, hold: float = 0.0) -> None:
    tell_call_back(call_back, changes, at, with_agent=True)
    ended = ContactEnded(at=at, entry=call_back.entry.id, talk_seconds=talk, hold_seconds=hold)
    changes.queue_events.append(ended)


def _close_or_rest(centre: Centre, call_back: CallBack, changes: Changes, at: datetime) -> None:
    if call_back.has_contact:
        _close(centre, call_back, changes, EntryState.CONNECTED, at)
    elif call_back.attempts < call_back.request.attempts:
        rest(call_back, changes, at)
    else:
        call_back.note([f"Given up after {call_back.attempts} attempts."])
        _close(centre, call_back, changes, EntryState.ABANDONED, at)


def _close(centre: Centre, call_back: CallBack, changes: Changes, state: EntryState, at: datetime) -> None:
    centre.call_backs.pop(call_back.entry.id, None)
    changes.entries.append(call_back_record(call_back, state, at))
    changes.facts.append(entry_fact(call_back.entry, state, at, agent=call_back.agent))


def _end_stray(call: CallId) -> Issued:
    """Somebody answered a call that was given up a moment before: nobody may be left on it."""
    return Issued(id=CommandId(f"{call}:over"), run=RunId(""), call=call, body=HangUp(reason="no longer wanted"))


def _talked(call_back: CallBack, at: datetime) -> float:
    return 0.0 if call_back.connected_at is None else max(0.0, (at - call_back.connected_at).total_seconds())


def _of(centre: Centre, call: CallId) -> CallBack | None:
    """The call-back that a call of ours is for, while it is the present one."""
    entry = centre.call_back_calls.get(call)
    call_back = None if entry is None else centre.call_backs.get(entry)
    return call_back if call_back is not None and call_back.call == call else None
