"""Facts, in the past tense. Each is written down once and every report is computed from them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from skipline.model.call import Call, EndedBy, TargetTry, TryEnd
from skipline.model.contact import Contact
from skipline.model.ids import CallId, CommandId, ConversationId, EntryId, MessageId, ReservationId
from skipline.model.message import Channel, MessageKind


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something that happened at `at` (aware UTC)."""

    at: datetime


class CallArrived(Event, frozen=True, kw_only=True, tag=True):
    """A call to one of our numbers is ringing; the caller already hears it."""

    call: Call


class TargetRang(Event, frozen=True, kw_only=True, tag=True):
    """A target began to ring for a forwarded call."""

    call: CallId
    command: CommandId
    target: str


class TargetTried(Event, frozen=True, kw_only=True, tag=True):
    """An attempt at one target ended without an answer."""

    call: CallId
    command: CommandId
    attempt: TargetTry


class CallConnected(Event, frozen=True, kw_only=True, tag=True):
    """A target answered and the caller talks with it."""

    call: CallId
    command: CommandId
    target: str
    attempt: TargetTry


class ForwardEnded(Event, frozen=True, kw_only=True, tag=True):
    """A forward is over: after the talk when `end` is answered, else after the last target was tried.

    `code` and `reason` are the last target's, for the caller's final status. `talk_seconds` is 0 when not answered.
    """

    call: CallId
    command: CommandId
    end: TryEnd
    target: str = ""
    code: int = 0
    reason: str = ""
    tries: tuple[TargetTry, ...] = ()
    talk_seconds: float = 0.0


class PromptEnded(Event, frozen=True, kw_only=True, tag=True):
    """Speech or audio was played to its end, or could not be (`problem` says why)."""

    call: CallId
    command: CommandId
    problem: str = ""


class CallEnded(Event, frozen=True, kw_only=True, tag=True):
    """The caller's leg is over; nothing more will be heard of this call."""

    call: CallId
    by: EndedBy
    code: int = 0
    reason: str = ""


class LookupStatus(StrEnum):
    """What `lookup.status` can be."""

    OK = "ok"
    STALE = "stale"
    NOT_FOUND = "not_found"
    TIMEOUT = "timeout"
    ERROR = "error"


class LookupAnswered(Event, frozen=True, kw_only=True, tag=True):
    """A source answered, or the last known answer stands in for it.

    `value` is the answer as plain JSON data (None unless ok or stale), `age_seconds` how old it is (0: fresh),
    `is_cached` whether a kept answer was used, `reason` one sentence for the trace.
    """

    call: CallId
    command: CommandId
    status: LookupStatus
    value: Any = None
    is_cached: bool = False
    age_seconds: float = 0.0
    took_ms: float = 0.0
    reason: str = ""


class LookupsAnswered(Event, frozen=True, kw_only=True, tag=True):
    """Every question of a `LookUpAll` has its answer, in the order of the questions."""

    call: CallId
    command: CommandId
    answers: tuple[LookupAnswered, ...]


class RequestAnswered(Event, frozen=True, kw_only=True, tag=True):
    """A source took a request, refused it, or could not be reached. `code` is the HTTP status, 0 when there was none;
    `value` is what came back as plain JSON data."""

    call: CallId
    command: CommandId
    status: LookupStatus
    code: int = 0
    value: Any = None
    took_ms: float = 0.0
    reason: str = ""


class ContactAnswered(Event, frozen=True, kw_only=True, tag=True):
    """The contact answered a question with `text`; empty: with nothing. `choice` is the id of the button or row that
    they tapped. `problem` says why it could not be asked."""

    call: CallId
    command: CommandId
    text: str = ""
    choice: str = ""
    problem: str = ""


