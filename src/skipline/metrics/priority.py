"""Mean waits when some contacts go before others, and nobody gives up.

The first of a list is the one that goes first. Nobody is taken off an agent for another (non-preemptive). Units: any
one unit of time throughout.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from skipline.metrics.erlang import erlang_c


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Contacts of one tier: their rate, and the mean and mean square of their handling times."""

    arrivals: float
    mean: float
    mean_square: float


def strict_waits(agents: int, arrivals: Sequence[float], handling: float) -> tuple[float, ...]:
    """Mean waits by strict tier order, M/M/n with one mean handling time for all.

    A. Cobham, "Priority assignment in waiting line problems", 1954; O. Kella and U. Yechiali, 1985.
    """
    behind = erlang_c(agents, sum(arrivals) * handling) * handling / agents
    return _cobham(behind, [rate * handling / agents for rate in arrivals])


def strict_waits_of_one(streams: Sequence[Stream]) -> tuple[float, ...]:
    """Mean waits by strict tier order before one agent, handling times of any shape (M/G/1; Cobham, 1954)."""
    behind = sum(stream.arrivals * stream.mean_square for stream in streams) / 2.0
    return _cobham(behind, [stream.arrivals * stream.mean for stream in streams])


def first_tier_within(agents: int, first: float, arrivals: float, handling: float, seconds: float) -> float:
    """The share of the first tier (rate `first` of all `arrivals`) that waits at most `seconds` by strict order.

    R. H. Davis, "Waiting-time distribution of a multi-server, priority queueing system", 1966.
    """
    return 1.0 - erlang_c(agents, arrivals * handling) * math.exp(-(agents / handling - first) * seconds)


def accumulating_waits(fifo_wait: float, occupancies: Sequence[float], slopes: Sequence[float]) -> tuple[float, ...]:
    """Mean waits when urgency grows with time, faster for some: Skipline's target ratio with slopes 1/target.

    `fifo_wait` is the mean wait of the same line first come first served, `occupancies` each tier's share of all
    agents' time, `slopes` fall from tier to tier. L. Kleinrock, "A delay dependent queue discipline", 1964: for M/G/1,
    and for M/M/n with one mean handling time.
    """
    waits = [0.0] * len(slopes)
    for tier in reversed(range(len(slopes))):
        lower = range(tier + 1, len(slopes))
        spared = sum(occupancies[j] * waits[j] * (1.0 - slopes[j] / slopes[tier]) for j in lower)
        overtaken = sum(occupancies[i] * (1.0 - slopes[tier] / slopes[i]) for i in range(tier))
        waits[tier] = (fifo_wait - spared) / (1.0 - overtaken)
    return tuple(waits)


def _cobham(behind: float, occupancies: Sequence[float]) -> tuple[float, ...]:
    waits, before = [], 0.0
    for occupancy in occupancies:
        through = before + occupancy
        waits.append(behind / ((1.0 - before) * (1.0 - through)))
        before = through
    return tuple(waits)
