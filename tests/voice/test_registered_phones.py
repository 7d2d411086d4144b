"""Telephones that register over UDP, TCP and TLS, and are rung over the way they came."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from raw_sip import SDP
from registrar_room import RegistrarRoom, registrar_room
from sip_pair import next_of

from skipline.voice.phone import Manners
from skipline.voice.sip.leg import Answered, Ended, Leg, Progressed

WAYS = ["udp", "tcp", "tls"]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[RegistrarRoom]:
    async with registrar_room(certificate_folder=tmp_path) as found:
        yield found


def ring(room: RegistrarRoom, user: str = "ana") -> Leg:
    """Ring a user as an agent's leg does."""
    target = room.registrar.dialable(user)
    assert target is not None
    outbound = (target.host, target.port, target.transport)
    return room.stack.dial(target.uri, sdp=SDP, caller_user="+31611111111", outbound=outbound, flow=target.flow)


async def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until `true()` is."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - looks at what others change
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("way", WAYS)
async def test_a_phone_is_rung_and_answers_over_the_way_it_registered(room: RegistrarRoom, way: str) -> None:
    phone = room.agent(transport=way, manners=Manners(ring_seconds=0.05))
    await phone.start()
    await asyncio.wait_for(phone.registered.wait(), 5)
    leg = ring(room)
    assert isinstance(await next_of(leg), Progressed)
    assert isinstance(await next_of(leg), Answered)
    assert leg.dialog.transport.transport == way
    phone.calls[0].hang_up()
    assert await next_of(leg) == Ended(True, 200, "Hung up")
    await phone.stop()
    assert room.changes == [("ana", "registered"), ("ana", "gone")]
