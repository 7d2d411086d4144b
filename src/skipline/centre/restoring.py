"""Stays in queues that were under way when a centre died, taken up by the next one.

A memo is as old as the last command, so the worker says besides whom the caller talks with. What it kept while no
centre was there follows its `Hello`. Until that is in (`settle`), the queues hear of an entry only when a fact about it
comes, and of agents not at all: so nobody is rung for a caller who left meanwhile, and every stay has its record.
"""

from datetime import datetime

from skipline.centre.call_back import CallBackState
from skipline.centre.entry_facts import open_record
from skipline.centre.presence import know_phones
from skipline.centre.queueing import end_contact, tell_restored
from skipline.centre.state import Centre, Changes, Serving
from skipline.centre.stay import StayState
from skipline.centre.transfers import hand_on
from skipline.model.commands import StopRinging
from skipline.model.queue_events import EntryRestored
from skipline.model.voice_link import AgentTalk

_IN_NO_QUEUE = frozenset({StayState.LEAVING, StayState.ENDING, StayState.OUTSIDE})


def take_up_stay(centre: Centre, serving: Serving, agent: AgentTalk | None) -> Changes:
    """Know a caller's stay again. One who talks with an agent has them from the start, so that nobody rings there."""
    stay, changes = serving.stay, Changes()
    if stay is None or stay.state in _IN_NO_QUEUE:
        return changes
    centre.entries[stay.entry.id] = serving.call.id
    stay.is_untold = True
    changes.entries.append(open_record(stay.entry))
    if agent is not None and agent.joined_at is not None:
        is_moving = stay.state is StayState.MOVING
        stay.offer(agent.reservation, agent.agent)
        stay.state = StayState.MOVING if is_moving else StayState.TALKING
        stay.connected_at = agent.joined_at
        tell_restored(stay, changes, agent.joined_at)
    return changes


def settle(centre: Centre, now: datetime) -> Changes:
    """All that was kept is in: whoever still waits is back in line, at their old place. An agent who is being rung for
    an offer that no queue knows any more is rung no longer; the next offer comes at once."""
    changes = Changes()
    for serving in centre.runs.values():
        if serving.stay is not None and serving.stay.is_untold:
            _settle_stay(centre, serving, changes, now)
    return changes


def tell_again(centre: Centre, now: datetime) -> Changes:
    """Whoever keeps the queues had taken this node for dead: all that it has is told anew, phones too."""
    stays = [one.stay for one in centre.runs.values() if one.stay is not None and one.stay.state not in _IN_NO_QUEUE]
    for stay in stays:
        stay.is_untold = stay.state is not StayState.MOVING
    changes = settle(centre, now)
    for stay in stays:
        # One whose agent hands them on is told of when that is done.
        stay.is_untold = stay.state is StayState.MOVING
    waiting = (one for one in centre.call_backs.values() if one.state is CallBackState.WAITING)
    changes.queue_events += [EntryRestored(at=now, entry=one.entry) for one in waiting]
    changes.queue_events += know_phones(centre, tuple(centre.phones), now).queue_events
    return changes


def _settle_stay(centre: Centre, serving: Serving, changes: Changes, now: datetime) -> None:
    stay = serving.stay
    assert stay is not None  # noqa: S101 - asked by `settle`
    if stay.state is StayState.MOVING:
        end_contact(centre, stay, changes, now, talk=stay.talk_seconds, moves=True)
        hand_on(centre, serving, stay, changes, now)
        return
    if stay.state is StayState.RUNG:
        changes.commands.append(serving.issue(StopRinging(reservation=stay.reservation)))
        stay.wait_on()
    tell_restored(stay, changes, now)
