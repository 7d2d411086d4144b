"""A company whose contacts write and are led into a queue, over the API of a whole server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api_client import Client, client_of
from inside_server import Inside, inside
from letters_room import ENVIRON, deliver, wrote

FLOW = """
format: 1
name: Shop
triggers: [{type: incoming_message, accounts: [shop]}]
start: wait
steps:
  wait: {type: add_to_queue, with: {queue: vip, tier: gold}, next: {answered: survey}}
  survey: {type: send_message, with: {text: "How was it?"}}
"""
CONFIGURATION = """
tiers: [{name: gold, target: 10s}]
channels: [{name: shop, type: letters, secret: shop_key}]
queues: [{name: vip, says_position: false, says_wait: false}, {name: general}]
agents: [{name: ana, queues: [vip]}, {name: ben, queues: [vip]}, {name: cas, queues: [general]}]
"""


@dataclass
class DeskCompany:
    """A server, and a client with a key."""

    room: Inside
    client: Client

    async def write_in(self, text: str = "Hello", number: int = 1, who: str = "+5511987654321") -> str:
        """A contact writes; gives the conversation."""
        assert (await deliver(self.client, wrote(text, number, who=who))).status == 200

        async def is_there() -> str:
            page = await self.client.get("/conversations")
            found = [one["id"] for one in page["conversations"] if one["address"] == who]
            return found[0] if found else ""

        return str(await self.until(is_there))

    async def sign_in(self, *agents: str) -> None:
        for name in agents:
            assert (await self.client.send("POST", f"/agents/{name}/sign_in")).status == 200

    async def offered(self, conversation: str, agent: str) -> dict[str, Any]:
        """Wait until an agent is offered a conversation."""

        async def is_offered() -> Any:
            offers = await self.client.get(f"/agents/{agent}/offers")
            return next((one for one in offers if one["conversation"] == conversation), None)

        found: dict[str, Any] = await self.until(is_offered)
        return found

    async def taken(self, agent: str = "ana", **how: Any) -> str:
        """A conversation that an agent has."""
        conversation = await self.write_in(**how)
        await self.sign_in(agent)
        await self.offered(conversation, agent)
        answer = await self.act(conversation, "accept", agent=agent)
        assert answer["state"] == "agent"
        return conversation

    async def act(self, conversation: str, deed: str, **wish: Any) -> Any:
        """Do something to a conversation; gives what the API answers."""
        answer = await self.client.send("POST", f"/conversations/{conversation}/{deed}", wish or None)
        assert answer.status in (200, 201), answer.text
        return answer.body

    async def read(self, conversation: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.client.get(f"/conversations/{conversation}")
        return found

    async def until(self, is_so: Callable[[], Awaitable[Any]]) -> Any:
        async with asyncio.timeout(20):
            while not (found := await is_so()):  # noqa: ASYNC110 - what it waits for has no event
                await asyncio.sleep(0.02)
        return found


@asynccontextmanager
async def desk_company(folder: Path, place: Path | str | None = None, **more: Any) -> AsyncIterator[DeskCompany]:
    """The company at work; `channel_folder.add_letters` must have been called."""
    files = {"skipline.yaml": CONFIGURATION, "flows/shop.yaml": FLOW}
    async with inside(folder, files, place=place, environ=ENVIRON, **more) as room, client_of(room) as client:
        yield DeskCompany(room, client)
