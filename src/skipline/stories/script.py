"""How a story is written: what begins it, what the world around the flow does, and what is expected to come of it.

Every class here is a form: its fields are the keys of a `*.story.yaml` file. Short forms are read as the long ones:
`caller: "+31622222222"`, `loyalty: error`, `vip: busy`, `agents: away`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Duration, field
from skipline.model.call import Attestation
from skipline.model.message import Channel
from skipline.model.run import Outcome

MONDAY_NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
"""When a story happens that does not say when."""

SOMEBODY = "+31612345678"
"""Who calls in a story that does not say who."""

OTHERS = "others"
"""Stands among agents for all who are not named."""


_YEARS = range(1900, 2900)
"""Around the calendar's ends a story could not add an hour."""


def _in_utc(written: object) -> datetime:
    try:
        moment = written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        fix = say("write one such as {example}", example="2026-05-04T12:00:00Z")
        raise WrongValue(say("{written!r} is not a time", written=written), fix)
    if moment.tzinfo is None:
        fix = say("end it with Z, or with an offset such as +02:00")
        raise WrongValue(say("{written!r} has no time zone", written=written), fix)
    return moment.astimezone(UTC)


def _under(key: str) -> BeforeValidator:
    """A text alone stands for a map with this one key."""
    return BeforeValidator(lambda written: {key: written} if isinstance(written, str) else written)


def _in_a_map(key: str) -> BeforeValidator:
    """Whatever is no map stands for a map with this one key."""
    return BeforeValidator(lambda written: written if isinstance(written, dict) else {key: written})


def _for_others(written: object) -> object:
    """A text alone stands for what every agent does."""
    return {OTHERS: written} if isinstance(written, str) else written


def _listed(written: object) -> object:
    return list(written) if isinstance(written, list | tuple) else [written]


def _check_entry(written: dict[str, Any]) -> dict[str, Any]:
    if len(written) != 1:
        sentence = say("an entry of `commands` has one key, the command's name")
        raise WrongValue(sentence, say("write - {{forward_call: {{...}}}}"))
    return written


