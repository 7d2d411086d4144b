"""Many questions at once, and questions that fail: retries, gate, breaker, and one question for many askers."""

import asyncio

import pytest
from faulty_server import CUSTOMER, Fault, FaultyServer, answers, dawdles, hangs, once, resets
from lookup_room import look_up, open_lookups, source_at

from skipline.host.lookups.breaker import State
from skipline.host.lookups.gate import Gate, TooManyWaiting
from skipline.model.configuration import Source
from skipline.model.events import LookupStatus
from skipline.model.lookup import Answer, HttpRequest, HttpResponse, Question, Secrets

BUSY = answers(b"{}", status="503 Busy")
GOOD = answers(CUSTOMER)


@pytest.mark.parametrize("first", [BUSY, resets])
async def test_a_quick_failure_is_asked_once_more(first: Fault) -> None:
    async with FaultyServer(once(first, GOOD)) as server, open_lookups(source_at(server.url)) as lookups:
        answered = await look_up(lookups)
    assert answered.status is LookupStatus.OK


async def test_without_retries_a_failure_stands() -> None:
    async with FaultyServer(once(BUSY, GOOD)) as server, open_lookups(source_at(server.url)) as lookups:
        answered = await look_up(lookups, retries=0)
    assert answered.reason == "loyalty answered 503"
    assert len(server.requests) == 1


async def test_a_question_that_may_change_something_is_never_repeated() -> None:
    async with FaultyServer(once(BUSY, GOOD)) as server, open_lookups(source_at(server.url)) as lookups:
        answered = await look_up(lookups, method="POST", body="{}", retries=3)
    assert answered.status is LookupStatus.ERROR
    assert len(server.requests) == 1


async def test_a_refusal_that_asking_again_cannot_change_is_not_repeated() -> None:
    forbidden = answers(b"{}", status="403 Forbidden")
    async with FaultyServer(forbidden) as server, open_lookups(source_at(server.url)) as lookups:
        await look_up(lookups, retries=3)
    assert len(server.requests) == 1


async def test_no_retry_begins_that_the_limit_would_cut_off() -> None:
    async with FaultyServer(BUSY) as server, open_lookups(source_at(server.url)) as lookups:
        answered = await look_up(lookups, retries=3, time_limit_seconds=0.1)
    assert answered.reason == "loyalty answered 503"
    assert len(server.requests) == 1


async def test_equal_questions_at_the_same_time_are_asked_once() -> None:
    async with FaultyServer(dawdles(0.05, GOOD)) as server, open_lookups(source_at(server.url)) as lookups:
        answered = await asyncio.gather(*(look_up(lookups) for _ in range(20)))
    assert {one.status for one in answered} == {LookupStatus.OK}
    assert len(server.requests) == 1
    assert len({one.command for one in answered}) == 20


async def test_different_people_are_different_questions() -> None:
    async with FaultyServer(dawdles(0.05, GOOD)) as server, open_lookups(source_at(server.url)) as lookups:
        await asyncio.gather(look_up(lookups, "/customers/1"), look_up(lookups, "/customers/2"))
    assert len(server.requests) == 2


async def test_questions_that_do_something_are_not_merged() -> None:
    async with FaultyServer(dawdles(0.05, GOOD)) as server, open_lookups(source_at(server.url)) as lookups:
        same = {"method": "POST", "body": "{}", "cache_seconds": 0.0}
        await asyncio.gather(look_up(lookups, **same), look_up(lookups, **same))
    assert len(server.requests) == 2


async def test_a_question_goes_on_for_the_others_when_its_first_asker_hangs_up() -> None:
    async with FaultyServer(dawdles(0.1, GOOD)) as server, open_lookups(source_at(server.url)) as lookups:
        first, second = (asyncio.create_task(look_up(lookups)) for _ in range(2))
        await server.first_request()
        first.cancel()
        answered = await second
    assert answered.status is LookupStatus.OK
    assert len(server.requests) == 1


async def test_no_more_questions_are_open_at_once_than_the_source_allows() -> None:
    most, open_now = 0, 0

    async def count(writer: asyncio.StreamWriter) -> None:
        nonlocal most, open_now
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.02)
        open_now -= 1
        await GOOD(writer)

    async with FaultyServer(count) as server, open_lookups(source_at(server.url, max_at_once=3)) as lookups:
        questions = (look_up(lookups, f"/customers/{one}", time_limit_seconds=5.0) for one in range(12))
        answered = await asyncio.gather(*questions)
    assert {one.status for one in answered} == {LookupStatus.OK}
    assert most == 3


async def test_who_finds_no_place_in_time_is_told_so() -> None:
    async with FaultyServer(hangs) as server, open_lookups(source_at(server.url, max_at_once=1)) as lookups:
        hanging = asyncio.create_task(look_up(lookups, "/customers/1", time_limit_seconds=5.0))
        await server.first_request()
        # Long enough that a busy machine does not let the asking and the waiting for it end in one breath.
        answered = await look_up(lookups, "/customers/2", time_limit_seconds=2.0)
        hanging.cancel()
    assert answered.status is LookupStatus.TIMEOUT
    assert answered.reason == "loyalty had no free place within 2 s: 1 questions were open at once"


