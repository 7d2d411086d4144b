"""Conversations: looked through, answered by people, offered to agents, handed on, closed."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Annotated, TypeVar

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from skipline.api.access import Author, allows, named_agent
from skipline.api.conversation_views import (
    ConversationPageView,
    ConversationView,
    MessagePageView,
    MessageView,
    OfferView,
    WholeConversationView,
    conversation_view,
    identity,
    message_view,
    offer_view,
    place_view,
)
from skipline.api.errors import Refused
from skipline.api.own import narrowed, own_agent, own_conversation
from skipline.api.services import Running, Services
from skipline.centre.conversations import NotPossible
from skipline.host.messages.people import KeyReused
from skipline.model.access import Permission, Role
from skipline.model.conversation import ConversationState
from skipline.model.ids import ContactId, ConversationId
from skipline.model.message import Button, Channel, MessageBody, Template
from skipline.store import conversation_search as search
from skipline.store import conversation_stays
from skipline.store.posting import NoConversation

router = APIRouter(tags=["conversations"])

FIRST_MESSAGES = 50
LONGEST_PAUSE = timedelta(days=30)

_Given = TypeVar("_Given")
Text = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=200, description="the same request under the same key is done once"),
]


class _Wish(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ButtonWish(_Wish):
    """One answer to tap; `id` comes back when it is."""

    id: Name
    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    description: str = ""


class TemplateWish(_Wish):
    """A text that the provider approved beforehand, with the values for its holes, in order."""

    name: Name
    language: Annotated[str, StringConstraints(min_length=2, max_length=20)]
    values: list[str] = []


class MessageWish(_Wish):
    """What to write: a text, a file by its address, or a template. `agent` is who writes; left out, the key's name."""

    agent: Name | None = None
    text: Annotated[str, StringConstraints(max_length=4096)] = ""
    buttons: Annotated[list[ButtonWish], Field(max_length=3)] = []
    media_url: Annotated[str, StringConstraints(max_length=2000)] = ""
    media_kind: Annotated[str, StringConstraints(pattern="^(image|video|audio|document|)$")] = ""
    template: TemplateWish | None = None

    def body(self) -> MessageBody:
        """The message that is meant."""
        template = None
        if self.template is not None:
            given = self.template
            template = Template(name=given.name, language=given.language, values=tuple(given.values))
        return MessageBody(
            text=self.text,
            buttons=tuple(Button(id=one.id, title=one.title, description=one.description) for one in self.buttons),
            media_url=self.media_url,
            media_kind=self.media_kind,
            template=template,
        )


class NoteWish(_Wish):
    """A note that the contact does not see."""

    agent: Name | None = None
    text: Text


class AgentWish(_Wish):
    """Which agent."""

    agent: Name


class DeclineWish(AgentWish):
    """Which agent declines, and why."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class TransferWish(_Wish):
    """Where a conversation goes: to a queue, to an agent, or to an agent in a queue of theirs. They alone are asked for
    30 seconds, then everybody in the queue."""

    queue: Name | None = None
    agent: Name | None = None

    @model_validator(mode="after")
    def _names_one(self) -> "TransferWish":
        if self.queue is None and self.agent is None:
            raise ValueError("name a queue, an agent, or both")
        return self


class CloseWish(_Wish):
    """Who closes a conversation; left out, the key's name."""

    agent: Name | None = None


class PauseWish(_Wish):
    """For how many seconds flows stay silent; left out, as long as the account says (`resume_after`)."""

    seconds: Annotated[float, Field(gt=0, le=LONGEST_PAUSE.total_seconds())] | None = None


