"""Runs: a row at the start, the whole at the end, found newest first."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_values import ANA, BEN, NOON, finish, make_call, make_run

from skipline.model.ids import RunId, StepId
from skipline.model.run import Outcome, Run, StartedBy
from skipline.store import Database, calls, runs
from skipline.store.errors import CursorUnreadable


async def _keep(database: Database, *kept: Run) -> None:
    for run in kept:
        await database.write(runs.start, run)
        if run.outcome is not None:
            await database.write(runs.end, run)


async def test_a_run_comes_back_as_it_ended(database: Database) -> None:
    run = make_run(1)
    await database.write(calls.start, make_call(1))
    await database.write(runs.start, run)
    await database.write(runs.end, finish(run))
    assert await database.read(runs.read, run.id) == run


async def test_a_run_tells_what_started_it_when_no_call_did(database: Database) -> None:
    started_by = StartedBy(type="webhook", details={"name": "orders", "delivery": "d1"})
    run = msgspec.structs.replace(make_run(1), call=None, started_by=started_by)
    await database.write(runs.start, run)
    read = await database.read(runs.read, run.id)
    assert read is not None
    assert read.started_by == started_by
    await database.write(runs.end, finish(run))
    (listed,) = (await database.read(runs.find)).runs
    assert (listed.trigger, listed.call) == ("webhook", None)


async def test_a_name_that_a_stranger_wrote_with_a_nul_hides_no_other_run(database: Database) -> None:
    odd = make_run(1, phone=BEN)
    odd.contact = msgspec.structs.replace(odd.contact, name="Be\0n")
    await _keep(database, odd, make_run(2))
    (found,) = (await database.read(runs.find, contact="ana")).runs
    assert found.id == "run0002"
    assert [run.id for run in (await database.read(runs.find, contact=BEN)).runs] == ["run0001"]


async def test_an_open_run_has_no_end(database: Database) -> None:
    await _keep(database, make_run(1))
    read = await database.read(runs.read, RunId("run0001"))
    assert read is not None
    assert (read.ended_at, read.outcome, read.trace, read.variables) == (None, None, [], {})
    assert await database.read(runs.read, RunId("run9999")) is None


async def test_a_run_whose_start_was_never_written_is_kept_whole(database: Database) -> None:
    await database.write(runs.end, finish(make_run(1)))
    read = await database.read(runs.read, RunId("run0001"))
    assert read is not None
    assert read.outcome is Outcome.ANSWERED
    assert read.trace[0].detail == {"why": "loyalty is gold"}


async def test_what_is_told_twice_changes_nothing(database: Database) -> None:
    ended = finish(make_run(1))
    await _keep(database, ended, make_run(1))
    await database.write(runs.end, finish(make_run(1), Outcome.FAILED))
    read = await database.read(runs.read, ended.id)
    assert read is not None
    assert read.outcome is Outcome.ANSWERED


async def test_runs_left_by_a_crash_are_lost_except_those_still_held(database: Database) -> None:
    held, left, over = make_run(1), make_run(2), finish(make_run(3))
    await _keep(database, held, left, over)
    now = NOON + timedelta(minutes=5)
    assert await database.write(runs.close_lost, {held.id}, now) == (left.id,)
    assert await database.write(runs.close_lost, {held.id}, now) == ()
    page = await database.read(runs.find, outcome=Outcome.LOST)
    assert [(run.id, run.ended_at) for run in page.runs] == [(left.id, now)]
    still_open = await database.read(runs.read, held.id)
    assert still_open is not None
    assert still_open.outcome is None


async def test_runs_started_since_the_start_are_not_lost(database: Database) -> None:
    await _keep(database, make_run(1), make_run(2, after_seconds=60))
    now = NOON + timedelta(minutes=5)
    lost = await database.write(runs.close_lost, (), now, started_before=NOON + timedelta(seconds=30))
    assert lost == ("run0001",)


async def test_a_run_taken_for_lost_may_still_tell_its_true_end(database: Database) -> None:
    run = make_run(1)
    await _keep(database, run)
    await database.write(runs.close_lost, (), NOON + timedelta(minutes=5))
    await database.write(runs.end, finish(run))
    read = await database.read(runs.read, run.id)
    assert read is not None
    assert (read.outcome, read.ended_at) == (Outcome.ANSWERED, run.ended_at)


async def test_runs_are_found_by_what_was_asked_for(database: Database) -> None:
    await _keep(
        database,
        finish(make_run(1, phone=ANA)),
        finish(make_run(2, phone=BEN, after_seconds=10), Outcome.ABANDONED),
        finish(make_run(3, phone=ANA, after_seconds=20), Outcome.ABANDONED),
        make_run(4, phone=ANA, after_seconds=30),
    )

    async def found(**asked: object) -> list[str]:
        page = await database.read(runs.find, **asked)  # type: ignore[arg-type]
        return [run.id.removeprefix("run000") for run in page.runs]

    assert await found() == ["4", "3", "2", "1"]
    assert await found(phone=ANA) == ["4", "3", "1"]
    assert await found(outcome=Outcome.ABANDONED) == ["3", "2"]
    assert await found(phone=ANA, outcome=Outcome.ABANDONED) == ["3"]
    assert await found(started_after=NOON + timedelta(seconds=10)) == ["4", "3"]
    assert await found(call=make_call(2).id) == ["2"]
    assert await found(flow="another") == []


async def test_a_list_shows_who_it_was(database: Database) -> None:
    await _keep(database, finish(make_run(1)))
    (run,) = (await database.read(runs.find)).runs
    assert (run.phone, run.contact_name, run.tier, run.flow, run.version) == (ANA, "Ana", "gold", "loyalty", 3)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seconds=st.lists(st.integers(0, 5), max_size=12), limit=st.integers(1, 5))
async def test_pages_show_each_run_once_though_new_ones_arrive(
    database: Database, seconds: list[int], limit: int
) -> None:
    await database.write(lambda transaction: transaction.exec_driver_sql("DELETE FROM runs").rowcount)
    kept = [make_run(number, after_seconds=second) for number, second in enumerate(seconds)]
    await _keep(database, *kept)
    seen: list[str] = []
    cursor: str | None = None
    newer = 1000
    while True:
        page = await database.read(runs.find, cursor=cursor, limit=limit)
        assert len(page.runs) <= limit
        seen += [run.id for run in page.runs]
        newer += 1
        await _keep(database, make_run(newer, after_seconds=60))
        cursor = page.next_cursor
        if cursor is None:
            break
    newest_first = sorted(kept, key=lambda run: (run.started_at, run.id), reverse=True)
    assert seen == [run.id for run in newest_first]


@pytest.mark.parametrize("cursor", ["", "x", "!!!", "WyJhIiwiYiJd", "WzEsMl0", "é", "bnVsbA"])
async def test_a_cursor_that_is_not_ours_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(CursorUnreadable, match="next_cursor"):
        await database.read(runs.find, cursor=cursor)


async def test_runs_are_found_by_their_path_and_by_a_part_of_the_contact(database: Database) -> None:
    first, second, third = make_run(1), finish(make_run(2, phone=BEN)), finish(make_run(3))
    third.trace.append(msgspec.structs.replace(third.trace[0], step=StepId("to_vip"), exit=""))
    await _keep(database, first, second, third)
    await database.write(runs.end, third)

    async def found(**asked: object) -> list[str]:
        page = await database.read(runs.find, **asked)  # type: ignore[arg-type]
        return sorted(run.id.removeprefix("run000") for run in page.runs)

    assert await found(path=["tier"]) == ["2", "3"]
    assert await found(path=["tier.vip", "to_vip"]) == ["3"]
    assert await found(path=["tier.else"]) == []
    assert await found(contact="22222") == ["2"]
    assert await found(contact="aN") == ["1", "2", "3"]
    assert await found(contact="%") == []
    assert await found(started_before=NOON) == []
    assert await found(version=3, flow="loyalty", path=[]) == ["1", "2", "3"]


async def test_runs_are_found_by_what_started_them(database: Database) -> None:
    wrote = StartedBy(type="incoming_message", details={"channel": "sms", "account": "support"})
    hook = StartedBy(type="webhook", details={"name": "orders"})
    call, message, delivery = make_run(1), make_run(2), make_run(3)
    message.call, message.started_by, delivery.call, delivery.started_by = None, wrote, None, hook
    await _keep(database, *(finish(run) for run in (call, message, delivery)))

    async def found(**wanted: Any) -> list[str]:
        return [one.id for one in (await database.read(runs.find, **wanted)).runs]

    assert await found(trigger="incoming_call") == [call.id]
    assert await found(trigger="webhook") == [delivery.id]
    assert await found(channel="sms") == [message.id]
    assert await found(trigger="incoming_message", channel="whatsapp") == []
    [listed] = await database.read(runs.read_summaries, [message.id, RunId("nobody")])
    assert (listed.channel, listed.trigger, listed.steps) == ("sms", "incoming_message", (("tier", "branch", "vip"),))
