"""Reports: who is counted, where, and how the figures come about."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visit_values import NOON, abandoned, make_visit, told

from skipline.metrics.grouping import Dimension, Group, Grouping
from skipline.metrics.intervals import Every
from skipline.metrics.percentile import percentile
from skipline.metrics.tally import Tally, Thresholds
from skipline.metrics.visit_report import VisitReport
from skipline.model.queueing import EntryState, Medium, Visit

_LIMITS = Thresholds(target_seconds=20.0, short_abandon_seconds=5.0)


def _tally(*visits: Visit) -> Tally:
    tally = Tally()
    for visit in visits:
        tally.add(visit, _LIMITS)
    return tally


def _report(*by: Dimension, every: Every = Every.HALF_HOUR, zone: ZoneInfo | None = None) -> VisitReport:
    return VisitReport(grouping=Grouping(by=by, every=every, zone=zone or UTC), limits_of=lambda _: _LIMITS)


def test_each_way_out_of_a_queue_is_counted_once() -> None:
    tally = _tally(
        make_visit(1, waited=0.0),
        make_visit(2, waited=20.0),
        make_visit(3, waited=20.1),
        abandoned(4, waited=5.0),
        abandoned(5, waited=20.0),
        abandoned(6, waited=90.0),
        make_visit(7, waited=120.0, ended=EntryState.OVERFLOWED),
        make_visit(8, waited=3.0, ended=EntryState.CLOSED),
    )
    assert (tally.offered, tally.answered, tally.abandoned, tally.overflowed) == (8, 3, 3, 2)
    assert (tally.answered_in_time, tally.abandoned_in_time, tally.abandoned_short) == (2, 2, 1)
    assert tally.longest_wait_seconds == 120.0
    assert tally.asa_seconds == pytest.approx(40.1 / 3)
    assert tally.thresholds == {_LIMITS}


def test_service_level_counts_all_who_gave_up_and_beside_it_all_but_the_short() -> None:
    """The counts of ICMI's example, as visits."""
    visits = [
        *(make_visit(waited=10.0) for _ in range(860)),
        *(make_visit(waited=30.0) for _ in range(140)),
        *(abandoned(waited=4.0) for _ in range(10)),
        *(abandoned(waited=15.0) for _ in range(10)),
        *(abandoned(waited=60.0) for _ in range(40)),
    ]
    tally = _tally(*visits)
    assert tally.shares is not None
    assert tally.shares_without_short is not None
    assert tally.shares.service_level == pytest.approx(0.811321, abs=6e-7)
    assert tally.shares_without_short.service_level == pytest.approx(0.819048, abs=6e-7)


def test_handling_is_talk_hold_and_wrap_up_of_those_who_were_answered() -> None:
    tally = _tally(
        make_visit(1, talk_seconds=100.0, hold_seconds=10.0, wrap_up_seconds=30.0),
        make_visit(2, talk_seconds=40.0, rang_seconds=4.0),
        make_visit(3, talk_seconds=10.0, was_transferred=True),
        abandoned(4, waited=60.0),
    )
    assert tally.aht_seconds == pytest.approx((140 + 40 + 10) / 3)
    assert tally.handling_percentile(0.5) == 40.0
    assert tally.handling_percentile(0.9) == pytest.approx(120.0)
    assert tally.ring_seconds == pytest.approx(4 / 3)
    assert tally.transfer_rate == pytest.approx(1 / 3)


def test_call_backs_count_by_their_own_promise_and_nowhere_else() -> None:
    tally = _tally(
        make_visit(1, waited=500.0, is_call_back=True, estimate=told(400, 600)),
        make_visit(2, waited=700.0, is_call_back=True, estimate=told(400, 600)),
        make_visit(3, waited=900.0, is_call_back=True),
        abandoned(4, waited=900.0, is_call_back=True),
        make_visit(5, waited=5.0),
    )
    assert (tally.call_backs, tally.call_backs_connected, tally.call_backs_kept) == (4, 3, 2)
    assert (tally.offered, tally.handled, tally.longest_wait_seconds) == (1, 4, 5.0)
    assert tally.shares is not None
    assert tally.shares.service_level == 1.0
    assert tally.aht_seconds == 60.0


def test_nobody_gives_counts_of_nothing_and_no_invented_figures() -> None:
    tally = _tally()
    assert (tally.offered, tally.shares, tally.asa_seconds, tally.aht_seconds, tally.transfer_rate) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert tally.handling_percentile(0.9) is None
    assert tally.wait_percentile(0.9) is None


def test_a_visit_belongs_to_the_half_hour_in_which_it_was_offered() -> None:
    report = _report(Dimension.INTERVAL)
    report.add([make_visit(1, after_seconds=1799.9, waited=300.0), make_visit(2, after_seconds=1800.0)])
    assert [(group.begins_at, tally.answered) for group, tally in report.rows()] == [
        (NOON, 1),
        (NOON + timedelta(minutes=30), 1),
    ]


