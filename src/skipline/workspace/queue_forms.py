"""How queues, skills and agents are written in `skipline.yaml`; see `workspace.forms` for the idea."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Duration, field
from skipline.model.queueing import Agent, AgentPhone, Overflow, Policy, Queue, Skill
from skipline.workspace.values import (
    AudioName,
    Language,
    Name,
    OfferTime,
    PauseBetweenWords,
    Share,
    SipUser,
    SkillLevel,
    WrapUpTime,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverflowForm:
    """What stands under `overflow` of a queue."""

    after: Duration | None = field(label="overflow.after", kind="duration", about="after so long a wait", default=None)
    wait_exceeds: Duration | None = field(
        label="overflow.wait_exceeds",
        kind="duration",
        about="at once when the wait is likely to be longer than this",
        default=None,
    )
    nobody_signed_in: bool = field(
        label="overflow.nobody_signed_in",
        kind="switch",
        about="at once when no agent of the queue is there",
        default=False,
    )
    most_waiting: Annotated[int, Field(ge=1)] | None = field(
        label="overflow.most_waiting", kind="number", about="at once when this many wait already", default=None
    )
    to: Name | None = field(
        label="overflow.to",
        kind="queue",
        about="the queue that takes over, the time waited kept; the flow's exit `overflowed` when left out",
        default=None,
    )

    def __post_init__(self) -> None:
        if self.after is None and self.wait_exceeds is None and self.most_waiting is None and not self.nobody_signed_in:
            raise WrongValue(say("this overflow never happens"), say("add `after`, such as after: 2m"))

    def made(self) -> Overflow:
        """The rules that are meant."""
        return Overflow(
            after_seconds=self.after,
            wait_exceeds_seconds=self.wait_exceeds,
            when_nobody_is_signed_in=self.nobody_signed_in,
            most_waiting=self.most_waiting,
            to=self.to or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueForm:
    """One entry of `queues`."""

    name: Name = field(label="name", kind="plain", about="what steps, agents and conditions call it")
    policy: Policy = field(
        label="policy",
        kind="choice",
        part="order",
        about="in which order contacts are taken",
        default=Policy.TARGET_RATIO,
    )
    fair_lane: Annotated[int, Field(ge=0, le=1_000)] = field(
        label="fair_lane",
        kind="number",
        part="order",
        about="every so many starts, whoever waits longest goes first; 0 for never",
        default=10,
    )
    reserves: dict[str, Annotated[int, Field(ge=0, le=1_000)]] = field(
        label="reserves",
        kind="agents_by_tier",
        part="order",
        about="for a tier, how many agents are kept free for it: lower tiers are served while more are free",
        default_factory=dict,
    )
    head_starts: dict[str, Duration] = field(
        label="head_starts",
        kind="time_by_tier",
        part="order",
        only_with={"policy": ["head_start"]},
        about="for a tier, the time that its contacts count as having waited already",
        default_factory=dict,
    )
    shares: dict[str, Share] = field(
        label="shares",
        kind="share_by_tier",
        part="order",
        about="for a tier, the part of the agents (0 to 1) that serves it first",
        default_factory=dict,
    )
    offer_time: OfferTime = field(
        label="offer_time", kind="duration", part="agents", about="how long an agent is rung, 3s to 2m", default=15.0
    )
    misses: Annotated[int, Field(ge=1, le=20)] = field(
        label="misses",
        kind="number",
        part="agents",
        about="how many unanswered offers in a row set an agent aside",
        default=2,
    )
    wrap_up: WrapUpTime = field(
        label="wrap_up",
        kind="duration",
        part="agents",
        about="how long an agent has after each contact, up to 1h",
        default=0.0,
    )
    reply_within: Duration = field(
        label="reply_within",
        kind="duration",
        part="agents",
        about="how long an agent may leave a conversation unanswered before it is offered anew; 0s: for ever",
        default=300.0,
    )
    service_level: Duration = field(
        label="service_level",
        kind="duration",
        part="reports",
        about="the answer time that reports count by, for contacts without tier",
        default=20.0,
    )
    short_abandon: Duration = field(
        label="short_abandon",
        kind="duration",
        part="reports",
        about="who leaves sooner than this counts as a short abandonment",
        default=5.0,
    )
    music: AudioName = field(
        label="music",
        kind="plain",
        part="waiting",
        about="a sound of the audio folder, without its ending, or default",
        default="default",
    )
    says_position: bool = field(
        label="says_position",
        kind="switch",
        part="waiting",
        about="whether callers are told their place in line",
        default=True,
    )
    says_wait: bool = field(
        label="says_wait",
        kind="switch",
        part="waiting",
        about="whether callers are told how long the wait will be",
        default=True,
    )
    announce_every: PauseBetweenWords = field(
        label="announce_every",
        kind="duration",
        part="waiting",
        about="how often they are told, 10s to 1h",
        default=45.0,
    )
    comfort: dict[Language, str] = field(
        label="comfort",
        kind="by_language",
        part="waiting",
        about="words that callers hear from time to time, by language, such as en: We are with you soon.",
        default_factory=dict,
    )
    comfort_every: PauseBetweenWords = field(
        label="comfort_every",
        kind="duration",
        part="waiting",
        about="how often they hear them, 10s to 1h",
        default=60.0,
    )
    whisper: bool = field(
        label="whisper",
        kind="switch",
        part="agents",
        about="whether an agent hears who it is before the caller is there",
        default=True,
    )
    overflow: OverflowForm | None = field(
        label="overflow",
        kind="object",
        part="overflow",
        about="when a contact gives up on this queue, and what then",
        default=None,
    )

    def __post_init__(self) -> None:
        if sum(self.shares.values()) > 1:
            sentence = say("the shares of queue {queue} are more than all its agents", queue=self.name)
            raise WrongValue(sentence, say("let them add up to 1"))
        if silent := next((language for language, words in self.comfort.items() if not words.strip()), None):
            names = {"queue": self.name, "language": silent}
            sentence = say("queue {queue} has no words of comfort in {language}", **names)
            raise WrongValue(sentence, say("write them, or leave {language} out", **names))

    def made(self) -> Queue:
        """The queue that is meant."""
        return Queue(
            name=self.name,
            policy=self.policy,
            fair_lane=self.fair_lane,
            reserves=self.reserves,
            head_starts=self.head_starts,
            shares=self.shares,
            offer_seconds=self.offer_time,
            misses=self.misses,
            wrap_up_seconds=self.wrap_up,
            reply_within_seconds=self.reply_within,
            service_level_seconds=self.service_level,
            short_abandon_seconds=self.short_abandon,
            music=self.music,
            says_position=self.says_position,
            says_wait=self.says_wait,
            announce_every_seconds=self.announce_every,
            comfort=self.comfort,
            comfort_every_seconds=self.comfort_every,
            whispers=self.whisper,
            overflow=self.overflow.made() if self.overflow else Overflow(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillForm:
    """One entry of `skills`."""

    name: Name = field(label="name", kind="plain", about="what agents and steps call it")

    def made(self) -> Skill:
        """The skill that is meant."""
        return Skill(name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPhoneForm:
    """What stands under `phone` of an agent."""

    user: SipUser = field(label="phone.user", kind="plain", about="the user that the phone registers as")
    password_secret: Name = field(
        label="phone.password_secret", kind="secret", about="the name of the secret that holds the phone's password"
    )

    def made(self) -> AgentPhone:
        """The phone that is meant."""
        return AgentPhone(user=self.user, password_secret=self.password_secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentForm:
    """One entry of `agents`."""

    name: Name = field(label="name", kind="plain", about="what people, flows and other systems call this agent")
    queues: tuple[str, ...] = field(
        label="queues", kind="queues", about="the queues whose contacts this agent takes", default=()
    )
    skills: dict[str, SkillLevel] = field(
        label="skills",
        kind="skill_levels",
        about="what this agent can do, each with a level of 1 to 5",
        default_factory=dict,
    )
    phone: AgentPhoneForm | None = field(
        label="phone", kind="object", part="phone", about="the SIP phone on which this agent takes calls", default=None
    )
    most_chats: Annotated[int, Field(ge=0, le=50)] = field(
        label="most_chats",
        kind="number",
        part="chats",
        about="how many written conversations this agent holds at the same time",
        default=3,
    )
    chats_during_call: Annotated[int, Field(ge=0, le=50)] = field(
        label="chats_during_call", kind="number", part="chats", about="how many of them beside a call", default=0
    )

    def made(self) -> Agent:
        """The agent that is meant."""
        return Agent(
            name=self.name,
            queues=tuple(dict.fromkeys(self.queues)),
            skills=self.skills,
            phone=self.phone.made() if self.phone else None,
            most_chats=self.most_chats,
            chats_during_call=self.chats_during_call,
        )