@router.get("/conversations")
@allows(Permission.CONVERSATIONS_READ, own=narrowed)
async def list_conversations(
    services: Running,
    author: Author,
    state: ConversationState | None = None,
    agent: str | None = None,
    account: str | None = None,
    channel: Channel | None = None,
    contact: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> ConversationPageView:
    """Conversations that are all of this, or all, the latest message first."""
    wanted: search.Wanted = {
        "state": state,
        "agent": author.agent if author.role is Role.AGENT else agent,
        "account": account,
        "channel": channel,
        "contact": None if contact is None else ContactId(contact),
    }
    page = await services.database.read(search.find, wanted, cursor=cursor, limit=limit)
    return ConversationPageView(
        conversations=[conversation_view(one) for one in page.conversations], next_cursor=page.next_cursor
    )


@router.get("/conversations/{conversation_id}")
@allows(Permission.CONVERSATIONS_READ, own=own_conversation)
async def read_conversation(services: Running, conversation_id: str) -> WholeConversationView:
    """One conversation with its latest messages."""
    id_ = ConversationId(conversation_id)
    seen = await _seen(services, id_)
    stay = await services.database.read(conversation_stays.present, id_)
    page = await services.database.read(search.read_messages, id_, cursor=None, limit=FIRST_MESSAGES)
    return WholeConversationView(
        **identity(seen),
        queue=None if stay is None else place_view(stay, services.clock()),
        messages=[message_view(one) for one in page.messages],
        next_cursor=page.next_cursor,
    )


@router.get("/conversations/{conversation_id}/messages")
@allows(Permission.CONVERSATIONS_READ, own=own_conversation)
async def list_messages(
    services: Running,
    conversation_id: str,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = FIRST_MESSAGES,
) -> MessagePageView:
    """The messages and notes of a conversation, newest first."""
    id_ = ConversationId(conversation_id)
    await _seen(services, id_)
    page = await services.database.read(search.read_messages, id_, cursor=cursor, limit=limit)
    return MessagePageView(messages=[message_view(one) for one in page.messages], next_cursor=page.next_cursor)


@router.post("/conversations/{conversation_id}/messages", status_code=201)
@allows(Permission.CONVERSATIONS_ANSWER, own=own_conversation)
async def write_message(
    services: Running, author: Author, conversation_id: str, wish: MessageWish, key: Key = None
) -> MessageView:
    """Write to the contact. What becomes of it is told by its `state`, and as it happens by the live socket."""
    id_, who = ConversationId(conversation_id), named_agent(author, wish.agent)
    try:
        return message_view(await _tried(services.people.write(id_, wish.body(), who, key or "")))
    except ValueError as empty:
        raise Refused(422, "empty_message", f"{empty}.".capitalize()) from None


@router.post("/conversations/{conversation_id}/notes", status_code=201)
@allows(Permission.CONVERSATIONS_ANSWER, own=own_conversation)
async def write_note(
    services: Running, author: Author, conversation_id: str, wish: NoteWish, key: Key = None
) -> MessageView:
    """Write something down for our own people; the contact does not see it."""
    id_, who = ConversationId(conversation_id), named_agent(author, wish.agent)
    return message_view(await _tried(services.people.note(id_, wish.text, who, key or "")))


@router.post("/conversations/{conversation_id}/accept")
@allows(Permission.CONVERSATIONS_ANSWER, own=narrowed)
async def accept(services: Running, author: Author, conversation_id: str, wish: AgentWish) -> WholeConversationView:
    """Take a conversation that is offered to an agent, or was a moment ago and nobody else has taken; harmless when
    they have it."""
    id_ = await _known(services, conversation_id)
    await _tried(services.desk.accept(id_, named_agent(author, wish.agent)))
    return await read_conversation(services, conversation_id)


@router.post("/conversations/{conversation_id}/decline")
@allows(Permission.CONVERSATIONS_ANSWER, own=narrowed)
async def decline(services: Running, author: Author, conversation_id: str, wish: DeclineWish) -> WholeConversationView:
    """Turn an offer down. The conversation keeps its place and is offered to others; this agent is not asked again for
    a minute."""
    id_ = await _known(services, conversation_id)
    await _tried(services.desk.decline(id_, named_agent(author, wish.agent), wish.reason))
    return await read_conversation(services, conversation_id)


@router.post("/conversations/{conversation_id}/transfer")
@allows(Permission.CONVERSATIONS_ANSWER, own=own_conversation)
async def transfer(services: Running, conversation_id: str, wish: TransferWish) -> WholeConversationView:
    """Hand a conversation that an agent has on to a queue or to another agent. The time that it has waited counts."""
    id_ = await _known(services, conversation_id)
    await _tried(services.desk.hand_on(id_, queue=wish.queue or "", agent=wish.agent or ""))
    return await read_conversation(services, conversation_id)


@router.post("/conversations/{conversation_id}/close")
@allows(Permission.CONVERSATIONS_ANSWER, own=own_conversation)
async def close(
    services: Running, author: Author, conversation_id: str, wish: CloseWish | None = None
) -> ConversationView:
    """Close a conversation. Its flow goes on behind the queue; the contact's next message opens it again."""
    who = named_agent(author, None if wish is None else wish.agent)
    await _tried(services.people.close(ConversationId(conversation_id), who))
    return conversation_view(await _seen(services, ConversationId(conversation_id)))


@router.post("/conversations/{conversation_id}/read")
@allows(Permission.CONVERSATIONS_ANSWER, own=own_conversation)
async def mark_read(services: Running, conversation_id: str) -> ConversationView:
    """Say that everything was read."""
    await _tried(services.people.mark_read(ConversationId(conversation_id)))
    return conversation_view(await _seen(services, ConversationId(conversation_id)))


@router.post("/conversations/{conversation_id}/pause")
@allows(Permission.CONVERSATIONS_ANSWER, own=own_conversation)
async def pause_flows(services: Running, conversation_id: str, wish: PauseWish | None = None) -> ConversationView:
    """Keep flows silent, so that people can write. A conversation in a queue, or that an agent has, needs no pause."""
    id_ = ConversationId(conversation_id)
    account = (await _seen(services, id_)).conversation.account
    given = None if wish is None else wish.seconds
    silence = services.people.silence(account) if given is None else timedelta(seconds=given)
    await _tried(services.people.pause(id_, services.clock() + silence))
    return conversation_view(await _seen(services, id_))


@router.post("/conversations/{conversation_id}/resume")
@allows(Permission.CONVERSATIONS_ANSWER, own=own_conversation)
async def resume_flows(services: Running, conversation_id: str) -> ConversationView:
    """Let flows answer the contact again."""
    await _tried(services.people.resume(ConversationId(conversation_id)))
    return conversation_view(await _seen(services, ConversationId(conversation_id)))


@router.get("/agents/{name}/offers")
@allows(Permission.CONVERSATIONS_READ, own=own_agent)
async def list_offers(services: Running, name: str) -> list[OfferView]:
    """The conversations that an agent is offered now, the longest waiting first."""
    if name not in services.host.centre.agents:
        raise Refused(404, "not_found", f"There is no agent {name}.")
    now = services.clock()
    return [offer_view(one, now) for one in await services.database.read(conversation_stays.offered_to, name)]


async def _known(services: Services, conversation: str) -> ConversationId:
    await _seen(services, ConversationId(conversation))
    return ConversationId(conversation)


async def _seen(services: Services, conversation: ConversationId) -> search.SeenConversation:
    seen = await services.database.read(search.see, conversation)
    if seen is None:
        raise Refused(404, "not_found", f"There is no conversation {conversation}.")
    return seen


async def _tried(work: Awaitable[_Given]) -> _Given:
    """What a work gives; what people cannot do becomes a refusal."""
    try:
        return await work
    except NoConversation as unknown:
        raise Refused(404, "not_found", f"{unknown}.".capitalize()) from None
    except KeyReused:
        why = "This Idempotency-Key was used for something else: take a new one for each message."
        raise Refused(422, "key_reused", why) from None
    except NotPossible as impossible:
        status = 404 if impossible.code.startswith("unknown") else 409
        raise Refused(status, impossible.code, str(impossible)) from None
