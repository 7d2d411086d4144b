"""How long nobody is heard when music gives way to an agent, and how soon the agent is rung.

`python bench/switching.py [CALLS]` prints it. One real voice worker, callers who wait, and agents who answer at once,
ten pairs side by side. A gap is the longest pause between two packets of sound at the caller's phone, from the music
before to half a second after the agent is heard; 20 ms are perfect.

The phones are five processes that go before the worker when a processor is short (where the system allows it), since
real telephones do not share it. Their own delays count against us all the same.
"""

import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, suppress
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import msgspec

from skipline.base.frames import frame, frame_length
from skipline.model.commands import CallCommand, RingAgent, WaitInQueue
from skipline.model.configuration import Trunk, VoiceConfiguration
from skipline.model.events import CallArrived
from skipline.model.ids import CallId, CommandId, EntryId, ReservationId
from skipline.model.voice_link import Configure, Do, FromWorker, Happened, Hello
from skipline.voice.phone import Manners, Phone, PhoneCall
from skipline.voice.tones import tone

NUMBER = "+31201234567"
_CALLS = 1000
_AT_ONCE = 10
_PROCESSES = 5
_LONG_GAP_MS = 60.0

Rung = tuple[float, PhoneCall]
"""When an agent's phone heard of a call, and that call."""

_numbers = count(1)
_decoder: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)


class Centre:
    """As much of a centre as it takes to have callers wait and agents rung, by way of the `Hub`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.arrived: dict[str, asyncio.Queue[CallId]] = defaultdict(asyncio.Queue)
        self.sip = ("127.0.0.1", 0)

    async def greet(self) -> None:
        """Hear the worker's address."""
        hello = _decoder.decode(await read_frame(self._reader))
        if not isinstance(hello, Hello):
            raise TypeError(hello)
        host, port = hello.sip[0].rsplit(":", 1)
        self.sip = (host, int(port))

    async def listen(self) -> None:
        """Note the calls that arrive."""
        while True:
            message = _decoder.decode(await read_frame(self._reader))
            if isinstance(message, Happened) and isinstance(message.event, CallArrived):
                self.arrived[message.event.call.from_].put_nowait(message.event.call.id)

    def do(self, call: CallId, body: CallCommand) -> None:
        """Have a command carried out."""
        order = Do(call=call, command=CommandId(f"{os.getpid()}-{next(_numbers)}"), body=body)
        self._writer.write(frame(msgspec.msgpack.encode(order)))


class Hub:
    """Joins the one link of the worker with the centres of several processes: each hears everything that it tells."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._hello = b""
        self._centres: list[asyncio.StreamWriter] = []

    async def configure(self) -> None:
        """Hear that the worker is there, and tell it who may call."""
        self._hello = await read_frame(self._reader)
        trunk = Trunk(name="carrier", hosts=("127.0.0.1",))
        order = Configure(configuration=VoiceConfiguration(trunks=(trunk,), live_numbers=(NUMBER,)))
        self._writer.write(frame(msgspec.msgpack.encode(order)))

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry what a centre says to the worker, until it leaves."""
        writer.write(frame(self._hello))
        self._centres.append(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self._writer.write(frame(await read_frame(reader)))
        self._centres.remove(writer)
        writer.close()

    async def spread(self) -> None:
        """Carry what the worker says to every centre."""
        while True:
            told = frame(await read_frame(self._reader))
            for centre in self._centres:
                centre.write(told)


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """The next frame of a link."""
    return await reader.readexactly(frame_length(await reader.readexactly(4)))


@asynccontextmanager
async def running_hub(folder: Path) -> AsyncIterator[None]:
    """A worker in a process of its own, and a socket `hub` at which centres talk with it."""
    where = (f"--socket={folder}/s", f"--cache={folder}/c", "--sip=127.0.0.1:0")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "skipline.voice", *where, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        while not (folder / "s").exists():  # noqa: ASYNC110 - a file has no event to wait for
            await asyncio.sleep(0.05)
        hub = Hub(*await asyncio.open_unix_connection(folder / "s"))
        await hub.configure()
        spreading = asyncio.create_task(hub.spread())
        async with await asyncio.start_unix_server(hub.join, folder / "hub"):
            yield
        spreading.cancel()
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 10)