async def test_a_line_that_is_too_long_is_refused_at_once() -> None:
    gate = Gate(1)
    async with gate.place(), asyncio.TaskGroup() as tasks:

        async def wait() -> None:
            async with gate.place():
                pass

        waiting = [tasks.create_task(wait()) for _ in range(10)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyWaiting):
            async with gate.place():
                pass
        for one in waiting:
            one.cancel()


async def test_a_source_that_keeps_failing_is_left_alone_and_tried_again_later() -> None:
    async with FaultyServer(BUSY) as server:
        source = source_at(server.url, breaker_failures=2, breaker_seconds=0.5)
        async with open_lookups(source) as lookups:
            for one in range(2):
                await look_up(lookups, f"/customers/{one}", retries=0)
            asked = len(server.requests)
            held_back = await look_up(lookups, "/customers/2")
            server.fault = GOOD
            await asyncio.sleep(0.6)
            tried_again = await look_up(lookups, "/customers/2")
            states = dict(lookups.states())
    assert held_back.reason == "loyalty was not asked: it failed 2 times in a row and is left alone for 500 ms"
    assert asked == 2
    assert tried_again.status is LookupStatus.OK
    assert states == {"loyalty": State.CLOSED}


BUSY_FOR_A_MINUTE = answers(b"{}", status="429 Too Many Requests", headers="Retry-After: 58\r\n")


async def test_a_source_that_asks_for_a_pause_gets_it_and_the_last_known_answer_stands_in() -> None:
    async with FaultyServer(GOOD) as server, open_lookups(source_at(server.url, cache_seconds=0)) as lookups:
        await look_up(lookups, "/customers/1")
        server.fault = BUSY_FOR_A_MINUTE
        refused = await look_up(lookups, "/customers/2", retries=3)
        server.fault = GOOD
        asked = len(server.requests)
        held_back = await look_up(lookups, "/customers/2")
        stands_in = await look_up(lookups, "/customers/1")
        assert len(server.requests) == asked == 2
        changed = await look_up(lookups, "/customers/2", method="PUT", body="{}")
    assert refused.reason == "loyalty answered 429: it gets too many questions"
    assert held_back.reason.startswith("loyalty was not asked: it wants to be left alone for 58 s")
    assert stands_in.status is LookupStatus.STALE
    assert changed.status is LookupStatus.OK


async def test_a_source_that_is_out_of_order_is_asked_again_whatever_time_it_names() -> None:
    busy = answers(b"{}", status="503 Busy", headers="Retry-After: 600\r\n")
    async with (
        FaultyServer(once(busy, GOOD)) as server,
        open_lookups(source_at(server.url, time_limit_seconds=4.0)) as lookups,
    ):
        answered = await look_up(lookups)
    assert (answered.status, len(server.requests)) == (LookupStatus.OK, 2)


async def test_silence_wears_the_breaker_too_and_a_404_does_not() -> None:
    async with FaultyServer(answers(b"{}", status="404 Nobody")) as server:
        source = source_at(server.url, breaker_failures=1, time_limit_seconds=0.1)
        async with open_lookups(source) as lookups:
            await look_up(lookups, "/customers/1")
            before = lookups.states()["loyalty"]
            server.fault = hangs
            await look_up(lookups, "/customers/2")
            after = lookups.states()["loyalty"]
    assert (before, after) == (State.CLOSED, State.OPEN)


async def test_a_source_that_stays_as_it_was_keeps_its_breaker() -> None:
    async with FaultyServer(BUSY) as server:
        source = source_at(server.url, breaker_failures=1)
        async with open_lookups(source) as lookups:
            await look_up(lookups, retries=0)
            lookups.configure([source_at(server.url, breaker_failures=1)])
            kept = lookups.states()["loyalty"]
            lookups.configure([source_at(server.url, breaker_failures=2)])
            renewed = lookups.states()["loyalty"]
    assert (kept, renewed) == (State.OPEN, State.CLOSED)


class Broken:
    """A source piece with a bug."""

    def ask(self, question: Question, secrets: Secrets) -> HttpRequest:
        raise ZeroDivisionError("+31611111111")

    def understand(self, response: HttpResponse) -> Answer:
        raise AssertionError("it breaks before it is answered")


async def test_our_own_mistake_hurts_no_call_and_tells_nothing_personal(capsys: pytest.CaptureFixture[str]) -> None:
    async with open_lookups(Source(name="loyalty", type="http"), build=lambda _: Broken()) as lookups:
        together = await look_up(lookups)
        alone = await look_up(lookups, method="DELETE")
    assert {together.reason, alone.reason} == {"loyalty was not asked, by our own mistake"}
    told = capsys.readouterr().out
    assert "lookup_broke" in told
    assert "+31611111111" not in told
