"""Watches a queue's state, learns from it, and says how long contacts will wait."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from statistics import fmean

from skipline.model.ids import EntryId
from skipline.model.queue_events import (
    AgentChanged,
    AnyQueueEvent,
    ContactEnded,
    EntryClosed,
    EntryJoined,
    EntryOverflowed,
    QueueDecision,
    QueuesConfigured,
    ReservationAccepted,
)
from skipline.model.queueing import AgentState, EntryState, Estimate, Place, Visit
from skipline.queue.estimate.bands import Bands
from skipline.queue.estimate.learned import Learned, team_key
from skipline.queue.estimate.play import Played, expected_wait
from skipline.queue.estimate.scene import Asker, Floor, Scene
from skipline.queue.instants import Instant, as_instant, as_span, in_seconds
from skipline.queue.placing import needs_after
from skipline.queue.profile import Profile
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay

_LAST_WAIT_COUNTS = as_span(900)
_STARTS_OF_A_LAST_WAIT = 4.0
"""A last wait is taken for as uncertain as one for so many agents."""

_NO_WAIT = Estimate(seconds=0.0, low=0.0, high=0.0)


@dataclass(slots=True)
class Forecaster:
    """Follows one state, from when it is attached."""

    learned: Learned = field(default_factory=Learned)
    bands: Bands = field(default_factory=Bands)
    _wrapping: dict[EntryId, Stay] = field(default_factory=dict)
    _answered: set[EntryId] = field(default_factory=set)
    _idle: dict[Profile, int] = field(default_factory=partial(defaultdict, int))
    _shown: dict[str, AgentState] = field(default_factory=dict)
    _chats: dict[Profile, float] = field(default_factory=dict)

    def attach(self, state: QueueState) -> None:
        """Learn from every event of `state`, and answer for it."""
        state.watch, state.estimate_of, state.estimate_for = self.watch, self.estimate, self.estimate_for
        self._look(state)

    def estimate(self, state: QueueState, stay: Stay, now: datetime) -> Estimate | None:
        """How long an entry is still expected to wait; None when nobody can say."""
        instant, line = as_instant(now), stay.line
        if line is None:
            return None
        asker = Asker(grade=stay.grade, needs=line.needs, medium=stay.medium, since=stay.since, entry=stay.entry.id)
        waited = in_seconds(stay.waited_by(instant))
        found = self._estimate(state, asker, stay.entry.place, waited, instant)
        return found if found is None or not line.preferred else _after_preference(found, stay, instant)

    def estimate_for(self, state: QueueState, place: Place, now: datetime) -> Estimate | None:
        """How long somebody would wait who joined now; 0 s when an agent is ready."""
        hall, instant = state.halls.get(place.queue), as_instant(now)
        if hall is None:
            return None
        grade, needs, since = hall.grade_of(place), needs_after(place, 0), instant - as_span(place.credit_seconds)
        if not needs and hall.ready[place.medium] > grade.kept_idle:
            return _NO_WAIT
        asker = Asker(grade=grade, needs=needs, medium=place.medium, since=since)
        return self._estimate(state, asker, place, 0.0, instant)

    def watch(self, state: QueueState, event: AnyQueueEvent, decisions: Sequence[QueueDecision]) -> None:
        """Learn from an event and from what was decided."""
        at = as_instant(event.at)
        self.learned.watch(at)
        match event:
            case EntryJoined(entry=entry):
                self.learned.joined(entry.place, at)
            case ReservationAccepted(reservation=reservation):
                offer = state.offers.get(reservation)
                if offer is not None and offer.stay.seat is offer.seat:
                    self._see_answer(offer.stay, at)
            case ContactEnded(entry=id_) if id_ in state.stays:
                self._wrapping[id_] = state.stays[id_]
            case QueuesConfigured():
                self._look(state)
        for decision in decisions:
            self._see(state, decision)

    def recall(self, visits: Iterable[Visit]) -> None:
        """Learn from visits that were written down before this began: handling times, patience, and how far estimates
        were off. Not how many come, as those who came last are not written down yet."""
        for visit in visits:
            at = as_instant(visit.left_at)
            self.learned.ended(visit, None, at)
            if visit.ended is EntryState.CONNECTED and not visit.is_call_back:
                self._learn_answer(
                    visit.queue, visit.tier, visit.waited_seconds, visit.rang_seconds, visit.estimate, at
                )

    def _estimate(self, state: QueueState, asker: Asker, place: Place, waited: float, now: Instant) -> Estimate | None:
        floor = Floor(self._idle, self._wrapping.values(), self._chats)
        scene = Scene(state, floor, self.learned, asker, now)
        if not scene.is_anybody_there():
            return None
        view = scene.view()
        played = self._by_last_wait(place, waited, now) if view is None else expected_wait(view)
        if played is None:
            return None
        if not played.seconds and asker.entry is None:
            return _NO_WAIT
        seconds = played.seconds + (0.0 if view is None else self.learned.ringing.value(now) or 0.0)
        low, high = self.bands.around(place.queue, place.tier, seconds, played.starts)
        return Estimate(seconds=seconds, low=min(low, seconds), high=max(high, seconds))

    def _by_last_wait(self, place: Place, waited: float, now: Instant) -> Played | None:
        """What the last one of this tier waited (LES), less what this one has: better than nothing."""
        at, seconds = self.learned.last_waits.get((place.queue, place.tier), (0, 0.0))
        if now - at > _LAST_WAIT_COUNTS or seconds <= waited:
            return None
        return Played(seconds - waited, _STARTS_OF_A_LAST_WAIT)

    def _see_answer(self, stay: Stay, at: Instant) -> None:
        """Somebody was answered. An entry that comes back and is answered again does not count twice; a call-back says
        nothing of how long callers wait."""
        if stay.entry.is_call_back or stay.entry.id in self._answered:
            return
        self._answered.add(stay.entry.id)
        place, waited = stay.entry.place, in_seconds(stay.waited)
        self._learn_answer(place.queue, place.tier, waited, in_seconds(stay.rang), stay.estimate, at)

    def _learn_answer(
        self, queue: str, tier: str, waited: float, rang: float, told: Estimate | None, at: Instant
    ) -> None:
        self.learned.taken(queue, tier, waited, rang, at)
        if told is not None:
            self.bands.learn(queue, tier, told.seconds, waited, self.learned.leaving_per_second(at))

    def _see(self, state: QueueState, decision: QueueDecision) -> None:
        match decision:
            case AgentChanged(agent=agent, state=shown):
                self._show(state, agent, shown)
            case EntryClosed(visit=visit):
                self._wrapping.pop(visit.entry, None)
                self._answered.discard(visit.entry)
                seat = state.seats.get(visit.agent)
                self.learned.ended(visit, None if seat is None else team_key(seat.profile), as_instant(decision.at))
            case EntryOverflowed(entry=entry, to=to) if to:
                self.learned.joined(entry.place, as_instant(decision.at))

    def _show(self, state: QueueState, agent: str, shown: AgentState) -> None:
        """Follow who is free."""
        before = self._shown.get(agent, AgentState.OFFLINE)
        self._shown[agent] = shown
        seat = state.seats.get(agent)
        change = (shown is AgentState.AVAILABLE) - (before is AgentState.AVAILABLE)
        if seat is not None and change:
            self._idle[seat.profile] += change

    def _look(self, state: QueueState) -> None:
        """Agents serve other queues by now: count them anew."""
        self._shown = {name: seat.shown for name, seat in state.seats.items()}
        self._idle = defaultdict(int)
        chats: dict[Profile, list[int]] = defaultdict(list)
        for seat in state.seats.values():
            self._idle[seat.profile] += seat.shown is AgentState.AVAILABLE
            chats[seat.profile].append(seat.agent.most_chats)
        self._chats = {profile: fmean(most) for profile, most in chats.items()}
        self._wrapping = {id_: stay for id_, stay in state.stays.items() if stay.state is EntryState.WRAPPING}


def _after_preference(found: Estimate, stay: Stay, now: Instant) -> Estimate:
    """Those asked for by name are busy, or the entry would not wait: others may take it once they had their time."""
    ends_at = stay.stage_began_at + as_span(stay.entry.place.preferences[stay.stage].seconds)
    left = in_seconds(max(0, ends_at - now))
    return Estimate(seconds=max(found.seconds, left), low=found.low, high=max(found.high, left))
