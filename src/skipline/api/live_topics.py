"""What the live socket tells of: which topic a fact belongs to, and what else tells it from others of the topic."""

from collections.abc import Callable, Mapping
from typing import Any

from skipline.model import events, live_events
from skipline.model.access import Actor, Permission, Reach, reach_of
from skipline.model.events import Event

LIVE = "live"
"""What the socket says of itself."""
QUEUES = "queues"
EDITORS = "editors"
"""Who has which flow open; what is said under it is told to all who listen."""

_Key = Callable[[Any], str]


def _nothing(_: Any) -> str:
    return ""


_OF_TOPIC: Mapping[str, Mapping[type[Event], _Key]] = {
    "entries": {live_events.EntryChanged: lambda fact: str(fact.queue)},
    "agents": {live_events.AgentStateChanged: lambda fact: str(fact.agent)},
    "conversations": {live_events.ConversationChanged: lambda fact: str(fact.conversation)},
    "offers": {
        live_events.ConversationOffered: lambda fact: str(fact.agent),
        live_events.OfferEnded: lambda fact: str(fact.agent),
    },
    "phones": {events.PhoneRegistered: lambda fact: str(fact.user), events.PhoneGone: lambda fact: str(fact.user)},
    "trunks": {
        events.TrunkRegistrationChanged: lambda fact: str(fact.trunk),
        events.TargetHealthChanged: lambda fact: str(fact.target),
    },
    "drafts": {live_events.DraftPatched: lambda fact: str(fact.flow)},
    EDITORS: {live_events.EditorMoved: lambda fact: str(fact.flow)},
    "calls": {
        events.CallArrived: lambda fact: str(fact.call.id),
        **dict.fromkeys(
            (
                events.TargetRang,
                events.TargetTried,
                events.CallConnected,
                events.ForwardEnded,
                events.CallEnded,
                events.WaitEnded,
                events.AgentRang,
                events.AgentRefused,
                events.AgentJoined,
                events.AgentLeft,
                events.TransferEnded,
            ),
            lambda fact: str(fact.call),
        ),
    },
}
TOPICS = (*_OF_TOPIC, QUEUES)
"""What can be subscribed to: a topic, or one thing of it, such as `offers/ana` or `queues/vip`."""

_KEYS: Mapping[type[Event], tuple[str, _Key]] = {
    kind: (topic, key) for topic, kinds in _OF_TOPIC.items() for kind, key in kinds.items()
}


_OF_AGENTS = frozenset({"agents", "offers", "conversations"})
"""Where agents hear of what is their own. Calls and entries tell of contacts that are not."""


def topic_of(fact: Event) -> tuple[str, str]:
    """A fact's topic, and the key by which it can be asked for alone; empty: nobody may hear of it."""
    topic, key = _KEYS.get(type(fact), ("", _nothing))
    return topic, key(fact)


def is_known(wanted: str) -> bool:
    """Whether there is such a subscription."""
    return wanted.partition("/")[0] in TOPICS


def is_wanted(wanted: set[str], topic: str, key: str) -> bool:
    """Whether subscriptions cover one thing of a topic."""
    return bool(topic) and (topic in wanted or f"{topic}/{key}" in wanted)


def may_hear(actor: Actor, fact: Event, topic: str) -> bool:
    """Whether somebody may hear of a fact: an agent of what is theirs alone, which a fact says by naming them."""
    if reach_of(actor.role, Permission.LIVE_LISTEN) is Reach.ALL:
        return True
    return bool(actor.agent) and topic in _OF_AGENTS and getattr(fact, "agent", "") == actor.agent
