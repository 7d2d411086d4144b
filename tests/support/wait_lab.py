"""Invented days on the production queue, with patient probes among the callers who tell how long waits really were.

105 agents with several skill sets; arrivals, talk times, patience, ringing and breaks by a seeded chance. Nothing of
this is known to the forecaster: it learns everything from the events, as in earnest. A probe never gives up, so its
wait is the truth that an estimate is held against; what becomes of probes is not learned from.
"""

import heapq
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from skipline.model.configuration import Tier
from skipline.model.ids import EntryId, ReservationId
from skipline.model.queue_events import (
    AgentCame,
    AgentPaused,
    AgentReady,
    AnyQueueEvent,
    ContactEnded,
    EntryClosed,
    EntryJoined,
    EntryLeft,
    OfferMade,
    QueueDecision,
    QueuesConfigured,
    ReservationAccepted,
    TimePassed,
)
from skipline.model.queueing import Agent, Entry, EntryState, Estimate, Place, Policy, Queue, SkillNeed
from skipline.queue.estimate.forecaster import Forecaster
from skipline.queue.handle import handle, next_wake_at
from skipline.queue.instants import Instant
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay

OPENING = datetime(2030, 5, 1, 8, tzinfo=UTC)
TIERS = (
    Tier(name="platinum", target_seconds=10.0),
    Tier(name="gold", target_seconds=20.0),
    Tier(name="standard", target_seconds=60.0),
)
_SHARES = (0.10, 0.25, 0.65)
_SPANISH = (SkillNeed(skill="spanish", level=2),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Queues and agents; `kinds` are (queue, skills asked for, share of all callers)."""

    queues: tuple[Queue, ...]
    agents: tuple[Agent, ...]
    kinds: Sequence[tuple[str, tuple[SkillNeed, ...], float]]


def company(policy: Policy = Policy.TARGET_RATIO, *, wrap_up: float = 20.0, head_starts: bool = False) -> Company:
    """Two queues that share some of their agents, and a skill that some of both have. The policy `reserve` keeps an
    agent idle for platinum, and another one for gold."""
    starts = {"platinum": 50.0, "gold": 40.0} if head_starts else {}
    reserves = {"platinum": 1, "gold": 1} if policy is Policy.RESERVE else {}
    queues = tuple(
        Queue(
            name=name,
            policy=policy,
            wrap_up_seconds=wrap_up,
            offer_seconds=20.0,
            head_starts=starts,
            reserves=reserves,
        )
        for name in ("support", "sales")
    )
    both = ("support", "sales")
    groups: list[tuple[int, tuple[str, ...], dict[str, int]]] = [
        (42, ("support",), {}),
        (14, ("sales",), {}),
        (24, both, {}),
        (15, ("support",), {"spanish": 3}),
        (10, both, {"spanish": 2}),
    ]
    names = count()
    agents = tuple(
        Agent(name=f"agent{next(names):03}", queues=serves, skills=skills)
        for many, serves, skills in groups
        for _ in range(many)
    )
    kinds = (("support", (), 0.55), ("support", _SPANISH, 0.17), ("sales", (), 0.28))
    return Company(queues=queues, agents=agents, kinds=kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Hours are counted from opening. `early_wrap_ups` is the share of wrap-ups that the agent ends before their time;
    `breaks` of all agents are away for half an hour, in turn. Callers who arrive before `warm_up_hours` are not
    probed."""

    hours: float = 10.0
    callers_per_hour: float = 1200.0
    surge: float = 1.35
    surge_hours: tuple[float, float] = (4.0, 5.5)
    handling_seconds: float = 296.0
    sigma: float = 1.0
    patience_seconds: float = 480.0
    probes: float = 0.06
    early_wrap_ups: float = 0.25
    breaks: float = 0.05
    warm_up_hours: float = 1.0


@dataclass(slots=True)
class _Caller:
    at: float
    tier: str
    kind: tuple[str, tuple[SkillNeed, ...], float]
    talk: float
    patience: float
    rings: float
    wrap_up: float
    is_probe: bool


@dataclass(frozen=True, slots=True)
class Probe:
    """What one probe was told, and what came. `last` is the last wait of its tier (LES) when it joined."""

    tier: str
    queue: str
    waited: float
    estimate: Estimate | None
    last: float | None


class _Watcher(Forecaster):
    """Learns nothing from what became of probes."""

    def __init__(self, probes: frozenset[str]) -> None:
        super().__init__()
        self.probes = probes
        self.last: dict[str, float | None] = {}

    def estimate(self, state: QueueState, stay: Stay, now: datetime) -> Estimate | None:
        place = stay.entry.place
        _, last = self.learned.last_waits.get((place.queue, place.tier), (0, None))
        self.last.setdefault(stay.entry.id, last)
        return super().estimate(state, stay, now)

    def _see_answer(self, stay: Stay, at: Instant) -> None:
        if stay.entry.id not in self.probes:
            super()._see_answer(stay, at)


@dataclass(slots=True)
class _Floor:
    """One day in progress."""

    company: Company
    day: Day
    rng: random.Random
    callers: list[_Caller] = field(default_factory=list)
    state: QueueState = field(default_factory=lambda: QueueState(explains=False))
    found: list[Probe] = field(default_factory=list)
    _talking: set[int] = field(default_factory=set)
    """Also those who were answered twice, by an agent from whom the offer had just been taken back."""
    _agenda: list[tuple[float, int, str, Any]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def play(self, until: float = math.inf) -> _Watcher:
        self.callers = list(_callers(self.company, self.day, self.rng))
        watcher = _Watcher(frozenset(str(number) for number, one in enumerate(self.callers) if one.is_probe))
        self._open(watcher)
        while self._agenda or next_wake_at(self.state) is not None:
            if self._agenda and self._agenda[0][0] >= until:
                break
            self._step(watcher)
        return watcher

    def _open(self, watcher: _Watcher) -> None:
        watcher.attach(self.state)
        self._feed(
            QueuesConfigured(at=OPENING, queues=self.company.queues, tiers=TIERS, agents=self.company.agents), watcher
        )
        for agent in self.company.agents:
            self._feed(AgentCame(at=OPENING, agent=agent.name), watcher)
        for number, caller in enumerate(self.callers):
            self._plan(caller.at, "joins", number)
        for name, begins, ends in self._breaks():
            self._plan(begins, "pauses", name)
            self._plan(ends, "is back", name)

    def _breaks(self) -> Iterator[tuple[str, float, float]]:
        """Half an hour for each, so many at once as the day says."""
        names = [agent.name for agent in self.company.agents]
        self.rng.shuffle(names)
        at_once = max(1, round(self.day.breaks * len(names))) if self.day.breaks else 0
        turns = range(0, at_once and len(names), at_once or 1)
        for turn, first in enumerate(turns):
            begins = 1800.0 * (turn % max(1, int(self.day.hours * 2)))
            for name in names[first : first + at_once]:
                yield name, begins, begins + 1800.0

    def _step(self, watcher: _Watcher) -> None:
        due = next_wake_at(self.state)
        if due is not None and (not self._agenda or _seconds(due) <= self._agenda[0][0]):
            self._feed(TimePassed(at=due), watcher)
            return
        at, _, what, whom = heapq.heappop(self._agenda)
        for event in self._events(_time(at), what, whom):
            self._feed(event, watcher)

    def _events(self, at: datetime, what: str, whom: Any) -> Iterator[AnyQueueEvent]:
        match what:
            case "joins":
                yield self._joins(at, whom)
            case "gives up":
                yield EntryLeft(at=at, entry=EntryId(str(whom)))
            case "answers":
                yield from self._answers(at, *whom)
            case "ends":
                yield self._ends(at, whom)
            case "pauses":
                yield AgentPaused(at=at, agent=whom, reason="lunch")
            case "is back" | "is ready":
                yield AgentReady(at=at, agent=whom)

    def _joins(self, at: datetime, number: int) -> EntryJoined:
        caller = self.callers[number]
        if caller.patience < math.inf:
            self._plan(caller.at + caller.patience, "gives up", number)
        place = Place(queue=caller.kind[0], tier=caller.tier, needs=caller.kind[1])
        return EntryJoined(at=at, entry=Entry(id=EntryId(str(number)), joined_at=at, place=place))

    def _answers(self, at: datetime, reservation: ReservationId, number: int) -> Iterator[AnyQueueEvent]:
        yield ReservationAccepted(at=at, reservation=reservation)
        stay = self.state.stays.get(EntryId(str(number)))
        if stay is not None and stay.state is EntryState.CONNECTED and number not in self._talking:
            self._talking.add(number)
            self._plan(_seconds(at) + self.callers[number].talk, "ends", number)

    def _ends(self, at: datetime, number: int) -> ContactEnded:
        caller, stay = self.callers[number], self.state.stays[EntryId(str(number))]
        assert stay.seat is not None
        if caller.wrap_up < stay.grade.hall.queue.wrap_up_seconds:
            self._plan(_seconds(at) + caller.wrap_up, "is ready", stay.seat.name)
        return ContactEnded(at=at, entry=EntryId(str(number)), talk_seconds=caller.talk)

    def _feed(self, event: AnyQueueEvent, watcher: _Watcher) -> None:
        for decision in handle(self.state, event, event.at):
            self._take(decision, watcher)

    def _take(self, decision: QueueDecision, watcher: _Watcher) -> None:
        match decision:
            case OfferMade(entry=entry, reservation=reservation):
                number = int(entry.id)
                self._plan(_seconds(decision.at) + self.callers[number].rings, "answers", (reservation.id, number))
            case EntryClosed(visit=visit) if visit.entry in watcher.probes and visit.entry in watcher.last:
                if self.callers[int(visit.entry)].at >= self.day.warm_up_hours * 3600:
                    last = watcher.last[visit.entry]
                    self.found.append(Probe(visit.tier, visit.queue, visit.waited_seconds, visit.estimate, last))

    def _plan(self, at: float, what: str, whom: object) -> None:
        heapq.heappush(self._agenda, (at, next(self._numbers), what, whom))


def play_day(company: Company, day: Day, seed: int) -> list[Probe]:
    """The probes of one day that had to wait."""
    floor = _Floor(company, day, random.Random(seed))
    floor.play()
    return floor.found


def stop_at(company: Company, day: Day, seed: int, hour: float) -> tuple[QueueState, Forecaster, datetime]:
    """A day as it stands at an hour: the queue, who estimates its waits, and the time."""
    floor = _Floor(company, day, random.Random(seed))
    return floor.state, floor.play(hour * 3600), _time(hour * 3600)


def _callers(company: Company, day: Day, rng: random.Random) -> Iterator[_Caller]:
    """By a Poisson process, thinned outside of the surge."""
    wrap_up = company.queues[0].wrap_up_seconds
    scale = math.log(day.handling_seconds - wrap_up) - day.sigma**2 / 2
    at = 0.0
    while (at := at + rng.expovariate(day.callers_per_hour * day.surge / 3600)) < day.hours * 3600:
        is_surge = day.surge_hours[0] <= at / 3600 < day.surge_hours[1]
        if not is_surge and rng.random() > 1 / day.surge:
            continue
        is_probe = rng.random() < day.probes
        yield _Caller(
            at=at,
            tier=rng.choices(TIERS, _SHARES)[0].name,
            kind=rng.choices(company.kinds, [kind[2] for kind in company.kinds])[0],
            talk=rng.lognormvariate(scale, day.sigma),
            patience=math.inf if is_probe else rng.expovariate(1 / day.patience_seconds),
            rings=rng.uniform(2.0, 5.0),
            wrap_up=rng.uniform(0.0, wrap_up) if rng.random() < day.early_wrap_ups else wrap_up,
            is_probe=is_probe,
        )


def _time(seconds: float) -> datetime:
    return OPENING + timedelta(seconds=seconds)


def _seconds(at: datetime) -> float:
    return (at - OPENING).total_seconds()
