"""Everything that the queues know between two events."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from skipline.model.configuration import Tier
from skipline.model.ids import EntryId, ReservationId
from skipline.model.queue_events import AnyQueueEvent, QueueDecision
from skipline.model.queueing import Estimate, Medium, Place
from skipline.queue.alarms import Alarms
from skipline.queue.grade import Grade
from skipline.queue.hall import Hall
from skipline.queue.instants import Instant
from skipline.queue.line import Line, Needs
from skipline.queue.offer import Offer
from skipline.queue.profile import Profile
from skipline.queue.seat import Seat
from skipline.queue.spot import NOBODY
from skipline.queue.starts import Start
from skipline.queue.stay import Stay

LineKey = tuple[Grade, Medium, Needs, tuple[str, ...], frozenset[str]]
EstimateOf = Callable[["QueueState", Stay, datetime], Estimate | None]
"""How long a waiting entry is still expected to wait; None when nobody can say."""

EstimateFor = Callable[["QueueState", Place, datetime], Estimate | None]
"""How long somebody would wait who joined now; None when nobody can say."""
Watch = Callable[["QueueState", AnyQueueEvent, Sequence[QueueDecision]], None]
"""Sees each event once it is done with, and what was decided."""

_FEWEST_LINES_PRUNED = 256
_STARTS_KEPT = 1000


@dataclass(slots=True)
class QueueState:
    """All queues, entries, agents and reservations of one routing group. Only `skipline.queue.handle` changes it.

    `prefix` begins the ids of reservations, so that two states never make the same one. `explains` off leaves the
    `why` of offers empty, as a simulation wants it. `estimate_of` answers for overflow rules and records,
    `estimate_for` for those who ask before they join, and `watch` is how both learn; see `estimate.forecaster`.
    """

    prefix: str = "r"
    explains: bool = True
    estimate_of: EstimateOf | None = None
    estimate_for: EstimateFor | None = None
    watch: Watch | None = None
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    halls: dict[str, Hall] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    profiles: list[Profile] = field(default_factory=list)
    keeps_agents: bool = False
    """Whether any queue keeps agents idle for a tier."""
    lines: dict[LineKey, Line] = field(default_factory=dict)
    stays: dict[EntryId, Stay] = field(default_factory=dict)
    offers: dict[ReservationId, Offer] = field(default_factory=dict)
    """Those that are open, and for a while those that are over: an answer may be on its way."""
    ended_offers: deque[tuple[Instant, ReservationId]] = field(default_factory=deque)
    starts: deque[Start] = field(default_factory=lambda: deque(maxlen=_STARTS_KEPT))
    alarms: Alarms = field(default_factory=Alarms)
    reservations_made: int = 0
    fitting: dict[tuple[str, Needs], tuple[Profile, ...]] = field(default_factory=dict)
    prune_lines_at: int = _FEWEST_LINES_PRUNED

    def next_reservation_id(self) -> ReservationId:
        """A name that no other reservation has."""
        self.reservations_made += 1
        return ReservationId(f"{self.prefix}{self.reservations_made}")

    def line_for(self, key: LineKey) -> Line:
        """The line of entries that are alike in this way, opened when it is the first one."""
        line = self.lines.get(key)
        return line if line is not None else self._open_line(key)

    def profiles_for(self, hall: Hall, needs: Needs) -> tuple[Profile, ...]:
        """The profiles whose agents may take such entries, narrowest first."""
        key = (hall.queue.name, needs)
        found = self.fitting.get(key)
        if found is None:
            fitting = (one for one in self.profiles if hall in one.halls and one.fits(needs))
            found = self.fitting[key] = tuple(sorted(fitting, key=lambda one: one.breadth))
        return found

    def _open_line(self, key: LineKey) -> Line:
        if len(self.lines) >= self.prune_lines_at:
            self._prune_lines()
        grade, medium, needs, preferred, refused = key
        profiles = () if preferred else self.profiles_for(grade.hall, needs)
        line = self.lines[key] = Line(
            grade=grade, medium=medium, needs=needs, preferred=preferred, refused=refused, profiles=profiles
        )
        grade.hall.lines.append(line)
        for profile in profiles:
            profile.add_line(line)
        for name in preferred:
            if name in self.seats:
                self.seats[name].own_lines.append(line)
        return line

    def take_out(self, stay: Stay) -> None:
        """Take an entry out of the line it stands in, if it stands in one. A line that asks for agents by name, or that
        somebody refused, ends with its last entry, because every decision looks at such lines one by one."""
        line = stay.line
        if line is None:
            return
        line.remove(stay)
        if line.head is NOBODY and (line.preferred or line.refused):
            self._close_line(line)

    def _close_line(self, line: Line) -> None:
        del self.lines[line.grade, line.medium, line.needs, line.preferred, line.refused]
        line.grade.hall.lines.remove(line)
        for profile in line.profiles:
            profile.drop_line(line)
        for name in line.preferred:
            # Somebody who is no agent any more may have come after the line did, with a contact in hand.
            if name in self.seats and line in self.seats[name].own_lines:
                self.seats[name].own_lines.remove(line)

    def _prune_lines(self) -> None:
        """Forget empty lines, and what was worked out for entries that may never come again."""
        for line in [line for line in self.lines.values() if line.head is NOBODY]:
            self._close_line(line)
        self.fitting.clear()
        for hall in self.halls.values():
            hall.forget_grades()
        self.prune_lines_at = max(_FEWEST_LINES_PRUNED, 2 * len(self.lines))


@dataclass(slots=True)
class Turn:
    """What is done because of one event: what was decided, and what is still to be matched.

    `now` is the present, `at` when the event happened, never later. `loose` are entries to be placed, `placed` those
    that were, `freed` agents who may have room again, `touched` those whose state may be another one.
    """

    state: QueueState
    now: Instant
    now_at: datetime
    at: Instant
    decisions: list[QueueDecision]
    loose: list[Stay]
    placed: list[Stay]
    freed: dict[str, Seat]
    touched: dict[str, Seat]
