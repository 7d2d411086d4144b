"""A conversation's stay in a queue, as the database keeps it, and what may become of it.

    waiting -> offered -> talking -> ended        the usual way: an agent takes it, and closes it
    offered -> waiting                            the agent declined, or the queue took its offer back
    talking -> waiting                            the agent left the contact unanswered for too long
    talking -> ended, and another one waits       handed on to a queue or to another agent
    waiting, offered -> ended                     the queue gave up, or somebody closed it
    ended -> gone                                 the queues have its record, and its run has heard of it

Every move is a row in the database before anybody hears of it. An agent's answer may reach any node, and cross with
what the queues decide meanwhile: who comes late finds another state and changes nothing, as `HARMLESS` says. Anything
that is in neither list cannot happen.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from skipline.model.events import QueueEnded
from skipline.model.ids import CommandId, ConversationId, ReservationId
from skipline.model.queueing import Entry, EntryState

MOST_SENTENCES = 60
"""As many as a stay keeps; of more the first and the last."""
_OFFERS_REMEMBERED = 4


class StayState(StrEnum):
    """Where a conversation's stay stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    TALKING = "talking"
    ENDED = "ended"


class StayMove(StrEnum):
    """What happens to it."""

    OFFER = "offered to an agent"
    LET_GO = "not taken"
    TAKE = "taken by an agent"
    FALL_SILENT = "left unanswered by its agent"
    HAND_ON = "handed on"
    CLOSE = "closed by its agent"
    LEAVE = "given up on, or closed before anybody took it"


TABLE: Mapping[tuple[StayState, StayMove], StayState] = {
    (StayState.WAITING, StayMove.OFFER): StayState.OFFERED,
    (StayState.WAITING, StayMove.TAKE): StayState.TALKING,  # by an answer that came after its time
    (StayState.WAITING, StayMove.LEAVE): StayState.ENDED,
    (StayState.OFFERED, StayMove.OFFER): StayState.OFFERED,
    (StayState.OFFERED, StayMove.LET_GO): StayState.WAITING,
    (StayState.OFFERED, StayMove.TAKE): StayState.TALKING,
    (StayState.OFFERED, StayMove.LEAVE): StayState.ENDED,
    (StayState.TALKING, StayMove.FALL_SILENT): StayState.WAITING,
    (StayState.TALKING, StayMove.HAND_ON): StayState.ENDED,
    (StayState.TALKING, StayMove.CLOSE): StayState.ENDED,
}
HARMLESS = frozenset(
    {
        (StayState.WAITING, StayMove.LET_GO),
        (StayState.WAITING, StayMove.FALL_SILENT),
        (StayState.OFFERED, StayMove.FALL_SILENT),
        (StayState.TALKING, StayMove.OFFER),
        (StayState.TALKING, StayMove.LET_GO),
        (StayState.TALKING, StayMove.TAKE),
        (StayState.TALKING, StayMove.LEAVE),
        *((StayState.ENDED, move) for move in StayMove),
    }
)


class ImpossibleMove(Exception):
    """Something was said to happen that cannot, in the state it was said of: a fault of ours."""


class ConversationStay(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a conversation. A conversation that is handed on has another one, which goes on where this ended.

    `key` is the name of the conversation among all that runs can have, and `asked` the run's command, answered once
    when the stay is over. `offered` remembers to whom the latest reservations belonged, because an agent may accept
    while their offer is withdrawn. `answered_at` is when the agent wrote last. `waited_seconds` and `talk_seconds` are
    those of earlier entries and agents; `waited_before` is what this entry had when its agent fell silent and it began
    to wait again, at `again_at`. `told_tier` is the tier for which the contact was told their place (None: they were
    not). `answer` is for the run and not delivered yet; `is_recorded`: the queues have closed the entry.
    """

    entry: Entry
    conversation: ConversationId
    key: str
    asked: CommandId
    language: str = "en"
    state: StayState = StayState.WAITING
    reservation: ReservationId = ReservationId("")
    offered: dict[ReservationId, str] = {}
    offer_ends_at: datetime | None = None
    agent: str = ""
    connected_at: datetime | None = None
    answered_at: datetime | None = None
    waited_seconds: float = 0.0
    waited_before: float = 0.0
    again_at: datetime | None = None
    talk_seconds: float = 0.0
    told_tier: str | None = None
    ended: EntryState | None = None
    left_at: datetime | None = None
    answer: QueueEnded | None = None
    is_recorded: bool = False
    why: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    agents_considered: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether nobody needs to know of it any more."""
        return self.state is StayState.ENDED and self.is_recorded and self.answer is None

    def waited(self, now: datetime) -> float:
        """The seconds from joining the present queue to the agent, or to now."""
        began = self.again_at or self.entry.joined_at
        return self.waited_before + max(0.0, ((self.connected_at or self.left_at or now) - began).total_seconds())

    def talked(self, now: datetime) -> float:
        """The seconds that the present agent has had it."""
        return 0.0 if self.connected_at is None else max(0.0, (now - self.connected_at).total_seconds())


def after(stay: ConversationStay, move: StayMove) -> StayState | None:
    """The state after `move`; None when it is late or repeated, and changes nothing."""
    state = TABLE.get((stay.state, move))
    if state is None and (stay.state, move) not in HARMLESS:
        raise ImpossibleMove(f"a conversation that is {stay.state} cannot be {move}")
    return state


def noted(stay: ConversationStay, sentences: Iterable[str]) -> tuple[str, ...]:
    """The reasons of a stay with some more."""
    why = (*stay.why, *(sentence for sentence in sentences if sentence))
    half = MOST_SENTENCES // 2
    return why if len(why) <= MOST_SENTENCES else (*why[:half], *why[-half:])


def remembered(stay: ConversationStay, reservation: ReservationId, agent: str) -> dict[ReservationId, str]:
    """The latest offers, with one more."""
    kept = list(stay.offered.items())[1 - _OFFERS_REMEMBERED :]
    return {**dict(kept), reservation: agent}
