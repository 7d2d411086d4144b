"""What happens to queues (facts that go in), and what a queue decides (facts that come out).

Both are plain data, because on several nodes they travel: the node that carries a call tells the one that leads.
"""

from datetime import datetime

import msgspec

from skipline.model.configuration import Tier
from skipline.model.ids import EntryId, ReservationId
from skipline.model.queueing import Agent, AgentState, Entry, EntryState, Medium, Queue, Reservation, Visit


class QueueEvent(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something that happened at `at` (aware UTC)."""

    at: datetime


class QueuesConfigured(QueueEvent, frozen=True, kw_only=True, tag=True):
    """The queues, tiers and agents are these from now on."""

    queues: tuple[Queue, ...]
    tiers: tuple[Tier, ...]
    agents: tuple[Agent, ...]


class EntryJoined(QueueEvent, frozen=True, kw_only=True, tag=True):
    """A call or conversation began to wait."""

    entry: Entry


class EntryRestored(QueueEvent, frozen=True, kw_only=True, tag=True):
    """After a restart: an entry that waits, or that `agent` serves since `connected_at`. One that had an agent before,
    who was lost, waits since `again_at`, and had waited `waited_seconds` then."""

    entry: Entry
    agent: str = ""
    connected_at: datetime | None = None
    waited_seconds: float = 0.0
    again_at: datetime | None = None


class EntryReranked(QueueEvent, frozen=True, kw_only=True, tag=True):
    """Something better became known of a waiting entry, such as its tier by a late look-up. Its place is kept."""

    entry: EntryId
    tier: str
    reason: str = ""


class EntryLeft(QueueEvent, frozen=True, kw_only=True, tag=True):
    """A waiting entry left by itself: the contact hung up, or its flow took it away."""

    entry: EntryId
    ended: EntryState = EntryState.ABANDONED
    reason: str = ""


class EntryReturned(QueueEvent, frozen=True, kw_only=True, tag=True):
    """The agent's side of a connected entry was lost: back to the head of its line with all its waited time."""

    entry: EntryId
    reason: str = ""


class ReservationAccepted(QueueEvent, frozen=True, kw_only=True, tag=True):
    """The agent took the entry."""

    reservation: ReservationId


class ReservationDeclined(QueueEvent, frozen=True, kw_only=True, tag=True):
    """The agent refused, or could not be reached (`is_unreachable`: no fault of theirs, but no use to ring again)."""

    reservation: ReservationId
    reason: str = ""
    is_unreachable: bool = False


class ContactEnded(QueueEvent, frozen=True, kw_only=True, tag=True):
    """A connected entry's conversation is over; times in seconds."""

    entry: EntryId
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    was_transferred: bool = False


class AgentCame(QueueEvent, frozen=True, kw_only=True, tag=True):
    """An agent can be reached from now on: for calls (their phone registered), for messages (they signed in at their
    desk), or for everything (None)."""

    agent: str
    medium: Medium | None = None


class AgentWent(QueueEvent, frozen=True, kw_only=True, tag=True):
    """An agent cannot be reached any more, for this or for anything (None)."""

    agent: str
    medium: Medium | None = None


class AgentReady(QueueEvent, frozen=True, kw_only=True, tag=True):
    """An agent wants contacts: back from a break, or done with wrap-up early."""

    agent: str


class AgentPaused(QueueEvent, frozen=True, kw_only=True, tag=True):
    """An agent wants no contacts for `reason`."""

    agent: str
    reason: str


class TimePassed(QueueEvent, frozen=True, kw_only=True, tag=True):
    """Nothing happened but that it is `at`: offers expire, wrap-ups end, needs relax, waits overflow."""


AnyQueueEvent = (
    QueuesConfigured
    | EntryJoined
    | EntryRestored
    | EntryReranked
    | EntryLeft
    | EntryReturned
    | ReservationAccepted
    | ReservationDeclined
    | ContactEnded
    | AgentCame
    | AgentWent
    | AgentReady
    | AgentPaused
    | TimePassed
)


class OfferMade(QueueEvent, frozen=True, kw_only=True, tag=True):
    """`entry` is offered to an agent: ring them. `why` are the sentences of the decision."""

    reservation: Reservation
    entry: Entry
    why: tuple[str, ...] = ()


class OfferWithdrawn(QueueEvent, frozen=True, kw_only=True, tag=True):
    """An offer is over before the agent took it: stop ringing."""

    reservation: Reservation
    reason: str


class EntryOverflowed(QueueEvent, frozen=True, kw_only=True, tag=True):
    """An entry gave up on its queue; `to` is the queue it went on to by itself, empty: its flow decides."""

    entry: Entry
    reason: str
    to: str = ""


class AgentChanged(QueueEvent, frozen=True, kw_only=True, tag=True):
    """An agent's state is another one."""

    agent: str
    state: AgentState
    before: AgentState
    reason: str = ""


class EntryClosed(QueueEvent, frozen=True, kw_only=True, tag=True):
    """An entry's stay is over, wrap-up and all; its record."""

    visit: Visit


QueueDecision = OfferMade | OfferWithdrawn | EntryOverflowed | AgentChanged | EntryClosed
