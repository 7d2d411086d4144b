"""What a queue's order moves between tiers, against a plain reckoning."""

from collections import defaultdict
from random import Random

import pytest
from queue_days import Day, DayAtWork
from queue_floor import TIERS, Floor

from skipline.model.queue_events import EntryReturned
from skipline.model.queueing import Policy, Queue
from skipline.queue.figures import displacements


def _moved(floor: Floor) -> dict[str, float]:
    return {one.tier: round(one.minutes * 60, 6) for one in displacements(floor.state)}


def test_a_gold_caller_who_goes_first_takes_the_time_from_who_would_have() -> None:
    floor = Floor(Queue(name="help", policy=Policy.STRICT, fair_lane=0))
    floor.join("busy", "silver", at=0)
    floor.accept("busy")
    floor.join("bronze", "bronze", at=1)
    floor.join("gold", "gold", at=2)
    floor.end("busy", at=10)
    floor.accept("gold", at=10)
    floor.end("gold", at=25)
    floor.accept("bronze", at=25)
    assert _moved(floor) == {"gold": -15.0, "bronze": 15.0}


def test_order_of_arrival_moves_nothing() -> None:
    day = Day(
        queue=Queue(name="help", policy=Policy.FIFO), tiers=TIERS, rates=(0.1, 0.3, 0.5), agents=3, talk=3.0, calls=800
    )
    played = DayAtWork(day, Random(3))
    played.play()
    assert displacements(played.state) == []


@pytest.mark.parametrize("policy", [Policy.TARGET_RATIO, Policy.STRICT, Policy.DUE_TIME])
def test_the_ledger_is_each_start_less_its_turn_by_arrival(policy: Policy) -> None:
    day = Day(
        queue=Queue(name="help", policy=policy), tiers=TIERS, rates=(0.1, 0.3, 0.5), agents=3, talk=3.0, calls=1500
    )
    played = DayAtWork(day, Random(7))
    visits = played.play()
    tiers = {visit.entry: visit.tier for visit in visits}
    starts = sorted((visit.left_at, visit.entry) for visit in visits)
    turns = dict(zip(sorted(tiers, key=int), [at for at, _ in starts], strict=True))
    plain: dict[str, float] = defaultdict(float)
    for at, entry in starts:
        plain[tiers[entry]] += (at - turns[entry]).total_seconds()
    ledger: dict[str, float] = defaultdict(float)
    for one in displacements(played.state):
        ledger[one.tier] += one.minutes * 60
    assert ledger == pytest.approx(plain, abs=0.01)
    assert sum(ledger.values()) == pytest.approx(0, abs=0.01)
    assert plain["gold"] < -10 < 10 < plain["bronze"]


def test_who_leaves_hands_the_turn_on_and_leaves_no_trace() -> None:
    floor = Floor(Queue(name="help", policy=Policy.STRICT, fair_lane=0))
    floor.join("busy", "silver", at=0)
    floor.accept("busy")
    floor.join("bronze", "bronze", at=1)
    floor.join("gold", "gold", at=2)
    floor.end("busy", at=10)
    floor.accept("gold", at=10)
    floor.leave("bronze", at=12)
    assert _moved(floor) == {}, "without bronze it would have been gold's turn at 10 s"


def test_an_entry_that_comes_back_waits_for_another_turn() -> None:
    floor = Floor(agents=["ana", "ben"])
    floor.join("e1", "gold", at=0)
    floor.accept("e1")
    floor.tell(EntryReturned, at=5, entry="e1")
    floor.accept("e1", at=6)
    assert _moved(floor) == {}


def test_only_two_days_are_kept() -> None:
    floor = Floor(Queue(name="help", policy=Policy.STRICT, fair_lane=0))
    hour = 3600.0
    for began in (0.0, 60 * hour):
        floor.join(f"busy{began}", "silver", at=began)
        floor.accept(f"busy{began}")
        floor.join(f"bronze{began}", "bronze", at=began + 1)
        floor.join(f"gold{began}", "gold", at=began + 2)
        floor.end(f"busy{began}", at=began + 10)
        floor.serve(f"gold{began}", at=began + 11)
        floor.serve(f"bronze{began}", at=began + 20)
    assert {one.hour_began_at for one in displacements(floor.state)} == {floor.time(60 * hour)}
