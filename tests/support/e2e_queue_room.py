"""A running Skipline with queues, callers, and agents whose telephones register: everything real, on loopback."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from e2e_room import eventually, is_near
from e2e_server import ServeProcess

from skipline.voice.pcm import Pcm
from skipline.voice.phone import AgentPhone, Manners, Phone, PhoneCall
from skipline.voice.tones import tone
from skipline.voice.wav import write_wav

GOLD_LINE, SILVER_LINE = "+31201234567", "+31201234568"
CALLER_HZ, AGENT_HZ, MUSIC_HZ = 1000, 550, 700
PASSWORD = "a password that nobody guesses"

_FLOW = """
format: 1
name: {name}
triggers: [{{type: incoming_call, numbers: ["{number}"]}}]
start: wait
steps:
  wait:
    type: add_to_queue
    with: {{queue: vip, tier: {tier}, music: jingle, keys: {{"1": wants_call_back}}}}
    next: {{wants_call_back: promise}}
  promise: {{type: call_back, with: {{queue: vip, tier: {tier}, retry: 5s}}}}
"""


def workspace(agents: int, queue: str) -> dict[str, str]:
    """A queue that the agents `agent0`, `agent1`, ... serve, and a number for each of two tiers."""
    served = "\n".join(
        f"  - {{name: agent{one}, queues: [vip, general], phone: {{user: agent{one}, password_secret: agents}}}}"
        for one in range(agents)
    )
    return {
        "skipline.yaml": f"""
format: 1
tiers: [{{name: gold, target: 10s}}, {{name: silver, target: 30s}}]
trunks:
  - {{name: carrier, hosts: ["127.0.0.1"]}}
  - {{name: outward, hosts: ["127.0.0.9"], server: "OUTWARD"}}
numbers: [{{number: "{GOLD_LINE}"}}, {{number: "{SILVER_LINE}"}}]
queues: [{{name: vip, says_position: false, says_wait: false, whisper: false{queue}}}, {{name: general}}]
agents:
{served}
""",
        "flows/gold.yaml": _FLOW.format(name="Gold line", number=GOLD_LINE, tier="gold"),
        "flows/silver.yaml": _FLOW.format(name="Silver line", number=SILVER_LINE, tier="silver"),
    }


@dataclass(slots=True)
class QueueRoom:
    """`agents` are signed on by the tests; `rung` notes whom they are rung for, in order (run id, agent, loop time)."""

    server: ServeProcess
    callers: Phone
    outside: Phone
    agents: list[AgentPhone] = field(default_factory=list)
    rung: list[tuple[str, str, float]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def call(self, number: str = GOLD_LINE, caller: str = "", hz: int = CALLER_HZ) -> PhoneCall:
        """Somebody calls."""
        host, port = self.server.sip[0]
        who = caller or f"+3161100{next(self._numbers):04}"
        return self.callers.call(f"sip:{number}@{host}:{port}", caller=who, sound=tone(hz, 1.0) if hz else None)

    async def sign_on(self, *names: str, manners: Manners | None = None) -> list[AgentPhone]:
        """Agents' telephones register."""
        phones = [self._agent(name, manners or Manners(ring_seconds=0.1, sound=tone(AGENT_HZ, 1.0))) for name in names]
        for phone in phones:
            await phone.start()
        async with asyncio.timeout(10):
            for phone in phones:
                await phone.registered.wait()
        self.agents += phones
        return phones

    def _agent(self, name: str, manners: Manners) -> AgentPhone:
        def note(call: PhoneCall) -> None:
            headers = call.invite.headers if call.invite is not None else {}
            run = next((values[0] for key, values in headers.items() if key.lower() == "x-skipline-run"), "")
            self.rung.append((run, name, asyncio.get_running_loop().time()))

        return AgentPhone(name, PASSWORD, self.server.sip[0], manners=manners, on_call=note)

    async def state(self, queue: str = "vip") -> Any:
        """The queue as the API tells it."""
        return await self.server.ask("GET", f"/queues/{queue}/state")

    async def waiting(self, number: int, seconds: float = 15.0) -> list[dict[str, Any]]:
        """The line, once so many stand in it."""

        found: list[dict[str, Any]] = []

        async def look() -> bool:
            found[:] = await self.server.ask("GET", "/entries?queue=vip&limit=500")
            return len(found) == number

        await eventually(look, f"{number} callers wait", seconds)
        return found

    async def agent_is(self, name: str, state: str) -> None:
        """Until an agent's state is this."""

        async def look() -> bool:
            found = await self.server.ask("GET", f"/agents/{name}/state")
            return bool(found["state"] == state)

        await eventually(look, f"{name} is {state}")

    async def left(self, entry: str) -> dict[str, Any] | None:
        """An entry, once it is over."""
        found: dict[str, Any] = await self.server.ask("GET", f"/entries/{entry}")
        return found if found["left_at"] else None

    async def leave(self) -> None:
        """End all calls and have all agents signed off, for the next test."""
        for call in self.callers.calls:
            call.hang_up()
        for phone in self.agents:
            await phone.stop()
        self.agents.clear()
        self.rung.clear()
        for call in self.outside.calls:
            call.hang_up()
        self.callers.calls.clear()
        self.outside.calls.clear()
        await self.waiting(0)


async def hears(call: PhoneCall, hz: int) -> None:
    """Until a tone is heard, from now on."""
    call.forget_heard()
    await eventually(lambda: is_near(call.heard_hz, hz), f"{hz} Hz is heard, not {call.heard_hz}")


@asynccontextmanager
async def open_queue_room(folder: Path, *, agents: int = 4, queue: str = "") -> AsyncIterator[QueueRoom]:
    """Start a Skipline with queues; afterwards nothing of it is left, and no task of a call has failed."""
    server = ServeProcess(folder, hosts=("127.0.0.1",))
    (server.data / "audio").mkdir(parents=True)
    (server.data / "audio" / "jingle.wav").write_bytes(write_wav(Pcm(tone(MUSIC_HZ, 0.8), 8000)))
    os.environ["SKIPLINE_SECRET_AGENTS"] = PASSWORD
    outside, phone = Phone(manners=Manners(ring_seconds=0.1, sound=tone(AGENT_HZ, 1.0))), Phone()
    await phone.start()
    await outside.start()
    files = workspace(agents, queue)
    host, port = outside.address
    files["skipline.yaml"] = files["skipline.yaml"].replace("OUTWARD", f"{host}:{port}")
    try:
        await server.start(files)
        yield QueueRoom(server, phone, outside)
    finally:
        code = await server.stop()
        await phone.stop()
        await outside.stop()
        del os.environ["SKIPLINE_SECRET_AGENTS"]
    # On a busy machine the second SIGTERM may find a process that has let go of everything but itself.
    assert code in (0, -signal.SIGTERM), (code, server.all_logs())
    for trouble in ("Traceback", "call_task_failed", "not_handled", "not_carried_out", "run_parked", "record_not_kept"):
        assert trouble not in server.all_logs(), server.all_logs()
