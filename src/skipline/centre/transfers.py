"""An agent hands the caller on: to a queue, to another agent, or to a number.

The caller hears music meanwhile, and the wait so far counts in the next queue. A number is called only over a trunk
that the workspace gives a server to; anything that is neither queue, agent nor such a number is refused, since whoever
gets hold of an agent's phone could otherwise call the world at our expense.
"""

import re
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from skipline.centre.queueing import join, new_entry
from skipline.centre.ringing import agent_of, trunk_out
from skipline.centre.state import Centre, Changes, Serving
from skipline.centre.stay import Stay, StayState
from skipline.model.call import TryEnd
from skipline.model.commands import TransferCall
from skipline.model.events import TransferAsked, TransferEnded
from skipline.model.ids import EntryId
from skipline.model.queueing import Agent, Place, Preference

PREFERRED_SECONDS = 30.0
"""How long only the agent who was named is offered the caller; after that whoever serves their queue is."""

_NUMBER = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)


class Aim(NamedTuple):
    """Where a transfer leads: a place in a queue, or a number over a trunk."""

    place: Place | None = None
    number: str = ""
    trunk: str = ""


def ask_transfer(centre: Centre, event: TransferAsked) -> Changes:
    """Take the agent off and let the caller hear music; where the transfer leads to nowhere, the talk goes on."""
    changes = Changes(facts=[event])
    serving = centre.runs.get(event.call)
    stay = None if serving is None else serving.stay
    if serving is None or stay is None or stay.state is not StayState.TALKING or stay.reservation != event.reservation:
        return changes
    aim = find_aim(centre, serving, stay, event.to)
    if aim is None:
        stay.note([f"{stay.agent} asked for a transfer to {event.to}, which is no queue, no agent and no number here."])
        return changes
    stay.state, stay.moves_to = StayState.MOVING, aim.place
    targets = (aim.number,) if aim.number else ()
    changes.commands.append(serving.issue(TransferCall(reservation=stay.reservation, targets=targets, trunk=aim.trunk)))
    return changes


def find_aim(centre: Centre, serving: Serving, stay: Stay, to: str) -> Aim | None:
    """What `to` (a SIP or tel URI, or what stands before its @) names; None when nothing may be called by it."""
    name = _user_part(to)
    if name in centre.queues:
        return Aim(place=_place_of(stay, name))
    agent = name if name in centre.agents else agent_of(centre, name)
    if agent:
        return _aim_at_agent(centre, stay, agent)
    trunk = trunk_out(centre, serving.call) if _NUMBER.fullmatch(name) else ""
    return Aim(number=name, trunk=trunk) if trunk else None


def hand_on(centre: Centre, serving: Serving, stay: Stay, changes: Changes, now: datetime) -> None:
    """The agent is off: the caller begins to wait in the next queue, or a number is being rung."""
    place, stay.moves_to = stay.moves_to, None
    if place is None:
        stay.state = StayState.OUTSIDE
        return
    _wait_again(centre, serving, stay, place, changes, now)


def end_transfer(centre: Centre, event: TransferEnded) -> Changes:
    """A number's talk is over, or nobody answered there: then the caller is next in line for the agent they had."""
    changes = Changes(facts=[event])
    serving = centre.runs.get(event.call)
    stay = None if serving is None else serving.stay
    if serving is None or stay is None or stay.state is not StayState.OUTSIDE:
        return changes
    if event.end is TryEnd.ANSWERED:
        # `WaitEnded` follows.
        stay.talk_seconds += event.talk_seconds
        stay.note([f"Talked with {event.target} for {event.talk_seconds:.0f} s."])
        return changes
    stay.note([f"The transfer to {event.target or 'the number'} reached nobody."])
    place = preferring(_place_of(stay, stay.entry.place.queue), stay.agent)
    _wait_again(centre, serving, stay, place, changes, event.at)
    return changes


def _wait_again(centre: Centre, serving: Serving, stay: Stay, place: Place, changes: Changes, now: datetime) -> None:
    stay.note([f"Handed on to {place.queue} with {place.credit_seconds:.0f} s of waiting."])
    stay.begin(new_entry(centre, serving, EntryId(serving.next_id()), place, now), now)
    changes.commands.append(serving.keep_memo())
    join(centre, stay.entry, changes, now)


def _place_of(stay: Stay, queue: str) -> Place:
    return place_in(stay.entry.place, stay.waited(stay.entry.joined_at), queue)


def place_in(before: Place, waited_seconds: float, queue: str) -> Place:
    """A place in `queue` for a contact who was handed on, with the waited time as credit. What the flow asked of agents
    holds in the same queue only."""
    credit = before.credit_seconds + waited_seconds
    if queue == before.queue:
        return msgspec.structs.replace(before, credit_seconds=credit, preferences=())
    return Place(queue=queue, tier=before.tier, credit_seconds=credit, medium=before.medium)


def preferring(place: Place, agent: str) -> Place:
    """The same place, where `agent` alone is asked first."""
    return msgspec.structs.replace(place, preferences=(Preference(agents=(agent,), seconds=PREFERRED_SECONDS),))


def _aim_at_agent(centre: Centre, stay: Stay, agent: str) -> Aim | None:
    queue = queue_of(centre.agents[agent], stay.entry.place.queue)
    return Aim(place=preferring(_place_of(stay, queue), agent)) if queue else None


def queue_of(agent: Agent, present: str) -> str:
    """The queue in which an agent is asked for: the present one if they serve it; empty when they serve none."""
    return present if present in agent.queues else next(iter(agent.queues), "")


def _user_part(to: str) -> str:
    """`vip` of `<sip:vip@127.0.0.1;transport=udp>` (RFC 3261 section 19.1.1)."""
    bare = to.strip().strip("<>").removeprefix("sips:").removeprefix("sip:").removeprefix("tel:")
    return unquote(re.split(r"[@;?]", bare, maxsplit=1)[0])
