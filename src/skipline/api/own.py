"""What is an agent's own: the checks that routes name beside their permission."""

from fastapi import Request

from skipline.api.services import Services
from skipline.model.access import Actor
from skipline.model.ids import ContactId, ConversationId, VoicemailId
from skipline.store import agent_own, voicemails


async def own_agent(request: Request, services: Services, actor: Actor) -> bool:
    """The agent whose name stands in the path is the one who asks."""
    return bool(request.path_params["name"] == actor.agent)


async def own_conversation(request: Request, services: Services, actor: Actor) -> bool:
    """The agent has the conversation, or is offered it."""
    asked = ConversationId(request.path_params["conversation_id"])
    return await services.database.read(agent_own.has_conversation, actor.agent, asked)


async def own_contact(request: Request, services: Services, actor: Actor) -> bool:
    """The agent has a conversation with the contact, or is offered one."""
    return await services.database.read(agent_own.has_contact, actor.agent, ContactId(request.path_params["contact"]))


async def own_voicemail(request: Request, services: Services, actor: Actor) -> bool:
    """Its caller had waited in a queue of the agent's."""
    asked = VoicemailId(request.path_params["voicemail_id"])
    found = await services.database.read(voicemails.read, asked)
    return found is not None and found.queue in queues_of(services, actor.agent)


def queues_of(services: Services, agent: str) -> tuple[str, ...]:
    """The queues that an agent answers."""
    agents = services.workspace.configuration.agents
    return next((one.queues for one in agents if one.name == agent), ())


async def narrowed(request: Request, services: Services, actor: Actor) -> bool:
    """The route itself gives an agent no more than their own, or looks whose name is given."""
    return True


async def nothing(request: Request, services: Services, actor: Actor) -> bool:
    """There is nothing of an agent's own here."""
    return False
