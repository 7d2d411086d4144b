"""Makes a `LineView` of a queue's state and of what was learned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from skipline.model.ids import EntryId
from skipline.model.queueing import Medium
from skipline.queue.estimate.learned import Learned, TeamKey, team_key
from skipline.queue.estimate.view import Crowd, LineView, Team
from skipline.queue.grade import Grade
from skipline.queue.instants import Instant, as_span, in_seconds
from skipline.queue.line import Needs
from skipline.queue.profile import Profile
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay

_Alike = tuple[Grade, Needs]
_SINCE = itemgetter(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: somebody who waits (`entry`), or who would join now."""

    grade: Grade
    needs: Needs
    medium: Medium
    since: Instant
    entry: EntryId | None = None


@dataclass(slots=True)
class Floor:
    """The agents as the forecaster has followed them: how many of a profile are free, who wraps up, and how many chats
    an agent of a profile has at once."""

    idle: Mapping[Profile, int]
    wrapping: Iterable[Stay]
    chats: Mapping[Profile, float]


@dataclass(slots=True)
class _Waiting:
    """Those who wait, those who will come, and who takes them."""

    profiles: tuple[Profile, ...]
    since: list[Instant] = field(default_factory=list)
    arrivals_per_second: float = 0.0


@dataclass(slots=True)
class Scene:
    """What is known at one moment to one who asks."""

    state: QueueState
    floor: Floor
    learned: Learned
    asker: Asker
    now: Instant
    _crowds: dict[_Alike, _Waiting] = field(default_factory=dict)

    def is_anybody_there(self) -> bool:
        """Whether agents are at work who could take the asker, now or when they are done."""
        own = self._crowd(self.asker.grade, self.asker.needs)
        return any(profile.present_for[self.asker.medium] for profile in own.profiles)

    def view(self) -> LineView | None:
        """What decides when the asker is taken; None while nobody knows how long contacts take."""
        asker, typical = self.asker, self.learned.typical_seconds(self.asker.medium, self.now)
        if typical is None:
            return None
        self._crowd(asker.grade, asker.needs)
        self._gather()
        return LineView(
            now=self.now,
            crowds=tuple(_seen(grade, waiting) for (grade, _), waiting in self._crowds.items()),
            teams=tuple(self._teams(typical)),
            mine=0,
            since=asker.since,
            leaving_per_second=self.learned.leaving_per_second(self.now),
        )

    def _gather(self) -> None:
        """Everybody of the asker's medium, by who ages alike and who may take them."""
        asker = self.asker
        for line in self.state.lines.values():
            if line.medium is asker.medium and len(line):
                found = self._crowd(line.grade, line.needs)
                found.since = sorted([*found.since, *map(_SINCE, line)])
        for place, needs, rate in self.learned.arrival_rates(asker.medium, self.now):
            if (hall := self.state.halls.get(place.queue)) is not None:
                self._crowd(hall.grade_of(place), needs).arrivals_per_second += rate
        if asker.entry is not None:
            self._crowd(asker.grade, asker.needs).since.remove(asker.since)

    def _crowd(self, grade: Grade, needs: Needs) -> _Waiting:
        found = self._crowds.get((grade, needs))
        if found is None:
            found = self._crowds[grade, needs] = _Waiting(self.state.profiles_for(grade.hall, needs))
        return found

    def _teams(self, typical: float) -> Iterable[Team]:
        """The agents who matter, in an order that is always the same."""
        serves = self._serves()
        free_at = self._known_free(serves)
        queue = self.asker.grade.hall.queue
        lag = self.learned.wrap_up_seconds(queue.name, queue.wrap_up_seconds, self.now)
        for key, profile in sorted(((team_key(one), one) for one in serves), key=_SINCE):
            yield Team(
                crowds=tuple(serves[profile]),
                starts_per_second=self._starts_per_second(profile, key, typical),
                free_at=free_at[profile],
                lag_seconds=lag,
                lane_every=profile.lane_every,
                since_lane=profile.since_lane,
                has_one_policy=len({hall.queue.policy for hall in profile.halls}) <= 1,
            )

    def _serves(self) -> dict[Profile, list[int]]:
        """The asker's agents, those who share work with them, those who share work with these, and so on; and which
        crowds each of them serves."""
        crowds = list(self._crowds.values())
        concerned, others = set(crowds[0].profiles), [set(waiting.profiles) for waiting in crowds]
        while touching := [profiles for profiles in others if profiles & concerned]:
            others = [profiles for profiles in others if not profiles & concerned]
            concerned = concerned.union(*touching)
        serves: dict[Profile, list[int]] = {
            profile: [] for profile in concerned if profile.present_for[self.asker.medium]
        }
        for place, waiting in enumerate(crowds):
            for profile in waiting.profiles:
                if profile in serves:
                    serves[profile].append(place)
        return serves

    def _starts_per_second(self, profile: Profile, key: TeamKey, typical: float) -> float:
        medium, chats = self.asker.medium, self.floor.chats.get(profile, 1.0)
        at_once = chats if medium is Medium.MESSAGE else 1.0
        share = self.learned.share_of(key, medium, chats, self.now)
        return (
            profile.present_for[medium]
            * at_once
            * share
            / self.learned.handling_seconds(key, medium, typical, self.now)
        )

    def _known_free(self, profiles: Iterable[Profile]) -> dict[Profile, list[Instant]]:
        """When those come free of whom it is known: who is free now, and who wraps up."""
        free_at = {profile: [self.now] * self.floor.idle.get(profile, 0) for profile in profiles}
        for stay in self.floor.wrapping:
            seat, queue = stay.seat, stay.grade.hall.queue
            if (
                seat is None
                or seat.profile not in free_at
                or not seat.is_present_for(self.asker.medium)
                or stay.medium is not self.asker.medium
            ):
                continue
            passed = in_seconds(self.now - stay.wrap_up_began_at)
            left = self.learned.wrap_up_left(queue.name, queue.wrap_up_seconds, passed, self.now)
            free_at[seat.profile].append(self.now + as_span(left))
        return free_at


def _seen(grade: Grade, waiting: _Waiting) -> Crowd:
    return Crowd(
        grade=grade,
        since=waiting.since,
        arrivals_per_second=waiting.arrivals_per_second,
        longest_seconds=grade.hall.queue.overflow.after_seconds,
    )
