"""The live socket: who may listen, what they hear, and what they are told of what they missed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from api_client import Client, client_of
from inside_server import Inside, inside
from queue_company import FILES, Company

from skipline.api import live, live_tickets
from skipline.api.live_tickets import Tickets
from skipline.base.clock import system_clock
from skipline.model.access import Actor, Role
from skipline.model.ids import ConversationId, EntryId, ReservationId
from skipline.model.live_events import ConversationChanged, ConversationOffered, EntryChanged
from skipline.model.queueing import EntryState

pytestmark = pytest.mark.timeout(60)


class Listening:
    """A connection to the live socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.passed_over: list[dict[str, Any]] = []

    async def next(self, topic: str = "") -> dict[str, Any]:
        """The next message, of a topic."""
        async with asyncio.timeout(10):
            for message in self.passed_over:
                if topic in ("", message["topic"]):
                    self.passed_over.remove(message)
                    return message
            while True:
                heard: dict[str, Any] = await self.socket.receive_json()
                if topic in ("", heard["topic"]):
                    return heard
                self.passed_over.append(heard)


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Inside, Client]]:
    async with inside(folder, FILES) as room, client_of(room) as client:
        yield room, client


@asynccontextmanager
async def listening(client: Client, topics: str = "", **headers: str) -> AsyncIterator[Listening]:
    given = headers or {"Authorization": f"Bearer {client.token}"}
    async with client.session.ws_connect(f"{client.url}/api/v1/live?topics={topics}", headers=given) as socket:
        heard = Listening(socket)
        assert (await heard.next())["data"]["kind"] == "subscribed"
        yield heard


def changed(id_: str, agent: str = "") -> ConversationChanged:
    return ConversationChanged(at=system_clock(), conversation=ConversationId(id_), state="agent", agent=agent)


def offered(agent: str) -> ConversationOffered:
    return ConversationOffered(
        at=system_clock(),
        conversation=ConversationId("c1"),
        entry=EntryId("e1"),
        reservation=ReservationId("r1"),
        agent=agent,
        queue="vip",
        tier="gold",
        until=system_clock(),
    )


async def test_everybody_hears_what_they_asked_for_and_nothing_else(tmp_path: Path) -> None:
    async with (
        served(tmp_path) as (room, client),
        listening(client, "conversations,offers/ana") as all_of_it,
        listening(client, "conversations/c2") as one,
    ):
        entry = EntryChanged(at=system_clock(), entry=EntryId("e"), queue="vip", tier="", state=EntryState.WAITING)
        room.host.live.publish([entry, changed("c1"), offered("ben"), offered("ana"), changed("c2", "ana")])
        heard = [await all_of_it.next() for _ in range(3)]
        assert [message["topic"] for message in heard] == ["conversations", "offers", "conversations"]
        assert [message["seq"] for message in heard] == [2, 3, 4]
        assert (heard[1]["data"]["type"], heard[1]["data"]["agent"]) == ("ConversationOffered", "ana")
        assert (await one.next())["data"]["conversation"] == "c2"


async def test_calls_and_queues_are_told_of_as_they_change(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client), listening(client, "calls,entries,agents,queues/vip") as heard:
        figures = await heard.next("queues")
        assert (figures["data"]["queue"], figures["data"]["waiting"]) == ("vip", 0)
        firm = Company(room)
        await firm.call("call1", "+31612345678")
        assert (await heard.next("calls"))["data"]["type"] == "CallArrived"
        entry = (await heard.next("entries"))["data"]
        assert (entry["queue"], entry["state"]) == ("vip", "waiting")
        while (await heard.next("queues"))["data"]["waiting"] != 1:
            pass
        firm.sign_in("ana")
        agent = (await heard.next("agents"))["data"]
        assert (agent["agent"], agent["state"]) == ("ana", "reserved")


async def test_subscriptions_change_while_one_listens(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client), listening(client) as heard:
        await heard.socket.send_json({"subscribe": ["conversations/c1", "weather"]})
        assert "There is no topic weather" in (await heard.next())["data"]["why"]
        assert (await heard.next())["data"]["topics"] == ["conversations/c1"]
        room.host.live.publish([changed("c1")])
        assert (await heard.next())["topic"] == "conversations"
        await heard.socket.send_json({"unsubscribe": ["conversations/c1"], "subscribe": ["offers"]})
        assert (await heard.next())["data"]["topics"] == ["offers"]
        room.host.live.publish([changed("c1"), offered("ana")])
        assert (await heard.next())["topic"] == "offers"
        for nonsense in ("no json", "[]", '{"subscribe": "all"}', '{"order": 66}', " " * 20_000):
            await heard.socket.send_str(nonsense)
            assert (await heard.next())["data"]["kind"] == "refused"