class Pair:
    """A caller and the agent who answers them."""

    def __init__(self, number: int) -> None:
        self._rung: asyncio.Queue[Rung] = asyncio.Queue()
        manners = Manners(ring_seconds=0.3, sound=tone(600, 1.0))
        self.caller_number = f"+3161111{number:04}"
        self._caller = Phone()
        self._agent = Phone(manners=manners, on_call=lambda call: self._rung.put_nowait((time.monotonic(), call)))

    async def measure(self, centre: Centre, calls: int) -> list[tuple[float, float]]:
        """One call after the other: milliseconds from the centre's order to the agent's INVITE, and the longest gap at
        the caller."""
        await self._caller.start()
        await self._agent.start()
        try:
            return [await self._measure_once(centre) for _ in range(calls)]
        finally:
            await self._caller.stop()
            await self._agent.stop()

    async def _measure_once(self, centre: Centre) -> tuple[float, float]:
        host, port = centre.sip
        call = self._caller.call(f"sip:{NUMBER}@{host}:{port}", caller=self.caller_number, sound=tone(1000, 1.0))
        identity = await centre.arrived[self.caller_number].get()
        centre.do(identity, WaitInQueue(entry=EntryId("e")))
        await asyncio.sleep(1.0)
        call.forget_heard()
        began = time.monotonic()
        reservation = ReservationId(f"{os.getpid()}-{next(_numbers)}")
        centre.do(identity, RingAgent(reservation=reservation, agent="ana", phone=self._agent.uri))
        at, incoming = await self._rung.get()
        await incoming.answered.wait()
        await asyncio.sleep(0.5)
        gap = call.longest_gap_seconds
        call.hang_up()
        with suppress(TimeoutError):
            await asyncio.wait_for(incoming.ended.wait(), 3)
        return (at - began) * 1000, gap * 1000


async def measure_side_by_side(hub: Path, numbers: Sequence[int], calls: int) -> list[tuple[float, float]]:
    """What pairs with these numbers find, `calls` each."""
    centre = Centre(*await asyncio.open_unix_connection(hub))
    await centre.greet()
    listening = asyncio.create_task(centre.listen())
    async with asyncio.TaskGroup() as tasks:
        measured = [tasks.create_task(Pair(number).measure(centre, calls)) for number in numbers]
    listening.cancel()
    return [one for task in measured for one in task.result()]


def measure_in_process(hub: Path, numbers: Sequence[int], calls: int) -> list[tuple[float, float]]:
    """The same in a process of its own, which goes before others where the system allows it."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -15)
    gc.freeze()
    return asyncio.run(measure_side_by_side(hub, numbers, calls))


async def measure(calls: int) -> None:
    """Print the figures."""
    numbers = [range(first, _AT_ONCE, _PROCESSES) for first in range(_PROCESSES)]
    with tempfile.TemporaryDirectory() as name:
        hub, loop = Path(name) / "hub", asyncio.get_running_loop()
        with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
            async with running_hub(Path(name)):
                work = [loop.run_in_executor(pool, measure_in_process, hub, one, calls // _AT_ONCE) for one in numbers]
                found = [one for part in await asyncio.gather(*work) for one in part]
    for what, values in (
        ("RingAgent to INVITE", [one[0] for one in found]),
        ("longest gap", [one[1] for one in found]),
    ):
        print(f"{what}: median {statistics.median(values):.1f} ms, worst {max(values):.1f} ms of {len(values)}")
    long = sum(gap > _LONG_GAP_MS for _, gap in found)
    print(f"calls with a gap over {_LONG_GAP_MS:.0f} ms: {long} of {len(found)} ({100 * long / len(found):.2f} %)")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else _CALLS))
