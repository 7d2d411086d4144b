"""Conversations and messages as the API shows them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from skipline.centre.conversation_stays import ConversationStay, StayState
from skipline.model.conversation import ConversationState, Direction, Message
from skipline.model.message import Channel, MessageKind, SendState
from skipline.store.conversation_search import SeenConversation


class MediaView(BaseModel):
    """A file of a message. `file` is its name in our storage once it was fetched; `problem` says why it was not."""

    kind: str
    type: str
    name: str
    size_bytes: int
    file: str
    problem: str


class MessageView(BaseModel):
    """One message. `author` is an agent's name, `flow:<flow>`, `queue:<queue>`, or empty: the contact, or somebody who
    wrote in the provider's own app. `state` is how far one of ours came, null for others, and `problem` why one failed.
    A note is seen by our own people alone."""

    id: str
    direction: Direction
    at: datetime
    kind: MessageKind
    text: str
    choice: str
    author: str
    state: SendState | None
    problem: str
    code: str
    media: list[MediaView]
    buttons: list[str]
    refers_to: str
    reaction: str
    is_edited: bool
    is_revoked: bool
    run: str | None


class MessagePageView(BaseModel):
    """Messages and notes, newest first. Ask again with `cursor=next_cursor` for those before; null: there are none."""

    messages: list[MessageView]
    next_cursor: str | None


class ContactInView(BaseModel):
    """Who a conversation is with."""

    id: str
    name: str
    phone: str


class QueuePlaceView(BaseModel):
    """A conversation's stay in a queue. `agent` has it when `state` is talking, and is offered it when it is offered,
    `offered_until` then. `waited` is in seconds, in this queue. `why` are the reasons so far."""

    entry: str
    queue: str
    tier: str
    state: StayState
    joined_at: datetime
    waited: float
    agent: str
    offered_until: datetime | None
    connected_at: datetime | None
    why: list[str]


class ConversationView(BaseModel):
    """A conversation. `state` says who is to answer: a flow (bot), nobody yet (waiting), an agent, a person in the
    provider's own app (paused, until `paused_until`), or nobody (closed). `address` is the contact's id or number with
    this account; until `window_ends_at` the provider lets us write freely, null: always."""

    id: str
    contact: ContactInView
    account: str
    channel: Channel
    address: str
    state: ConversationState
    agent: str
    entry: str | None
    opened_at: datetime
    last_message_at: datetime | None
    last_received_at: datetime | None
    window_ends_at: datetime | None
    paused_until: datetime | None
    closed_at: datetime | None
    unread: int
    last_message: MessageView | None


class WholeConversationView(ConversationView):
    """A conversation with its latest messages, newest first, and its place in a queue; null: it is in none."""

    queue: QueuePlaceView | None
    messages: list[MessageView]
    next_cursor: str | None


class ConversationPageView(BaseModel):
    """Conversations, the latest message first. Ask again with `cursor=next_cursor` for the page after; null: there is
    none."""

    conversations: list[ConversationView]
    next_cursor: str | None


class OfferView(BaseModel):
    """A conversation that an agent may accept or decline until `until`."""

    conversation: str
    entry: str
    queue: str
    tier: str
    contact_name: str
    contact_phone: str
    waited: float
    until: datetime | None
    why: list[str]


def message_view(message: Message) -> MessageView:
    """A message as the API shows it."""
    choices = () if message.body is None else (*message.body.buttons, *message.body.rows)
    return MessageView(
        id=message.id,
        direction=message.direction,
        at=message.at,
        kind=message.kind,
        text=message.text,
        choice=message.choice,
        author=message.author,
        state=message.state,
        problem=message.problem,
        code=message.code,
        media=[MediaView.model_validate(one, from_attributes=True) for one in message.media],
        buttons=[one.title for one in choices],
        refers_to=message.refers_to,
        reaction=message.reaction,
        is_edited=message.is_edited,
        is_revoked=message.is_revoked,
        run=message.run or None,
    )


def conversation_view(seen: SeenConversation) -> ConversationView:
    """A conversation as the API lists it."""
    return ConversationView(**identity(seen))


_SAME = (
    *("id", "account", "channel", "state", "agent", "opened_at", "last_message_at", "last_received_at"),
    *("window_ends_at", "paused_until", "closed_at", "unread"),
)


def identity(seen: SeenConversation) -> dict[str, Any]:
    """What every view of a conversation has."""
    found = seen.conversation
    return {
        **{name: getattr(found, name) for name in _SAME},
        "contact": ContactInView(id=found.contact, name=seen.contact_name, phone=seen.contact_phone),
        "address": found.provider_id,
        "entry": found.entry or None,
        "last_message": None if seen.last_message is None else message_view(seen.last_message),
    }


def place_view(stay: ConversationStay, now: datetime) -> QueuePlaceView:
    """A stay as the API shows it."""
    return QueuePlaceView(
        entry=stay.entry.id,
        queue=stay.entry.place.queue,
        tier=stay.entry.place.tier,
        state=stay.state,
        joined_at=stay.entry.joined_at,
        waited=round(stay.waited(now), 1),
        agent=stay.agent,
        offered_until=stay.offer_ends_at,
        connected_at=stay.connected_at,
        why=list(stay.why),
    )


def offer_view(stay: ConversationStay, now: datetime) -> OfferView:
    """An offer as the API shows it."""
    entry = stay.entry
    return OfferView(
        conversation=stay.conversation,
        entry=entry.id,
        queue=entry.place.queue,
        tier=entry.place.tier,
        contact_name=entry.contact_name,
        contact_phone=entry.contact_phone,
        waited=round(stay.waited(now), 1),
        until=stay.offer_ends_at,
        why=list(stay.why),
    )
