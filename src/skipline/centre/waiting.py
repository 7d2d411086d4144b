"""What the voice worker tells of callers who wait or talk with an agent, turned into facts for the queues.

The worker joins an agent who answers with the caller at once and asks nobody, so an answer is the acceptance. Facts may
come late, after the queue thought otherwise: a reservation that is not the present one is looked up among those offered
before.
"""

from datetime import datetime, timedelta

from skipline.centre.entry_facts import entry_fact, keep_explanation, show_in_trace
from skipline.centre.lost_places import LostPlace
from skipline.centre.queueing import end_contact, finish_stay, leave, tell_restored
from skipline.centre.ringing import refusal
from skipline.centre.state import Centre, Changes, Serving
from skipline.centre.stay import Stay, StayState
from skipline.centre.transfers import hand_on
from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import StopRinging
from skipline.model.events import AgentJoined, AgentLeft, AgentRefused, CallEnded, QueueEnd, WaitEnded
from skipline.model.ids import CallId
from skipline.model.queue_events import EntryReturned, ReservationAccepted, ReservationDeclined
from skipline.model.queueing import EntryState
from skipline.model.run import Outcome

_BEFORE_TALK = frozenset({StayState.WAITING, StayState.RUNG})
_MAY_JOIN = _BEFORE_TALK | {StayState.LEAVING}
_IN_TALK = frozenset({StayState.TALKING, StayState.MOVING})
_KEEP_PLACE = _BEFORE_TALK | _IN_TALK

_LEFT = "The caller hung up."
_LOST = "The call was lost by our own fault."
_HUNG_UP = "The agent hung up before the caller was handed on."
_PRESSED = "The caller pressed {}."


def refuse_offer(centre: Centre, event: AgentRefused) -> Changes:
    """An agent did not take the caller: the queue is told, and offers them to somebody else."""
    changes = Changes(facts=[event])
    stay = _stay_of(centre, event.call)
    if stay is None or stay.state is not StayState.RUNG or stay.reservation != event.reservation:
        return changes
    if event.end is TryEnd.CANCELLED:
        # There is no caller any more to ring them for; the fact that says so is right behind, and no fault of theirs.
        return changes
    reason = refusal(stay.agent, event)
    stay.note([reason])
    stay.wait_on()
    if not stay.is_untold:
        is_gone = event.end is TryEnd.FAILED
        declined = ReservationDeclined(
            at=event.at, reservation=event.reservation, reason=reason, is_unreachable=is_gone
        )
        changes.queue_events.append(declined)
    changes.facts.append(entry_fact(stay.entry, EntryState.WAITING, event.at, waited=stay.waited(event.at)))
    return changes


def join_agent(centre: Centre, event: AgentJoined) -> Changes:
    """An agent and the caller hear each other. Whoever else is rung for them is rung no longer."""
    changes = Changes(facts=[event])
    serving = centre.runs.get(event.call)
    stay = None if serving is None else serving.stay
    if serving is None or stay is None or stay.state not in _MAY_JOIN or event.reservation not in stay.offered:
        return changes
    is_late = stay.reservation != event.reservation
    if stay.state is StayState.RUNG and is_late:
        changes.commands.append(serving.issue(StopRinging(reservation=stay.reservation)))
    keep_explanation(centre, stay)
    stay.state, stay.reservation, stay.connected_at = StayState.TALKING, event.reservation, event.at
    stay.agent = stay.offered[event.reservation]
    stay.note([f"{stay.agent} answered after {stay.waited(event.at):.1f} s."])
    serving.run.outcome_so_far = Outcome.ANSWERED
    if stay.is_untold:
        tell_restored(stay, changes, event.at)
    else:
        changes.queue_events.append(ReservationAccepted(at=event.at, reservation=event.reservation))
        if is_late:
            _insist(centre, serving, stay, changes, event.at)
    fact = entry_fact(stay.entry, EntryState.CONNECTED, event.at, agent=stay.agent, waited=stay.waited(event.at))
    changes.facts.append(fact)
    return changes


def _insist(centre: Centre, serving: Serving, stay: Stay, changes: Changes, at: datetime) -> None:
    """The queue may have moved the entry on, or given it up, before it heard of the answer: the two talk all the same,
    and the agent must not be rung for anybody else."""
    centre.entries[stay.entry.id] = serving.call.id
    stay.is_untold = True
    tell_restored(stay, changes, at)


