"""Opening hours around the edges of days, weeks and clock changes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipline.base.week_hours import DAYS, read_days, read_span
from skipline.model.configuration import Hours
from skipline.model.opening import State, opening_at
from skipline.workspace.forms import HoursForm

ALWAYS = Hours(name="always", zone="Europe/Amsterdam", week=dict.fromkeys(DAYS, ("00:00-24:00",)))
NIGHTS = Hours(name="nights", zone="Europe/Amsterdam", week=dict.fromkeys(DAYS, ("22:00-06:00",)))


@pytest.mark.parametrize(("written", "minutes"), [("09:00-17:30", (540, 1050)), ("22:00-02:00", (1320, 1560))])
def test_a_span_may_go_past_midnight(written: str, minutes: tuple[int, int]) -> None:
    assert read_span(written) == minutes


@pytest.mark.parametrize("written", ["9", "09:00", "09:60-10:00", "24:00-25:00", "09:00-25:00", "nine-ten", ""])
def test_what_is_no_span_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="write it such as"):
        read_span(written)


def test_days_may_go_round_the_weekend() -> None:
    assert read_days("saturday-monday") == ("saturday", "sunday", "monday")


def test_a_later_entry_replaces_an_earlier_one() -> None:
    form = HoursForm(name="x", zone="UTC", week={"monday-friday": ("09:00-17:00",), "friday": ()})
    assert form.made().week["friday"] == ()
    assert list(form.made().week) == list(DAYS[:5])


def test_hours_without_an_end_have_no_next_change() -> None:
    assert opening_at(ALWAYS, datetime(2026, 5, 4, 12, tzinfo=UTC)).changes_at is None


def test_the_night_of_the_clock_change_is_an_hour_shorter() -> None:
    evening = datetime(2026, 3, 28, 21, 0, tzinfo=UTC)  # 22:00 in Amsterdam, before summer time begins
    opening = opening_at(NIGHTS, evening)
    assert opening.changes_at == evening + timedelta(hours=7)


@given(st.integers(0, 6 * 366 * 24 * 60))
def test_what_is_told_of_the_next_change_is_true(minutes: int) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opening = opening_at(NIGHTS, now)
    assert opening.changes_at is not None
    assert opening_at(NIGHTS, opening.changes_at - timedelta(seconds=1)).state is opening.state
    after = opening_at(NIGHTS, opening.changes_at).state
    assert {opening.state, after} == {State.OPEN, State.CLOSED}
