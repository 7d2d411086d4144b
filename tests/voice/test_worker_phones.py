"""Agents' phones at a real worker, beside centres and workers that come and go."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fake_centre import NUMBER, FakeCentre, WorkerProcess, connected
from registrar_room import PASSWORDS
from self_signed import self_signed_files

from skipline.model.configuration import Phone as PhoneLogin
from skipline.model.configuration import Trunk, VoiceConfiguration
from skipline.model.events import PhoneGone, PhoneRegistered
from skipline.voice.phone import AgentPhone

SETTINGS = VoiceConfiguration(
    trunks=(Trunk(name="carrier", hosts=("192.0.2.1",)),),
    live_numbers=(NUMBER,),
    phones=tuple(PhoneLogin(user=user, password_secret=user) for user in PASSWORDS),
    passwords=PASSWORDS,
)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[WorkerProcess]:
    started = WorkerProcess.start(tmp_path)
    yield started
    if started.process.poll() is None:
        started.stop()


@asynccontextmanager
async def registered(address: tuple[str, int], user: str = "ana", transport: str = "udp") -> AsyncIterator[AgentPhone]:
    phone = AgentPhone(user, PASSWORDS[user], address, transport=transport)
    await phone.start()
    await asyncio.wait_for(phone.registered.wait(), 5)
    try:
        yield phone
    finally:
        await phone.stop()


async def test_a_centre_hears_of_phones_and_a_new_one_is_told_who_is_there(worker: WorkerProcess) -> None:
    async with connected(worker, SETTINGS) as centre:
        assert centre.hello.phones == ()
        address = centre.sip[0]
        async with registered(address):
            assert (await centre.next(PhoneRegistered)).user == "ana"
        gone = await centre.next(PhoneGone)
        assert (gone.user, gone.reason) == ("ana", "it signed off")
        staying = AgentPhone("ana", PASSWORDS["ana"], address)
        await staying.start()
        await centre.next(PhoneRegistered, nth=2)
    async with registered(address, "ben", "tcp"), connected(worker, SETTINGS) as centre:
        assert centre.hello.phones == ("ana", "ben")
        assert not centre.all(PhoneRegistered)
    await staying.stop()


async def test_a_phone_is_known_to_a_worker_that_took_a_killed_ones_place(tmp_path: Path) -> None:
    first = WorkerProcess.start(tmp_path)
    async with connected(first, SETTINGS) as centre:
        address = centre.sip[0]
        phone = AgentPhone("ana", PASSWORDS["ana"], address)
        await phone.start()
        await centre.next(PhoneRegistered)
        file = tmp_path / "cache" / "phones.json"
        async with asyncio.timeout(5):
            while not (file.exists() and b"ana" in file.read_bytes()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    first.kill()
    second = WorkerProcess.start(tmp_path, f"{address[0]}:{address[1]}")
    async with connected(second, SETTINGS) as centre:
        assert centre.hello.phones == ("ana",)
        await phone.stop()
        await centre.next(PhoneGone)
    second.stop()


async def test_an_agents_phone_places_no_calls(worker: WorkerProcess) -> None:
    async with connected(worker, SETTINGS) as centre, registered(centre.sip[0]) as phone:
        host, port = centre.sip[0]
        for _ in range(10):
            call = phone.call(f"sip:+4912345678@{host}:{port}", caller="ana")
            await asyncio.wait_for(call.ended.wait(), 5)
            assert (call.code, call.reason) == (403, "Phones Of Agents Cannot Place Calls")


async def test_a_worker_takes_phones_over_tls(tmp_path: Path) -> None:
    certificate, key = self_signed_files(tmp_path)
    more = ("--tls=127.0.0.1:0", f"--certificate={certificate}", f"--key={key}")
    worker = WorkerProcess.start(tmp_path, more=more)
    async with connected(worker, SETTINGS) as centre, registered(tls_address(centre), transport="tls"):
        assert (await centre.next(PhoneRegistered)).contact.endswith(";transport=tls")
    assert worker.stop() == 0


async def test_a_worker_whose_certificate_is_broken_says_so(tmp_path: Path) -> None:
    certificate, key = self_signed_files(tmp_path)
    key.write_text("-----BEGIN NONSENSE-----")
    worker = WorkerProcess.start(tmp_path, more=("--tls=127.0.0.1:0", f"--certificate={certificate}", f"--key={key}"))
    assert worker.process.wait(10) == 2
    assert f"the certificate {certificate} and its key {key} cannot be used" in worker.log.read_text()


def tls_address(centre: FakeCentre) -> tuple[str, int]:
    """Where the worker takes TLS."""
    host, _, port = centre.hello.tls[0].rpartition(":")
    return host, int(port)
