"""How many minutes of waiting a queue's policy has moved from one tier to another.

Whatever the order, agents start at the same instants; an order only says who starts at which. So beside the real
starts the ledger hands each start's instant to the entry whose turn it would have been in order of arrival (skills left
aside). An entry's displacement is its start less its turn: negative, it was brought forward. Summed by tier and hour of
the start the figures say what the tiers cost each other, and at the end of a busy time they add up to nothing. An entry
that leaves without being taken hands its turn on to the next in order of arrival.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from skipline.queue.instants import SECOND, Instant, Span

if TYPE_CHECKING:
    from skipline.queue.stay import Stay

HOUR: Span = 3600 * SECOND
_HOURS_KEPT = 48
_SPARE = 64
_NEVER: Instant = -1


@dataclass(slots=True)
class Ledger:
    """One queue's displacement. `moved` maps (beginning of an hour, tier) to microseconds."""

    moved: "defaultdict[tuple[Instant, str], Span]" = field(default_factory=lambda: defaultdict(int))
    _turns: "list[tuple[Instant, str, int, Stay]]" = field(default_factory=list)
    _joined: int = 0
    _gone: int = 0
    _hour: Instant = 0

    def join(self, stay: "Stay") -> None:
        """An entry began to wait, or waits again: then its turn is still to come, or it gets another one."""
        is_new, stay.started_at = stay.started_at is None or stay.turn_at is not None, None
        if is_new:
            stay.turn_at = None
            self._joined += 1
            heappush(self._turns, (stay.joined_at, stay.entry.id, self._joined, stay))

    def start(self, stay: "Stay", at: Instant) -> None:
        """An agent took an entry."""
        self._open_hour(at)
        stay.started_at = at
        had_turn = stay.turn_at is not None
        self._give_turn(at)
        if had_turn:
            self._book(stay)

    def leave(self, stay: "Stay") -> None:
        """An entry left without being taken."""
        turn, stay.started_at, stay.turn_at = stay.turn_at, None, _NEVER
        if turn is not None:
            self._give_turn(turn)
            return
        self._gone += 1
        if self._gone * 2 > len(self._turns) + _SPARE:
            self._turns = sorted(one for one in self._turns if one[3].turn_at is None)
            self._gone = 0

    def _give_turn(self, at: Instant) -> None:
        turns = self._turns
        while turns:
            stay = heappop(turns)[3]
            if stay.turn_at is None:
                stay.turn_at = max(at, stay.joined_at)
                self._book(stay)
                return
            self._gone -= 1

    def _book(self, stay: "Stay") -> None:
        started, turn = stay.started_at, stay.turn_at
        if started is not None and turn is not None and started != turn:
            self.moved[(started // HOUR * HOUR, stay.grade.tier)] += started - turn

    def _open_hour(self, at: Instant) -> None:
        if at < self._hour + HOUR:
            return
        self._hour = at // HOUR * HOUR
        for key in [key for key in self.moved if key[0] < self._hour - _HOURS_KEPT * HOUR]:
            del self.moved[key]
