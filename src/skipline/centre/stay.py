"""A caller's stay in a queue, as the centre keeps it beside the run, and the worker in the call's memo.

    waiting -> rung -> talking -> ending -> gone      the usual way: an agent takes the caller and hangs up
    rung -> waiting                                   the agent refused, or the queue withdrew its offer
    talking -> waiting                                the agent's phone was lost
    talking -> moving -> waiting                      the agent hands the caller on to a queue or to another agent
    talking -> moving -> outside -> gone | waiting    the same to a number: after that talk, or when nobody answers
    waiting, rung -> leaving -> gone                  the queue gave up; the music is being stopped
    any -> gone                                       the caller hung up or pressed a key

Facts that come late or twice find another state, or another reservation, and change nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from skipline.model.ids import CommandId, ReservationId
from skipline.model.queueing import Entry, Place

MOST_SENTENCES = 60
"""As many as a stay keeps; one that is offered to very many agents tells of the first ones and of the last."""

_OFFERS_REMEMBERED = 4


class StayState(StrEnum):
    """Where a stay stands."""

    WAITING = "waiting"
    RUNG = "rung"
    TALKING = "talking"
    ENDING = "ending"
    MOVING = "moving"
    OUTSIDE = "outside"
    LEAVING = "leaving"


class Told(msgspec.Struct, kw_only=True):
    """What a waiting caller was told last. `next_at` is when to think of it again, `comfort_at` the same for words of
    comfort; `position` and `wait_seconds` are 0 until one was told, and `wait` is how it was said."""

    next_at: datetime
    comfort_at: datetime
    position: int = 0
    wait_seconds: float = 0.0
    wait: str = ""


class Stay(msgspec.Struct, kw_only=True):
    """One call's stay, through all its entries: a transfer makes another one of them.

    `asked` is the run's command, answered once when the stay is over; `wait` is the worker's, under way for as long as
    the stay is. `offered` remembers to whom the latest reservations belonged, because an agent may answer while their
    offer is withdrawn. `moves_to` is where a transfer leads, once the agent has left. `waited_seconds` is what earlier
    entries of this stay had waited; `waited_before` is what this one had when its agent was lost and it began to wait
    again, at `again_at`. `is_untold` says that the queues do not know the entry yet (see `restoring`).
    """

    entry: Entry
    asked: CommandId
    wait: CommandId
    told: Told
    keys: dict[str, str] = {}
    language: str = "en"
    state: StayState = StayState.WAITING
    reservation: ReservationId = ReservationId("")
    offered: dict[ReservationId, str] = {}
    agent: str = ""
    connected_at: datetime | None = None
    talk_seconds: float = 0.0
    waited_seconds: float = 0.0
    waited_before: float = 0.0
    again_at: datetime | None = None
    moves_to: Place | None = None
    reason: str = ""
    is_untold: bool = False
    why: list[str] = []
    passed_over: tuple[str, ...] = ()
    agents_considered: tuple[str, ...] = ()

    def note(self, sentences: Iterable[str]) -> None:
        """Keep the reasons of what happened, for the record."""
        self.why = [*self.why, *sentences]
        if len(self.why) > MOST_SENTENCES:
            half = MOST_SENTENCES // 2
            self.why = [*self.why[:half], *self.why[-half:]]

    def offer(self, reservation: ReservationId, agent: str) -> None:
        """An agent is rung from now on."""
        kept = list(self.offered.items())[1 - _OFFERS_REMEMBERED :]
        self.offered = {**dict(kept), reservation: agent}
        self.state, self.reservation, self.agent = StayState.RUNG, reservation, agent

    def wait_on(self) -> None:
        """Nobody is rung and nobody talks: back to the music."""
        self.state, self.reservation, self.agent = StayState.WAITING, ReservationId(""), ""
        self.connected_at = None

    def wait_again(self, now: datetime) -> None:
        """The agent was lost. What was talked is no wait."""
        self.waited_before, self.again_at = self.waited(now), now
        self.wait_on()

    def begin(self, entry: Entry, now: datetime) -> None:
        """Another entry goes on for this one."""
        self.waited_seconds += self.waited(now)
        self.entry, self.waited_before, self.again_at = entry, 0.0, None
        self.wait_on()

    def waited(self, now: datetime) -> float:
        """The seconds from joining the present queue to the agent, or to now."""
        began = self.again_at or self.entry.joined_at
        return self.waited_before + max(0.0, ((self.connected_at or now) - began).total_seconds())
