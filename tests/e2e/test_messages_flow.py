"""A flow serves somebody who writes on WhatsApp and somebody who calls: only its triggers differ."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from e2e_room import eventually
from fake_providers import badly_signed, faults_of
from fake_system import serving
from message_ledger import judge
from messages_room import ACCOUNT, MessagesRoom, open_messages
from one_flow import CALL, FLOW, MESSAGE, PASSWORD, PATH, SETTINGS

from skipline.cli.demo.providers.handsets import Handset
from skipline.cli.demo.providers.ledger import What
from skipline.voice.phone import AgentPhone, Manners, Phone
from skipline.voice.tones import tone

GRETA, GRETAS_PHONE = "31622222223", "+31622222223"
TOLD = ((0.02, "sent"), (0.05, "delivered"), (0.1, "read"))


async def _customer(_: web.Request) -> web.Response:
    return web.json_response({"name": "Greta", "tier": "gold"})


@asynccontextmanager
async def open_company(folder: Path, triggers: str) -> AsyncIterator[MessagesRoom]:
    loyalty = web.Application()
    loyalty.router.add_get("/customers/{phone}", _customer)
    async with (
        serving(loyalty) as url,
        open_messages(
            folder, {"one": FLOW.format(triggers=triggers)}, settings=SETTINGS.format(url=url), told=TOLD
        ) as room,
    ):
        room.providers.office.handsets.names[GRETA] = "Greta on WhatsApp"
        yield room


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIPLINE_SECRET_AGENTS", PASSWORD)


async def receives(handset: Handset, text: str) -> str:
    return (await asyncio.wait_for(handset.receives(text), 15)).text


async def offered_to(room: MessagesRoom, agent: str) -> str:
    """The conversation that an agent is offered."""

    async def look() -> list[Any] | None:
        found: list[Any] | None = await room.server.ask("GET", f"/agents/{agent}/offers")
        return found

    return str((await eventually(look, f"{agent} is offered a conversation"))[0]["conversation"])


async def run_of(room: MessagesRoom) -> dict[str, Any]:
    """Greta's run, once it is over."""

    async def look() -> dict[str, Any] | None:
        found = (await room.server.ask("GET", f"/runs?phone={GRETAS_PHONE.replace('+', '%2B')}"))["runs"]
        return found[0] if found and found[0]["ended_at"] else None

    summary = await eventually(look, "the run is over")
    run: dict[str, Any] = await room.server.ask("GET", f"/runs/{summary['id']}")
    return run


def path_of(run: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["step"], one["exit"]) for one in run["trace"]]


async def test_somebody_who_writes_is_greeted_looked_up_answered_by_an_agent_and_on_record(tmp_path: Path) -> None:
    async with open_company(tmp_path, MESSAGE) as room:
        server, office = room.server, room.providers.office
        await server.ask("POST", "/agents/ana/sign_in")
        await refuses_forgery(room)
        handset = office.handset(ACCOUNT.name, GRETA)
        first = room.providers.meta.write(ACCOUNT, GRETA, "Hello, where is my order?")
        assert await receives(handset, "Good morning") == "Good morning. One moment please."
        conversation = await offered_to(room, "ana")
        await server.ask("POST", f"/conversations/{conversation}/accept", {"agent": "ana"})
        said = {"agent": "ana", "text": "Hello Greta, it is on its way."}
        written = await server.ask("POST", f"/conversations/{conversation}/messages", said)
        assert await receives(handset, "it is on its way") == said["text"]
        await asyncio.sleep(1.1)  # WhatsApp tells whole seconds: within one, thanks may stand before what they are for
        second = room.providers.meta.write(ACCOUNT, GRETA, "Thank you!")
        await eventually(lambda: _has_text(room, conversation, "Thank you!"), "the agent sees the thanks")
        await server.ask("POST", f"/conversations/{conversation}/close", {"agent": "ana"})
        assert await receives(handset, "Goodbye") == "Goodbye, Greta."
        run = await run_of(room)
        await asyncio.wait_for(office.postman.settled(), 10)
        whole = await eventually(lambda: _read_through(room, conversation), "all of it was read by the customer")
        await room.stop()
        kept = await room.kept()
        assert judge(list(office.ledger.lines), kept) == []
        assert kept.at_rest()
        room.check_logs()
    assert path_of(run) == PATH
    assert (run["outcome"], run["contact"]["name"], run["contact"]["tier"]) == ("answered", "Greta", "gold")
    assert run["trigger"]["details"]["conversation"] == conversation
    assert [(one["direction"], one["text"]) for one in whole["messages"]] == [
        ("in", "Hello, where is my order?"),
        ("out", "Good morning. One moment please."),
        ("out", said["text"]),
        ("in", "Thank you!"),
        ("out", "Goodbye, Greta."),
    ]
    assert whole["messages"][2]["author"] == "ana"
    assert whole["messages"][2]["id"] == written["id"]
    assert {one.provider_id for one in kept.messages if one.direction == "in"} == {first, second}


async def refuses_forgery(room: MessagesRoom) -> None:
    """A webhook with a wrong signature, and one to an account that is none, count for nothing."""
    office, postman = room.providers.office, room.providers.office.postman
    address, route, again = office.hooks[ACCOUNT.name], postman.route, postman.again_after_seconds
    postman.again_after_seconds = ()
    for office.hooks[ACCOUNT.name], postman.route in ((address, badly_signed), (f"{address}x", route)):
        room.providers.meta.write(ACCOUNT, GRETA, "forged")
        await asyncio.wait_for(postman.settled(), 10)
    office.hooks[ACCOUNT.name], postman.route, postman.again_after_seconds = address, route, again
    assert [line.status for line in office.ledger.of(What.POSTED)] == [403, 404]
    assert (await room.server.ask("GET", "/conversations"))["conversations"] == []


async def _has_text(room: MessagesRoom, conversation: str, text: str) -> bool:
    found = await room.server.ask("GET", f"/conversations/{conversation}/messages")
    return any(one["text"] == text for one in found["messages"])


async def _read_through(room: MessagesRoom, conversation: str) -> dict[str, Any] | None:
    whole: dict[str, Any] = await room.server.ask("GET", f"/conversations/{conversation}")
    whole["messages"].sort(key=lambda one: datetime.fromisoformat(one["at"]))
    is_read = all(one["state"] == "read" for one in whole["messages"] if one["direction"] == "out")
    return whole if is_read and whole["state"] == "closed" else None


async def test_the_same_flow_serves_a_call_once_its_triggers_say_so(tmp_path: Path) -> None:
    async with open_company(tmp_path, CALL) as room:
        host, port = room.server.sip[0]
        manners = Manners(ring_seconds=0.1, sound=tone(550, 1.0), talk_seconds=1.0)
        ana, caller = AgentPhone("ana", PASSWORD, (host, port), manners=manners), Phone()
        await ana.start()
        await caller.start()
        try:
            await asyncio.wait_for(ana.registered.wait(), 10)
            call = caller.call(f"sip:+31201234567@{host}:{port}", caller=GRETAS_PHONE, sound=tone(1000, 1.0))
            run = await run_of(room)
            await asyncio.wait_for(call.ended.wait(), 10)
        finally:
            await ana.stop()
            await caller.stop()
        room.check_logs()
    assert path_of(run) == PATH
    assert (run["outcome"], run["contact"]["name"], run["contact"]["tier"]) == ("answered", "Greta", "gold")
    assert faults_of(room.providers).asked == []
