"""A message of ours on its way to the provider, as it is kept until everybody knows what became of it."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from skipline.model.conversation import ConversationState, Message
from skipline.model.ids import CallId, CommandId, ConversationId, MessageId, RunId
from skipline.model.message import MessageBody, SendState
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
    """What is to be sent, and for whom. `is_again`: the provider took it once and could not deliver it."""

    body: MessageBody
    author: str
    is_from_person: bool = False
    is_again: bool = False


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


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A message that the provider told of already: it took what it said it did not, so nothing leaves again."""

    state: SendState


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message. `id` is the provider's, `problem` is what people read of a failure, and `code` what the
    provider or we call it. `begun_at` is that of the request which this came of, None when none was made. `is_audited`:
    it was refused because the contact wants no messages, which is written down with who wrote it."""

    state: SendState
    id: str = ""
    problem: str = ""
    code: str = ""
    begun_at: datetime | None = None
    is_audited: bool = False


class SendingOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a message's conversation stands when the message is settled."""

    state: ConversationState
    agent: str


class AccountWork(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has to send, since when the oldest of it waits, and of how many of the latest messages
    nobody knows whether the provider took them."""

    waiting: int
    oldest_waiting_at: datetime | None = None
    uncertain: int = 0


class AccountHealth(StrEnum):
    """How sending goes on an account: as it should, slower because the provider asked for it, not at all because the
    provider cannot be reached, or refused until a person does something."""

    WELL = "well"
    SLOWED = "slowed"
    UNREACHABLE = "unreachable"
    ALARM = "alarm"


class AccountStanding(msgspec.Struct, frozen=True, kw_only=True):
    """An account's health since `since`, and what the provider said. `per_second` is the rate at which it may send
    now."""

    health: AccountHealth = AccountHealth.WELL
    since: datetime | None = None
    code: str = ""
    reason: str = ""
    per_second: float = 0.0