class MessageReceived(Event, frozen=True, kw_only=True, tag=True):
    """A contact wrote to one of our accounts. It begins a run, answers the question that their run waits with, or is
    only kept; `at` is when it reached us.

    `text` shows every kind; `choice` is the id of the button or row that they tapped. `media` are the kinds of what
    came with it. `keyword` matching is the trigger's affair. `is_first_contact`: they never wrote to this account
    before. `referral` tells where they came from (an ad, a link), in the provider's words.
    """

    conversation: ConversationId
    message: MessageId
    channel: Channel
    account: str
    contact: Contact
    kind: MessageKind = MessageKind.TEXT
    text: str = ""
    choice: str = ""
    media: tuple[str, ...] = ()
    is_first_contact: bool = False
    referral: dict[str, str] = {}


class MessageSent(Event, frozen=True, kw_only=True, tag=True):
    """A message is on its way to the contact, or could not be sent (`problem` says why)."""

    call: CallId
    command: CommandId
    problem: str = ""


class QueueEnd(StrEnum):
    """How a contact's stay in a queue ended."""

    ANSWERED = "answered"
    OVERFLOWED = "overflowed"
    KEY = "key"
    FAILED = "failed"


class QueueEnded(Event, frozen=True, kw_only=True, tag=True):
    """A stay in a queue is over and the contact is still there: after the talk with `agent`, because the queue gave up
    (`reason` says why), or because they pressed `key`. Made by the centre."""

    call: CallId
    command: CommandId
    end: QueueEnd
    entry: EntryId = EntryId("")
    queue: str = ""
    agent: str = ""
    key: str = ""
    reason: str = ""
    waited_seconds: float = 0.0
    talk_seconds: float = 0.0


class CallBackTaken(Event, frozen=True, kw_only=True, tag=True):
    """A call-back was promised and its place is kept (`problem` says why not). Made by the centre."""

    call: CallId
    command: CommandId
    entry: EntryId = EntryId("")
    problem: str = ""


class VoicemailRecorded(Event, frozen=True, kw_only=True, tag=True):
    """A caller left a message: a WAV file of this name in the voicemail folder. Empty: nothing was said, or `problem`
    says why it could not be recorded."""

    call: CallId
    command: CommandId
    file: str = ""
    seconds: float = 0.0
    problem: str = ""


class WaitEnded(Event, frozen=True, kw_only=True, tag=True):
    """A caller waits no longer and is still there: they pressed `key`, were taken off the queue, or their talk with an
    agent is over (`has_talked`). `problem` says why they could not be made to wait."""

    call: CallId
    command: CommandId
    key: str = ""
    has_talked: bool = False
    problem: str = ""


class AgentRang(Event, frozen=True, kw_only=True, tag=True):
    """An agent's phone rings for a waiting caller."""

    call: CallId
    reservation: ReservationId


class AgentRefused(Event, frozen=True, kw_only=True, tag=True):
    """An agent was rung and did not take the caller. `end` says how: busy (they declined: 486, 600, 603), no_answer,
    failed (their phone could not be reached), or cancelled (there was nobody any more to ring them for)."""

    call: CallId
    reservation: ReservationId
    end: TryEnd
    code: int = 0
    reason: str = ""


class AgentJoined(Event, frozen=True, kw_only=True, tag=True):
    """An agent answered; after the whisper they and the caller hear each other."""

    call: CallId
    reservation: ReservationId


class AgentLeft(Event, frozen=True, kw_only=True, tag=True):
    """An agent is off the talk, whoever ended it; when the caller did, `CallEnded` follows. `is_lost`: the caller still
    wants an agent, because this one's phone went silent, or they hung up before the two heard each other.
    `is_transfer`: they handed the caller on. `hold_seconds` is the part of `talk_seconds` that they held the caller."""

    call: CallId
    reservation: ReservationId
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    is_lost: bool = False
    is_transfer: bool = False


class ContactJoined(Event, frozen=True, kw_only=True, tag=True):
    """The contact of a call-back answered: they hear the agent, or music until the agent is there."""

    call: CallId
    reservation: ReservationId


