"""A circuit breaker: a source that keeps failing is left alone for a while, so that callers do not wait for it.

Closed: questions go through. After so many failures in a row it opens: nobody asks, every look-up gets its stand-in at
once. When it has rested, one question goes through on trial (half-open): a success closes it, a failure opens it again.
"""

from enum import StrEnum


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Happening(StrEnum):
    """What moves a breaker: `worn` is the failure that was one too many, `rested` the end of its rest."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    WORN = "worn"
    RESTED = "rested"


_NEXT = {
    (State.CLOSED, Happening.SUCCEEDED): State.CLOSED,
    (State.CLOSED, Happening.FAILED): State.CLOSED,
    (State.CLOSED, Happening.WORN): State.OPEN,
    (State.OPEN, Happening.RESTED): State.HALF_OPEN,
    # Answers to questions that were on their way when it opened: a success shows that the source lives.
    (State.OPEN, Happening.SUCCEEDED): State.CLOSED,
    (State.OPEN, Happening.FAILED): State.OPEN,
    (State.OPEN, Happening.WORN): State.OPEN,
    (State.HALF_OPEN, Happening.SUCCEEDED): State.CLOSED,
    (State.HALF_OPEN, Happening.FAILED): State.OPEN,
    (State.HALF_OPEN, Happening.WORN): State.OPEN,
    # A trial that never came back (its asker was cancelled): the next one is admitted after another rest.
    (State.HALF_OPEN, Happening.RESTED): State.HALF_OPEN,
}


class Breaker:
    """The breaker of one source. `now` is any steadily growing number of seconds."""

    def __init__(self, *, failures: int, rest_seconds: float) -> None:
        self.state = State.CLOSED
        self._failures_allowed = max(1, failures)
        self._rest_seconds = rest_seconds
        self._failures = 0
        self._rests_until = 0.0

    def is_resting(self, now: float) -> bool:
        """Whether questions are held back now."""
        return self.state is not State.CLOSED and now < self._rests_until

    def admits(self, now: float) -> bool:
        """Whether a question may go out now; a true in half-open is the one trial."""
        if self.state is State.CLOSED:
            return True
        if self.is_resting(now):
            return False
        self._move(Happening.RESTED, now)
        return True

    def note(self, has_succeeded: bool, now: float) -> None:
        """Take note of how a question that went out has ended."""
        self._failures = 0 if has_succeeded else self._failures + 1
        if has_succeeded:
            self._move(Happening.SUCCEEDED, now)
        else:
            self._move(Happening.WORN if self._failures >= self._failures_allowed else Happening.FAILED, now)

    def _move(self, happening: Happening, now: float) -> None:
        before, self.state = self.state, _NEXT[self.state, happening]
        has_just_opened = self.state is State.OPEN and before is not State.OPEN
        if has_just_opened or self.state is State.HALF_OPEN:
            self._rests_until = now + self._rest_seconds
