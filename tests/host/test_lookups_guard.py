"""A refused address never sees a packet, however it is written, resolved or redirected to."""

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from faulty_server import CUSTOMER, FaultyServer, answers
from lookup_room import look_up, open_lookups, source_at

from skipline.host.lookups import Wire
from skipline.host.lookups.troubles import Trouble
from skipline.model.events import LookupStatus
from skipline.model.lookup import HttpRequest, Reach

SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0.0.0.0",
    "0",
    "[::]",
    "user@127.0.0.1",
    "good.example@127.0.0.1",
    "169.254.169.254",
    "[::ffff:169.254.169.254]",
    "[fe80::1%25lo]",
    "\u2460\u2461\u2466.0.0.1",
]


class Names(AbstractResolver):
    """A name server of our own. Several answers for a name are given one after the other, the last one for ever."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = {name.replace("_", "."): found for name, found in addresses.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = self.addresses[host]
        address = answers.pop(0) if len(answers) > 1 else answers[0]
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_no_spelling_of_this_machine_gets_through(spelling: str) -> None:
    async with FaultyServer(answers(CUSTOMER)) as server, Wire() as wire:
        with pytest.raises(Trouble) as caught:
            await wire.send(HttpRequest(url=f"http://{spelling}:{server.port}/"))
    assert server.connections == 0
    assert caught.value.sentence


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "//127.0.0.1/", "http://", "http:///x", ""]
)
async def test_only_http_addresses_are_asked(url: str) -> None:
    async with Wire() as wire:
        with pytest.raises(Trouble, match="its address or a header is not valid"):
            await wire.send(HttpRequest(url=url, reach=Reach(is_private_allowed=True)))


async def test_a_name_that_leads_to_a_private_address_is_refused() -> None:
    async with FaultyServer(answers(CUSTOMER)) as server:
        url = f"http://127.0.0.1.nip.example:{server.port}"
        source = source_at(url, allow_private=False)
        async with open_lookups(source, resolver=Names(**{"127_0_0_1_nip_example": ["127.0.0.1"]})) as lookups:
            answered = await look_up(lookups)
    assert answered.status is LookupStatus.ERROR
    assert answered.reason == "loyalty was not asked: the address 127.0.0.1 is this machine itself (allow_private)"
    assert server.connections == 0


async def test_a_name_that_changes_its_mind_is_judged_at_each_connection() -> None:
    names = Names(rebinding_example=["169.254.1.1", "127.0.0.1"])
    async with FaultyServer(answers(CUSTOMER)) as server, Wire(resolver=names) as wire:
        for _ in range(2):
            with pytest.raises(Trouble, match="was not asked"):
                await wire.send(HttpRequest(url=f"http://rebinding.example:{server.port}/"))
    assert server.connections == 0


async def test_a_connection_made_for_an_open_source_does_not_serve_a_closed_one() -> None:
    async with FaultyServer(answers(CUSTOMER)) as server, Wire() as wire:
        await wire.send(HttpRequest(url=server.url, reach=Reach(is_private_allowed=True)))
        with pytest.raises(Trouble, match="was not asked"):
            await wire.send(HttpRequest(url=server.url))
    assert server.connections == 1


async def test_a_redirect_is_not_followed() -> None:
    async with FaultyServer(answers(CUSTOMER)) as secret:
        redirect = answers(b"", status="307 Elsewhere", headers=f"location: {secret.url}/\r\n")
        async with FaultyServer(redirect) as server, open_lookups(source_at(server.url)) as lookups:
            answered = await look_up(lookups)
    assert "answered 307" in answered.reason
    assert secret.connections == 0


async def test_our_own_ports_stay_closed_even_when_private_addresses_are_open() -> None:
    own_ports: set[int] = set()
    server = FaultyServer(answers(CUSTOMER))
    async with server, open_lookups(source_at(server.url), own_ports=own_ports) as lookups:
        own_ports.add(server.port)
        answered = await look_up(lookups)
    assert answered.reason == f"loyalty was not asked: port {server.port} of this machine is our own"
    assert server.connections == 0


async def test_a_name_that_nobody_knows_says_so() -> None:
    async with open_lookups(source_at("http://nobody.invalid"), resolver=None) as lookups:
        answered = await look_up(lookups, retries=0)
    assert answered.reason == "loyalty has a name that cannot be resolved"
