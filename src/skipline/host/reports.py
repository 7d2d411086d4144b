"""Has records counted for a report, a batch at a time, so that a month of them holds nobody up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, Unpack

from skipline.metrics.agent_time import AgentTime
from skipline.metrics.grouping import Group
from skipline.model.queueing import Visit
from skipline.store import agent_states, visits
from skipline.store.database import Database
from skipline.store.visits import Wanted

MOST_ROWS = 20_000


class ReportTooLarge(Exception):
    """A report would have more rows than anybody reads."""

    def __init__(self) -> None:
        super().__init__(f"The report has more than {MOST_ROWS} rows: ask for a shorter time or for fewer groups.")


class Counting(Protocol):
    """A report that visits are added to, in groups."""

    @property
    def tallies(self) -> Mapping[Group, object]: ...

    def add(self, visits: Iterable[Visit]) -> None: ...


async def count_visits(database: Database, reports: Sequence[Counting], **wanted: Unpack[Wanted]) -> None:
    """Add the visits that are all that is wanted to each of `reports`. Raises `ReportTooLarge`."""
    batch = await database.read(visits.read_batch, **wanted)
    while True:
        for report in reports:
            report.add(batch.visits)
            if len(report.tallies) > MOST_ROWS:
                raise ReportTooLarge
        if batch.position is None:
            return
        batch = await database.read(visits.read_batch, batch.position, **wanted)


async def count_agent_time(database: Database, time: AgentTime, *, agent: str | None = None) -> None:
    """Add the spells between the ends of `time`, of one agent or of all. Raises `ReportTooLarge`."""
    position: tuple[datetime, str] | None = None
    while True:
        batch = await database.read(
            agent_states.read_batch, time.begins_at, time.ends_at, agent=agent, position=position
        )
        time.add(batch.spells)
        if len(time) > MOST_ROWS:
            raise ReportTooLarge
        position = batch.position
        if position is None:
            return
