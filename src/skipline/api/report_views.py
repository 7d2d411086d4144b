"""Reports as the API shows them, and as lines of CSV."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from pydantic import BaseModel

from skipline.api.tabular import Cell
from skipline.metrics.agent_time import TimeSpent
from skipline.metrics.estimate_report import Told
from skipline.metrics.grouping import Group
from skipline.metrics.intervals import Every
from skipline.metrics.service_level import Shares, Variant
from skipline.metrics.tally import Tally


class CountsView(BaseModel):
    """How many. `in_time` is within T, `short` within S; `offered` = answered + abandoned + overflowed. Call-backs are
    counted apart: `kept` were connected within the wait that was told. `handled` = answered + call-backs connected."""

    offered: int
    answered: int
    answered_in_time: int
    abandoned: int
    abandoned_in_time: int
    abandoned_short: int
    overflowed: int
    handled: int
    transferred: int
    call_backs: int
    call_backs_connected: int
    call_backs_kept: int


class SharesView(BaseModel):
    """What became of the answered and the abandoned, as shares that add up to one; null when there were none."""

    service_level: float | None
    abandonment: float | None
    late_answers: float | None


class VisitRowView(SharesView):
    """Figures of a group of visits; a group's name is null when the report does not tell by it. Nobody's visits have
    the agent `""`. Shares count all who abandoned; those `without_short_abandons` leave out who did within S. Times in
    seconds, null when there is nothing to take them of. `asa_seconds` is the mean wait of the answered, with the time
    that a phone rang (`ring_seconds`); `aht_seconds` the mean of talk, hold and wrap-up of the handled."""

    begins_at: datetime | None
    queue: str | None
    tier: str | None
    agent: str | None
    medium: str | None
    target_seconds: list[float]
    short_abandon_seconds: list[float]
    counts: CountsView
    without_short_abandons: SharesView
    asa_seconds: float | None
    ring_seconds: float | None
    wait_p50_seconds: float | None
    wait_p90_seconds: float | None
    longest_wait_seconds: float
    aht_seconds: float | None
    aht_p50_seconds: float | None
    aht_p90_seconds: float | None
    transfer_rate: float | None
    occupancy: float | None


class VisitReportView(BaseModel):
    """A report of visits offered from `begins_at` on and before `ends_at`. `variant` names the formula of the service
    level, `variant_beside` the one without short abandonments. `total` is over all rows: no mean or percentile can be
    had from those of the rows. Contacts that still wait or talk are not in it yet."""

    begins_at: datetime
    ends_at: datetime
    zone: str
    every: Every | None
    variant: Variant
    variant_beside: Variant
    total: VisitRowView
    rows: list[VisitRowView]


class AgentRowView(BaseModel):
    """An agent's time, in seconds, and what they handled that was offered then. `occupancy` = (engaged + wrap-up) /
    (that + available); `utilisation` = (engaged + wrap-up) / all time signed in."""

    begins_at: datetime | None
    agent: str
    available_seconds: float
    ringing_seconds: float
    engaged_seconds: float
    wrap_up_seconds: float
    away_seconds: float
    occupancy: float | None
    utilisation: float | None
    handled: int
    transferred: int
    aht_seconds: float | None


class AgentReportView(BaseModel):
    """What agents spent their time on from `begins_at` to `ends_at`."""

    begins_at: datetime
    ends_at: datetime
    zone: str
    every: Every | None
    rows: list[AgentRowView]


class EstimateRowView(BaseModel):
    """How good the waits were that a group was told; a group's name is null when the report does not tell by it.

    `delayed` had to wait for an agent, `told` of them got an estimate when they joined, `answered` of these show how
    long it was. `mdare` is the median of |estimate - wait| / max(wait, 10 s); `coverage` the share of waits inside
    their band, which promises 0.8; `width` the mean width of the bands over the mean wait; `bias` the mean error over
    the mean wait, above 0 where too much was told."""

    begins_at: datetime | None
    queue: str | None
    tier: str | None
    agent: str | None
    medium: str | None
    delayed: int
    told: int
    answered: int
    mdare: float | None
    coverage: float | None
    width: float | None
    bias: float | None


class EstimateReportView(BaseModel):
    """Scores of the waits that were told to those offered from `begins_at` on and before `ends_at`. `worst` is the row
    with the largest `mdare`. Who gave up does not show how long it would have been, so the truth is a little worse."""

    begins_at: datetime
    ends_at: datetime
    total: EstimateRowView
    worst: EstimateRowView | None
    rows: list[EstimateRowView]


def visit_row(group: Group, tally: Tally, zone: tzinfo, spent: TimeSpent | None) -> VisitRowView:
    """A group and its figures; `spent` is the time of its agents, None when they have none of their own."""
    return VisitRowView(
        begins_at=None if group.begins_at is None else group.begins_at.astimezone(zone),
        queue=group.queue,
        tier=group.tier,
        agent=group.agent,
        medium=group.medium,
        target_seconds=sorted({one.target_seconds for one in tally.thresholds}),
        short_abandon_seconds=sorted({one.short_abandon_seconds for one in tally.thresholds}),
        counts=CountsView(**{name: getattr(tally, name) for name in CountsView.model_fields}),
        without_short_abandons=_shares(tally.shares_without_short),
        asa_seconds=_seconds(tally.asa_seconds),
        ring_seconds=_seconds(tally.ring_seconds),
        wait_p50_seconds=_seconds(tally.wait_percentile(0.5)),
        wait_p90_seconds=_seconds(tally.wait_percentile(0.9)),
        longest_wait_seconds=round(tally.longest_wait_seconds, 3),
        aht_seconds=_seconds(tally.aht_seconds),
        aht_p50_seconds=_seconds(tally.handling_percentile(0.5)),
        aht_p90_seconds=_seconds(tally.handling_percentile(0.9)),
        transfer_rate=_share(tally.transfer_rate),
        occupancy=None if spent is None else _share(spent.occupancy),
        **_shares(tally.shares).model_dump(),
    )


def agent_row(agent: str, begins_at: datetime | None, spent: TimeSpent, tally: Tally) -> AgentRowView:
    """An agent's time in an interval, or in all of it."""
    return AgentRowView(
        begins_at=begins_at,
        agent=agent,
        available_seconds=round(spent.available_seconds, 3),
        ringing_seconds=round(spent.ringing_seconds, 3),
        engaged_seconds=round(spent.engaged_seconds, 3),
        wrap_up_seconds=round(spent.wrap_up_seconds, 3),
        away_seconds=round(spent.away_seconds, 3),
        occupancy=_share(spent.occupancy),
        utilisation=_share(spent.utilisation),
        handled=tally.handled,
        transferred=tally.transferred,
        aht_seconds=_seconds(tally.aht_seconds),
    )


