"""By which steps and exits contacts went lately, from the index over passages."""

from datetime import timedelta

from store_values import NOON, finish, make_run

from skipline.model.ids import StepId
from skipline.model.run import Run, TraceEntry
from skipline.store import Database, runs, traffic
from skipline.store.traffic import Passage, Span

VIP, ENDED = Passage("tier", "vip"), Passage("to_vip", "")


def _run(number: int, *, minutes: float, flow: str = "loyalty", ends: bool = False) -> Run:
    run = finish(make_run(number, after_seconds=60 * minutes))
    run.flow = flow
    if ends:
        at = run.started_at
        run.trace.append(TraceEntry(step=StepId("to_vip"), type="say", exit="", at=at, ms=1.0, detail={}))
    return run


async def _write(database: Database, *made: Run) -> None:
    for run in made:
        await database.write(runs.start, run)
        await database.write(runs.end, run)


async def test_passages_are_counted_by_flow_and_time(database: Database) -> None:
    assert await database.read(traffic.count_passages, "loyalty", [VIP, ENDED], Span(NOON)) == {}
    old, other = _run(1, minutes=-30), _run(2, minutes=1, flow="other")
    await _write(database, old, other, _run(3, minutes=2), _run(4, minutes=3, ends=True))
    counts = await database.read(traffic.count_passages, "loyalty", [VIP, ENDED, Passage("tier", "else")], Span(NOON))
    assert counts == {VIP: 2, ENDED: 1}
    assert await database.read(traffic.count_passages, "loyalty", [], Span(NOON)) == {}
    hour_ago = NOON - timedelta(hours=1)
    assert (await database.read(traffic.count_passages, "loyalty", [VIP], Span(hour_ago)))[VIP] == 3


async def test_the_newest_runs_behind_a_line_come_first(database: Database) -> None:
    await _write(database, *(_run(number, minutes=number) for number in range(1, 6)))
    found = await database.read(traffic.read_passages, "loyalty", VIP, Span(NOON), limit=2)
    assert [one.id for one in found] == ["run0005", "run0004"]
    assert found[0].contact_name == "Ana"
    assert await database.read(traffic.read_passages, "other", VIP, Span(NOON), limit=2) == ()


async def test_variables_are_those_of_the_newest_runs(database: Database) -> None:
    await _write(database, _run(1, minutes=1), _run(2, minutes=-30))
    found = await database.read(traffic.read_variables, "loyalty", [VIP, ENDED], NOON, limit=5)
    assert [one["loyalty_status"] for one in found] == ["gold"]


async def test_a_span_has_an_end_and_leaves_out_what_is_counted_elsewhere(database: Database) -> None:
    await _write(database, *(_run(number, minutes=number) for number in range(1, 6)))
    three = Span(NOON, NOON + timedelta(minutes=4))
    assert await database.read(traffic.count_passages, "loyalty", [VIP], three) == {VIP: 3}
    assert await database.read(traffic.count_passages, "loyalty", [VIP], three, ["run0001", "run0005"]) == {VIP: 2}
    found = await database.read(traffic.read_passages, "loyalty", VIP, three, limit=20)
    assert [one.id for one in found] == ["run0003", "run0002", "run0001"]
    assert [three.covers(NOON + timedelta(minutes=number)) for number in (-1, 0, 4)] == [False, True, False]


async def test_runs_are_counted_by_version(database: Database) -> None:
    newer = _run(3, minutes=2)
    newer.version = 4
    await _write(database, _run(1, minutes=1), _run(2, minutes=1), newer, _run(4, minutes=-9))
    assert await database.read(traffic.count_versions, "loyalty", Span(NOON)) == {3: 2, 4: 1}
    assert await database.read(traffic.count_versions, "other", Span(NOON)) == {}


async def test_a_run_in_a_list_tells_its_steps_and_its_wait(database: Database) -> None:
    run = _run(1, minutes=1, ends=True)
    run.trace[0].detail["waited_seconds"] = 12.25
    run.trace[1].detail["waited_seconds"] = 3
    await _write(database, run)
    [found] = await database.read(traffic.read_passages, "loyalty", VIP, Span(NOON), limit=5)
    assert found.steps == (("tier", "branch", "vip"), ("to_vip", "say", ""))
    assert found.waited_seconds == 15.2
