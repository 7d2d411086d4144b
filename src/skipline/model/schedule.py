"""How far a schedule of a published flow is."""

from datetime import datetime

import msgspec


class ScheduleMark(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule's moments up to `done_until` are done with. `last_run` was started for the moment `last_planned_at`;
    `missed` counts the moments that got no run, `last_missed_at` is the latest of them."""

    flow: str
    cron: str
    zone: str
    done_until: datetime
    last_planned_at: datetime | None = None
    last_run: str = ""
    missed: int = 0
    last_missed_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other schedule."""
        return self.flow, self.cron, self.zone


class LiveVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A flow's version in force, and since when it is."""

    flow: str
    version: int
    since: datetime
