"""Plays a line forward, without chance, until the one who asks is taken.

Whoever waits counts as much as the chance that they have not given up by then, `e^(-leaving t)`; newcomers arrive at
even distances; agents come free at even distances. An agent who comes free takes whoever is next by the rules of the
queue, and where that is only half a contact, half of the next one too. In many-server queues the state follows such a
fluid path up to noise that is small beside the wait (W. Whitt, "Fluid models for multiserver queues with abandonments",
2006); what is left of it is what the band around an estimate is for.

A long line is played in parcels of several contacts, so that a wait of an hour costs no more than one of a minute.
"""

import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import exp

from skipline.model.queueing import Policy
from skipline.queue.estimate.view import Crowd, LineView, Team
from skipline.queue.grade import Grade
from skipline.queue.instants import SECOND, Instant, Span, as_span, in_seconds

LONGEST_SECONDS = 7200.0
"""What would take longer is not foreseeable."""

_MOST_PARCELS = 300
_MOST_STARTS = 600
_COARSER = 8
_LARGEST_PARCEL = 1 << 24
_GOLDEN = 0.6180339887498949
_HALF = 0.5
_CRUMB = 1e-6

NOBODY_COMES: Instant = sys.maxsize

_Free = tuple[Instant, int, float, Span]
"""When somebody of a team comes free, the team's place, how many do (0: those who were free already look again), and
when more follow (0: none do)."""


@dataclass(frozen=True, slots=True)
class Played:
    """A wait in seconds until an agent comes, and how many contacts the agents who could come took by then."""

    seconds: float
    starts: float


