"""Speed of the queue: 100,000 entries wait, 5,000 agents with 300 sets of skills serve them, and everybody's urgency
grows all the time. Beside it a plain scan over all who wait, which is what a list with a `for` does.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from skipline.model.configuration import Tier
from skipline.model.ids import EntryId
from skipline.model.queue_events import (
    AgentCame,
    ContactEnded,
    EntryJoined,
    OfferMade,
    QueueDecision,
    QueuesConfigured,
    ReservationAccepted,
)
from skipline.model.queueing import Agent, Entry, Medium, Place, Queue, SkillNeed
from skipline.queue.handle import handle
from skipline.queue.instants import as_instant
from skipline.queue.matching import pick_entry
from skipline.queue.state import QueueState

_NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
_TIERS = (
    Tier(name="platinum", target_seconds=10),
    Tier(name="gold", target_seconds=20),
    Tier(name="standard", target_seconds=60),
)
_MIX = (10, 25, 65)
_SKILLS = [f"skill{number}" for number in range(40)]
_CALL = (Medium.CALL,)


@dataclass(frozen=True, slots=True)
class QueueSpeed:
    """A choice finds the next entry for an agent. An offer is a whole event: a contact ends, its record is written, the
    next entry is chosen and offered, with the reasons. A cycle adds the answer and a new arrival, an arrival finds some
    agents free. A scan is a choice by looking at everybody who waits. Times in milliseconds."""

    choices_a_second: float
    offers_a_second: float
    offer_median_ms: float
    offer_p99_ms: float
    cycles_a_second: float
    arrivals_a_second: float
    scans_a_second: float


def measure_queue(
    seconds: float, *, waiting: int = 100_000, agents: int = 5_000, skill_sets: int = 300, needs: int = 200
) -> QueueSpeed:
    """Fill a queue, and let agents come free one after another."""
    room = _Room(Random(1), agents, skill_sets, needs)
    room.come()
    arrivals = agents / room.occupy(agents)
    room.fill(waiting)
    with _no_collector():
        room.turn_over(200)
        spent, took = room.measure(seconds)
        choices, scans = room.measure_choices(seconds / 2), room.measure_scans(seconds / 2)
    spent.sort()
    return QueueSpeed(
        choices_a_second=choices,
        offers_a_second=len(spent) / sum(spent),
        offer_median_ms=spent[len(spent) // 2] * 1000,
        offer_p99_ms=spent[len(spent) * 99 // 100] * 1000,
        cycles_a_second=len(spent) / took,
        arrivals_a_second=arrivals,
        scans_a_second=scans,
    )


@contextmanager
def _no_collector() -> Iterator[None]:
    """As in the centre, which collects when nothing goes on (`base.collector`)."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


class _Room:
    """One queue with everybody in it. Its time goes on by a millisecond an event."""

    def __init__(self, rng: Random, agents: int, skill_sets: int, needs: int) -> None:
        self.rng, self.now, self.joined = rng, _NOON, 0
        self.state = QueueState()
        self.needs = [self._random_need() for _ in range(needs)]
        sets = [self._random_skills() for _ in range(skill_sets)]
        self.agents = [
            Agent(name=f"agent{number}", queues=("help",), skills=sets[number % skill_sets]) for number in range(agents)
        ]
        configured = QueuesConfigured(
            at=self.now, queues=(Queue(name="help", misses=0),), tiers=_TIERS, agents=tuple(self.agents)
        )
        handle(self.state, configured, self.now)

    def _random_need(self) -> tuple[SkillNeed, ...]:
        skills = self.rng.sample(_SKILLS, self.rng.choice((1, 1, 2)))
        return tuple(SkillNeed(skill=skill, level=self.rng.choice((1, 1, 2, 3))) for skill in sorted(skills))

    def _random_skills(self) -> dict[str, int]:
        return {skill: self.rng.randint(1, 5) for skill in self.rng.sample(_SKILLS, self.rng.randint(3, 12))}

    def _tell(self, event: object) -> list[QueueDecision]:
        return handle(self.state, event, self.now)  # type: ignore[arg-type]

    def come(self) -> None:
        for agent in self.agents:
            self._tell(AgentCame(at=self.now, agent=agent.name))

    def occupy(self, count: int) -> float:
        """Give every agent a contact that asks for nothing; gives the seconds that took, all of it arrivals who find
        somebody free."""
        began = time.perf_counter()
        for _ in range(count):
            self._join(())
        took = time.perf_counter() - began
        for offer in list(self.state.offers.values()):
            self._tell(ReservationAccepted(at=self.now, reservation=offer.reservation.id))
        return took

    def fill(self, count: int) -> None:
        for _ in range(count):
            self._join(self.rng.choice(self.needs))

    def _join(self, needs: tuple[SkillNeed, ...]) -> None:
        self.joined += 1
        self.now += timedelta(milliseconds=1)
        tier = self.rng.choices(_TIERS, _MIX)[0].name
        place = Place(queue="help", tier=tier, needs=needs)
        self._tell(
            EntryJoined(at=self.now, entry=Entry(id=EntryId(f"{self.joined}:1"), joined_at=self.now, place=place))
        )

    def turn_over(self, count: int) -> None:
        for _ in range(count):
            self._cycle()

    def measure(self, seconds: float) -> tuple[list[float], float]:
        """The seconds of each offer, and of all cycles together, what the bench itself does left out."""
        spent: list[float] = []
        took, until = 0.0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            offer, all_of_it = self._cycle()
            spent.append(offer)
            took += all_of_it
        return spent, took

    def _cycle(self) -> tuple[float, float]:
        """One agent comes free, takes the next one, and somebody new joins."""
        seat = self.state.seats[self.rng.choice(self.agents).name]
        ended = ContactEnded(at=self.now, entry=next(iter(seat.stays)), talk_seconds=180)
        needs = self.rng.choice(self.needs)
        began = time.perf_counter()
        decisions = self._tell(ended)
        decided = time.perf_counter()
        made = next(one for one in decisions if isinstance(one, OfferMade))
        self._tell(ReservationAccepted(at=self.now, reservation=made.reservation.id))
        self._join(needs)
        return decided - began, time.perf_counter() - began

    def measure_choices(self, seconds: float) -> float:
        """Choices a second, for one agent after another; choosing changes nothing. The best of many thousands,
        as the noise only ever slows down."""
        seats = [self.state.seats[self.rng.choice(self.agents).name] for _ in range(1000)]
        now, began = as_instant(self.now), time.perf_counter()
        best = 0.0
        while time.perf_counter() < began + seconds or not best:
            tried = time.perf_counter()
            for seat in seats:
                pick_entry(self.state, seat, _CALL, now)
            best = max(best, len(seats) / (time.perf_counter() - tried))
        return best

    def measure_scans(self, seconds: float) -> float:
        """Choices a second of a plain scan: of all who wait, the most urgent whom the agent may take."""
        waiting = [
            (one.since, one.grade.target, [(need.skill, need.level) for need in one.entry.place.needs])
            for one in self.state.stays.values()
            if one.line is not None
        ]
        now, done, began = as_instant(self.now), 0, time.perf_counter()
        while time.perf_counter() < began + seconds:
            skills = self.rng.choice(self.agents).skills
            max(
                (
                    (now - since) / target
                    for since, target, needs in waiting
                    if all(skills.get(skill, 0) >= level for skill, level in needs)
                ),
                default=None,
            )
            done += 1
        return done / (time.perf_counter() - began)


if __name__ == "__main__":
    print(measure_queue(3.0))
