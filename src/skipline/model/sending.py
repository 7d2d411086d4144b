"""A message of ours on its way to the provider, as it is kept until everybody knows what became of it."""

from datetime import datetime, timedelta

import msgspec

from skipline.model.conversation import Conversation, ConversationState, Message
from skipline.model.ids import CallId, CommandId, ConversationId, MessageId, RunId
from skipline.model.message import MessageBody
from skipline.model.messaging import Outbound


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """The run's command that a message carries out, and where its answer goes: `conversation` is the key of the run's
    conversation. `is_question`: the run waits for what the contact says, so only a failure answers it."""

    command: CommandId
    call: CallId
    run: RunId
    conversation: str
    is_question: bool = False


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it is handed in. `author` is an agent's name or `flow:<key>`; `lifetime` is how long it may wait
    before it is not worth sending any more, None for what its account has."""

    id: MessageId
    conversation: ConversationId
    body: MessageBody
    author: str
    lifetime: timedelta | None = None
    is_from_person: bool = False
    answering: Answering | None = None


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was handed in, and how its conversation stands. `is_new`: it was not there before."""

    message: Message
    state: ConversationState
    agent: str
    is_new: bool


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent, and for whom."""

    body: MessageBody
    author: str
    is_from_person: bool = False


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """A message in the hands of `owner`, until its lease ends. `attempts` counts the requests that left before;
    `begun_at`: one left, and nobody knows what became of it."""

    id: int
    owner: str
    message: MessageId
    conversation: ConversationId
    account: str
    content: Content
    expires_at: datetime
    attempts: int = 0
    begun_at: datetime | None = None
    answering: Answering | None = None


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose request may leave now; it counts as begun from `at` on, whatever happens to this process."""

    sending: Sending
    outbound: Outbound
    at: datetime


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message: `conversation` as it stands, and `problem` in words for people, empty when it went
    out."""

    sending: Sending
    conversation: Conversation
    problem: str = ""
