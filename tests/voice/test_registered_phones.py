"""Telephones that register over UDP, TCP and TLS, and are rung over the way they came."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from baresip import baresip
from raw_sip import SDP
from registrar_room import PASSWORDS, RegistrarRoom, registrar_room
from self_signed import self_signed_files
from sip_pair import next_of
from sipp_runner import SippBench
from sipp_scenarios import register

from skipline.voice.phone import AgentPhone, Manners
from skipline.voice.registrar.registrar import GRACE_SECONDS
from skipline.voice.sip.leg import Answered, Ended, Failed, Leg, Progressed
from skipline.voice.sip.tls import Certificate

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


@pytest.mark.parametrize("way", WAYS)
async def test_a_softphone_of_somebody_elses_registers_is_rung_and_signs_off(
    room: RegistrarRoom, tmp_path: Path, way: str
) -> None:
    port = room.stack.tls_addresses[0][1] if way == "tls" else room.address[1]
    account = f"sip:ana@127.0.0.1:{port};transport={way}>;auth_pass={PASSWORDS['ana']}"
    async with baresip(tmp_path / "baresip", account) as phone:
        await until(lambda: room.registrar.users)
        leg = ring(room)
        while not isinstance(event := await next_of(leg), Answered):
            assert isinstance(event, Progressed)
        assert "baresip" in str(leg.remote_sdp)
        await asyncio.sleep(0.1)
        phone.command("hangup")
        assert isinstance(await next_of(leg), Ended)
    await until(lambda: room.changes == [("ana", "registered"), ("ana", "gone")])


async def test_a_softphone_with_a_wrong_password_stays_out(room: RegistrarRoom, tmp_path: Path) -> None:
    account = f"sip:ana@127.0.0.1:{room.address[1]}>;auth_pass=wrong"
    async with baresip(tmp_path / "baresip", account) as phone:
        await until(lambda: "403 Forbidden" in phone.log)
    assert not room.told


async def test_a_load_of_registrations(room: RegistrarRoom, tmp_path: Path) -> None:
    bench = SippBench(tmp_path)
    login = ("-s", "ana", "-au", "ana", "-ap", PASSWORDS["ana"])
    sipp = await bench.caller(register(), room.address, calls=100, rate=100, extra=login)
    result = await sipp.result()
    assert (result.succeeded, result.failed) == (100, 0), result.errors
    assert room.changes == [("ana", "registered")]


@pytest.mark.parametrize("way", ["tcp", "tls"])
async def test_a_phone_whose_connection_closed_is_gone_after_a_grace(room: RegistrarRoom, way: str) -> None:
    phone = room.agent(transport=way)
    await phone.start()
    await asyncio.wait_for(phone.registered.wait(), 5)
    await phone.vanish()
    await until(lambda: room.registrar.dialable("ana") is None)
    assert room.registrar.users == ("ana",), "it may come back"
    room.skip(GRACE_SECONDS + 1)
    assert room.changes == [("ana", "registered"), ("ana", "gone")]
    assert room.told[-1].reason == "its connection closed"  # type: ignore[union-attr]


async def test_a_phone_that_comes_back_within_the_grace_was_never_gone(room: RegistrarRoom) -> None:
    phone = room.agent(transport="tls")
    await phone.start()
    await asyncio.wait_for(phone.registered.wait(), 5)
    await phone.vanish()
    await until(lambda: room.registrar.dialable("ana") is None)
    again = room.agent(transport="tls")
    await again.start()
    await asyncio.wait_for(again.registered.wait(), 5)
    room.skip(GRACE_SECONDS + 1)
    assert room.changes == [("ana", "registered")]
    assert room.registrar.dialable("ana") is not None
    await again.stop()


async def test_a_connection_that_broke_in_a_call_ends_neither_the_call_nor_our_power_over_it(
    room: RegistrarRoom,
) -> None:
    phone = room.agent(transport="tcp")
    await phone.start()
    await asyncio.wait_for(phone.registered.wait(), 5)
    leg = ring(room)
    while not isinstance(await next_of(leg), Answered):
        pass
    break_connections(room)
    phone._keeping.cancel()  # type: ignore[union-attr] - a real phone notices by itself
    phone._keeping = None
    await until(lambda: room.registrar.dialable("ana") is None)
    phone.sign_on()
    await until(lambda: room.registrar.dialable("ana"))
    leg.hang_up()
    await asyncio.wait_for(phone.calls[0].ended.wait(), 3)
    assert room.changes == [("ana", "registered")]
    await phone.stop()


async def test_a_phone_behind_nat_gets_every_request_over_its_flow(room: RegistrarRoom) -> None:
    phone = room.phone(contact="sip:ana@192.168.77.7:5060")
    await phone.register()
    leg = ring(room)
    invite = await phone.party.expect("INVITE")
    assert invite.startswith("INVITE sip:ana@192.168.77.7:5060 SIP/2.0")
    phone.party.reply(invite, 200, "OK", body=SDP, contact="sip:ana@192.168.77.7:5060")
    assert isinstance(await next_of(leg), Answered)
    assert (await phone.party.expect("ACK")).startswith("ACK sip:")
    leg.hang_up()
    phone.party.reply(await phone.party.expect("BYE"), 200, "OK")


async def test_a_phone_that_is_switched_off_is_refused_at_once(room: RegistrarRoom) -> None:
    phone = room.phone()
    await phone.register()
    phone.party.close()
    leg = ring(room)
    assert isinstance(await next_of(leg, 3), Failed)


async def test_a_certificate_that_was_renewed_is_used_without_a_restart(tmp_path: Path) -> None:
    files = self_signed_files(tmp_path)
    certificate = Certificate(*files)
    assert not certificate.refresh()
    before = files[0].read_bytes()
    for file in self_signed_files(tmp_path):
        os.utime(file, ns=(1, 1))
    assert files[0].read_bytes() != before
    assert certificate.refresh() and not certificate.refresh()
    files[1].write_text("not a key")
    with pytest.raises(ssl.SSLError):
        certificate.refresh()
    assert not certificate.refresh(), "said once"


async def test_strangers_on_the_tls_port_disturb_nobody(room: RegistrarRoom) -> None:
    for garbage in (b"REGISTER sip:x SIP/2.0\r\n\r\n", b"\x16\x03\x01" + b"\xff" * 200, b""):
        reader, writer = await asyncio.open_connection(*room.stack.tls_addresses[0])
        writer.write(garbage)
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
    phone = room.agent(transport="tls")
    await phone.start()
    await asyncio.wait_for(phone.registered.wait(), 5)
    await phone.stop()


async def test_an_agents_phone_tells_that_it_was_refused(room: RegistrarRoom) -> None:
    phone = AgentPhone("ana", "wrong", room.address)
    await phone.start()
    await until(lambda: phone.result)
    assert phone.result is not None and (phone.result.is_registered, phone.result.code) == (False, 403)
    await phone.stop()


def break_connections(room: RegistrarRoom) -> None:
    """Cut every TCP connection, as a router that was restarted does."""
    for transport in room.stack.transports:
        for writer in list(getattr(transport, "connections", {}).values()):
            writer.transport.abort()
