"""How good the waits were that contacts were told, by what was written down.

Only those who were answered show how long it would have been; those who gave up do not. As long waits are given up more
often, the truth is a little worse than this shows; simulated probes who never give up close that gap.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from skipline.metrics.estimate_score import Outcome, Score, score
from skipline.metrics.grouping import Dimension, Group, Grouping
from skipline.model.queueing import EntryState, Visit


@dataclass(slots=True)
class Told:
    """Of a group: how many had to wait for an agent, how many of these got an estimate when they joined, and what came
    of it for those who were answered."""

    delayed: int = 0
    told: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, visit: Visit) -> None:
        """Count a visit. Call-backs, and contacts for whom an agent was free, do not count."""
        if visit.is_call_back or visit.waited_seconds <= visit.rang_seconds:
            return
        self.delayed += 1
        if visit.estimate is None:
            return
        self.told += 1
        if visit.ended is EntryState.CONNECTED:
            self.outcomes.append((visit.estimate, visit.waited_seconds))

    @property
    def score(self) -> Score | None:
        """None when nobody was told anything and then answered."""
        return score(self.outcomes)


@dataclass(slots=True)
class EstimateReport:
    """Scores by queue, tier and what else is asked for."""

    grouping: Grouping = field(default_factory=lambda: Grouping(by=(Dimension.TIER,)))
    tallies: dict[Group, Told] = field(default_factory=dict)

    def add(self, visits: Iterable[Visit]) -> None:
        """Count more visits."""
        for visit in visits:
            group = self.grouping.of(visit)
            if group not in self.tallies:
                self.tallies[group] = Told()
            self.tallies[group].add(visit)

    def rows(self) -> list[tuple[Group, Told]]:
        """The groups in which somebody had to wait, in the order of time and names."""
        waited = ((group, told) for group, told in self.tallies.items() if told.delayed)
        return sorted(waited, key=lambda row: row[0].order)

    def worst(self) -> Group | None:
        """The group with the largest error; None when none has a score."""
        scores = ((found.mdare, group) for group, told in self.rows() if (found := told.score) is not None)
        return max(scores, key=lambda one: one[0], default=(0.0, None))[1]
