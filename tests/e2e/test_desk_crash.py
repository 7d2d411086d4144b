"""Kill -9 in the middle of what an agent does with a conversation: it is where it was, and everybody hears of the end
once."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
from e2e_room import eventually
from messages_room import ACCOUNT, MessagesRoom, open_messages
from postgres_server import PostgresServer

FLOW = """
format: 1
name: Desk
triggers: [{type: incoming_message, accounts: [support]}]
start: wait
steps:
  wait: {type: add_to_queue, with: {queue: vip, tier: gold}, next: {answered: bye}}
  bye: {type: send_message, with: {text: "Goodbye."}}
"""
SETTINGS = """
tiers: [{name: gold, target: 10s}]
queues: [{name: vip, says_position: false, says_wait: false, offer_time: 1m, misses: 20}]
agents: [{name: ana, queues: [vip]}]
"""
GRETA = "31622222223"
pytestmark = pytest.mark.timeout(120)
_Given = TypeVar("_Given")


class Dying:
    """A server that dies once, and is started again by whoever finds it dead."""

    def __init__(self, room: MessagesRoom) -> None:
        self.room, self.lives = room, 1

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        return await self.through(lambda: self.room.server.ask(method, path, body))

    async def through(self, work: Callable[[], Awaitable[_Given]]) -> _Given:
        try:
            return await work()
        except aiohttp.ClientError:
            await self.start_again()
            return await work()

    async def start_again(self) -> None:
        server, self.lives = self.room.server, self.lives + 1
        with suppress(ProcessLookupError):
            await server.kill_centre()
        server._environment["SKIPLINE_DIE_AT"] = ""
        await server.start()
        self.room.providers.office.hooks[ACCOUNT.name] = f"http://{server.http}/hooks/meta/{ACCOUNT.name}"


async def test_a_process_that_dies_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the run has heard of the end, and nobody has noted that yet."""
    monkeypatch.setenv("SKIPLINE_DIE_AT", "stay_answered:1")
    await _talk(tmp_path)


async def test_a_process_on_postgresql_that_dies_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: PostgresServer, migrated: str
) -> None:
    """With the agent's close on the disk, of which nobody else has heard."""
    monkeypatch.setenv("SKIPLINE_DIE_AT", "stay_written:5")
    await _talk(tmp_path, postgres.make_database(template=migrated))


async def _talk(folder: Path, database: str = "") -> None:
    """From the first message to the flow's goodbye; the server dies on the way."""
    async with open_messages(folder, {"desk": FLOW}, settings=SETTINGS, database=database) as room:
        dying = Dying(room)
        await dying.ask("POST", "/agents/ana/sign_in")
        room.providers.meta.write(ACCOUNT, GRETA, "Hello")

        async def is_offered() -> Any:
            return await dying.ask("GET", "/agents/ana/offers")

        [offer] = await eventually(is_offered, "ana is offered it", 60)
        path = f"/conversations/{offer['conversation']}"

        async def is_taken() -> Any:
            if (await dying.ask("GET", path))["state"] == "agent":
                return True
            return (await dying.ask("POST", f"{path}/accept", {"agent": "ana"}))["state"] == "agent"

        await eventually(is_taken, "ana has it")
        await dying.ask("POST", f"{path}/messages", {"agent": "ana", "text": "Good morning."})

        async def is_sent() -> bool:
            # What leaves while the process dies holds the next message up until its lease ends.
            return bool((await dying.ask("GET", path))["last_message"]["state"] == "sent")

        await eventually(is_sent, "the message was sent", 30)
        assert (await dying.ask("POST", f"{path}/close", {"agent": "ana"}))["state"] == "closed"
        handset = room.providers.office.handset(ACCOUNT.name, GRETA)

        async def has_said_goodbye() -> bool:
            await dying.ask("GET", path)
            return any(one.text == "Goodbye." for one in handset.received())

        await eventually(has_said_goodbye, "the flow said goodbye", 60)

        async def is_on_record() -> Any:
            report = await dying.ask("GET", "/reports/visits?medium=message")
            counts = report["total"]["counts"]
            return counts if counts["offered"] else None

        counts = await eventually(is_on_record, "the visit is on record", 60)
        assert dying.lives == 2, "the server did not die"
        assert (counts["offered"], counts["answered"]) == (1, 1)
        assert [one.text for one in handset.received()] == ["Good morning.", "Goodbye."]
        state = await dying.ask("GET", "/agents/ana/state")
        assert (state["state"], state["chats"], state["media"]) == ("available", 0, ["message"])
        assert (await dying.ask("GET", "/entries?queue=vip")) == []
