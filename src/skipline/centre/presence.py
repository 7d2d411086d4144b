"""Which agents can be reached for calls: those whose phones are registered. Which queues they serve is the workspace's
word."""

from collections.abc import Collection
from datetime import datetime

from skipline.centre.ringing import agent_of
from skipline.centre.state import Centre, Changes
from skipline.model.configuration import Configuration
from skipline.model.events import PhoneGone, PhoneRegistered
from skipline.model.queue_events import AgentCame, AgentWent, AnyQueueEvent, QueuesConfigured
from skipline.model.queueing import Medium


def note_phone(centre: Centre, event: PhoneRegistered) -> Changes:
    """A phone can be rung from now on; it tells so again whenever it registers anew."""
    centre.phones.add(event.user)
    agent = agent_of(centre, event.user)
    return Changes(
        facts=[event], queue_events=[AgentCame(at=event.at, agent=agent, medium=Medium.CALL)] if agent else []
    )


def lose_phone(centre: Centre, event: PhoneGone) -> Changes:
    """A phone cannot be rung any more."""
    centre.phones.discard(event.user)
    agent = agent_of(centre, event.user)
    return Changes(
        facts=[event], queue_events=[AgentWent(at=event.at, agent=agent, medium=Medium.CALL)] if agent else []
    )


def know_phones(centre: Centre, users: Collection[str], now: datetime) -> Changes:
    """These phones are registered, and no others: a voice worker says so when it connects."""
    gone, centre.phones = centre.phones - set(users), set(users)
    went = [
        AgentWent(at=now, agent=agent, medium=Medium.CALL) for user in sorted(gone) if (agent := agent_of(centre, user))
    ]
    return Changes(queue_events=[*went, *_reachable(centre, now)])


def configure_queues(centre: Centre, configuration: Configuration, now: datetime) -> Changes:
    """Put a workspace's queues and agents into force. Whose phone is registered already is there at once."""
    centre.queues = {queue.name: queue for queue in configuration.queues}
    centre.agents = {agent.name: agent for agent in configuration.agents}
    configured = QueuesConfigured(
        at=now, queues=configuration.queues, tiers=configuration.tiers, agents=configuration.agents
    )
    return Changes(queue_events=[configured, *_reachable(centre, now)])


def _reachable(centre: Centre, now: datetime) -> list[AnyQueueEvent]:
    return [
        AgentCame(at=now, agent=agent, medium=Medium.CALL)
        for user in sorted(centre.phones)
        if (agent := agent_of(centre, user))
    ]
