"""Facts, in the past tense. Each is written down once and every report is computed from them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from skipline.model.call import Call, EndedBy, TargetTry, TryEnd
from skipline.model.ids import CallId, CommandId


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
    """The contact answered a question with `text`; empty: with nothing. `problem` says why it could not be asked."""

    call: CallId
    command: CommandId
    text: str = ""
    problem: str = ""


class MessageSent(Event, frozen=True, kw_only=True, tag=True):
    """A message is on its way to the contact, or could not be sent (`problem` says why)."""

    call: CallId
    command: CommandId
    problem: str = ""


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
    """A flow that a run walked inside another one came to its end; `variables` are those it leaves. Made by the run
    itself, never by the host."""

    call: CallId
    command: CommandId
    variables: dict[str, Any] = {}
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


class RunStarted(Event, frozen=True, kw_only=True, tag=True):
    """A flow version began to serve a call."""

    run: str
    call: CallId
    flow: str
    version: int


class RunEnded(Event, frozen=True, kw_only=True, tag=True):
    """A run is over; `outcome` is one of `model.run.Outcome`."""

    run: str
    call: CallId
    outcome: str


VoiceEvent = (
    CallArrived
    | TargetRang
    | TargetTried
    | CallConnected
    | ForwardEnded
    | PromptEnded
    | ContactAnswered
    | CallEnded
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
)
"""Events that answer a command and wake a waiting step."""

HostReply = LookupAnswered | LookupsAnswered | RequestAnswered
"""Replies that the host makes of what sources said."""