async def test_nobody_listens_without_a_key_or_a_ticket(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        for headers, address in (
            ({}, "/api/v1/live"),
            ({"Authorization": "Bearer sk_wrong"}, "/api/v1/live"),
            ({"Authorization": f"Basic {client.token}"}, "/api/v1/live"),
            ({}, "/api/v1/live?ticket=made-up"),
            ({}, f"/api/v1/live?ticket={client.token}"),
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.session.ws_connect(client.url + address, headers=headers)
            assert refused.value.status == 401


async def test_a_ticket_opens_one_connection(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        assert (await client.ask("POST", "/api/v1/live/tickets", token="")).status == 401
        answer = await client.send("POST", "/live/tickets")
        address = f"{client.url}/api/v1/live?ticket={answer.body['ticket']}&topics=offers"
        async with client.session.ws_connect(address) as socket:
            assert (await socket.receive_json())["data"]["topics"] == ["offers"]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.session.ws_connect(address)
        assert refused.value.status == 401


async def test_a_page_of_another_address_may_not_listen(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        key = {"Authorization": f"Bearer {client.token}"}
        for origin, is_welcome in (
            (client.url, True),
            ("https://chat.example.com", True),
            ("https://evil.test", False),
        ):
            opening = client.session.ws_connect(f"{client.url}/api/v1/live", headers={**key, "Origin": origin})
            if is_welcome:
                async with opening as socket:
                    assert (await socket.receive_json())["data"]["kind"] == "subscribed"
                continue
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await opening
            assert refused.value.status == 403


async def test_who_does_not_read_loses_the_oldest_and_is_told_how_many(tmp_path: Path) -> None:
    async with served(tmp_path) as (room, client), listening(client, "conversations") as heard:
        room.host.live.publish([changed(f"c{number}") for number in range(1, 1201)])
        gap = await heard.next()
        assert (gap["topic"], gap["data"]) == ("live", {"kind": "gap", "missed": 200})
        first = await heard.next()
        assert (first["data"]["conversation"], first["seq"]) == ("c201", gap["seq"] + 1)
        assert gap["seq"] == 1 + 200 + 1  # what was missed is counted, so that a gap shows by the numbers too
        for _ in range(999):
            last = await heard.next()
        assert last["data"]["conversation"] == "c1200"


async def test_the_socket_is_closed_when_the_server_stops(tmp_path: Path) -> None:
    async with inside(tmp_path, FILES) as room, aiohttp.ClientSession() as session:
        async with client_of(room) as client:
            key = {"Authorization": f"Bearer {client.token}"}
            socket = await session.ws_connect(f"{client.url}/api/v1/live?topics=calls", headers=key)
            await socket.receive_json()
        message = await socket.receive(timeout=10)
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


def test_a_ticket_is_good_for_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    tickets, now, ana = Tickets(), system_clock(), Actor(id="1", name="ana", role=Role.OWNER)
    late, until = tickets.issue(ana, now)
    assert until == now + live_tickets.VALID_FOR
    assert tickets.redeem(late, until) is None
    assert tickets.redeem("", now) is None
    monkeypatch.setattr(live_tickets, "MOST_TICKETS", 3)
    issued = [tickets.issue(ana, now + timedelta(seconds=number))[0] for number in range(5)]
    assert [tickets.redeem(one, now + timedelta(seconds=5)) for one in issued] == [None, None, ana, ana, ana]


async def test_a_page_is_told_from_time_to_time_that_the_line_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PING_SECONDS", 0.05)
    async with served(tmp_path) as (_, client), listening(client) as heard:
        assert (await heard.next())["data"] == {"kind": "ping"}


async def test_people_who_draw_one_flow_see_its_changes_and_each_other(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client), listening(client, "drafts/calls,editors/calls") as ana:
        text = "format: 1\nname: Calls\nsteps: {bye: {type: hang_up}}\n"
        await client.send("PUT", "/flows/calls/draft", {"text": text})
        assert (await ana.next("drafts"))["data"]["patches"][0]["path"] == []
        patch = {"op": "replace", "path": ["name"], "value": "Other"}
        await client.send("POST", "/flows/calls/patches", {"revision": 1, "patches": [patch], "id": "x1"})
        told = (await ana.next("drafts"))["data"]
        assert (told["revision"], told["patches"], told["by"], told["id"]) == (2, [patch], "tests", "x1")
        await ana.socket.send_json({"topic": "editors/calls", "data": {"step": "bye"}})
        here = (await ana.next("editors"))["data"]
        assert (here["user"], here["step"], here["is_here"]) == ("tests", "bye", True)
        async with listening(client, "editors/calls") as ben:
            assert (await ben.next("editors"))["data"]["editor"] == here["editor"]
            await ben.socket.send_json({"topic": "editors/calls", "data": {}})
            came = (await ana.next("editors"))["data"]
            assert came["editor"] != here["editor"]
            await ben.socket.send_json({"topic": "editors/other", "data": {"step": "x"}})
            assert "Subscribe to editors/FLOW first" in (await ben.next("live"))["data"]["why"]
        gone = (await ana.next("editors"))["data"]
        assert (gone["editor"], gone["is_here"]) == (came["editor"], False)
