"""What the queues were like of late: who came how often, how long contacts took, how long people are patient."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from skipline.model.queueing import EntryState, Medium, Place, Visit
from skipline.queue.estimate.rates import FadingMean, FadingSum
from skipline.queue.instants import Instant
from skipline.queue.line import Needs
from skipline.queue.placing import needs_after
from skipline.queue.profile import Profile

ARRIVALS_MEMORY = 450.0
"""As slow to follow as a count of the last 15 minutes: half of it lies within five minutes."""
HANDLING_MEMORY = 3600.0
_FEWEST_HANDLED = 5.0
"""Before so many contacts are over, nobody can say how long they take."""
_WEIGHT_OF_ALL = 30.0
"""How many contacts of its own a team needs until they count as much as those of everybody."""
_MOST_KINDS = 500

Kind = tuple[str, str, float | None, Medium, Needs]
"""Contacts who join alike: queue, tier, target of their own, medium, skills asked for."""
TeamKey = tuple[tuple[str, ...], tuple[tuple[str, int], ...]]
"""A profile by what makes it: it stays the same when the configuration is read anew."""


def team_key(profile: Profile) -> TeamKey:
    """The name of a profile."""
    return tuple(hall.queue.name for hall in profile.halls), tuple(sorted(profile.skills.items()))


def _handling() -> FadingMean:
    return FadingMean(HANDLING_MEMORY)


@dataclass(slots=True)
class Learned:
    """Everything that was learned. Times in seconds, but for instants."""

    watched_since: Instant | None = None
    arrivals: dict[Kind, tuple[Place, FadingSum]] = field(default_factory=dict)
    ringing: FadingMean = field(default_factory=_handling)
    last_waits: dict[tuple[str, str], tuple[Instant, float]] = field(default_factory=dict)
    """The last wait for an agent that ended with an answer, by queue and tier."""
    _of_all: dict[Medium, FadingMean] = field(default_factory=partial(defaultdict, _handling))
    _of_team: dict[tuple[TeamKey, Medium], FadingMean] = field(default_factory=partial(defaultdict, _handling))
    _wrap_up: dict[str, FadingMean] = field(default_factory=partial(defaultdict, _handling))
    _abandoned: FadingSum = field(default_factory=partial(FadingSum, HANDLING_MEMORY))
    _waited: FadingSum = field(default_factory=partial(FadingSum, HANDLING_MEMORY))

    def watch(self, at: Instant) -> None:
        """Something happened, whatever it was: from now on nothing happening means something."""
        if self.watched_since is None:
            self.watched_since = at

    def joined(self, place: Place, at: Instant) -> None:
        """Somebody began to wait, or was taken at once."""
        kind = (place.queue, place.tier, place.target_seconds, place.medium, needs_after(place, 0))
        found = self.arrivals.get(kind)
        if found is None:
            self._forget_rare_kinds(at)
            found = self.arrivals[kind] = (place, FadingSum(ARRIVALS_MEMORY))
        found[1].add(1.0, at)

    def taken(self, queue: str, tier: str, waited_seconds: float, rang_seconds: float, at: Instant) -> None:
        """An agent answered somebody."""
        self.ringing.add(rang_seconds, at)
        if waited_seconds > rang_seconds and at >= self.last_waits.get((queue, tier), (0, 0.0))[0]:
            self.last_waits[queue, tier] = (at, waited_seconds)

    def ended(self, visit: Visit, team: TeamKey | None, at: Instant) -> None:
        """A stay is over; `team` are the agents who had it, when it is known. Whoever is called back waits without
        patience, overnight too; where they were not reached, nobody was handled."""
        if not visit.is_call_back:
            self._waited.add(visit.waited_seconds, at)
            self._abandoned.add(float(visit.ended is EntryState.ABANDONED), at)
        if visit.ended is not EntryState.CONNECTED or (visit.is_call_back and not visit.talk_seconds):
            return
        seconds = visit.talk_seconds + visit.hold_seconds + visit.wrap_up_seconds
        self._of_all[visit.medium].add(seconds, at)
        self._wrap_up[visit.queue].add(visit.wrap_up_seconds, at)
        if team is not None:
            self._of_team[team, visit.medium].add(seconds, at)

    def arrival_rates(self, medium: Medium, now: Instant) -> Iterator[tuple[Place, Needs, float]]:
        """How many of each kind join in a second."""
        since = now if self.watched_since is None else self.watched_since
        window = FadingSum(ARRIVALS_MEMORY).window(now, since)
        for (_, _, _, kind_medium, needs), (place, count) in self.arrivals.items():
            if kind_medium is medium:
                yield place, needs, count.value(now) / window

    def typical_seconds(self, medium: Medium, now: Instant) -> float | None:
        """How long a contact takes whoever has it; None while that is not known."""
        total, count = self._of_all[medium].parts(now)
        return total / count if count >= _FEWEST_HANDLED else None

    def handling_seconds(self, team: TeamKey, medium: Medium, typical: float, now: Instant) -> float:
        """How long a contact takes an agent of `team`, ringing with it."""
        own = self._of_team[team, medium].near(now, typical, _WEIGHT_OF_ALL)
        return max(1.0, own + (self.ringing.value(now) or 0.0))

    def share_of(self, team: TeamKey, medium: Medium, slots: float, now: Instant) -> float:
        """Which part of their time the agents of `team` give to a medium; `slots` of its contacts they have at once."""
        calls = self._of_team[team, Medium.CALL].parts(now)[0]
        messages = self._of_team[team, Medium.MESSAGE].parts(now)[0] / max(1.0, slots)
        own = calls if medium is Medium.CALL else messages
        return own / (calls + messages) if own > 0 else 1.0

    def wrap_up_seconds(self, queue: str, configured: float, now: Instant) -> float:
        """How long wrap-up takes, which agents may end early."""
        found = self._wrap_up[queue].value(now) if configured > 0 else None
        return configured if found is None else min(configured, found)

    def wrap_up_left(self, queue: str, configured: float, passed: float, now: Instant) -> float:
        """How long a wrap-up still takes of which so much has passed. Some last as long as configured; the others are
        taken to end at any moment of it alike, which with their mean gives how many they are."""
        if passed >= configured:
            return 0.0
        early = min(1.0, 2.0 * (1.0 - self.wrap_up_seconds(queue, configured, now) / configured))
        still_early = early * (1.0 - passed / configured)
        whole = 1.0 - early
        return (configured - passed) * (whole + still_early / 2.0) / (whole + still_early)

    def leaving_per_second(self, now: Instant) -> float:
        """How many of those who wait give up in a second of it: as many as did, over all the time that was waited."""
        waited = self._waited.value(now)
        return self._abandoned.value(now) / waited if waited > 0 else 0.0

    def _forget_rare_kinds(self, now: Instant) -> None:
        if len(self.arrivals) < _MOST_KINDS:
            return
        by_rate = sorted(self.arrivals, key=lambda kind: self.arrivals[kind][1].value(now))
        for kind in by_rate[: _MOST_KINDS // 2]:
            del self.arrivals[kind]
