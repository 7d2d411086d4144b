"""What a report says of a group of visits.

offered      = answered + abandoned + overflowed; call-backs are counted apart, by their own promise
answered     an agent took the contact, after a wait with the time that a phone rang, without credit
abandoned    the contact gave up
overflowed   the contact went elsewhere: by a rule of the queue, or by a key they pressed
ASA          the mean wait of the answered, zeros included
AHT          the mean of talk, hold and wrap-up of the handled: the answered, and call-backs that were connected
kept         call-backs connected within the wait that was told; where none was told, connected at all
"""

from array import array
from dataclasses import dataclass, field
from statistics import fmean

from skipline.metrics.percentile import percentile
from skipline.metrics.service_level import Counts, Shares, shares, shares_without_short
from skipline.model.queueing import EntryState, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """T and S, in seconds: answered within T is in time, abandoned within S is short."""

    target_seconds: float
    short_abandon_seconds: float


def _seconds() -> "array[float]":
    return array("d")


@dataclass(slots=True)
class Tally:
    """Counts and times of visits, added one by one."""

    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0
    abandoned_in_time: int = 0
    abandoned_short: int = 0
    overflowed: int = 0
    transferred: int = 0
    call_backs: int = 0
    call_backs_connected: int = 0
    call_backs_kept: int = 0
    longest_wait_seconds: float = 0.0
    waits: "array[float]" = field(default_factory=_seconds)
    rings: "array[float]" = field(default_factory=_seconds)
    handling: "array[float]" = field(default_factory=_seconds)
    thresholds: set[Thresholds] = field(default_factory=set)

    def add(self, visit: Visit, limits: Thresholds) -> None:
        """Count a visit against T and S."""
        if visit.ended is EntryState.CONNECTED:
            self.handling.append(visit.talk_seconds + visit.hold_seconds + visit.wrap_up_seconds)
            self.transferred += visit.was_transferred
        if visit.is_call_back:
            self._add_call_back(visit)
            return
        self.thresholds.add(limits)
        self.longest_wait_seconds = max(self.longest_wait_seconds, visit.waited_seconds)
        self._add_wait(visit, limits)

    @property
    def offered(self) -> int:
        """Everybody who came, but for call-backs."""
        return self.answered + self.abandoned + self.overflowed

    @property
    def handled(self) -> int:
        """Contacts that an agent had, call-backs among them."""
        return self.answered + self.call_backs_connected

    @property
    def shares(self) -> Shares | None:
        """Service level, abandonment and late answers; those who overflowed are in none of them."""
        return shares(self._counts)

    @property
    def shares_without_short(self) -> Shares | None:
        """The same without those who left within S."""
        return shares_without_short(self._counts)

    @property
    def asa_seconds(self) -> float | None:
        """The mean wait of the answered."""
        return _mean(self.waits)

    @property
    def ring_seconds(self) -> float | None:
        """How much of that wait an agent's phone rang."""
        return _mean(self.rings)

    @property
    def aht_seconds(self) -> float | None:
        """The mean handling time."""
        return _mean(self.handling)

    def wait_percentile(self, share: float) -> float | None:
        """The wait that `share` of the answered stayed under."""
        return percentile(sorted(self.waits), share)

    def handling_percentile(self, share: float) -> float | None:
        """The handling time that `share` of the handled stayed under."""
        return percentile(sorted(self.handling), share)

    @property
    def transfer_rate(self) -> float | None:
        """The share of the handled that their agent handed on."""
        return self.transferred / self.handled if self.handled else None

    def _add_wait(self, visit: Visit, limits: Thresholds) -> None:
        is_in_time = visit.waited_seconds <= limits.target_seconds
        if visit.ended is EntryState.CONNECTED:
            self.answered += 1
            self.answered_in_time += is_in_time
            self.waits.append(visit.waited_seconds)
            self.rings.append(visit.rang_seconds)
        elif visit.ended is EntryState.ABANDONED:
            self.abandoned += 1
            self.abandoned_in_time += is_in_time
            self.abandoned_short += visit.waited_seconds <= limits.short_abandon_seconds
        else:
            self.overflowed += 1

    def _add_call_back(self, visit: Visit) -> None:
        is_connected = visit.ended is EntryState.CONNECTED
        told = visit.estimate
        self.call_backs += 1
        self.call_backs_connected += is_connected
        self.call_backs_kept += is_connected and (told is None or visit.waited_seconds <= told.high)

    @property
    def _counts(self) -> Counts:
        return Counts(
            answered=self.answered,
            answered_in_time=self.answered_in_time,
            abandoned=self.abandoned,
            abandoned_in_time=self.abandoned_in_time,
            abandoned_short=self.abandoned_short,
        )


def _mean(values: "array[float]") -> float | None:
    return fmean(values) if values else None