def part_agent(centre: Centre, event: AgentLeft) -> Changes:
    """An agent is off the talk, and the caller is still there."""
    changes = Changes(facts=[event])
    serving = centre.runs.get(event.call)
    stay = None if serving is None else serving.stay
    if serving is None or stay is None:
        return changes
    if stay.is_untold and event.reservation in stay.offered:
        _catch_up(stay, event)
    if stay.reservation != event.reservation:
        return changes
    if stay.state is StayState.MOVING:
        end_contact(centre, stay, changes, event.at, talk=event.talk_seconds, hold=event.hold_seconds, moves=True)
        hand_on(centre, serving, stay, changes, event.at)
    elif stay.state is StayState.TALKING and event.is_transfer:
        # Their phone joined the caller with another call of its own; nobody asked us.
        stay.state = StayState.OUTSIDE
        end_contact(centre, stay, changes, event.at, talk=event.talk_seconds, hold=event.hold_seconds, moves=True)
    elif stay.state is StayState.TALKING and event.is_lost:
        _take_back(stay, event, changes)
        changes.commands.append(serving.keep_memo())
    elif stay.state is StayState.TALKING:
        stay.state = StayState.ENDING
        end_contact(centre, stay, changes, event.at, talk=event.talk_seconds, hold=event.hold_seconds)
    return changes


def _catch_up(stay: Stay, event: AgentLeft) -> None:
    """The agent had answered while the centre before this one was there, which died before its next command."""
    stay.agent, stay.reservation = stay.offered[event.reservation], event.reservation
    stay.connected_at = event.at - timedelta(seconds=event.talk_seconds)
    if stay.state is not StayState.MOVING:
        stay.state = StayState.TALKING


def _take_back(stay: Stay, event: AgentLeft, changes: Changes) -> None:
    """The agent's phone went silent: the caller is next again."""
    reason = f"{stay.agent} was lost from the talk after {event.talk_seconds:.0f} s."
    stay.note([reason])
    tell_restored(stay, changes, event.at)
    stay.wait_again(event.at)
    changes.queue_events.append(EntryReturned(at=event.at, entry=stay.entry.id, reason=reason))
    changes.facts.append(entry_fact(stay.entry, EntryState.WAITING, event.at, waited=stay.waited(event.at)))


def end_wait(centre: Centre, event: WaitEnded) -> Changes:
    """The caller waits no longer and is still there: the run goes on."""
    changes = Changes(facts=[event])
    serving = centre.runs.get(event.call)
    stay = None if serving is None else serving.stay
    if serving is None or stay is None or event.command != stay.wait:
        return changes
    if event.has_talked and stay.state is StayState.TALKING:
        end_contact(centre, stay, changes, event.at, talk=_talked(stay, event.at))
    if event.has_talked and stay.state in _BEFORE_TALK:
        _forget_place(centre, stay, changes, event.at)
    end = _end_of(stay, event)
    if end is QueueEnd.KEY:
        leave(centre, stay, changes, EntryState.OVERFLOWED, event.at, _PRESSED.format(event.key))
    elif end is QueueEnd.FAILED:
        stay.reason = event.problem or "The wait ended by itself."
        leave(centre, stay, changes, EntryState.OVERFLOWED, event.at, stay.reason)
    finish_stay(serving, changes, end, event.at, key=event.key)
    return changes


def _forget_place(centre: Centre, stay: Stay, changes: Changes, at: datetime) -> None:
    """The talk was over before the caller could wait for somebody else; a centre before this one may have told so."""
    if stay.is_untold:
        centre.entries.pop(stay.entry.id, None)
    else:
        leave(centre, stay, changes, EntryState.OVERFLOWED, at, _HUNG_UP)


def _end_of(stay: Stay, event: WaitEnded) -> QueueEnd:
    if event.has_talked:
        return QueueEnd.ANSWERED
    if event.key:
        return QueueEnd.KEY
    return QueueEnd.OVERFLOWED if stay.state is StayState.LEAVING else QueueEnd.FAILED


def end_stay(centre: Centre, serving: Serving, event: CallEnded, changes: Changes) -> None:
    """The call is over, and its stay with it. A caller whom we lost keeps their place for a while."""
    stay = serving.stay
    if stay is None:
        return
    is_lost = event.by is EndedBy.LOST
    if is_lost and stay.state in _KEEP_PLACE:
        waited = stay.waited(event.at) + stay.entry.place.credit_seconds
        centre.lost_places.keep(stay.entry.contact_phone, LostPlace(at=event.at, waited_seconds=waited))
    if stay.state in _BEFORE_TALK:
        leave(centre, stay, changes, EntryState.ABANDONED, event.at, _LOST if is_lost else _LEFT, is_lost=is_lost)
    elif stay.state in _IN_TALK:
        end_contact(centre, stay, changes, event.at, talk=_talked(stay, event.at))
    show_in_trace(serving, stay, event.at)
    serving.stay = None


def _talked(stay: Stay, at: datetime) -> float:
    return 0.0 if stay.connected_at is None else max(0.0, (at - stay.connected_at).total_seconds())


def _stay_of(centre: Centre, call: CallId) -> Stay | None:
    serving = centre.runs.get(call)
    return None if serving is None else serving.stay
