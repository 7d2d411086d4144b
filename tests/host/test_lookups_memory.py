"""What is remembered, for how long, and what stands in for a source that fails."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from faulty_server import CUSTOMER, FaultyServer, answers, hangs
from lookup_room import KnownInMemory, TurnedClock, look_up, open_lookups, source_at

from skipline.host.lookups.kept import KeptAnswers, key_of
from skipline.model.commands import LookUp
from skipline.model.events import LookupStatus
from skipline.model.lookup import KnownAnswer
from skipline.store.database import Database
from skipline.store.last_known import StoredAnswers

GOOD = answers(CUSTOMER)
DOWN = answers(b"{}", status="503 Down")
NOBODY = answers(b"{}", status="404 Nobody")
PLATINUM = {"loyalty_status": "platinum", "orders": 214}
NOW = datetime(2026, 1, 2, tzinfo=UTC)


async def test_a_fresh_answer_is_not_asked_for_again() -> None:
    clock = TurnedClock()
    async with FaultyServer(GOOD) as server, open_lookups(source_at(server.url), clock=clock) as lookups:
        await look_up(lookups)
        clock.turn(minutes=4)
        answered = await look_up(lookups)
    assert (answered.status, answered.is_cached, answered.value) == (LookupStatus.OK, True, PLATINUM)
    assert answered.age_seconds == 240
    assert answered.reason == "loyalty was not asked again: its answer of 4 min ago was used"
    assert len(server.requests) == 1


async def test_an_answer_past_its_time_is_asked_for_again() -> None:
    clock = TurnedClock()
    async with FaultyServer(GOOD) as server, open_lookups(source_at(server.url), clock=clock) as lookups:
        await look_up(lookups)
        clock.turn(minutes=5)
        answered = await look_up(lookups)
    assert (answered.is_cached, answered.age_seconds) == (False, 0.0)
    assert len(server.requests) == 2


async def test_a_flow_may_insist_on_a_new_answer() -> None:
    async with FaultyServer(GOOD) as server, open_lookups(source_at(server.url)) as lookups:
        await look_up(lookups)
        await look_up(lookups, cache_seconds=0.0)
    assert len(server.requests) == 2


async def test_the_last_known_answer_stands_in_when_the_source_fails() -> None:
    clock = TurnedClock()
    async with FaultyServer(GOOD) as server, open_lookups(source_at(server.url), clock=clock) as lookups:
        await look_up(lookups)
        server.fault = DOWN
        clock.turn(hours=23)
        answered = await look_up(lookups)
    assert (answered.status, answered.is_cached, answered.value) == (LookupStatus.STALE, True, PLATINUM)
    assert answered.reason == "loyalty answered 503; its answer of 23 h ago stands in"


async def test_the_last_known_answer_stands_in_when_the_source_is_silent() -> None:
    clock = TurnedClock()
    async with FaultyServer(GOOD) as server, open_lookups(source_at(server.url), clock=clock) as lookups:
        await look_up(lookups)
        server.fault = hangs
        clock.turn(minutes=10)
        answered = await look_up(lookups)
    assert answered.status is LookupStatus.STALE
    assert answered.reason == "loyalty did not answer within 500 ms; its answer of 10 min ago stands in"


async def test_the_last_known_answer_stands_in_while_the_source_is_left_alone() -> None:
    clock = TurnedClock()
    async with FaultyServer(GOOD) as server:
        source = source_at(server.url, breaker_failures=1)
        async with open_lookups(source, clock=clock) as lookups:
            await look_up(lookups, "/customers/1")
            server.fault = DOWN
            await look_up(lookups, "/customers/2", retries=0)
            clock.turn(minutes=10)
            answered = await look_up(lookups, "/customers/1")
    assert answered.status is LookupStatus.STALE
    assert answered.reason.startswith("loyalty was not asked: it failed 1 times in a row")


async def test_an_answer_of_yesterday_no_longer_stands_in() -> None:
    clock = TurnedClock()
    async with FaultyServer(GOOD) as server, open_lookups(source_at(server.url), clock=clock) as lookups:
        await look_up(lookups)
        server.fault = DOWN
        clock.turn(hours=24)
        answered = await look_up(lookups)
    assert (answered.status, answered.value) == (LookupStatus.ERROR, None)


async def test_a_customer_who_is_gone_is_forgotten_everywhere() -> None:
    clock, last_known = TurnedClock(), KnownInMemory()
    async with FaultyServer(GOOD) as server:
        source = source_at(server.url)
        async with open_lookups(source, clock=clock, last_known=last_known) as lookups:
            await look_up(lookups)
            server.fault = NOBODY
            clock.turn(minutes=10)
            gone = await look_up(lookups)
            server.fault = DOWN
            answered = await look_up(lookups)
    assert gone.status is LookupStatus.NOT_FOUND
    assert answered.status is LookupStatus.ERROR
    assert last_known.answers == {}


async def test_an_answer_outlives_the_process_in_the_database(tmp_path: Path) -> None:
    clock = TurnedClock()
    async with await Database.open(tmp_path) as database, FaultyServer(GOOD) as server:
        stored = StoredAnswers(database)
        async with open_lookups(source_at(server.url), clock=clock, last_known=stored) as lookups:
            await look_up(lookups)
        server.fault = hangs
        clock.turn(hours=2)
        async with open_lookups(source_at(server.url), clock=clock, last_known=stored) as lookups:
            answered = await look_up(lookups)
    assert (answered.status, answered.value) == (LookupStatus.STALE, PLATINUM)
    assert answered.reason == "loyalty did not answer within 500 ms; its answer of 2 h ago stands in"


class Stuck:
    """A disk that never answers."""

    async def recall(self, source: str, key: str) -> KnownAnswer | None:
        await asyncio.sleep(3600)
        return None

    async def remember(self, source: str, key: str, answer: KnownAnswer) -> None:
        raise OSError("no space left on device")

    async def forget(self, source: str, key: str) -> None:
        raise OSError("no space left on device")


async def test_a_disk_that_hangs_or_is_full_hurts_no_call() -> None:
    async with FaultyServer(GOOD) as server, open_lookups(source_at(server.url), last_known=Stuck()) as lookups:
        good = await look_up(lookups, "/customers/1")
        server.fault = hangs
        silent = await look_up(lookups, "/customers/2")
    assert good.status is LookupStatus.OK
    assert (silent.status, silent.reason) == (LookupStatus.TIMEOUT, "loyalty did not answer within 500 ms")


async def test_one_run_cannot_change_what_another_one_reads() -> None:
    async with FaultyServer(GOOD) as server, open_lookups(source_at(server.url)) as lookups:
        (await look_up(lookups)).value["loyalty_status"] = "stolen"
        (await look_up(lookups)).value["loyalty_status"] = "stolen"
        answered = await look_up(lookups)
    assert answered.value == PLATINUM


def test_memory_is_bounded_and_keeps_what_was_used_last() -> None:
    kept = KeptAnswers(bound_bytes=10_000)
    for number in range(100):
        kept.keep(str(number), KnownAnswer(value="x" * 500, answered_at=NOW))
        assert kept.find("0") is not None
    assert len(kept) == 11
    assert kept.find("50") is None
    assert kept.find("99") is not None


def test_an_answer_larger_than_all_memory_is_not_kept() -> None:
    kept = KeptAnswers(bound_bytes=1000)
    kept.keep("huge", KnownAnswer(value="x" * 2000, answered_at=NOW))
    assert len(kept) == 0


def test_a_key_tells_nobody_who_was_asked_about_and_settings_part_questions() -> None:
    question = LookUp(source="loyalty", path="/customers/+31611111111")
    here, there = source_at("http://127.0.0.1:1"), source_at("http://127.0.0.1:2")
    assert "31611111111" not in key_of(here, question)
    assert key_of(here, question) == key_of(here, question)
    assert key_of(here, question) != key_of(there, question)
