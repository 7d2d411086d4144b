"""Erlang's formulas for calls that are lost (B) or wait as long as it takes (C, the line M/M/n).

A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges", 1917; the recursion for B as in D. L. Jagerman, "Methods in traffic calculations", 1984.
"""

import math
from dataclasses import dataclass

from skipline.metrics.line import Line


def erlang_b(lines: int, load: float) -> float:
    """The share of calls that find all `lines` busy and are lost; `load` in erlangs."""
    blocked = 1.0
    for busy in range(1, lines + 1):
        blocked = load * blocked / (busy + load * blocked)
    return blocked


def erlang_c(agents: int, load: float) -> float:
    """The share of calls that have to wait; 1 when the load is too much for the agents."""
    if load >= agents:
        return 1.0
    blocked = erlang_b(agents, load)
    return agents * blocked / (agents - load * (1.0 - blocked))


@dataclass(frozen=True, slots=True)
class ErlangC:
    """A line where nobody gives up. Raises `ValueError` when it would grow without end."""

    line: Line

    def __post_init__(self) -> None:
        if self.line.load >= self.line.agents:
            raise ValueError(
                f"{self.line.load:g} erlangs are too much for {self.line.agents} agents who lose nobody: "
                "add agents, or give the line a patience"
            )

    @property
    def waiting_share(self) -> float:
        """How many of all calls have to wait."""
        return erlang_c(self.line.agents, self.line.load)

    @property
    def asa_seconds(self) -> float:
        """The mean wait, zeros included."""
        return self.waiting_share / self._spare

    @property
    def mean_waiting(self) -> float:
        """How many wait at a moment, by Little's law."""
        return self.line.arrivals_per_second * self.asa_seconds

    @property
    def occupancy(self) -> float:
        """The share of agents who are busy."""
        return self.line.load / self.line.agents

    def answered_within(self, seconds: float) -> float:
        """The share of calls answered within `seconds`: the service level, which has one variant when nobody leaves."""
        return 1.0 - self.waiting_share * math.exp(-self._spare * seconds)

    def wait_percentile(self, share: float) -> float:
        """The wait in seconds that `share` (below 1) of calls stay under."""
        return max(0.0, math.log(self.waiting_share / (1.0 - share)) / self._spare)

    @property
    def _spare(self) -> float:
        return self.line.answers_per_second - self.line.arrivals_per_second
