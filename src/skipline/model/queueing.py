"""A queue as it is configured, and what is known of one entry, agent and reservation.

entry        waiting -> reserved -> connected -> wrapping -> closed; or abandoned, overflowed
reservation  pending -> accepted, declined, expired, withdrawn
agent        offline, available, reserved, engaged, wrap_up, away
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from skipline.model.ids import CallId, ConversationId, EntryId, ReservationId, RunId


class Policy(StrEnum):
    """In which order the entries of a queue are taken; see `skipline.queue.policies`."""

    TARGET_RATIO = "target_ratio"
    DUE_TIME = "due_time"
    STRICT = "strict"
    RESERVE = "reserve"
    HEAD_START = "head_start"
    FIFO = "fifo"


class Overflow(msgspec.Struct, frozen=True, kw_only=True):
    """When an entry gives up on its queue, and where it goes: `to` names a queue; empty: the flow's exit `overflowed`.

    Times in seconds; None switches a rule off. `most_waiting` counts those already in the queue.
    """

    after_seconds: float | None = None
    wait_exceeds_seconds: float | None = None
    when_nobody_is_signed_in: bool = False
    most_waiting: int | None = None
    to: str = ""


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting line. `fair_lane` N: every N-th start takes the longest waiting (0: never). `offer_seconds` is how long
    an agent is rung, `misses` how many unanswered offers in a row set the agent aside. `reserves` and `head_starts`
    map a tier to its number of agents kept idle for it, and to seconds; `shares` to the part of agents (0 to 1) that
    serve it first. `reply_within_seconds` is how long an agent may leave a conversation unanswered before it is offered
    anew (0: never). `comfort` maps a language to a text said every `comfort_every_seconds`."""

    name: str
    policy: Policy = Policy.TARGET_RATIO
    fair_lane: int = 10
    reserves: dict[str, int] = {}
    head_starts: dict[str, float] = {}
    shares: dict[str, float] = {}
    offer_seconds: float = 15.0
    misses: int = 2
    wrap_up_seconds: float = 0.0
    reply_within_seconds: float = 300.0
    service_level_seconds: float = 20.0
    short_abandon_seconds: float = 5.0
    music: str = "default"
    says_position: bool = True
    says_wait: bool = True
    announce_every_seconds: float = 45.0
    comfort: dict[str, str] = {}
    comfort_every_seconds: float = 60.0
    whispers: bool = True
    overflow: Overflow = Overflow()


class Skill(msgspec.Struct, frozen=True, kw_only=True):
    """Something that agents can do, at a level from 1 to 5."""

    name: str


class AgentPhone(msgspec.Struct, frozen=True, kw_only=True):
    """The SIP user that an agent's phone registers as."""

    user: str
    password_secret: str


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who answers. `skills` maps a skill to its level; `most_chats` is how many conversations they can hold at
    once; `chats_during_call` how many of those beside a call."""

    name: str
    queues: tuple[str, ...] = ()
    skills: dict[str, int] = {}
    phone: AgentPhone | None = None
    most_chats: int = 3
    chats_during_call: int = 0


class EntryState(StrEnum):
    """Where an entry stands."""

    WAITING = "waiting"
    RESERVED = "reserved"
    CONNECTED = "connected"
    WRAPPING = "wrapping"
    CLOSED = "closed"
    ABANDONED = "abandoned"
    OVERFLOWED = "overflowed"


class ReservationState(StrEnum):
    """What became of an offer."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class AgentState(StrEnum):
    """What an agent is doing."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    RESERVED = "reserved"
    ENGAGED = "engaged"
    WRAP_UP = "wrap_up"
    AWAY = "away"


class Medium(StrEnum):
    """What kind of capacity an entry takes up."""

    CALL = "call"
    MESSAGE = "message"


class SkillNeed(msgspec.Struct, frozen=True, kw_only=True):
    """A skill at a least level. After `until_seconds` of waiting it is no longer asked for (None: always)."""

    skill: str
    level: int = 1
    until_seconds: float | None = None


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """Only these agents are offered an entry, for `seconds` of its wait; then the next preference holds, or none."""

    agents: tuple[str, ...]
    seconds: float


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry asks of its queue. `target_seconds` overrides its tier's; `preferences` follow each other (an
    owner, then a deputy); `credit_seconds` is waited time granted (a transfer, a returned call-back)."""

    queue: str
    tier: str = ""
    target_seconds: float | None = None
    needs: tuple[SkillNeed, ...] = ()
    preferences: tuple[Preference, ...] = ()
    credit_seconds: float = 0.0
    medium: Medium = Medium.CALL


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One call or conversation that waits. `node` names the process that carries it; `reasons` are the sentences that
    its flow left on why it came here (look-up and its age, rule matched)."""

    id: EntryId
    joined_at: datetime
    place: Place
    call: CallId = CallId("")
    run: RunId = RunId("")
    node: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    reasons: tuple[str, ...] = ()
    is_call_back: bool = False
    conversation: ConversationId = ConversationId("")


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A wait to be expected, in seconds: the likeliest, and the band that holds 80 % of outcomes."""

    seconds: float
    low: float
    high: float


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """The record of one entry's stay in one queue; every report is computed from these.

    `ended` says how the wait ended: connected (then the times of the contact follow), abandoned, or overflowed (to
    `overflowed_to`), and `left_at` when. Seconds: `waited` without credit, `rang` of it while an agent's phone rang.
    """

    entry: EntryId
    queue: str
    tier: str
    medium: Medium
    target_seconds: float
    joined_at: datetime
    left_at: datetime
    ended: EntryState
    waited_seconds: float
    credit_seconds: float = 0.0
    rang_seconds: float = 0.0
    agent: str = ""
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    overflowed_to: str = ""
    offers: int = 0
    misses: int = 0
    was_transferred: bool = False
    is_call_back: bool = False
    estimate: Estimate | None = None
    call: CallId = CallId("")
    run: RunId = RunId("")


class AgentSpell(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time that an agent spent in one state; it goes on while `ended_at` is None."""

    agent: str
    state: AgentState
    began_at: datetime
    ended_at: datetime | None = None
    reason: str = ""


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """An entry offered to one agent, not yet taken; it ends by itself at `expires_at`."""

    id: ReservationId
    entry: EntryId
    agent: str
    made_at: datetime
    expires_at: datetime
