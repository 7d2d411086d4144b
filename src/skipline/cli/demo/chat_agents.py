"""The demo company's people at a desk: they take conversations that they are offered, write, and close them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle

from skipline.base.clock import system_clock
from skipline.cli.demo.chats import Chat, Chats
from skipline.cli.demo.patience import until
from skipline.cli.server import Server
from skipline.host.messages.desk import Desk
from skipline.host.messages.desk_memory import sign_in_agent
from skipline.model.conversation import ConversationState
from skipline.model.ids import ConversationId
from skipline.model.live_events import ConversationOffered
from skipline.model.message import MessageBody

CHAT_AGENTS = ("mila", "noor")
"""Agents of the demo's workspace who have no phone."""

_TAKES_SECONDS = (1.0, 2.0, 1.5)
_READS_SECONDS = 1.2
_PATIENCE_SECONDS = 12.0
_THINKS_SECONDS = 2.0


class ChatAgents:
    """Takes what the agents are offered, for ever. `reads_seconds` is how long they take to answer."""

    def __init__(self, server: Server, chats: Chats) -> None:
        self._server, self._chats = server, chats
        self._takes = cycle(_TAKES_SECONDS)

    async def run(self) -> None:
        """Serve until cancelled."""
        with self._server.services.host.live.listen() as facts:
            async with asyncio.TaskGroup() as tasks:
                async for fact in facts:
                    if isinstance(fact, ConversationOffered) and fact.agent in CHAT_AGENTS:
                        tasks.create_task(self._serve(fact))

    async def _serve(self, offered: ConversationOffered) -> None:
        conversation, agent = offered.conversation, offered.agent
        await asyncio.sleep(next(self._takes))
        await desk_of(self._server).accept(conversation, agent)
        if not await until(lambda: self._has(conversation, agent), _PATIENCE_SECONDS):
            return
        await asyncio.sleep(_READS_SECONDS)
        chat = self._chats.rows[conversation]
        await self._write(conversation, agent, _greeting(chat, agent))
        received_at = chat.conversation.last_received_at
        if await until(lambda: self._wrote_since(conversation, received_at), _PATIENCE_SECONDS):
            await asyncio.sleep(_THINKS_SECONDS)
            await self._write(conversation, agent, "You are welcome. Have a good day!")
        await desk_of(self._server).close(conversation, agent)

    async def _has(self, conversation: ConversationId, agent: str) -> bool:
        chat = self._chats.rows.get(conversation)
        return chat is not None and (chat.conversation.state, chat.conversation.agent) == (
            ConversationState.AGENT,
            agent,
        )

    async def _wrote_since(self, conversation: ConversationId, at: object) -> bool:
        return self._chats.rows[conversation].conversation.last_received_at != at

    async def _write(self, conversation: ConversationId, agent: str, text: str) -> None:
        post = self._server.services.messages.post
        await post.post(conversation, MessageBody(text=text), agent, is_from_person=True)
        await desk_of(self._server).note_answer(conversation)


def desk_of(server: Server) -> Desk:
    """Where the server's conversations wait for people."""
    return server.services.desk


def _greeting(chat: Chat, agent: str) -> str:
    told = chat.run.variables.get("about", "") if chat.run is not None else ""
    about = f" about {str(told).lower()}" if told else ""
    return f"Hello {chat.name.split()[0]}, this is {agent.capitalize()}. I see your question{about}: it is on its way."


@asynccontextmanager
async def open_chat_agents(server: Server, chats: Chats) -> AsyncIterator[None]:
    """The agents signed in and at work within the block."""
    services = server.services
    for name in CHAT_AGENTS:
        await sign_in_agent(services.database, services.host, name, system_clock)
    working = asyncio.create_task(ChatAgents(server, chats).run())
    try:
        yield
    finally:
        working.cancel()