def test_rows_are_of_every_combination_that_occurred() -> None:
    report = _report(Dimension.QUEUE, Dimension.TIER, Dimension.AGENT, Dimension.MEDIUM)
    report.add(
        [
            make_visit(1),
            make_visit(2, queue="general", tier="standard", agent="ben"),
            make_visit(3, medium=Medium.MESSAGE),
            abandoned(4, waited=30.0),
            make_visit(5),
        ]
    )
    assert [(group, tally.offered) for group, tally in report.rows()] == [
        (Group(queue="general", tier="standard", agent="ben", medium="call"), 1),
        (Group(queue="vip", tier="gold", agent="", medium="call"), 1),
        (Group(queue="vip", tier="gold", agent="ana", medium="call"), 2),
        (Group(queue="vip", tier="gold", agent="ana", medium="message"), 1),
    ]


def test_a_report_of_everything_has_one_row_even_when_nothing_happened() -> None:
    assert [(group, tally.offered) for group, tally in _report().rows()] == [(Group(), 0)]
    assert _report(Dimension.QUEUE).rows() == []


@pytest.mark.parametrize(
    ("zone", "every", "at", "start"),
    [
        ("Europe/Amsterdam", Every.DAY, "2030-05-01T22:00:00Z", "2030-05-02T00:00:00+02:00"),
        ("Europe/Amsterdam", Every.DAY, "2030-05-01T21:59:59Z", "2030-05-01T00:00:00+02:00"),
        ("Asia/Kathmandu", Every.HALF_HOUR, "2030-05-01T12:14:00Z", "2030-05-01T17:30:00+05:45"),
        ("Asia/Kathmandu", Every.HALF_HOUR, "2030-05-01T12:16:00Z", "2030-05-01T18:00:00+05:45"),
        ("America/New_York", Every.QUARTER_HOUR, "2030-05-01T12:44:59Z", "2030-05-01T08:30:00-04:00"),
        ("America/New_York", Every.HOUR, "2030-05-01T12:44:59Z", "2030-05-01T08:00:00-04:00"),
    ],
)
def test_intervals_follow_the_clock_on_the_wall(zone: str, every: Every, at: str, start: str) -> None:
    report = _report(Dimension.INTERVAL, every=every, zone=ZoneInfo(zone))
    group = report.grouping.of(make_visit(joined_at=datetime.fromisoformat(at)))
    assert group.begins_at == datetime.fromisoformat(start)


def test_the_hour_that_comes_twice_in_autumn_is_two_intervals_and_the_day_has_25_hours() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    first = datetime(2030, 10, 27, 0, 10, tzinfo=UTC)
    visits = [make_visit(1, joined_at=first), make_visit(2, joined_at=first + timedelta(hours=1))]
    for every, rows in ((Every.HALF_HOUR, 2), (Every.DAY, 1)):
        report = _report(Dimension.INTERVAL, every=every, zone=zone)
        report.add(visits)
        assert len(report.rows()) == rows


_VISITS = st.builds(
    lambda ended, waited, queue, tier, after: make_visit(
        ended=ended, waited=waited, queue=queue, tier=tier, after_seconds=after
    ),
    st.sampled_from([EntryState.CONNECTED, EntryState.ABANDONED, EntryState.OVERFLOWED]),
    st.floats(0, 3600),
    st.sampled_from(["vip", "general"]),
    st.sampled_from(["platinum", "gold", ""]),
    st.floats(0, 86400),
)


@given(st.lists(_VISITS, max_size=30), st.sets(st.sampled_from(Dimension)))
def test_rows_add_up_to_the_whole_and_shares_to_one(visits: list[Visit], by: set[Dimension]) -> None:
    report = _report(*by)
    report.add(visits)
    tallies = [tally for _, tally in report.rows()]
    assert sum(tally.offered for tally in tallies) == len(visits)
    assert sum(len(tally.waits) for tally in tallies) == sum(v.ended is EntryState.CONNECTED for v in visits)
    for tally in tallies:
        for found in (tally.shares, tally.shares_without_short):
            assert not found or found.service_level + found.abandonment + found.late_answers == pytest.approx(1.0)


def test_a_percentile_lies_between_the_two_nearest_values() -> None:
    assert percentile([10.0, 20.0, 30.0, 40.0], 0.5) == 25.0
    assert percentile([10.0, 20.0, 30.0, 40.0], 0.9) == pytest.approx(37.0)
    assert percentile([10.0], 0.9) == 10.0
    assert percentile([1.0, 2.0], 1.0) == 2.0
    assert percentile([], 0.5) is None
