"""What is due of a schedule: moments that were met, missed, or made up for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipline.triggers.schedule.due import MOST_COUNTED, Due, find_due
from skipline.triggers.schedule.trigger import Schedule

NINE = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
DAILY = Schedule(cron="0 9 * * *", zone="Europe/Amsterdam")
STRICT = Schedule(cron="0 9 * * *", zone="Europe/Amsterdam", catch_up=0.0)
EACH_MINUTE = Schedule(cron="* * * * *")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("schedule", "late", "due"),
    [
        (DAILY, timedelta(seconds=-1), Due()),
        (DAILY, timedelta(0), Due(NINE)),
        (DAILY, timedelta(minutes=59), Due(NINE)),
        (DAILY, timedelta(minutes=61), Due(None, 1, NINE)),
        (DAILY, 3 * DAY, Due(NINE + 3 * DAY, 3, NINE + 2 * DAY)),
        (DAILY, 3 * DAY + timedelta(hours=2), Due(None, 4, NINE + 3 * DAY)),
        (STRICT, timedelta(seconds=59), Due(NINE)),
        (STRICT, timedelta(seconds=61), Due(None, 1, NINE)),
    ],
)
def test_the_latest_moment_counts_if_it_is_not_too_long_ago(schedule: Schedule, late: timedelta, due: Due) -> None:
    assert find_due(schedule, NINE - timedelta(hours=1), NINE + late) == due


def test_of_many_missed_moments_one_is_made_up_for() -> None:
    due = find_due(EACH_MINUTE, NINE, NINE + timedelta(minutes=30))
    assert due == Due(NINE + timedelta(minutes=30), 29, NINE + timedelta(minutes=29))


def test_a_month_of_missed_minutes_is_not_counted_out() -> None:
    due = find_due(EACH_MINUTE, NINE, NINE + timedelta(days=30))
    assert due.planned_at == NINE + timedelta(days=30)
    assert due.missed == MOST_COUNTED + 59


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=20))
def test_however_often_one_looks_each_moment_is_started_or_missed_once(pauses: list[int]) -> None:
    schedule = Schedule(cron="*/7 * * * *", zone="America/New_York")
    now, done_until, counted = NINE, NINE, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        due = find_due(schedule, done_until, now)
        counted += due.missed + (due.planned_at is not None)
        done_until = max(done_until, due.planned_at or due.last_missed_at or done_until)
    moments, moment = 0, schedule.next_after(NINE)
    while moment <= now:
        moments, moment = moments + 1, schedule.next_after(moment)
    assert counted == moments


@pytest.mark.parametrize(
    ("cron", "evening", "moments"),
    [
        ("30 2 * * *", "2026-03-28T21:00Z", ["29 01:00", "30 00:30"]),
        ("30 2 * * *", "2026-10-24T21:00Z", ["25 00:30", "26 01:30"]),
        ("0 1,2,3 * * *", "2026-03-28T21:00Z", ["29 00:00", "29 01:00", "29 23:00"]),
        ("0 1,2,3 * * *", "2026-10-24T21:00Z", ["24 23:00", "25 00:00", "25 02:00", "26 00:00"]),
        ("0 * * * *", "2026-10-24T22:30Z", ["24 23:00", "25 00:00", "25 01:00", "25 02:00"]),
        ("0 * * * *", "2026-03-28T23:30Z", ["29 00:00", "29 01:00", "29 02:00"]),
    ],
)
def test_clocks_that_change_skip_nothing_and_repeat_nothing(cron: str, evening: str, moments: list[str]) -> None:
    schedule, moment, found = Schedule(cron=cron, zone="Europe/Amsterdam"), datetime.fromisoformat(evening), []
    for _ in moments:
        moment = schedule.next_after(moment)
        found.append(moment.strftime("%d %H:%M"))
    assert found == moments


def test_in_the_hour_that_comes_twice_the_first_one_is_over() -> None:
    schedule = Schedule(cron="30 2 * * *", zone="Europe/Amsterdam")
    second_pass = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert schedule.next_after(second_pass) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