class ContactRefused(Event, frozen=True, kw_only=True, tag=True):
    """The contact of a call-back was rung and did not answer; `CallEnded` follows."""

    call: CallId
    reservation: ReservationId
    end: TryEnd
    code: int = 0
    reason: str = ""


class TransferAsked(Event, frozen=True, kw_only=True, tag=True):
    """An agent asked their phone to hand the caller on (REFER, RFC 3515) to the SIP URI `to`, whose user is a queue, an
    agent or a number. They talk on until `TransferCall` comes; after ten seconds their phone is told no."""

    call: CallId
    reservation: ReservationId
    to: str


class TransferEnded(Event, frozen=True, kw_only=True, tag=True):
    """A transfer is over: after the talk with its target (then `WaitEnded` follows), or because none of them answered
    (then the caller waits on). `command` is empty when an agent's phone joined the caller with its other call."""

    call: CallId
    command: CommandId
    end: TryEnd
    target: str = ""
    tries: tuple[TargetTry, ...] = ()
    talk_seconds: float = 0.0


class PhoneRegistered(Event, frozen=True, kw_only=True, tag=True):
    """An agent's phone, by its SIP user, can be rung from now on."""

    user: str
    contact: str = ""


class PhoneGone(Event, frozen=True, kw_only=True, tag=True):
    """An agent's phone cannot be rung any more: it signed off, its registration ran out, or it does not answer."""

    user: str
    reason: str = ""


class WebhookReceived(Event, frozen=True, kw_only=True, tag=True):
    """Another system called the webhook `webhook`, and its signature was right. `id` is the sender's own name for the
    delivery, the same when it delivers twice; `payload` is the body as plain JSON data."""

    webhook: str
    id: str
    payload: Any = None
    headers: dict[str, str] = {}


class ScheduleDue(Event, frozen=True, kw_only=True, tag=True):
    """The moment `planned_at` of a schedule has come; `cron` and `zone` are as the trigger has them."""

    cron: str
    zone: str
    planned_at: datetime


class FlowEnded(Event, frozen=True, kw_only=True, tag=True):
    """A flow that a run walked inside another one came to its end; `variables` are those it leaves, `personal` the
    names of those among them that are personal. Made by the run itself, never by the host."""

    call: CallId
    command: CommandId
    variables: dict[str, Any] = {}
    personal: tuple[str, ...] = ()
    problem: str = ""


class TargetHealthChanged(Event, frozen=True, kw_only=True, tag=True):
    """A target or trunk host stopped or resumed answering OPTIONS."""

    target: str
    is_up: bool


class TrunkRegistrationChanged(Event, frozen=True, kw_only=True, tag=True):
    """Our REGISTER with a carrier was accepted, refused or lost."""

    trunk: str
    is_registered: bool
    reason: str = ""


VoiceEvent = (
    CallArrived
    | TargetRang
    | TargetTried
    | CallConnected
    | ForwardEnded
    | PromptEnded
    | ContactAnswered
    | CallEnded
    | VoicemailRecorded
    | WaitEnded
    | AgentRang
    | AgentRefused
    | AgentJoined
    | AgentLeft
    | ContactJoined
    | ContactRefused
    | TransferAsked
    | TransferEnded
    | PhoneRegistered
    | PhoneGone
    | TargetHealthChanged
    | TrunkRegistrationChanged
)
"""Events that the voice worker sends up."""

Reply = (
    LookupAnswered
    | LookupsAnswered
    | RequestAnswered
    | PromptEnded
    | ForwardEnded
    | ContactAnswered
    | MessageSent
    | FlowEnded
    | QueueEnded
    | CallBackTaken
    | VoicemailRecorded
)
"""Events that answer a command and wake a waiting step."""

HostReply = LookupAnswered | LookupsAnswered | RequestAnswered
"""Replies that the host makes of what sources said."""
