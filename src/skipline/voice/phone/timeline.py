"""What happened in a call and when, for people to read and for tests to compare."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened in a call, `after_seconds` from its beginning. `code` is its SIP status, or 0."""

    after_seconds: float
    what: str
    code: int = 0


class Timeline:
    """The moments of one call, in order. `seconds` is a clock that only goes forward."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._began = seconds()
        self._moments: list[Moment] = []
        self._watcher: Callable[[Moment], None] | None = None

    def note(self, what: str, code: int = 0) -> None:
        """Write down that this happened now."""
        moment = Moment(self._seconds() - self._began, what, code)
        self._moments.append(moment)
        if self._watcher is not None:
            self._watcher(moment)

    def watch(self, watcher: Callable[[Moment], None]) -> None:
        """Tell `watcher` of each moment, beginning with those that were."""
        for moment in self._moments:
            watcher(moment)
        self._watcher = watcher

    def after_seconds(self, *codes: int) -> float | None:
        """When one of these statuses first came or went; None when none did."""
        return next((one.after_seconds for one in self._moments if one.code in codes), None)

    def __iter__(self) -> Iterator[Moment]:
        return iter(self._moments)

    def __len__(self) -> int:
        return len(self._moments)
