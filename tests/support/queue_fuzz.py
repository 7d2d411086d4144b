"""Plays random days on the real queue and on the plain model of `queue_model`, and compares every decision.

After every event it also holds: counters equal what they count, nobody who could be matched is left over, and every
agent with nothing in hand can be offered something as soon as they are free.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from queue_model import Model, ModelEntry, Rules
from queue_scenarios import AGENTS, NOON, TIERS, at, random_company, random_entry

from skipline.model import queue_events as events
from skipline.model.ids import EntryId, ReservationId
from skipline.model.queueing import EntryState, Estimate, Medium
from skipline.queue.explain import explain_entry, position_of
from skipline.queue.hall import Hall
from skipline.queue.handle import handle, next_wake_at
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay

_LATE_ANSWERS_MS = 100_000


@dataclass(slots=True)
class Tally:
    """What was played."""

    scenarios: int = 0
    events: int = 0
    decisions: Counter[str] = field(default_factory=Counter)


def fuzz(count: int, seed: int, steps: int = 40) -> Tally:
    """Play `count` scenarios; raises `AssertionError` with its seed at the first one that goes wrong."""
    tally = Tally()
    for number in range(count):
        one = f"{seed}:{number}"
        try:
            Scenario(Random(one), tally).play(steps)
        except Exception as wrong:
            raise AssertionError(f"scenario {one} went wrong: {wrong}") from wrong
        tally.scenarios += 1
    return tally


class Scenario:
    """One company's day, told to both."""

    def __init__(self, rng: Random, tally: Tally) -> None:
        self.rng, self.tally = rng, tally
        self.state = QueueState(prefix="r", estimate_of=_estimate, explains=rng.random() < 0.2)
        self.model = Model()
        self.now = 0
        self.reservations: list[ReservationId] = []
        self.entries = 0
        self.log: list[tuple[Any, datetime, list[Any]]] = []

    def play(self, steps: int) -> None:
        self._configure()
        for name in AGENTS:
            if self.rng.random() < 0.8:
                self._tell(events.AgentCame(at=self._at(), agent=name), lambda name=name: self.model.came(name))
        for _ in range(steps):
            self._pass_time(self.now + self.rng.choice((0, 0, 1, 500, 1000, 2000, 3000, 5000, 11_000)))
            self._do_something()

    def _pass_time(self, until: int) -> None:
        """Mostly punctual; sometimes nobody looks at the clock for a while, or looks when nothing is due."""
        is_punctual = self.rng.random() < 0.85
        while is_punctual and (wake := next_wake_at(self.state)) is not None and wake <= at(until):
            self.now = max(self.now, round((wake - NOON).total_seconds() * 1000))
            self._tell(events.TimePassed(at=self._at()), self.model.time_passed)
        self.now = until
        if self.rng.random() < 0.1:
            self._tell(events.TimePassed(at=self._at()), self.model.time_passed)

    def _at(self) -> datetime:
        return at(self.now)

    def _do_something(self) -> None:
        doings = [self._join] * 8 + [self._answer] * 8 + [self._end_contact] * 6 + [self._leave] * 2
        doings += [self._agent_does] * 4 + [self._restore, self._rerank, self._return]
        if self.rng.random() < 0.03:
            doings = [self._configure]
        self.rng.choice(doings)()

    def _configure(self) -> None:
        event, queues, tiers, agents = random_company(self.rng, self.now)
        self._tell(event, lambda: self.model.configured(queues, tiers, agents))

    def _join(self) -> None:
        self.entries += self.rng.random() < 0.97
        entry, plain = random_entry(self.rng, self.entries, self.now, list(self.model.queues))
        twin = ModelEntry(queue=self._rules(entry.place.queue), **plain)
        self._tell(events.EntryJoined(at=self._at(), entry=entry), lambda: self.model.joined(twin))

    def _restore(self) -> None:
        self.entries += 1
        entry, plain = random_entry(self.rng, self.entries, self.now, list(self.model.queues))
        twin = ModelEntry(queue=self._rules(entry.place.queue), **plain)
        agent = self.rng.choice(("", *AGENTS))
        connected = self.now - self.rng.choice((0, 300))
        since = at(connected) if agent else None
        event = events.EntryRestored(at=self._at(), entry=entry, agent=agent, connected_at=since)
        self._tell(event, lambda: self.model.restored(twin, agent, connected))

    def _rules(self, name: str) -> Rules:
        return self.model.queues.get(name) or Rules(name=name, is_open=False)

    def _answer(self) -> None:
        """An agent answers or refuses: mostly what rings, sometimes what is over."""
        recent = [number for number, one in enumerate(self.model.offers) if one.made > self.now - _LATE_ANSWERS_MS]
        ringing = [number for number in recent if self.model.offers[number].state == "pending"]
        able = ringing if ringing and self.rng.random() < 0.8 else recent
        if not able:
            return
        number = self.rng.choice(able)
        offer, reservation = self.model.offers[number], self.reservations[number]
        if self.rng.random() < 0.65:
            event: Any = events.ReservationAccepted(at=self._at(), reservation=reservation)
            self._tell(event, lambda: self.model.accepted(offer))
        else:
            gone = self.rng.random() < 0.3
            event = events.ReservationDeclined(at=self._at(), reservation=reservation, is_unreachable=gone)
            self._tell(event, lambda: self.model.declined(offer, gone))

    def _end_contact(self) -> None:
        able = [one.id for one in self.model.entries.values() if one.has_agent] or ["nobody"]
        entry = self.rng.choice(able)
        event = events.ContactEnded(at=self._at(), entry=EntryId(entry), talk_seconds=7.0)
        self._tell(event, lambda: self.model.contact_ended(entry, 7000))

    def _leave(self) -> None:
        entry = self._any_entry()
        ended = self.rng.choice((EntryState.ABANDONED, EntryState.ABANDONED, EntryState.OVERFLOWED))
        event = events.EntryLeft(at=self._at(), entry=EntryId(entry), ended=ended)
        self._tell(event, lambda: self.model.entry_left(entry, str(ended)))

    def _return(self) -> None:
        entry = self._any_entry()
        event = events.EntryReturned(at=self._at(), entry=EntryId(entry))
        self._tell(event, lambda: self.model.returned(entry))

    def _rerank(self) -> None:
        entry, tier = self._any_entry(), self.rng.choice((*TIERS, "unheard of"))
        event = events.EntryReranked(at=self._at(), entry=EntryId(entry), tier=tier)
        self._tell(event, lambda: self.model.reranked(entry, tier))

    def _any_entry(self) -> str:
        return self.rng.choice([*self.model.entries, "nobody"])

    def _agent_does(self) -> None:
        name, at_ = self.rng.choice(AGENTS), self._at()
        medium = self.rng.choice((None, Medium.CALL, Medium.MESSAGE))
        doings: list[tuple[Any, Any]] = [
            (events.AgentCame(at=at_, agent=name, medium=medium), lambda: self.model.came(name, medium or "")),
            (events.AgentWent(at=at_, agent=name, medium=medium), lambda: self.model.went(name, medium or "")),
            (events.AgentReady(at=at_, agent=name), lambda: self.model.agent_ready(name)),
            (events.AgentPaused(at=at_, agent=name, reason="lunch"), lambda: self.model.paused(name, "lunch")),
        ]
        self._tell(*self.rng.choices(doings, (3, 2, 4, 2))[0])

    # Telling both, and comparing.

    def _tell(self, event: Any, tell_model: Any) -> None:
        self.tally.events += 1
        decisions = handle(self.state, event, at(self.now))
        self.log.append((event, at(self.now), decisions))
        self.model.now, self.model.told = self.now, []
        tell_model()
        self.model.settle()
        ours = [_plain(one) for one in decisions]
        for kind, *_ in ours:
            self.tally.decisions[str(kind)] += 1
        offers = [one for one in ours if one[0] == "offer"]
        expected = [one for one in self.model.told if one[0] == "offer"]
        assert offers == expected, f"at {self.now} ms {event}: offers {offers}, not {expected}"
        odd = Counter(ours), Counter(self.model.told)
        assert odd[0] == odd[1], f"at {self.now} ms {event}: {odd[0] - odd[1]}, not {odd[1] - odd[0]}"
        self.reservations += [one.reservation.id for one in decisions if isinstance(one, events.OfferMade)]
        self._check_reasons(decisions)
        self._check_counters()
        self._check_nobody_left_over()
        self._check_views()

    def _check_reasons(self, decisions: list[Any]) -> None:
        for one in decisions:
            if isinstance(one, events.OfferMade) and self.state.explains:
                assert one.why, "an offer without a reason"

    def _check_counters(self) -> None:
        for hall in self.state.halls.values():
            self._check_hall(hall)
        for seat in self.state.seats.values():
            held = [*seat.stays.values(), *(one.stay for one in seat.offers.values())]
            assert seat.calls == sum(1 for one in held if one.medium is Medium.CALL)
            assert seat.chats == sum(1 for one in held if one.medium is Medium.MESSAGE)
            assert seat.state is seat.shown
        for profile in self.state.profiles:
            members = [one for one in self.state.seats.values() if one.profile is profile]
            assert profile.present == sum(one.is_present for one in members)
            for medium in Medium:
                assert profile.present_for[medium] == sum(one.is_present_for(medium) for one in members)

    def _check_hall(self, hall: Hall) -> None:
        inside = [one for one in self.state.stays.values() if one.grade.hall is hall]
        for state in (EntryState.WAITING, EntryState.RESERVED, EntryState.CONNECTED, EntryState.WRAPPING):
            assert hall.counts[state] == sum(one.state is state for one in inside), (hall.queue.name, state)
        agents = [one for one in self.state.seats.values() if hall in one.profile.halls]
        assert (hall.size, hall.present) == (len(agents), sum(one.is_present for one in agents))
        assert hall.signed_in == sum(one.is_signed_in for one in agents)
        for medium in Medium:
            signed_in = sum(one.is_signed_in and medium in one.media for one in agents)
            assert hall.signed_in_for[medium] == signed_in, (hall.queue.name, medium)
        for medium in Medium:
            assert hall.ready[medium] == sum(one.has_room(medium) for one in agents), (hall.queue.name, medium)
        assert sum(map(len, hall.lines)) == hall.counts[EntryState.WAITING]

    def _check_nobody_left_over(self) -> None:
        for entry in self.model.waiting():
            if not self.model.kept(entry) or (entry.ask is not None and entry.ask.preferred):
                for agent in self.model.agents.values():
                    is_free = self.model.has_room(agent, entry.medium)
                    assert not (is_free and self.model.may_take(agent, entry)), f"{agent.name} could take {entry.id}"

    def _check_views(self) -> None:
        """Positions are those of a plain sort; and looking changes nothing."""
        if self.rng.random() < 0.1:
            for stay in list(self.state.stays.values()):
                self._check_position(stay)
                assert explain_entry(self.state, stay.entry.id, at(self.now)) is not None

    def _check_position(self, stay: Stay) -> None:
        entry = self.model.entries[stay.entry.id]
        position = position_of(self.state, stay.entry.id, at(self.now))
        if entry.state == "waiting":
            others = [one for one in self.model.waiting() if one.queue is entry.queue]
            assert position == 1 + sorted(others, key=self.model.key).index(entry)
        else:
            assert position == (1 if entry.state == "reserved" else None)