Moment = Annotated[datetime, BeforeValidator(_in_utc)]
Expected = Annotated[dict[str, Any], AfterValidator(_check_entry)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, and how the call looks when it comes in."""

    phone: str = field(about="the caller's number (E.164)", default=SOMEBODY)
    name: str = field(about="the display name that the call brings", default="")
    to: str = field(about="the number called; else the first one of the flow", default="")
    trunk: str = field(about="the trunk it comes over", default="")
    withheld: bool = field(about="whether the caller hides the number", default=False)
    attestation: Attestation = field(about="how far the carrier vouches for the number", default=Attestation.NONE)
    diverted_from: str = field(about="who forwarded the call to us", default="")
    headers: dict[str, str] = field(about="`X-` headers of the call", default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What another system delivers to a webhook."""

    payload: Any = field(about="the body, as JSON data", default=None)
    name: str = field(about="the webhook; else the first one of the flow", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The moment of a schedule that has come; the story happens then."""

    at: Moment = field(about="the moment (RFC 3339), one of a schedule of the flow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes to us, on whatever channel messages come by."""

    phone: str = field(about="the writer's number (E.164)", default=SOMEBODY)
    name: str = field(about="the writer's name", default="")
    text: str = field(about="the message; else a keyword of the flow, or a greeting", default="")
    media: tuple[str, ...] = field(about="what comes with it: image, video, audio or document", default=())
    account: str = field(about="the account written to; else the first one of the flow", default="")
    channel: Channel | None = field(about="the channel; else the first one of the flow, or whatsapp", default=None)
    first_contact: bool | None = field(about="whether they never wrote before; else as the flow asks", default=None)
    referral: dict[str, str] = field(about="where they came from; else as the flow asks", default_factory=dict)
    reads: bool = field(about="whether our messages reach them", default=True)
    window: Duration = field(
        about="how long after each of their messages we may write freely; SMS has no such limit", default=86_400.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """How the contact answers one question; all empty: not at all."""

    text: str = field(about="the digits or words", default="")
    tap: str = field(about="in writing: the title or id of the button or list row that they tap", default="")
    media: tuple[str, ...] = field(about="in writing: what comes with it, such as image", default=())
    after: Duration | None = field(about="how soon; 3s when left out", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """What a source says to one question. Without `does`, it answers with `answer`."""

    answer: Any = field(about="the answer, as JSON data", default=None)
    does: Literal["ok", "not_found", "stale", "timeout", "error"] = field(
        about="ok, not_found, stale, timeout or error", default="ok"
    )
    takes: Duration = field(about="how long it takes; longer than its limit is a timeout", default=0.1)
    age: Duration = field(about="how old a stale answer is", default=3600.0)
    code: int = field(about="the HTTP status that `send_request` gets; else one that fits `does`", default=0)
    reason: str = field(about="what it says of its trouble", default="")
    asked: str = field(about="only for questions whose path or body has this text in it", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLine:
    """What a target does when it is called."""

    does: Literal["answered", "busy", "no_answer", "failed"] = field(
        about="answered, busy, no_answer or failed", default="answered"
    )
    after: Duration | None = field(about="how soon; 3s for an answer, half a second for a refusal", default=None)
    talks: Duration = field(about="how long the talk is", default=30.0)
    hangs_up: Literal["target", "caller"] = field(about="who ends the talk", default="target")
    code: int = field(about="the SIP status of a refusal", default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLine:
    """What an agent does when they are rung for a waiting caller."""

    does: Literal["answered", "busy", "no_answer", "failed", "away"] = field(
        about="answered, busy (they refuse), no_answer, failed (the phone is not to be reached) or away (never there)",
        default="answered",
    )
    after: Duration | None = field(about="how soon; 3s for an answer, half a second for a refusal", default=None)
    ready_after: Duration = field(
        about="how long they are busy with somebody else, counted from the start of the call", default=0.0
    )
    talks: Duration = field(about="how long the talk is", default=30.0)
    hangs_up: Literal["agent", "caller"] = field(about="who ends the talk", default="agent")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """How a queue is. What conditions ask about it, and is left out here, is as it is in the story."""

    does: Literal["works", "failed"] = field(about="works, or failed: nobody can wait there", default="works")
    waiting: int | None = field(about="how many wait", default=None)
    longest_wait: Duration | None = field(about="how long the first of them has waited", default=None)
    estimated_wait: Duration | None = field(about="how long one would wait; callers are told so too", default=None)
    agents_ready: int | None = field(about="how many agents are free", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressLine:
    """What a caller presses while waiting in a queue."""

    key: str = field(about="the key; empty for none")
    after: Duration = field(about="how long after the wait began", default=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What is to come of it. What is left out is not looked at."""

    path: tuple[str, ...] | None = field(about="every step with its exit; `...` for any number of them", default=None)
    outcome: Outcome | None = field(about="how the run ends", default=None)
    reaches: str | None = field(about="the target or agent that the caller talks with, or a part of it", default=None)
    queue: str | None = field(about="the queue in which the caller waits last", default=None)
    tier: str | None = field(about="the tier as which the caller waits there", default=None)
    credit: Duration | None = field(about="the time waited before that counts there, to a second", default=None)
    variables: dict[str, Any] = field(about="variables at the end; null: not set", default_factory=dict)
    contact: dict[str, Any] = field(about="what is known of the contact at the end", default_factory=dict)
    commands: tuple[Expected, ...] = field(about="what is done, in this order; others may be between", default=())
    says: tuple[str, ...] = field(about="what the contact hears or reads, in this order", default=())
    why: dict[str, str] = field(about="for a step, words that its reason has", default_factory=dict)
    answered_within: Duration | None = field(about="the caller talks with somebody by then", default=None)
    ends_within: Duration | None = field(about="everything is over by then", default=None)


Answers = Annotated[tuple[Annotated[SourceLine, _under("does")], ...], BeforeValidator(_listed)]
Behaviours = Annotated[tuple[Annotated[TargetLine, _under("does")], ...], BeforeValidator(_listed)]
AgentBehaviours = Annotated[tuple[Annotated[AgentLine, _under("does")], ...], BeforeValidator(_listed)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story. A list under a source, target or agent is what it does the first time, the second time, and so on; the
    last entry holds for all times after it."""

    story: str = field(about="what happens, in a sentence")
    flow: str = field(
        about="the flow that it is about, where a file tells of several; else that of the file", default=""
    )
    at: Moment = field(about="when it happens (RFC 3339)", default=MONDAY_NOON)
    caller: Annotated[Caller, _under("phone")] = field(about="who calls", default_factory=Caller)
    webhook: Delivered | None = field(about="instead of a call: what is delivered to a webhook", default=None)
    schedule: Annotated[Planned, _in_a_map("at")] | None = field(
        about="instead of a call: the moment of a schedule", default=None
    )
    writer: Annotated[Writer, _under("phone")] | None = field(about="instead of a call: who writes", default=None)
    sources: dict[str, Answers] = field(about="what each source answers", default_factory=dict)
    targets: dict[str, Behaviours] = field(about="what each target does; the others answer", default_factory=dict)
    answers: tuple[Annotated[AnswerLine, _under("text")], ...] = field(
        about="the digits or texts with which the contact answers each question, or what they tap", default=()
    )
    agents: Annotated[dict[str, AgentBehaviours], BeforeValidator(_for_others)] = field(
        about="what each agent does when a contact is offered; `others` for those not named, who answer else",
        default_factory=dict,
    )
    queues: dict[str, Annotated[QueueLine, _under("does")]] = field(
        about="how queues are, where it is not as the story makes them", default_factory=dict
    )
    presses: tuple[Annotated[PressLine, _under("key")], ...] = field(
        about="the key that the caller presses in each wait", default=()
    )
    voicemail: Duration = field(about="how long a message the caller leaves; 0s for none", default=10.0)
    hangs_up_after: Duration | None = field(about="when the caller gives up", default=None)
    expect: Expectations = field(about="what is to come of it", default_factory=Expectations)

    def __post_init__(self) -> None:
        if len(begins := [name for name in BEGINNINGS if getattr(self, name) is not None]) > 1:
            sentence = say("a story begins in one way, not by {beginnings}", beginnings=" and ".join(begins))
            raise WrongValue(sentence, say("keep one of them"))


BEGINNINGS = ("webhook", "schedule", "writer")
"""What may begin a story instead of a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFile:
    """A whole `*.story.yaml` file."""

    format: Literal[1] = field(about="the number of the format", default=1)
    flow: str = field(about="the flow's file name without ending; else as the story's file is called", default="")
    stories: tuple[Story, ...] = field(about="the stories")


def shown_moments(story: Story) -> Mapping[str, Any]:
    """The parts of a story that say when and who, where they are not what holds anyway."""
    at = {} if story.at == MONDAY_NOON else {"at": _written(story.at)}
    if story.schedule is not None:
        return {"schedule": _written(story.schedule.at)}
    if story.webhook is not None:
        name = {"name": story.webhook.name} if story.webhook.name else {}
        return at | {"webhook": {**name, "payload": story.webhook.payload}}
    if story.writer is not None:
        return at | {"writer": _shown_writer(story.writer)}
    if story.caller == Caller():
        return at
    return at | {"caller": {"withheld": True} if story.caller.withheld else story.caller.phone}


def _shown_writer(writer: Writer) -> str | dict[str, Any]:
    """The writer's number, or what is said of them besides."""
    usual = Writer()
    said = {one.name: getattr(writer, one.name) for one in fields(writer)}
    told = {name: value for name, value in said.items() if value != getattr(usual, name)}
    return told or writer.phone


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
