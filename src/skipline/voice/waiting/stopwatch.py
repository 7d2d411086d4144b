"""Adds up the seconds in which something was so."""

from collections.abc import Callable


class Stopwatch:
    """Runs from `start` to `stop`, and on at the next `start`; `clock` only goes forward."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._before = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """The sum so far."""
        return self._before + (0.0 if self._since is None else self._clock() - self._since)

    def start(self) -> None:
        """Run, unless it does."""
        if self._since is None:
            self._since = self._clock()

    def stop(self) -> None:
        """Stand still, unless it does."""
        self._before, self._since = self.seconds, None

    def run(self, is_so: bool) -> None:
        """Run while it is so."""
        (self.start if is_so else self.stop)()
