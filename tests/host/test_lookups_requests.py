"""Requests that change something, and several questions at once."""

import asyncio

from aiohttp import web
from fake_system import RequestDesk, serving
from faulty_server import FaultyServer, answers, hangs
from lookup_room import open_lookups, source_at

from skipline.host.lookups import Lookups
from skipline.model.commands import Issued, LookUp, LookUpAll, SendRequest, SourceCommand
from skipline.model.configuration import Source
from skipline.model.events import HostReply, LookupsAnswered, LookupStatus, RequestAnswered
from skipline.model.ids import CallId, CommandId, RunId

NAMED = {"time_limit_seconds": 1.0}
NO_CACHE = {"cache_seconds": 0.0}


async def _carry_out(lookups: Lookups, body: SourceCommand) -> HostReply:
    return await lookups.carry_out(Issued(id=CommandId("run1:1"), run=RunId("run1"), call=CallId("call1"), body=body))


def _desk_application(desk: RequestDesk) -> web.Application:
    application = web.Application()
    application.router.add_post("/tickets", desk.take)
    return application


async def test_a_request_carries_its_key_and_brings_the_status() -> None:
    desk = RequestDesk()
    async with serving(_desk_application(desk)) as url, open_lookups(source_at(url)) as lookups:
        reply = await _carry_out(lookups, SendRequest(source="loyalty", path="/tickets", body='{"amount": 5}'))
    assert isinstance(reply, RequestAnswered)
    assert (reply.status, reply.code, reply.value) == (LookupStatus.OK, 201, {"ticket": {"id": 1}})
    assert desk.done == {"run1:1": {"amount": 5}}


async def test_a_repeated_request_keeps_its_key_so_that_it_is_done_once() -> None:
    desk = RequestDesk()
    desk.failures_left = 2
    async with serving(_desk_application(desk)) as url, open_lookups(source_at(url, **NAMED)) as lookups:
        request = SendRequest(source="loyalty", path="/tickets", body='{"amount": 5}', retries=2)
        reply = await _carry_out(lookups, request)
    assert isinstance(reply, RequestAnswered)
    assert reply.code == 201
    assert desk.seen == ["run1:1"] * 3
    assert len(desk.done) == 1


async def test_without_retries_a_request_is_sent_once() -> None:
    desk = RequestDesk()
    desk.failures_left = 1
    async with serving(_desk_application(desk)) as url, open_lookups(source_at(url)) as lookups:
        reply = await _carry_out(lookups, SendRequest(source="loyalty", path="/tickets", body="{}"))
    assert isinstance(reply, RequestAnswered)
    assert (reply.status, reply.code, len(desk.seen)) == (LookupStatus.ERROR, 503, 1)


async def test_equal_requests_are_each_sent() -> None:
    desk = RequestDesk()
    async with serving(_desk_application(desk)) as url, open_lookups(source_at(url)) as lookups:
        request = SendRequest(source="loyalty", path="/tickets", body="{}")
        await asyncio.gather(_carry_out(lookups, request), _carry_out(lookups, request))
    assert len(desk.seen) == 2


async def test_a_question_that_may_change_something_carries_its_key_too_but_is_not_repeated() -> None:
    desk = RequestDesk()
    desk.failures_left = 1
    async with serving(_desk_application(desk)) as url, open_lookups(source_at(url, **NO_CACHE)) as lookups:
        question = LookUp(source="loyalty", method="POST", path="/tickets", body='{"amount": 5}', retries=3)
        await _carry_out(lookups, question)
        assert desk.seen == ["run1:1"]
        await _carry_out(lookups, LookUpAll(lookups=(question, question)))
    assert sorted(desk.seen[1:]) == ["run1:1.0", "run1:1.1"]


async def test_several_questions_are_answered_together_and_in_order() -> None:
    async with FaultyServer(answers(b'{"a": 1}')) as first, FaultyServer(answers(b'{"b": 2}')) as second:
        one, other = source_at(first.url), _named("crm", second.url)
        async with open_lookups(one, other) as lookups:
            asked = LookUpAll(lookups=(LookUp(source="loyalty", path="/1"), LookUp(source="crm", path="/1")))
            reply = await _carry_out(lookups, asked)
    assert isinstance(reply, LookupsAnswered)
    assert [answer.value for answer in reply.answers] == [{"a": 1}, {"b": 2}]


async def test_a_source_that_hangs_keeps_no_other_answer_back_and_ends_with_the_limit() -> None:
    async with FaultyServer(answers(b'{"a": 1}')) as first, FaultyServer(hangs) as second:
        one, other = source_at(first.url), _named("crm", second.url, time_limit_seconds=8.0)
        async with open_lookups(one, other) as lookups:
            each = (LookUp(source="loyalty", path="/1"), LookUp(source="crm", path="/1"))
            reply = await _carry_out(lookups, LookUpAll(lookups=each, time_limit_seconds=0.3))
    assert isinstance(reply, LookupsAnswered)
    assert [answer.status for answer in reply.answers] == [LookupStatus.OK, LookupStatus.TIMEOUT]
    assert "within 300 ms" in reply.answers[1].reason


def _named(name: str, url: str, **more: float) -> Source:
    settings = {"base_url": url, "allow_private": True}
    return Source(name=name, type="http", settings=settings, **more)  # type: ignore[arg-type]
