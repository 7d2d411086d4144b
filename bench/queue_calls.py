"""A queue on the wire: 20 agents with registered telephones, more callers than they can take, everybody in real SIP.

Each agent hangs up after two seconds of talk, and is free from the BYE on. What counts is how soon the next INVITE is
at their telephone, and how many calls are served beside the most that so many agents could. The telephones share one
process with the clock, so its own delays count against us.
"""

import asyncio
import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import scenarios
from ports import free_port
from server import Skipline, running_skipline
from sipp import Sipp
from skipline.voice.phone import AgentPhone, Manners, PhoneCall

AGENTS = 20
TALK_SECONDS = 2.0
_NUMBER = "+31201234567"
_SECRET, _PASSWORD = "bench_agents", "only for the bench"
_CALLERS_AT_ONCE = 60
_WARM_UP_SECONDS = 4.0

_SETTINGS = """
tiers: [{{name: gold, target: 10s}}, {{name: standard, target: 30s}}]
trunks: [{{name: carrier, hosts: ["127.0.0.1"]}}]
numbers: [{{number: "{number}"}}]
queues: [{{name: vip, says_position: false, says_wait: false, whisper: false}}]
agents:
{agents}
"""

_FLOW = """format: 1
name: Queue
triggers: [{{type: incoming_call, numbers: ["{number}"]}}]
start: wait
steps:
  wait: {{type: add_to_queue, with: {{queue: vip, tier: gold}}}}
"""


@dataclass(frozen=True, slots=True)
class QueueCalls:
    """What was seen: from the BYE of an agent to the next INVITE at the same telephone, in milliseconds, sorted; and
    the seconds from one INVITE to the next at each telephone, talk and all."""

    free_to_invite_ms: Sequence[float]
    cycle_seconds: Sequence[float]

    @property
    def median_ms(self) -> float:
        """Half of the agents did not wait longer."""
        return statistics.median(self.free_to_invite_ms) if self.free_to_invite_ms else float("nan")

    @property
    def p99_ms(self) -> float:
        """99 of 100 did not wait longer."""
        times = self.free_to_invite_ms
        return times[min(len(times) - 1, len(times) * 99 // 100)] if times else float("nan")

    @property
    def share_of_ideal(self) -> float:
        """Calls served, of what agents could do to whom each call came and was answered at once, in percent."""
        return 100 * TALK_SECONDS / statistics.fmean(self.cycle_seconds) if self.cycle_seconds else float("nan")


@dataclass(slots=True)
class _Watch:
    """The agents' telephones, and when each was free and rung."""

    counts_from: float = 0.0
    free_at: dict[str, float] = field(default_factory=dict)
    rung_at: dict[str, float] = field(default_factory=dict)
    gaps_ms: list[float] = field(default_factory=list)
    cycles: list[float] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def rung(self, agent: str, call: PhoneCall) -> None:
        """An INVITE is there."""
        now = asyncio.get_running_loop().time()
        free_at, rung_at = self.free_at.pop(agent, 0.0), self.rung_at.get(agent, 0.0)
        # Their first talks are of different lengths, or all of them would be free at the same moment ever after.
        talk_seconds = TALK_SECONDS if rung_at else TALK_SECONDS * (1 + len(self.rung_at) / AGENTS)
        self.rung_at[agent] = now
        if rung_at >= self.counts_from:
            self.cycles.append(now - rung_at)
            self.gaps_ms.append((now - free_at) * 1000)
        task = asyncio.get_running_loop().create_task(self._talk(agent, call, talk_seconds))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _talk(self, agent: str, call: PhoneCall, seconds: float) -> None:
        await call.answered.wait()
        call.mute()
        await asyncio.sleep(seconds)
        self.free_at[agent] = asyncio.get_running_loop().time()
        call.hang_up()


def measure_queue_calls(folder: Path, seconds: float) -> QueueCalls:
    """Serve callers for so many seconds, after a few to warm up."""
    os.environ[f"SKIPLINE_SECRET_{_SECRET.upper()}"] = _PASSWORD
    workspace = _write_workspace(folder / "workspace")
    with running_skipline(folder / "data", workspace, free_port()) as server:
        return asyncio.run(_measure(server, folder, seconds))


async def _measure(server: Skipline, folder: Path, seconds: float) -> QueueCalls:
    watch, loop = _Watch(), asyncio.get_running_loop()
    phones = [_phone(f"agent{number}", server.sip_port, watch) for number in range(AGENTS)]
    for phone in phones:
        await phone.start()
    async with asyncio.timeout(20):
        for phone in phones:
            await phone.registered.wait()
    callers = _start_callers(folder / "callers", server.sip_port, round((seconds + _WARM_UP_SECONDS) * AGENTS))
    try:
        watch.counts_from = loop.time() + _WARM_UP_SECONDS
        await asyncio.sleep(_WARM_UP_SECONDS + seconds)
        seen = QueueCalls(sorted(watch.gaps_ms), list(watch.cycles))
    finally:
        callers.process.terminate()
        for phone in phones:
            await phone.stop()
    return seen


def _phone(agent: str, port: int, watch: _Watch) -> AgentPhone:
    return AgentPhone(
        agent, _PASSWORD, ("127.0.0.1", port), manners=Manners(), on_call=lambda call: watch.rung(agent, call)
    )


def _start_callers(folder: Path, port: int, calls: int) -> Sipp:
    """More callers than agents, always: who is done is followed by the next at once."""
    folder.mkdir(parents=True)
    (folder / "callers.csv").write_text(scenarios.callers_file(), encoding="ascii")
    options: list[str] = [f"127.0.0.1:{port}", "-s", _NUMBER, "-inf", "callers.csv"]
    options += ["-r", str(AGENTS), "-l", str(_CALLERS_AT_ONCE), "-recv_timeout", "60000"]
    return Sipp.start(folder, scenarios.waiting_caller(), calls=calls, port=free_port(), options=options)


def _write_workspace(folder: Path) -> Path:
    agents = "\n".join(
        f"  - {{name: agent{one}, queues: [vip], phone: {{user: agent{one}, password_secret: {_SECRET}}}}}"
        for one in range(AGENTS)
    )
    files: Mapping[str, str] = {
        "skipline.yaml": _SETTINGS.format(number=_NUMBER, agents=agents),
        "flows/queue.yaml": _FLOW.format(number=_NUMBER),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
