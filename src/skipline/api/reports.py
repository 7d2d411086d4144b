"""Reports: how long contacts waited, who was answered in time, and what agents spent their time on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from skipline.api.access import allows
from skipline.api.errors import Refused
from skipline.api.report_queries import Against, OfTime, OfWhom, Only, Span, Written
from skipline.api.report_views import (
    AgentReportView,
    AgentRowView,
    EstimateReportView,
    EstimateRowView,
    VisitReportView,
    VisitRowView,
    agent_row,
    columns_of,
    estimate_row,
    flat,
    visit_row,
)
from skipline.api.services import Running, Services
from skipline.api.tabular import MEDIA_TYPE, csv_answer, wants_csv
from skipline.host.reports import Counting, ReportTooLarge, count_agent_time, count_visits
from skipline.metrics.agent_time import AgentTime, TimeSpent
from skipline.metrics.estimate_report import EstimateReport, Told
from skipline.metrics.grouping import Dimension, Group, Grouping
from skipline.metrics.service_level import Variant
from skipline.metrics.tally import Tally, Thresholds
from skipline.metrics.visit_report import VisitReport
from skipline.model.access import Permission
from skipline.model.configuration import Configuration

router = APIRouter(prefix="/reports", tags=["reports"])

_AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}
_NO_LIMITS = Thresholds(target_seconds=0.0, short_abandon_seconds=0.0)
_By = Annotated[list[Dimension], Query(description="a row for each of these; several times: for each combination")]
_ByInterval = Annotated[bool, Query(description="a row for each interval too")]


@router.get("/visits", response_model=VisitReportView, responses=_AS_CSV)
@allows(Permission.REPORTS_READ)
async def report_visits(
    services: Running,
    request: Request,
    span: OfTime,
    only: OfWhom,
    limits: Against,
    by: _By = [Dimension.QUEUE],  # noqa: B006
    format: Written = None,  # noqa: A002
) -> VisitReportView | Response:
    """Service level with all its counts, waits, handling times, transfers and occupancy, per queue, tier, agent, medium
    and interval. A visit belongs to the interval in which its contact was offered."""
    is_by_interval = Dimension.INTERVAL in by
    report = VisitReport(grouping=Grouping(by=by, every=span.every, zone=span.zone), limits_of=limits)
    total = VisitReport(grouping=Grouping(), limits_of=limits)
    time = await _count(services, span, only, [report, total], is_by_interval=is_by_interval)
    whose = _Whose(time, only, services.workspace.configuration)
    rows = [visit_row(group, tally, span.zone, whose.spent(group)) for group, tally in report.rows()]
    if wants_csv(request, format):
        return csv_answer("visits", [flat(row) for row in rows], columns_of(VisitRowView))
    return VisitReportView(
        begins_at=span.begins_at,
        ends_at=span.ends_at,
        zone=span.zone.key,
        every=span.every if is_by_interval else None,
        variant=Variant.ALL_ABANDONS_HURT,
        variant_beside=Variant.SHORT_ABANDONS_REMOVED,
        total=visit_row(*total.rows()[0], span.zone, whose.spent(Group())),
        rows=rows,
    )


@router.get("/agents", response_model=AgentReportView, responses=_AS_CSV)
@allows(Permission.REPORTS_READ)
async def report_agents(
    services: Running,
    request: Request,
    span: OfTime,
    agent: Annotated[str | None, Query(description="only this agent")] = None,
    by_interval: _ByInterval = False,
    format: Written = None,  # noqa: A002
) -> AgentReportView | Response:
    """What agents spent their time on, how busy they were, and what they handled."""
    by = [Dimension.AGENT, *([Dimension.INTERVAL] if by_interval else [])]
    grouping = Grouping(by=by, every=span.every, zone=span.zone)
    report = VisitReport(grouping=grouping, limits_of=lambda _: _NO_LIMITS)
    time = await _count(services, span, Only(agent=agent), [report], is_by_interval=by_interval)
    rows = _agent_rows(report, time, span)
    if wants_csv(request, format):
        return csv_answer("agents", [flat(row) for row in rows], columns_of(AgentRowView))
    every = span.every if by_interval else None
    return AgentReportView(begins_at=span.begins_at, ends_at=span.ends_at, zone=span.zone.key, every=every, rows=rows)


@router.get("/estimates", response_model=EstimateReportView, responses=_AS_CSV)
@allows(Permission.REPORTS_READ)
async def report_estimates(
    services: Running,
    request: Request,
    span: OfTime,
    only: OfWhom,
    by: _By = [Dimension.TIER],  # noqa: B006
    format: Written = None,  # noqa: A002
) -> EstimateReportView | Response:
    """How good the estimated waits were, held against what came. Only those who were answered show that."""
    report = EstimateReport(Grouping(by=by, every=span.every, zone=span.zone))
    total = EstimateReport(Grouping())
    await _count_visits(services, span, only, [report, total])
    rows = [estimate_row(group, told, span.zone) for group, told in report.rows()]
    if wants_csv(request, format):
        return csv_answer("estimates", [flat(row) for row in rows], columns_of(EstimateRowView))
    worst = report.worst()
    return EstimateReportView(
        begins_at=span.begins_at,
        ends_at=span.ends_at,
        total=estimate_row(Group(), total.tallies.get(Group(), Told()), span.zone),
        worst=None if worst is None else estimate_row(worst, report.tallies[worst], span.zone),
        rows=rows,
    )


async def _count(
    services: Services, span: Span, only: Only, reports: list[VisitReport], *, is_by_interval: bool
) -> AgentTime:
    """Count the visits, and the time of agents up to now."""
    ends_at = max(span.begins_at, min(span.ends_at, services.clock()))
    every = span.every if is_by_interval else None
    time = AgentTime(begins_at=span.begins_at, ends_at=ends_at, every=every, zone=span.zone)
    await _count_visits(services, span, only, reports)
    try:
        await count_agent_time(services.database, time, agent=only.agent)
    except ReportTooLarge as large:
        raise Refused(422, "report_too_large", str(large)) from large
    return time


async def _count_visits(services: Services, span: Span, only: Only, reports: Sequence[Counting]) -> None:
    try:
        await count_visits(
            services.database,
            reports,
            began_at=span.begins_at,
            until=span.ends_at,
            queue=only.queue,
            tier=only.tier,
            agent=only.agent,
            medium=only.medium,
        )
    except ReportTooLarge as large:
        raise Refused(422, "report_too_large", str(large)) from large


@dataclass(frozen=True, slots=True)
class _Whose:
    """Finds the agents' time that belongs to a row."""

    time: AgentTime
    only: Only
    configuration: Configuration

    def spent(self, group: Group) -> TimeSpent | None:
        """None where agents have no time of their own for a row, as for one tier of several."""
        if not {group.tier, group.medium, self.only.tier, self.only.medium} <= {None}:
            return None
        agent = self.only.agent if group.agent is None else group.agent
        if agent is not None:
            return self.time.of([agent], group.begins_at)
        queue = self.only.queue if group.queue is None else group.queue
        return self.time.of(None if queue is None else self._agents_of(queue), group.begins_at)

    def _agents_of(self, queue: str) -> set[str]:
        return {agent.name for agent in self.configuration.agents if queue in agent.queues}


def _agent_rows(report: VisitReport, time: AgentTime, span: Span) -> list[AgentRowView]:
    """Everybody who was signed in or handled something then."""
    spent = {(interval, agent): one for agent, interval, one in time.rows()}
    tallies = {(group.begins_at, group.agent or ""): tally for group, tally in report.rows() if group.agent}
    keys = sorted({*spent, *tallies}, key=lambda key: (key[0] or span.begins_at, key[1]))
    return [
        agent_row(
            agent,
            None if interval is None else interval.astimezone(span.zone),
            spent.get((interval, agent), TimeSpent()),
            tallies.get((interval, agent), Tally()),
        )
        for interval, agent in keys
    ]