def estimate_row(group: Group, told: Told, zone: tzinfo) -> EstimateRowView:
    """A group's score."""
    found = told.score
    return EstimateRowView(
        begins_at=None if group.begins_at is None else group.begins_at.astimezone(zone),
        queue=group.queue,
        tier=group.tier,
        agent=group.agent,
        medium=group.medium,
        delayed=told.delayed,
        told=told.told,
        answered=len(told.outcomes),
        mdare=None if found is None else _share(found.mdare),
        coverage=None if found is None else _share(found.coverage),
        width=None if found is None else _share(found.width),
        bias=None if found is None else _share(found.bias),
    )


def flat(row: BaseModel) -> dict[str, Cell]:
    """A row as one line: what lies inside another value gets its name before it, lists become `20 30`."""
    return dict(_cells("", row))


def columns_of(view: type[BaseModel]) -> list[str]:
    """The names of the cells of a row's line."""
    return [name for field, about in view.model_fields.items() for name in _column(field, about.annotation)]


def _column(field: str, annotation: object) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [f"{field}_{inner}" for inner in columns_of(annotation)]
    return [field]


def _cells(before: str, row: BaseModel) -> Iterator[tuple[str, Cell]]:
    for name in type(row).model_fields:
        value = getattr(row, name)
        if isinstance(value, BaseModel):
            yield from _cells(f"{before}{name}_", value)
        elif isinstance(value, list):
            yield before + name, " ".join(f"{one:g}" for one in value)
        else:
            yield before + name, value.isoformat() if isinstance(value, datetime) else value


def _shares(found: Shares | None) -> SharesView:
    return SharesView(
        service_level=None if found is None else _share(found.service_level),
        abandonment=None if found is None else _share(found.abandonment),
        late_answers=None if found is None else _share(found.late_answers),
    )


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
