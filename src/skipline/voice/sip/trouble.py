"""A log for what strangers do wrong: counted, and never more than a few lines a minute of each kind."""

import time
from collections import Counter
from collections.abc import Callable

import structlog

_LINES_A_MINUTE = 5


class TroubleLog:
    """Writes the first few troubles of a kind each minute and counts all of them in `counts`.

    Strangers can send thousands of bad messages a second; neither the disk nor the loop may notice.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.counts: Counter[str] = Counter()
        self._monotonic = monotonic
        self._log = structlog.get_logger()
        self._window_began = monotonic()
        self._written: Counter[str] = Counter()

    def note(self, event: str, **fields: object) -> None:
        """Count `event`, and write it with its fields unless this minute already saw enough of it."""
        self.counts[event] += 1
        now = self._monotonic()
        if now - self._window_began >= 60:
            self._window_began = now
            self._written.clear()
        self._written[event] += 1
        if self._written[event] < _LINES_A_MINUTE:
            self._log.warning(event, **fields)
        elif self._written[event] == _LINES_A_MINUTE:
            self._log.warning(event, **fields, note="further ones this minute are only counted")
