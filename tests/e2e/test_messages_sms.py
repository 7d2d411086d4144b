"""A whole Skipline with accounts at Bird, at MessageBird as it was before, and straight with a carrier: contacts write,
a flow answers, and what the other side saw is what was kept."""

import asyncio
from pathlib import Path
from typing import Any

from e2e_room import eventually
from e2e_server import ServeProcess
from fake_providers import badly_signed, open_fakes
from message_ledger import judge, read_kept
from messages_room import TROUBLES
from sipp_runner import free_port
from smpp_carrier import Carrier, until

from skipline.cli.demo.providers.bird import BirdAccount
from skipline.cli.demo.providers.ledger import What
from skipline.cli.demo.providers.messagebird import MessageBirdAccount
from skipline.cli.demo.providers.server import Providers
from skipline.store import Database

BIRD, OLDER = BirdAccount(), MessageBirdAccount()
CONTACT = "+31612345678"
SECRETS = {
    "SKIPLINE_SECRET_BIRD_KEY": BIRD.access_key,
    "SKIPLINE_SECRET_BIRD_SIGNING": BIRD.signing_key,
    "SKIPLINE_SECRET_OLDER_KEY": OLDER.access_key,
    "SKIPLINE_SECRET_OLDER_SIGNING": OLDER.signing_key,
    "SKIPLINE_SECRET_CARRIER_PASSWORD": "s3cret",
}
SETTINGS = """
channels:
  - name: bird
    type: bird
    workspace: {bird.workspace}
    sms_channel: {bird.channel}
    secret: bird_key
    signing_secret: bird_signing
    base_url: "{url}"
    allow_private: true
  - name: messagebird
    type: bird
    api: messagebird
    originator: "+{older.number}"
    secret: older_key
    signing_secret: older_signing
    base_url: "{url}"
    allow_private: true
  - name: carrier
    type: smpp
    host: 127.0.0.1
    port: {port}
    system_id: shop
    secret: carrier_password
    sender: "+31201234567"
"""
ECHO = """
format: 1
name: Echo
triggers: [{type: incoming_message, accounts: [bird, messagebird, carrier]}]
start: answer
steps:
  answer: {type: send_message, with: {text: "You wrote: {{ message.text }}"}}
"""


def open_server(folder: Path) -> ServeProcess:
    return ServeProcess(folder, hosts=("127.0.0.1",), http_port=free_port(), environment=SECRETS)


async def start(server: ServeProcess, url: str, port: int) -> None:
    settings = SETTINGS.format(bird=BIRD, older=OLDER, url=url, port=port)
    await server.start({"skipline.yaml": settings, "flows/echo.yaml": ECHO})


def point_to(providers: Providers, server: ServeProcess) -> None:
    for name in (BIRD.name, OLDER.name):
        providers.office.hooks[name] = f"http://{server.http}/hooks/bird/{name}"


async def states(server: ServeProcess) -> list[tuple[str, str, str]]:
    """Every message of every conversation: its direction, state and text."""
    found: list[tuple[str, str, str]] = []
    for one in (await server.ask("GET", "/conversations"))["conversations"]:
        told: dict[str, Any] = await server.ask("GET", f"/conversations/{one['id']}/messages?limit=500")
        found += [(message["direction"], message["state"] or "", message["text"]) for message in told["messages"]]
    return sorted(found)


async def refuses_forgeries(providers: Providers) -> None:
    postman = providers.office.postman
    route, again = postman.route, postman.again_after_seconds
    postman.route, postman.again_after_seconds = badly_signed, ()
    providers.bird.write(BIRD, CONTACT, "forged")
    providers.messagebird.write(OLDER, CONTACT, "forged")
    await asyncio.wait_for(postman.settled(), 10)
    assert [line.status for line in providers.office.ledger.of(What.POSTED)] == [403, 403]
    postman.route, postman.again_after_seconds = route, again


async def test_bird_and_messagebird_bring_messages_take_answers_and_tell_how_far_they_came(tmp_path: Path) -> None:
    server = open_server(tmp_path)
    async with open_fakes(told=((0.02, "sent"), (0.05, "delivered"))) as providers, Carrier().serving() as carrier:
        await start(server, providers.url, carrier.port)
        try:
            point_to(providers, server)
            await refuses_forgeries(providers)
            providers.bird.write(BIRD, CONTACT, "Where is my order?")
            providers.messagebird.write(OLDER, CONTACT, "Größe 42?")
            bird = providers.office.handset(BIRD.name, CONTACT)
            older = providers.office.handset(OLDER.name, CONTACT)
            assert (await asyncio.wait_for(bird.receives("You wrote"), 15)).text == "You wrote: Where is my order?"
            assert (await asyncio.wait_for(older.receives("You wrote"), 15)).text == "You wrote: Größe 42?"
            wanted = [("out", "delivered", f"You wrote: {text}") for text in ("Größe 42?", "Where is my order?")]

            async def is_delivered() -> bool:
                return [one for one in await states(server) if one[0] == "out"] == wanted

            await eventually(is_delivered, "both answers are delivered")
            await asyncio.wait_for(providers.office.postman.settled(), 10)
        finally:
            await server.stop()
        async with await Database.open(server.data, server.data) as database:
            kept = await database.read(read_kept)
        assert judge(list(providers.office.ledger.lines), kept) == []
        assert {one.text for one in kept.messages if one.direction == "in"} == {"Where is my order?", "Größe 42?"}
    for trouble in TROUBLES:
        assert trouble not in server.all_logs()


async def test_what_a_carrier_heard_us_acknowledge_survives_a_kill(tmp_path: Path) -> None:
    """Every delivery that was answered with 0 is kept, once; what was not answered the carrier brings again."""
    server = open_server(tmp_path)
    async with open_fakes() as providers, Carrier().serving() as carrier:
        await start(server, providers.url, carrier.port)
        try:
            await until(lambda: bool(carrier.esmes), 20)
            taken: list[str] = []

            async def bring(first: int) -> None:
                for text in (f"message {number}" for number in range(first, 200, 10)):
                    if await carrier.deliver(text.encode()) == 0:
                        taken.append(text)  # noqa: PERF401  others look at it meanwhile

            bringing = [asyncio.create_task(bring(first)) for first in range(10)]
            await until(lambda: len(taken) >= 40, 20)
            await server.kill_centre()
            await asyncio.wait(bringing, timeout=1)
            for one in bringing:
                one.cancel()
            before = set(taken)
            assert 40 <= len(before) < 200
            await server.start()
            await until(lambda: len(carrier.esmes) == 2, 30)
            again = [text for number in range(200) if (text := f"message {number}") not in before]
            assert {await carrier.deliver(text.encode()) for text in again} == {0}

            async def is_there() -> bool:
                return {*before, *again} <= {text for direction, _, text in await states(server) if direction == "in"}

            await eventually(is_there, "all that was acknowledged is in the conversation")
            kept = [text for direction, _, text in await states(server) if direction == "in"]
            assert {text: kept.count(text) for text in before} == dict.fromkeys(before, 1)
        finally:
            await server.stop()
