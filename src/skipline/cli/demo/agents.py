"""The demo company's agents: telephones that register with the server, and answer with a tone of their own."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import cycle
from secrets import token_hex

from skipline.base.clock import system_clock
from skipline.cli.demo.patience import until
from skipline.cli.server import Server
from skipline.cli.settings import split_address
from skipline.host.queue_memory import pause_agent, ready_agent
from skipline.host.secrets import SecretBook
from skipline.model.queueing import AgentState
from skipline.store.database import Database
from skipline.store.vault import Vault
from skipline.voice.phone import AgentPhone, Manners
from skipline.voice.tones import tone

AGENT_TONES = {"ana": 1600.0, "bram": 1800.0, "carla": 2000.0, "dirk": 2200.0}
"""The agents of the demo's workspace. A name is also the SIP user of their phone."""

_RING_SECONDS = 0.3
_SIGN_ON_SECONDS = 15.0
_TALKS_SECONDS = (11.0, 17.0, 13.0, 20.0, 9.0, 15.0, 12.0)
_RINGS_SECONDS = (1.0, 2.4, 1.6)


async def make_passwords(database: Database) -> None:
    """Put a new password for each agent's phone into the vault, before the server reads it."""
    book = SecretBook(database, Vault.open(database.folder, os.environ), system_clock)
    for name in AGENT_TONES:
        await book.put(_secret_of(name), token_hex(12))


@asynccontextmanager
async def open_agents(server: Server) -> AsyncIterator[dict[str, AgentPhone]]:
    """The agents' phones by name, registered and ready for calls within the block."""
    async with AsyncExitStack() as stack:
        phones: dict[str, AgentPhone] = {}
        for name, hz in AGENT_TONES.items():
            phone = _phone_of(name, hz, server)
            await phone.start()
            stack.push_async_callback(phone.stop)
            phones[name] = phone
        async with asyncio.timeout(_SIGN_ON_SECONDS):
            await asyncio.gather(*(phone.registered.wait() for phone in phones.values()))
        # A demo that was killed in this data folder may have left somebody on a break.
        await ready(server, *phones)
        await _until_all(server, AgentState.AVAILABLE, *phones)
        yield phones


def _phone_of(name: str, hz: float, server: Server) -> AgentPhone:
    registrar = split_address(server.sip[0])
    own = "::1" if ":" in registrar[0] else "127.0.0.1"
    manners = Manners(ring_seconds=_RING_SECONDS, sound=tone(hz, 1.0))
    password = server.services.secrets.value(_secret_of(name))
    return AgentPhone(name, password, registrar, address=(own, 0), manners=manners)


class Habits:
    """Has agents take their time, as people do: to answer, and to talk, after which they hang up."""

    def __init__(self, phones: Mapping[str, AgentPhone]) -> None:
        self._phones = phones
        self._rings, self._talks = cycle(_RINGS_SECONDS), cycle(_TALKS_SECONDS)

    def vary(self) -> None:
        """Another pace for each agent's next call; calls that are over are forgotten."""
        for phone in self._phones.values():
            phone.calls = [call for call in phone.calls if not call.ended.is_set()]
            ring_seconds, talk_seconds = next(self._rings), next(self._talks)
            phone.manners = replace(phone.manners, ring_seconds=ring_seconds, talk_seconds=talk_seconds)


async def pause(server: Server, *names: str) -> None:
    """Send agents on a break, and wait until they are on it."""
    services = server.services
    for name in names:
        await pause_agent(services.database, services.host, name, "break", system_clock())
    await _until_all(server, AgentState.AWAY, *names)


async def ready(server: Server, *names: str) -> None:
    """Have agents take calls again."""
    services = server.services
    for name in names:
        await ready_agent(services.database, services.host, name, system_clock())


async def _until_all(server: Server, state: AgentState, *names: str) -> None:
    async def are_so() -> bool:
        found = await server.services.host.office.agents()
        return all(one.state is state for one in found if one.agent in names)

    await until(are_so, _SIGN_ON_SECONDS)


def _secret_of(agent: str) -> str:
    return f"{agent}_sip"
