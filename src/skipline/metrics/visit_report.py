"""A report: visits in groups, each with its own counts and times.

A visit belongs to the interval in which its entry was offered, however long it lasted. Percentiles are taken over the
visits of a group, never averaged over the groups inside it: ask for the larger group instead.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from skipline.metrics.grouping import Group, Grouping
from skipline.metrics.tally import Tally, Thresholds
from skipline.model.queueing import Visit


@dataclass(slots=True, kw_only=True)
class VisitReport:
    """Counts visits; `limits_of` gives a visit's T and S."""

    grouping: Grouping
    limits_of: Callable[[Visit], Thresholds]
    tallies: dict[Group, Tally] = field(default_factory=dict)

    def add(self, visits: Iterable[Visit]) -> None:
        """Count more visits."""
        for visit in visits:
            self._tally(self.grouping.of(visit)).add(visit, self.limits_of(visit))

    def rows(self) -> list[tuple[Group, Tally]]:
        """The groups in the order of time and names. A report of everything has one row, even when nothing happened."""
        if not self.grouping.by:
            self._tally(Group())
        return sorted(self.tallies.items(), key=lambda row: row[0].order)

    def _tally(self, group: Group) -> Tally:
        found = self.tallies.get(group)
        if found is None:
            found = self.tallies[group] = Tally()
        return found
