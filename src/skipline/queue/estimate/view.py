"""What an estimate is made of, as plain data: who waits, who comes, who takes them, and who asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from skipline.queue.grade import Grade
from skipline.queue.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Contacts who age alike and whom the same agents may take. `since` are the effective arrivals of those who wait,
    earliest first. Who has waited for `longest_seconds` goes elsewhere."""

    grade: Grade
    since: Sequence[Instant] = ()
    arrivals_per_second: float = 0.0
    longest_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Agents who serve the same crowds, given by their places in the view. `free_at` is when those come free of whom it
    is known: at once, or when their wrap-up ends. The others begin to come free after `lag_seconds` (they have a
    wrap-up before them), `starts_per_second` of them.

    Every `lane_every`-th start takes the longest waiting (0: never), counted from `since_lane`. `has_one_policy` is
    whether one policy's figures decide between the crowds.
    """

    crowds: tuple[int, ...]
    starts_per_second: float
    free_at: Sequence[Instant] = ()
    lag_seconds: float = 0.0
    lane_every: int = 0
    since_lane: int = 0
    has_one_policy: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """Everything that decides when somebody of crowd `mine` is taken whose effective arrival was `since`. They are not
    among those who wait in the crowds. Of everybody else `leaving_per_second` give up in a second of waiting."""

    now: Instant
    crowds: tuple[Crowd, ...]
    teams: tuple[Team, ...]
    mine: int
    since: Instant
    leaving_per_second: float = 0.0
