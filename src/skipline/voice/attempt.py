"""One attempt at one target: its times, what it came to, and what that says about the target.

    reply                                   exit
    486, 600                                busy
    408, 480 after it rang, ring time over  no_answer
    anything else                           failed

A target that says nothing at all, or that its machine is in trouble, is tried after the others for a while.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from skipline.model.call import TargetTry, TryEnd
from skipline.voice.sip.leg import Failed
from skipline.voice.targets import SUSPECT_SECONDS, Dialable

_GRACE_SECONDS = 2.0
"""The leg itself gives up when the ring time is over; this much later we do, should it not."""

_BUSY = frozenset({486, 600})
_TROUBLED = frozenset({408, 500, 502, 503, 504})
_LONGEST_SUSPICION_SECONDS = 300.0


@dataclass(slots=True)
class Attempt:
    """An attempt under way; times are of the monotonic `clock`, those of `done` in seconds since it began."""

    target: Dialable
    ring_seconds: float
    clock: Callable[[], float]
    began: float = field(init=False)
    rang_after: float | None = None

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def seconds_left(self) -> float:
        """How long the target may still take."""
        return max(0.0, self.began + self.ring_seconds + _GRACE_SECONDS - self.clock())

    def heard(self, code: int) -> bool:
        """Take a provisional answer; true when with it the target begins to ring."""
        if code <= 100 or self.rang_after is not None:
            return False
        self.rang_after = self.clock() - self.began
        return True

    def done(self, end: TryEnd, code: int = 0, reason: str = "") -> TargetTry:
        """The record of this attempt."""
        return TargetTry(
            target=self.target.text,
            end=end,
            code=code,
            reason=reason,
            rang_after=self.rang_after,
            ended_after=self.clock() - self.began,
        )

    def failed(self, event: Failed) -> TargetTry:
        """The record when the target refused."""
        return self.done(end_of_refusal(event.code, self.rang_after is not None), event.code, event.reason)

    def timed_out(self) -> TargetTry:
        """The record when the target took too long."""
        return self.done(TryEnd.NO_ANSWER, 408, f"nobody answered within {self.ring_seconds:g} seconds")


def end_of_refusal(code: int, has_rung: bool) -> TryEnd:
    """Which exit a refusal means."""
    if code in _BUSY:
        return TryEnd.BUSY
    if code == 408 or (code == 480 and has_rung):
        return TryEnd.NO_ANSWER
    return TryEnd.FAILED


def suspicion_seconds(attempt: TargetTry, retry_after_seconds: float | None = None) -> float:
    """For how long a target is to be tried last after `attempt`: a 503 says so itself (RFC 3261 section 20.33)."""
    if attempt.rang_after is not None or attempt.code not in _TROUBLED:
        return 0.0
    return min(retry_after_seconds or SUSPECT_SECONDS, _LONGEST_SUSPICION_SECONDS)
