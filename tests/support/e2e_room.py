"""Everything that an end-to-end test meets: a running Skipline, the company whose API it asks, and telephones."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from e2e_server import ServeProcess
from e2e_workspace import FORWARD, workspace_files
from faulty_server import FaultyServer, answers, hangs

from skipline.voice.pcm import Pcm
from skipline.voice.phone import Manners, Phone, PhoneCall
from skipline.voice.tones import tone
from skipline.voice.wav import write_wav

CALLER_HZ, TARGET_HZ, JINGLE_HZ, RINGING_HZ = 1000, 550, 700, 425
STRAIGHT, RELAYED = "127.0.0.1", "127.0.0.3"


@dataclass(slots=True)
class Room:
    """`server` runs with the workspace `files`; `reserve` is the phone of those about whom the company said nothing,
    `vip` of those whom the table knows."""

    server: ServeProcess
    company: FaultyServer
    reserve: Phone
    vip: Phone
    files: dict[str, str]
    phones: list[Phone] = field(default_factory=list)
    _callers: "count[int]" = field(default_factory=lambda: count(1))

    def new_caller(self) -> str:
        """A caller nobody ever heard of."""
        return f"+3161000{next(self._callers):04}"

    def send_to(self, first: str, second: str = "", *, tier: str = "gold") -> None:
        """Have the company's API say where callers go."""
        self.company.fault = answers(json.dumps({"first": first, "second": second, "tier": tier}).encode())

    async def phone(self, host: str = STRAIGHT, *, manners: Manners | None = None) -> Phone:
        """A telephone that is stopped with the test."""
        phone = Phone((host, 0), manners=manners or Manners(ring_seconds=0.1, sound=tone(TARGET_HZ, 1.0)))
        await phone.start()
        self.phones.append(phone)
        return phone

    def call(self, phone: Phone, number: str = FORWARD, *, caller: str = "", hz: int = CALLER_HZ) -> PhoneCall:
        """Call a number of the server."""
        host, port = self.server.sip[":" in phone.address[0]]
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return phone.call(f"sip:{number}@{address}", caller=caller or self.new_caller(), sound=tone(hz, 1.0))

    async def runs_of(self, caller: str, number: int = 1) -> list[dict[str, Any]]:
        """A caller's runs, newest first, once there are `number` and all are over."""

        async def look() -> list[dict[str, Any]] | None:
            found = (await self.server.ask("GET", f"/runs?phone={caller.replace('+', '%2B')}"))["runs"]
            is_over = len(found) >= number and all(one["ended_at"] for one in found)
            return found if is_over else None

        summaries = await eventually(look, f"{number} runs of {caller} are over")
        return [await self.server.ask("GET", f"/runs/{one['id']}") for one in summaries]

    async def run_of(self, caller: str) -> dict[str, Any]:
        """The newest run of a caller, once it is over."""
        return (await self.runs_of(caller))[0]

    async def call_of(self, run: dict[str, Any]) -> dict[str, Any]:
        """The record of a run's call, once it has its end: that comes a moment after the run's own."""

        async def look() -> dict[str, Any] | None:
            call: dict[str, Any] = await self.server.ask("GET", f"/calls/{run['trigger']['call']}")
            return call if call["ended_at"] else None

        return await eventually(look, "the call is on record with its end")

    async def stop_phones(self) -> None:
        """Hang up what the test left, and forget what was heard on the phones that stay."""
        for phone in self.phones:
            await phone.stop()
        self.phones.clear()
        for phone in (self.reserve, self.vip):
            for call in phone.calls:
                call.hang_up()
            phone.calls.clear()


@asynccontextmanager
async def open_room(folder: Path, *, sip_port: int | None = None) -> AsyncIterator[Room]:
    """Start a company, phones and a Skipline; afterwards nothing of them is left, and no task of a call has failed."""
    reserve, vip = (Phone(manners=Manners(sound=tone(hz, 1.0))) for hz in (TARGET_HZ, TARGET_HZ))
    server = ServeProcess(folder, sip_port=sip_port)
    (server.data / "audio").mkdir(parents=True)
    (server.data / "audio" / "jingle.wav").write_bytes(write_wav(Pcm(tone(JINGLE_HZ, 0.8), 8000)))
    async with FaultyServer(hangs) as company:
        await reserve.start()
        await vip.start()
        files = workspace_files(company=company.url, default_target=reserve.uri, table_target=vip.uri)
        try:
            await server.start(files)
            yield Room(server, company, reserve, vip, files)
        finally:
            code = await server.stop()
            await reserve.stop()
            await vip.stop()
        assert code == 0, server.all_logs()
        for trouble in ("Traceback", "call_task_failed", "event_not_handled", "run_parked", "record_not_kept"):
            assert trouble not in server.all_logs(), server.all_logs()


async def eventually(look: Callable[[], Any], what: str, seconds: float = 15.0) -> Any:
    """What `look` gives as soon as it is neither None nor false; it may be a coroutine function."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                found = look()
                found = await found if asyncio.iscoroutine(found) else found
                if found:
                    return found
                await asyncio.sleep(0.03)
    except TimeoutError:
        pytest.fail(f"never happened: {what}")


def is_near(heard: float | None, wanted: float) -> bool:
    """Whether a tone is the one that is meant."""
    return heard is not None and abs(heard - wanted) < 15


async def hear_each_other(caller: PhoneCall, callee: PhoneCall, *, caller_hz: int = CALLER_HZ) -> None:
    """Both sides hear the other's tone, from now on."""
    caller.forget_heard()
    callee.forget_heard()
    await eventually(lambda: is_near(caller.heard_hz, TARGET_HZ), "the caller hears the target")
    await eventually(lambda: is_near(callee.heard_hz, caller_hz), "the target hears the caller")
