"""Durable runs by the eight rules, one by one, on both kinds of database."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from durable_values import (
    NOON,
    arrival,
    command_ids,
    count_open_events,
    issue,
    let_leases_end,
    let_times_come,
    make_run,
    park,
    publish,
    turn_of,
)

from skipline.model.durable import Claim, RunDeed, RunStatus, Verdict
from skipline.model.ids import RunId
from skipline.model.run import Outcome
from skipline.store import Database, run_care, runs
from skipline.store.durable import RunStore, open_run_store
from skipline.store.schema import durable_runs

A, B = "node-a", "node-b"


@pytest.fixture
async def store(database: Database) -> AsyncIterator[RunStore]:
    await publish(database)
    opened = await open_run_store(database)
    yield opened
    await opened.close()


async def _start(store: RunStore, conversation: str = "c1", owner: str = A) -> Claim:
    begins = make_run(f"run-{conversation}")
    ingested = await store.ingest(arrival(conversation, f"start {conversation}", begins=begins), owner)
    assert ingested.verdict is Verdict.STARTED
    assert ingested.claim is not None
    return ingested.claim


async def _start_and_wait(store: RunStore, conversation: str = "c1", due_in_seconds: float | None = None) -> None:
    claim = await _start(store, conversation)
    assert await store.commit(claim, turn_of(claim, due_in_seconds=due_in_seconds))


async def _claims(store: RunStore, owner: str = A) -> list[Claim]:
    return (await store.claim(owner, 100))[0]


async def test_who_receives_an_event_takes_the_turn_at_once(store: RunStore) -> None:
    claim = await _start(store)
    assert (claim.run, claim.flow, claim.version, claim.rev, claim.event) == ("run-c1", "orders", 1, 0, None)
    assert await _claims(store, B) == []
    assert await store.commit(claim, turn_of(claim, RunStatus.DONE, commands=2))
    assert await store.find() == ()
    assert await store.database.read(command_ids) == ["run-c1:1", "run-c1:2"]
    record = await store.database.read(runs.read, RunId("run-c1"))
    assert record is not None
    assert record.outcome is Outcome.ENDED


async def test_a_second_delivery_changes_nothing(store: RunStore) -> None:
    claim = await _start(store)
    again = arrival("c1", "start c1", begins=make_run("run-other"))
    assert (await store.ingest(again, B)).verdict is Verdict.REPEATED
    assert await store.commit(claim, turn_of(claim, RunStatus.DONE))
    assert (await store.ingest(again, B)).verdict is Verdict.REPEATED
    assert await _claims(store, B) == []


async def test_an_event_wakes_a_waiting_run_and_is_used_once(store: RunStore) -> None:
    await _start_and_wait(store)
    ingested = await store.ingest(arrival("c1", "reply", payload='"yes"'), B)
    claim = ingested.claim
    assert ingested.verdict is Verdict.RESUMED
    assert claim is not None
    assert (claim.event, claim.rev, claim.owner) == ('"yes"', 1, B)
    assert await store.commit(claim, turn_of(claim))
    assert await store.database.read(count_open_events) == 0
    assert await _claims(store) == []


async def test_an_event_nobody_holds_is_found_by_looking(store: RunStore) -> None:
    await _start_and_wait(store)
    store.runs_due.clear()
    assert (await store.ingest(arrival("c1", "reply", payload='"yes"'))).claim is None
    assert store.runs_due.is_set()
    (claim,) = await _claims(store, B)
    assert (claim.event, claim.attempts) == ('"yes"', 1)


async def test_events_during_a_turn_wait_for_it_in_their_order(store: RunStore) -> None:
    claim = await _start(store)
    for word in ("one", "two"):
        assert (await store.ingest(arrival("c1", word, payload=f'"{word}"'), B)).verdict is Verdict.QUEUED
    store.runs_due.clear()
    assert await store.commit(claim, turn_of(claim))
    assert store.runs_due.is_set()
    for word in ("one", "two"):
        (claim,) = await _claims(store)
        assert claim.event == f'"{word}"'
        assert await store.commit(claim, turn_of(claim))
    assert await _claims(store) == []
    assert await store.database.read(count_open_events) == 0


async def test_an_event_that_comes_during_the_last_turn_begins_the_next_run(store: RunStore) -> None:
    claim = await _start(store)
    assert (await store.ingest(arrival("c1", "late reply"), B)).verdict is Verdict.QUEUED
    assert (await store.ingest(arrival("c1", "next", begins=make_run("run-next")), B)).verdict is Verdict.QUEUED
    assert await store.commit(claim, turn_of(claim, RunStatus.DONE))
    (following,) = await _claims(store, B)
    assert (following.run, following.rev, following.event) == ("run-next", 0, None)
    assert await store.commit(following, turn_of(following, RunStatus.DONE))
    assert await store.database.read(count_open_events) == 0


async def test_an_event_for_nobody_is_kept_closed(store: RunStore) -> None:
    assert (await store.ingest(arrival("c9", "hello"), A)).verdict is Verdict.UNWANTED
    assert await _claims(store) == []
    assert await store.database.read(count_open_events) == 0


async def test_a_run_is_taken_up_when_its_time_has_come(store: RunStore) -> None:
    await _start_and_wait(store, "c1", due_in_seconds=3600)
    await _start_and_wait(store, "c2")
    assert await _claims(store) == []
    await store.database.write(
        lambda one: one.execute(
            sa.update(durable_runs).where(durable_runs.c.id == "run-c1").values(due_at=NOON.replace(year=2020))
        )
    )
    (claim,) = await _claims(store)
    assert (claim.run, claim.event, claim.rev) == ("run-c1", None, 1)


async def test_a_worker_that_lost_its_lease_saves_nothing(store: RunStore) -> None:
    old = await _start(store)
    await let_leases_end(store.database)
    (new,) = await _claims(store, B)
    assert (new.run, new.attempts) == (old.run, 2)
    assert not await store.commit(old, turn_of(old, RunStatus.DONE, commands=3))
    assert await store.checkpoint(old, turn_of(old, RunStatus.RUNNING, commands=1)) is None
    assert await store.renew([old]) == set()
    assert await store.give_back(old, "too late", timedelta(0)) is None
    assert await store.database.read(command_ids) == []
    assert await store.commit(new, turn_of(new, RunStatus.DONE, commands=1))
    assert not await store.commit(new, turn_of(new, RunStatus.DONE, commands=1))
    assert not await store.commit(old, turn_of(old, commands=1))
    assert await store.database.read(command_ids) == ["run-c1:1"]


async def test_a_lease_that_is_renewed_is_kept(store: RunStore) -> None:
    claim = await _start(store)
    await let_leases_end(store.database)
    assert await store.renew([claim]) == {claim.run}
    assert await _claims(store, B) == []


async def test_a_checkpoint_saves_and_keeps_the_lease(store: RunStore) -> None:
    await _start_and_wait(store)
    held = (await store.ingest(arrival("c1", "reply", payload='"yes"'), A)).claim
    assert held is not None
    paying = issue(make_run("run-c1"))
    saved = await store.checkpoint(held, turn_of(held, RunStatus.RUNNING, commands=1, asked=paying))
    assert saved is not None
    assert (saved.rev, saved.event_id) == (2, None)
    assert await _claims(store, B) == []
    assert not await store.commit(held, turn_of(held, RunStatus.DONE))

    await let_leases_end(store.database)
    (after_crash,) = await _claims(store, B)
    assert turn_of(after_crash).kept.run.commands_issued == 1
    assert '"asked":{' in after_crash.state
    assert after_crash.event is None
    assert not await store.commit(saved, turn_of(saved, RunStatus.DONE))


async def test_a_turn_that_fails_is_tried_again_then_parked(store: RunStore) -> None:
    claim = await _start(store)
    for attempt in range(1, 5):
        assert claim.attempts == attempt
        assert await store.give_back(claim, f"broke {attempt}", timedelta(hours=1)) is RunStatus.READY
        assert await _claims(store) == []
        await let_times_come(store.database)
        (claim,) = await _claims(store)
    assert await store.give_back(claim, "broke for good", timedelta(0)) is RunStatus.PARKED
    assert await _claims(store) == []
    (parked,) = await store.find(RunStatus.PARKED)
    assert (parked.id, parked.problem, parked.attempts, parked.due_at) == ("run-c1", "broke for good", 5, None)

    assert (await store.ingest(arrival("c1", "reply", payload='"yes"'), A)).verdict is Verdict.QUEUED
    assert await store.release(parked.id)
    assert not await store.release(parked.id)
    (again,) = await _claims(store)
    assert again.attempts == 1
    assert await store.commit(again, turn_of(again))
    assert [one.event for one in await _claims(store)] == ['"yes"']


async def test_a_run_whose_holder_dies_each_time_is_parked(store: RunStore) -> None:
    await _start(store)
    for _ in range(4):
        await let_leases_end(store.database)
        assert len(await _claims(store)) == 1
    await let_leases_end(store.database)
    claims, parked = await store.claim(B, 10)
    assert (claims, parked) == ([], ["run-c1"])
    (summary,) = await store.find(RunStatus.PARKED)
    assert "again and again" in summary.problem


async def test_a_parked_run_can_be_given_up(store: RunStore) -> None:
    claim = await _start(store)
    assert not await store.give_up(claim.run)
    for _ in range(5):
        await store.give_back(claim, "broke", timedelta(0))
        found = await _claims(store)
        claim = found[0] if found else claim
    await store.ingest(arrival("c1", "reply"), A)
    assert await store.give_up(claim.run)
    record = await store.database.read(runs.read, claim.run)
    assert record is not None
    assert record.outcome is Outcome.FAILED
    assert await store.database.read(count_open_events) == 0
    assert (await store.ingest(arrival("c1", "again", begins=make_run("run-new")), A)).verdict is Verdict.STARTED


async def test_what_becomes_of_a_parked_run_is_on_record(store: RunStore) -> None:
    claim = await _start(store)
    await park(store, claim)
    record = await store.database.read(runs.read, claim.run)
    assert record is not None
    assert record.outcome is None
    assert await store.release(claim.run, "ana", "the bank is back")
    (again,) = await _claims(store)
    await park(store, again)
    assert await store.give_up(claim.run, "ben", "paid by hand")
    noted = [(one.deed, one.author, one.why) for one in await store.database.read(run_care.read, claim.run)]
    assert noted == [
        (RunDeed.PARKED, "", "broke"),
        (RunDeed.RELEASED, "ana", "the bank is back"),
        (RunDeed.PARKED, "", "broke"),
        (RunDeed.GIVEN_UP, "ben", "paid by hand"),
    ]


async def test_commands_go_out_in_order_one_of_a_run_at_a_time(store: RunStore) -> None:
    for conversation in ("c1", "c2"):
        claim = await _start(store, conversation)
        await store.commit(claim, turn_of(claim, RunStatus.DONE, commands=2))
    first = await store.take_commands(A, 10)
    assert [one.issued.id for one in first] == ["run-c1:1", "run-c2:1"]
    assert await store.take_commands(B, 10) == []
    assert await store.settle(first[0])
    assert not await store.settle(first[0])
    (second,) = await store.take_commands(B, 10)
    assert (second.issued.id, second.conversation, second.attempts) == ("run-c1:2", "c1", 1)


async def test_a_command_whose_carrier_died_is_taken_again(store: RunStore) -> None:
    claim = await _start(store)
    await store.commit(claim, turn_of(claim, RunStatus.DONE, commands=1))
    (lost,) = await store.take_commands(A, 10)
    await let_leases_end(store.database)
    (found,) = await store.take_commands(B, 10)
    assert (found.issued, found.attempts) == (lost.issued, 2)
    assert not await store.settle(lost)
    assert await store.put_off(found, "the provider is down", timedelta(hours=1))
    assert await store.take_commands(B, 10) == []


async def test_a_durable_run_is_not_lost_because_no_call_holds_it(store: RunStore) -> None:
    await _start_and_wait(store)
    later = datetime.now(tz=NOON.tzinfo) + timedelta(days=400)
    assert await store.database.write(runs.close_lost, (), later + timedelta(days=4000)) == ()


async def test_nul_from_a_stranger_travels_with_the_run(store: RunStore) -> None:
    run = make_run("run-nul")
    run.variables = {"said": "a\x00b"}
    ingested = await store.ingest(arrival("c\x00", "d\x00", begins=run, payload='"\\u0000"'), A)
    assert ingested.claim is not None
    assert turn_of(ingested.claim).kept.run.variables == {"said": "a\x00b"}
    assert (await store.ingest(arrival("c\x00", "d\x00", begins=run), A)).verdict is Verdict.REPEATED
    assert (await store.ingest(arrival("c\x00", "e\x00", payload='"late"'), A)).verdict is Verdict.QUEUED
    assert await store.commit(ingested.claim, turn_of(ingested.claim))
    (again,) = await _claims(store)
    assert again.event == '"late"'
    assert await store.commit(again, turn_of(again, RunStatus.DONE))


async def test_many_at_once_are_each_done_once(store: RunStore) -> None:
    async def serve(number: int) -> None:
        claim = await _start(store, f"c{number}", owner=f"node{number % 3}")
        assert await store.commit(claim, turn_of(claim, RunStatus.DONE, commands=3))

    async def deliver_again(number: int) -> None:
        await store.ingest(arrival(f"c{number}", f"start c{number}", begins=make_run("x")), A)

    await asyncio.gather(*(serve(number) for number in range(200)))
    await asyncio.gather(*(deliver_again(number) for number in range(200)))
    assert sorted(await store.database.read(command_ids)) == sorted(
        f"run-c{number}:{command}" for number in range(200) for command in (1, 2, 3)
    )


async def test_nodes_never_wait_for_each_other_in_a_circle(store: RunStore, place: Path | str, tmp_path: Path) -> None:
    if isinstance(place, Path):
        return  # a folder belongs to one process
    # Conversations sort differently by letters and by code points, and each node goes through them its own way.
    names = [f"{letter}{number}" for number in range(20) for letter in "aBcDé"]
    held = [await _start(store, name) for name in names]
    async with await Database.open(place, folder=tmp_path / "other") as database:
        other = await open_run_store(database)
        for turn in range(20):
            chance = random.Random(turn)
            words = [other.ingest(arrival(name, f"{name} {turn}"), B) for name in names]
            renewals = [one.renew(chance.sample(held, len(held))) for one in (store, other, store, other)]
            *verdicts, _ = await asyncio.gather(*words, asyncio.gather(*renewals))
            assert {one.verdict for one in verdicts} == {Verdict.QUEUED}
        await other.close()


async def test_one_conversation_has_one_live_run_whoever_begins_it(store: RunStore) -> None:
    arrivals = [arrival("c1", f"d{number}", begins=make_run(f"run{number}")) for number in range(40)]
    verdicts = [one.verdict for one in await asyncio.gather(*(store.ingest(one, A) for one in arrivals))]
    assert (verdicts.count(Verdict.STARTED), verdicts.count(Verdict.QUEUED)) == (1, 39)
