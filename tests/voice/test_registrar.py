"""Phones register: what RFC 3261 section 10 asks for, over real sockets."""

from collections.abc import AsyncIterator

import pytest
from raw_phone import challenge_of
from raw_sip import header, status
from registrar_room import RegistrarRoom, registrar_room


@pytest.fixture
async def room() -> AsyncIterator[RegistrarRoom]:
    async with registrar_room() as found:
        yield found


async def test_a_phone_registers_and_can_be_rung(room: RegistrarRoom) -> None:
    phone = room.phone()
    reply = await phone.register(300)
    assert status(reply) == 200
    assert header(reply, "Contact") == f"<{phone.contact}>;expires=300"
    assert header(reply, "Date").endswith(" GMT")
    assert room.registrar.users == ("ana",)
    assert room.changes == [("ana", "registered")]
    target = room.registrar.dialable("ana")
    assert target is not None
    assert (target.uri, target.host, target.port, target.transport) == (
        phone.contact,
        "127.0.0.1",
        phone.party.port,
        "udp",
    )
    assert room.registrar.dialable("ben") is None


async def test_the_challenge_offers_what_every_phone_knows(room: RegistrarRoom) -> None:
    reply = await room.phone().ask()
    assert status(reply) == 401
    assert {name: challenge_of(reply)[name] for name in ("realm", "algorithm", "qop")} == {
        "realm": "skipline",
        "algorithm": "MD5",
        "qop": "auth",
    }
    assert "stale" not in challenge_of(reply)


async def test_refreshing_is_no_change(room: RegistrarRoom) -> None:
    phone = room.phone()
    for _ in range(3):
        assert status(await phone.register()) == 200
    assert phone.nc == 3, "the same nonce served all three"
    assert room.changes == [("ana", "registered")]


async def test_a_phone_signs_off(room: RegistrarRoom) -> None:
    phone = room.phone()
    await phone.register()
    reply = await phone.register(0)
    assert status(reply) == 200 and not header(reply, "Contact")
    assert room.changes == [("ana", "registered"), ("ana", "gone")]
    assert room.registrar.dialable("ana") is None
