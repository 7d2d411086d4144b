"""Erlang A: a line that contacts leave when their patience ends (M/M/n+M).

C. Palm, 1946; O. Garnett, A. Mandelbaum, M. Reiman, "Designing a call center with impatient customers", 2002. Formulas
by S. Zeltyn and A. Mandelbaum, "Call centers with impatient customers: many-server asymptotics of the M/M/n+G queue",
2005. They rest on the virtual wait V: what a contact of endless patience would wait. For x > 0 its density is in
proportion to `g(x) = exp(arrivals H(x) - answers x)` with `H(x) = (1 - e^(-x / patience)) patience`; a contact is
answered when V is shorter than its patience.
"""

import math
from dataclasses import dataclass, field

from skipline.metrics.erlang import erlang_b
from skipline.metrics.line import Line
from skipline.metrics.quadrature import integral

_NEGLIGIBLE = 40.0
"""A density of e^-40 of its peak adds nothing to 15 digits."""


@dataclass(slots=True)
class ErlangA:
    """A line with patience. Raises `ValueError` when it has none: that is `ErlangC`."""

    line: Line
    waiting_share: float = field(init=False)
    abandonment: float = field(init=False)
    _patience: float = field(init=False)
    _peak: float = field(init=False)
    _end: float = field(init=False)
    _scale: float = field(init=False)

    def __post_init__(self) -> None:
        if self.line.patience_seconds is None:
            raise ValueError("Erlang A needs patience_seconds; without it take ErlangC")
        self._patience = self.line.patience_seconds
        self._peak = self._exponent(self._likeliest())
        self._end = self._find_end()
        self._weigh()

    @property
    def mean_wait_seconds(self) -> float:
        """The mean wait of all, answered or not."""
        return self.abandonment * self._patience

    @property
    def mean_waiting(self) -> float:
        """How many wait at a moment, by Little's law."""
        return self.line.arrivals_per_second * self.mean_wait_seconds

    @property
    def occupancy(self) -> float:
        """The share of agents who are busy."""
        return self.line.load * (1.0 - self.abandonment) / self.line.agents

    @property
    def asa_seconds(self) -> float:
        """The mean wait of the answered, zeros included."""
        waited = integral(lambda x: x * self._stays(x) * self._density(x), 0.0, self._end)
        return waited / (1.0 - self.abandonment)

    def would_start_within(self, seconds: float) -> float:
        """The share of contacts of endless patience that would be answered within `seconds`."""
        return 1.0 - self.waiting_share + integral(self._density, 0.0, min(seconds, self._end))

    def answered_within(self, seconds: float) -> float:
        """The share of all contacts that are answered within `seconds`."""
        answered = integral(lambda x: self._stays(x) * self._density(x), 0.0, min(seconds, self._end))
        return 1.0 - self.waiting_share + answered

    def abandoned_within(self, seconds: float) -> float:
        """The share of all contacts that leave, after `seconds` of waiting at most."""
        left = integral(lambda x: (1.0 - self._stays(x)) * self._density(x), 0.0, min(seconds, self._end))
        return left + (1.0 - self.would_start_within(seconds)) * (1.0 - self._stays(seconds))

    def wait_percentile(self, share: float) -> float:
        """The wait in seconds that `share` (below 1) of all contacts, answered or not, stay under."""
        low, high = 0.0, self._end
        if self.waiting_share <= 1.0 - share:
            return 0.0
        while high - low > 1e-9 * self._end:
            middle = (low + high) / 2.0
            is_short = self._stays(middle) * (1.0 - self.would_start_within(middle)) > 1.0 - share
            low, high = (middle, high) if is_short else (low, middle)
        return (low + high) / 2.0

    def _weigh(self) -> None:
        """The share that waits, `arrivals J / (E + arrivals J)` with `J` the integral of `g` and `E` the inverse of the
        blocking with one agent less. All is taken relative to the peak of `g`, which may be beyond a float's range."""
        arrivals = self.line.arrivals_per_second
        waits = integral(lambda x: math.exp(self._exponent(x) - self._peak), 0.0, self._end)
        idle = math.exp(-self._peak) / erlang_b(self.line.agents - 1, self.line.load)
        whole = idle + arrivals * waits
        self.waiting_share = arrivals * waits / whole
        self._scale = arrivals / whole
        self.abandonment = integral(lambda x: (1.0 - self._stays(x)) * self._density(x), 0.0, self._end)

    def _density(self, seconds: float) -> float:
        return self._scale * math.exp(self._exponent(seconds) - self._peak)

    def _exponent(self, seconds: float) -> float:
        patience = -math.expm1(-seconds / self._patience) * self._patience
        return self.line.arrivals_per_second * patience - self.line.answers_per_second * seconds

    def _stays(self, seconds: float) -> float:
        return math.exp(-seconds / self._patience)

    def _likeliest(self) -> float:
        ratio = self.line.arrivals_per_second / self.line.answers_per_second
        return self._patience * math.log(ratio) if ratio > 1.0 else 0.0

    def _find_end(self) -> float:
        end = max(self._likeliest(), 1.0 / self.line.answers_per_second)
        while self._exponent(end) > self._peak - _NEGLIGIBLE:
            end *= 1.25
        return end