def _estimate(state: QueueState, stay: Stay, now: datetime) -> Estimate:
    seconds = 10.0 * stay.grade.hall.waiting
    return Estimate(seconds=seconds, low=seconds, high=seconds)


def _plain(decision: Any) -> tuple[object, ...]:
    """A decision in the words of the model."""
    match decision:
        case events.OfferMade(reservation=made):
            return "offer", made.entry, made.agent
        case events.OfferWithdrawn(reservation=made):
            return "withdrawn", made.entry, made.agent
        case events.EntryOverflowed(entry=entry, to=to):
            return "overflowed", entry.id, to
        case events.AgentChanged(agent=agent, before=before, state=after):
            return "agent", agent, str(before), str(after)
        case events.EntryClosed(visit=visit):
            left = round((visit.left_at - NOON).total_seconds() * 1000)
            times = (visit.waited_seconds, visit.rang_seconds, visit.talk_seconds, visit.wrap_up_seconds)
            waited, rang, talk, wrapped = (round(one * 1000) for one in times)
            credit = round(visit.credit_seconds * 1000)
            return (
                "closed", visit.entry, visit.queue, visit.tier, str(visit.ended), visit.agent,
                waited, rang, talk, wrapped, left, visit.offers, visit.misses, credit, visit.overflowed_to,
            )  # fmt: skip
        case _:
            raise TypeError(decision)