def expected_wait(view: LineView) -> Played | None:
    """When the one who asks is taken; None: not within two hours, or never."""
    ahead = sum(len(crowd.since) for crowd in view.crowds)
    parcel = max(1, ahead // _MOST_PARCELS)
    while parcel < _LARGEST_PARCEL:
        play = _Play(view, parcel)
        if play.run():
            return play.result
        parcel *= _COARSER
    return None


@dataclass(slots=True)
class _Front:
    """The front of a crowd while time goes on. `first` is the effective arrival of whoever is first, who is there from
    then on. Newcomers come `apart` from each other (0: none come); who has waited for `longest` goes elsewhere.
    `mine_at` is the place of the one who asks, in their own crowd. `left` is how much of the first is still to be
    taken; below 0: nobody has begun."""

    grade: Grade
    since: Sequence[Instant]
    began_at: Instant
    apart: float
    parcel: float
    longest: Span | None = None
    mine_at: int = -1
    taken: int = -1
    left: float = -1.0
    first: Instant = NOBODY_COMES

    def __post_init__(self) -> None:
        self.next()

    def next(self) -> None:
        """The first is gone."""
        self.taken, self.left = self.taken + 1, -1.0
        newcomers = self.taken - len(self.since)
        if newcomers < 0:
            self.first = self.since[self.taken]
        elif self.apart:
            self.first = self.began_at + int((newcomers + _HALF) * self.apart)
        else:
            self.first = NOBODY_COMES

    def let_go(self, at: Instant, longest: Span) -> None:
        """Whoever has waited too long by now is gone."""
        while at - self.first >= longest and self.taken != self.mine_at:
            self.next()

    def take(self, at: Instant, budget: float, leaving: float) -> float:
        """Take the first, or as much of them as is left; gives what is left of the budget."""
        if self.left < 0:
            self.left = self.parcel * exp(-leaving * (at - max(self.began_at, self.first)))
        used = min(self.left, budget)
        self.left -= used
        if self.left <= _CRUMB:
            self.next()
        return budget - used


class _Play:
    def __init__(self, view: LineView, parcel: int) -> None:
        self.result: Played | None = None
        self._view, self._leaving = view, view.leaving_per_second / SECOND
        self._fronts = [_front(view, place, crowd, parcel) for place, crowd in enumerate(view.crowds)]
        self._reach = [[self._fronts[crowd] for crowd in team.crowds] for team in view.teams]
        self._keeps_agents = any(crowd.grade.kept_idle for crowd in view.crowds)
        self._since_lane = [float(team.since_lane) for team in view.teams]
        self._gaps = [_gap(team, parcel) for team in view.teams]
        self._agenda = [*_known(view, parcel), *_first_unknown(view, self._gaps, parcel)]
        heapify(self._agenda)
        self._idle = [0.0] * len(view.teams)
        """How many of each team are free and have nobody to take; they look again when somebody comes."""
        self._starts = self._served = 0.0

    def run(self) -> bool:
        """Play; whether the end was reached before there were too many starts."""
        end = self._view.now + as_span(LONGEST_SECONDS)
        for _ in range(_MOST_STARTS + len(self._agenda)):
            if not self._agenda or self._agenda[0][0] > end:
                return True
            at, place, freed, gap = heappop(self._agenda)
            if gap:
                heappush(self._agenda, (at + gap, place, freed, gap))
            if not freed:
                freed, self._idle[place] = self._idle[place], 0.0
            self._free(at, place, freed)
            if self.result is not None:
                return True
        return False

    def _free(self, at: Instant, place: int, freed: float) -> None:
        """Agents who are free take who is next, one after another."""
        is_lane = self._is_lane_due(place)
        while freed > _CRUMB:
            front = self._next(place, at, freed, is_lane=is_lane)
            if front is None:
                self._wait_for_somebody(place, at, freed)
                return
            if front.taken == front.mine_at:
                self._serve_me(at, freed)
                return
            left = front.take(at, freed, self._leaving)
            self._count(place, freed - left, is_lane=is_lane)
            freed, is_lane = left, False

    def _serve_me(self, at: Instant, freed: float) -> None:
        self._served += freed
        if self._served >= _HALF:
            self.result = Played(in_seconds(at - self._view.now), self._starts + 1.0)

    def _is_lane_due(self, place: int) -> bool:
        every = self._view.teams[place].lane_every
        return every > 0 and self._since_lane[place] + 1 >= every

    def _count(self, place: int, taken: float, *, is_lane: bool) -> None:
        self._since_lane[place] = 0 if is_lane else self._since_lane[place] + taken
        if self._view.mine in self._view.teams[place].crowds:
            self._starts += taken

    def _wait_for_somebody(self, place: int, at: Instant, freed: float) -> None:
        comes_at = min((front.first for front in self._reach[place] if front.first > at), default=NOBODY_COMES)
        if not self._idle[place] and comes_at < NOBODY_COMES:
            heappush(self._agenda, (comes_at, place, 0.0, 0))
        self._idle[place] += freed

    def _next(self, place: int, at: Instant, freed: float, *, is_lane: bool) -> _Front | None:
        """Who is taken by an agent of a team, as `skipline.queue.matching` has it."""
        there = [front for front in self._reach[place] if front.first <= at]
        for front in there:
            if front.longest is not None:
                front.let_go(at, front.longest)
        if is_lane and (able := [one for one in there if one.first <= at and one.grade.hall.queue.fair_lane > 0]):
            return min(able, key=lambda one: (one.first, one.grade.rank))
        if self._keeps_agents:
            there = [front for front in there if not self._is_held(front, at, freed)]
        return _most_urgent(there, at) if self._view.teams[place].has_one_policy else _first_across(there, at)

    def _is_held(self, front: _Front, at: Instant, freed: float) -> bool:
        """Whether agents are kept for a higher tier; those who are free count with those who were before."""
        grade = front.grade
        if not grade.kept_idle or grade.is_overdue(front.first, at):
            return False
        serving = (
            idle
            for idle, reach in zip(self._idle, self._reach, strict=True)
            if idle and any(other.grade.hall is grade.hall for other in reach)
        )
        return sum(serving) + freed <= grade.kept_idle


def _most_urgent(there: Sequence[_Front], at: Instant) -> _Front | None:
    best, best_key = None, None
    for front in there:
        if front.first <= at:
            key = front.grade.key(front.first, "", at)
            if best_key is None or key < best_key:
                best, best_key = front, key
    return best


def _first_across(there: Sequence[_Front], at: Instant) -> _Front | None:
    """Overdue ones first; else the first by each policy, and of those the one that has used up most of its target."""
    by_policy: dict[Policy, list[_Front]] = {}
    for front in there:
        by_policy.setdefault(front.grade.hall.queue.policy, []).append(front)
    found = (_most_urgent(fronts, at) for fronts in by_policy.values())
    firsts = [front for front in found if front is not None]
    overdue = [front for front in firsts if front.grade.is_overdue(front.first, at)]
    if overdue:
        return _most_urgent(overdue, at)
    return max(firsts, key=lambda one: one.grade.urgency(one.first, at), default=None)


def _front(view: LineView, place: int, crowd: Crowd, parcel: int) -> _Front:
    apart = SECOND * parcel / crowd.arrivals_per_second if crowd.arrivals_per_second > 0 else 0.0
    longest = None if crowd.longest_seconds is None else as_span(crowd.longest_seconds)
    since, mine_at = crowd.since[::parcel], -1
    if place == view.mine:
        mine_at = -(-bisect_right(crowd.since, view.since) // parcel)
        since = [*since[:mine_at], view.since, *since[mine_at:]]
    return _Front(crowd.grade, since, view.now, apart, parcel, longest, mine_at)


def _gap(team: Team, parcel: int) -> Span:
    return max(1, round(SECOND * parcel / team.starts_per_second))


def _known(view: LineView, parcel: int) -> Iterator[_Free]:
    """When those come free of whom it is known."""
    for place, team in enumerate(view.teams):
        if ready := sum(at <= view.now for at in team.free_at):
            yield view.now, place, float(ready), 0
        later = sorted(at for at in team.free_at if at > view.now)
        for first in range(0, len(later), parcel):
            together = later[first : first + parcel]
            yield together[len(together) // 2], place, float(len(together)), 0


def _first_unknown(view: LineView, gaps: Sequence[Span], parcel: int) -> Iterator[_Free]:
    """When the first agent of each team comes free of whom nothing is known. The teams begin at different parts of
    their gaps, spread evenly (multiples of the golden ratio), so that small teams do not all come free at once."""
    for place, (team, gap) in enumerate(zip(view.teams, gaps, strict=True)):
        phase = (_HALF + place * _GOLDEN) % 1.0
        yield view.now + as_span(team.lag_seconds) + int(phase * gap), place, float(parcel), gap
