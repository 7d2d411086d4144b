"""Which nodes can ring which agent.

A phone is rung by the node that it registered at, so a call is offered to agents whose phone is registered at the node
that carries the call. To the queues that is a skill like any other: an agent has one for each node that can ring them,
and a call asks for that of its own node. Messages need no phone.
"""

import re

import msgspec

from skipline.model.queue_events import EntryOverflowed, OfferMade, QueueDecision, QueuesConfigured
from skipline.model.queueing import Agent, Entry, Medium, Place, Preference, SkillNeed

PREFIX = "phone at node "
_AS_SKILL = re.compile(PREFIX + r"(\S+) >= 1( \(has 0\))?")


class Reach:
    """Who can be rung from where."""

    def __init__(self) -> None:
        self.nodes: dict[str, set[str]] = {}

    def come(self, agent: str, node: str) -> bool:
        """A node can ring an agent; whether that is new."""
        nodes = self.nodes.setdefault(agent, set())
        is_new = node not in nodes
        nodes.add(node)
        return is_new

    def go(self, agent: str, node: str) -> bool:
        """A node cannot ring an agent any more; whether any other one can."""
        nodes = self.nodes.get(agent, set())
        nodes.discard(node)
        return bool(nodes)

    def agents_at(self, node: str) -> list[str]:
        """Those whom a node can ring, by name."""
        return sorted(agent for agent, nodes in self.nodes.items() if node in nodes)

    def with_skills(self, event: QueuesConfigured) -> QueuesConfigured:
        """The configuration, with every agent's reach as skills."""
        return msgspec.structs.replace(event, agents=tuple(map(self._with_skills, event.agents)))

    def _with_skills(self, agent: Agent) -> Agent:
        reach = {PREFIX + node: 1 for node in sorted(self.nodes.get(agent.name, ()))}
        return msgspec.structs.replace(agent, skills={**agent.skills, **reach})

    def bind(self, entry: Entry, node: str) -> Entry:
        """An entry that asks for agents who can be rung from its node. Of agents whom it asks for by name, those stay
        who can."""
        place = entry.place
        if place.medium is not Medium.CALL:
            return entry
        preferences = tuple(one for one in (self._reachable(one, node) for one in place.preferences) if one.agents)
        needs = (*_own_needs(place), SkillNeed(skill=PREFIX + node))
        return _with_place(entry, msgspec.structs.replace(place, needs=needs, preferences=preferences))

    def _reachable(self, preference: Preference, node: str) -> Preference:
        agents = tuple(one for one in preference.agents if node in self.nodes.get(one, ()))
        return msgspec.structs.replace(preference, agents=agents)


def unbind(decision: QueueDecision) -> QueueDecision:
    """A decision about an entry as its node knows it."""
    if isinstance(decision, OfferMade):
        why = tuple(map(reworded, decision.why))
        return msgspec.structs.replace(decision, entry=unbound(decision.entry), why=why)
    if isinstance(decision, EntryOverflowed):
        return msgspec.structs.replace(decision, entry=unbound(decision.entry))
    return decision


def reworded(sentence: str) -> str:
    """A sentence about skills as a reader wants it."""
    return _AS_SKILL.sub(r"a phone that is registered at node \1", sentence)


def unbound(entry: Entry) -> Entry:
    """An entry without what `bind` added."""
    return _with_place(entry, msgspec.structs.replace(entry.place, needs=_own_needs(entry.place)))


def _own_needs(place: Place) -> tuple[SkillNeed, ...]:
    return tuple(need for need in place.needs if not need.skill.startswith(PREFIX))


def _with_place(entry: Entry, place: Place) -> Entry:
    return msgspec.structs.replace(entry, place=place)
