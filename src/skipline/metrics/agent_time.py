"""What agents spent their time on.

occupancy     handling / (handling + available): how busy those are who could be busy. Time that a phone rings is in
              neither part, breaks are not either
utilisation   handling / all time signed in, breaks and ringing with it
handling      engaged (talk and hold) and wrap-up
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from skipline.metrics.intervals import Every, cut
from skipline.model.queueing import AgentSpell, AgentState

_Seconds = dict[AgentState, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSpent:
    """Seconds in each state while signed in."""

    available_seconds: float = 0.0
    ringing_seconds: float = 0.0
    engaged_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    away_seconds: float = 0.0

    @property
    def handling_seconds(self) -> float:
        """Talk, hold and wrap-up."""
        return self.engaged_seconds + self.wrap_up_seconds

    @property
    def signed_in_seconds(self) -> float:
        """All of it."""
        return self.handling_seconds + self.available_seconds + self.ringing_seconds + self.away_seconds

    @property
    def occupancy(self) -> float | None:
        """None when nobody could be busy."""
        could = self.handling_seconds + self.available_seconds
        return self.handling_seconds / could if could else None

    @property
    def utilisation(self) -> float | None:
        """None when nobody was signed in."""
        return self.handling_seconds / self.signed_in_seconds if self.signed_in_seconds else None


@dataclass(slots=True, kw_only=True)
class AgentTime:
    """Adds up spells between `begins_at` and `ends_at`, by agent and, when `every` is given, by interval. A spell that
    goes on counts up to `ends_at`."""

    begins_at: datetime
    ends_at: datetime
    every: Every | None = None
    zone: tzinfo = UTC
    _spent: dict[tuple[str, datetime | None], _Seconds] = field(default_factory=dict)

    def add(self, spells: Iterable[AgentSpell]) -> None:
        """Count more spells."""
        for spell in spells:
            if spell.state is not AgentState.OFFLINE:
                self._add(spell)

    def __len__(self) -> int:
        return len(self._spent)

    def rows(self) -> list[tuple[str, datetime | None, TimeSpent]]:
        """Each agent's time, in each interval that they were signed in."""
        in_order = sorted(self._spent.items(), key=lambda row: (row[0][1] or self.begins_at, row[0][0]))
        return [(agent, interval, _time_spent([seconds])) for (agent, interval), seconds in in_order]

    def of(self, agents: Collection[str] | None = None, interval: datetime | None = None) -> TimeSpent:
        """The time of some agents (None: of all) together; `interval` is the beginning of one, None: all of them."""
        return _time_spent(
            seconds
            for (agent, start), seconds in self._spent.items()
            if (agents is None or agent in agents) and interval in (None, start)
        )

    def _add(self, spell: AgentSpell) -> None:
        began_at = max(spell.began_at, self.begins_at)
        ended_at = min(spell.ended_at or self.ends_at, self.ends_at)
        if self.every is None:
            self._count(spell, None, max(0.0, (ended_at - began_at).total_seconds()))
            return
        for start, seconds in cut(began_at, ended_at, self.every, self.zone):
            self._count(spell, start, seconds)

    def _count(self, spell: AgentSpell, start: datetime | None, seconds: float) -> None:
        spent = self._spent.setdefault((spell.agent, start), {})
        spent[spell.state] = spent.get(spell.state, 0.0) + seconds


def _time_spent(parts: Iterable[Mapping[AgentState, float]]) -> TimeSpent:
    whole = dict.fromkeys(AgentState, 0.0)
    for part in parts:
        for state, seconds in part.items():
            whole[state] += seconds
    return TimeSpent(
        available_seconds=whole[AgentState.AVAILABLE],
        ringing_seconds=whole[AgentState.RESERVED],
        engaged_seconds=whole[AgentState.ENGAGED],
        wrap_up_seconds=whole[AgentState.WRAP_UP],
        away_seconds=whole[AgentState.AWAY],
    )
