"""Agents' time: what counts as busy, and where a long stretch is cut."""

from datetime import timedelta

import pytest
from visit_values import NOON, make_spell

from skipline.metrics.agent_time import AgentTime
from skipline.metrics.intervals import Every
from skipline.model.queueing import AgentSpell, AgentState

_HOUR = NOON + timedelta(hours=1)
_DAY = [
    make_spell("ana", AgentState.OFFLINE, -7200, -600),
    make_spell("ana", AgentState.AVAILABLE, -600, 600),
    make_spell("ana", AgentState.RESERVED, 600, 610),
    make_spell("ana", AgentState.ENGAGED, 610, 1510),
    make_spell("ana", AgentState.WRAP_UP, 1510, 1810),
    make_spell("ana", AgentState.AWAY, 1810, 2800, "lunch"),
    make_spell("ana", AgentState.AVAILABLE, 2800, None),
]


def _spent(*spells: AgentSpell, every: Every | None = None) -> AgentTime:
    time = AgentTime(begins_at=NOON, ends_at=_HOUR, every=every)
    time.add(spells)
    return time


def test_occupancy_is_handling_over_handling_and_available() -> None:
    spent = _spent(*_DAY).of(["ana"])
    assert (spent.available_seconds, spent.handling_seconds) == (600 + 800, 900 + 300)
    assert (spent.ringing_seconds, spent.away_seconds) == (10, 990)
    assert spent.occupancy == pytest.approx(1200 / 2600)
    assert spent.utilisation == pytest.approx(1200 / 3600)
    assert spent.signed_in_seconds == 3600


def test_the_time_before_and_after_does_not_count_and_what_goes_on_counts_up_to_the_end() -> None:
    before = make_spell("ana", AgentState.ENGAGED, -100, 0)
    after = make_spell("ana", AgentState.ENGAGED, 3600, 4000)
    assert _spent(before, after).of(["ana"]).signed_in_seconds == 0
    assert _spent(make_spell("ana", AgentState.AVAILABLE, -100, None)).of().available_seconds == 3600


def test_a_stretch_is_cut_at_each_half_hour() -> None:
    time = _spent(*_DAY, every=Every.HALF_HOUR)
    assert [(agent, start, spent.handling_seconds) for agent, start, spent in time.rows()] == [
        ("ana", NOON, 900 + 290),
        ("ana", NOON + timedelta(minutes=30), 10),
    ]
    assert time.of(None, NOON).signed_in_seconds == 1800


def test_agents_add_up() -> None:
    time = _spent(*_DAY, make_spell("ben", AgentState.AVAILABLE, 0, 1200))
    assert time.of(["ana", "ben"]).occupancy == pytest.approx(1200 / 3800)
    assert time.of().occupancy == pytest.approx(1200 / 3800)
    assert [agent for agent, _, _ in time.rows()] == ["ana", "ben"]


def test_nobody_signed_in_has_no_occupancy() -> None:
    nobody = _spent(make_spell("ana", AgentState.OFFLINE, 0, None)).of(["ana"])
    assert (nobody.occupancy, nobody.utilisation) == (None, None)
    assert _spent(make_spell("ana", AgentState.AWAY, 0, None)).of(["ana"]).occupancy is None
