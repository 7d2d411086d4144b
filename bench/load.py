"""One load step: calls at a fixed rate through a server to a SIPp that answers, and what came of them.

SIPp places most of the calls; a quarter, 50 a second at most, is the probe's, which times the ringing.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import scenarios
from ports import free_port, wait_until_bound
from processes import Memory, cpu_seconds, memory_of
from server import NUMBER
from sipp import Sipp

_SPARE_SECONDS = 15
_MOST_ASKED = 1000
"""SIPp counts each OPTIONS of our health watch as a call, so the target has to be ready for more than are placed."""
_MOST_PROBES_A_SECOND = 50
_PROBE = Path(__file__).with_name("probe.py")


@dataclass(frozen=True, slots=True)
class Step:
    """What a load step came to. `failed` counts calls that did not go as they should, those never finished included;
    `ring_ms` are the milliseconds from INVITE to 180, sorted; `cpu_ms` is per call, by part."""

    rate: int
    calls: int
    failed: int
    repeats: int
    late_rings: int
    cpu_ms: Mapping[str, float]
    memory: Memory
    ring_ms: Sequence[float]

    @property
    def is_clean(self) -> bool:
        """Whether nothing failed, nothing had to be sent twice and no 180 came after a 200."""
        return not (self.failed or self.repeats or self.late_rings)

    @property
    def cpu_ms_in_all(self) -> float:
        """Processor time per call of all processes together."""
        return sum(self.cpu_ms.values())

    @property
    def ring_median(self) -> float:
        """Milliseconds to 180 of the call in the middle."""
        return statistics.median(self.ring_ms) if self.ring_ms else float("nan")

    @property
    def ring_p99(self) -> float:
        """Milliseconds to 180 that 99 of 100 calls did not exceed."""
        return self.ring_ms[min(len(self.ring_ms) - 1, len(self.ring_ms) * 99 // 100)] if self.ring_ms else float("nan")


@dataclass(frozen=True, slots=True)
class Load:
    """Makes load steps in `folder`. Targets always listen on `target_port`, one SIPp a step."""

    folder: Path
    target_port: int

    def step(self, rate: int, seconds: int, port: int, processes: Mapping[str, Sequence[int]]) -> Step:
        """Offer `rate` calls a second for `seconds` to the server on `port`, whose `processes` are watched."""
        folder, probed = self.folder / f"step-{time.monotonic_ns()}", min(rate // 4, _MOST_PROBES_A_SECOND)
        calls, pids = rate * seconds, [pid for part in processes.values() for pid in part]
        target = Sipp.start(folder / "target", scenarios.target(), calls=calls + _MOST_ASKED, port=self.target_port)
        wait_until_bound(self.target_port)
        before = _cpu(processes)
        probe = subprocess.Popen(
            [sys.executable, _PROBE, str(port), NUMBER, str(probed), str(seconds)], stdout=subprocess.PIPE
        )
        caller = _start_caller(folder / "caller", rate - probed, seconds, port)
        memory = _peak_memory(caller, pids, seconds + _SPARE_SECONDS)
        seen = json.loads(probe.communicate(timeout=seconds + _SPARE_SECONDS)[0])
        cpu = {part: (spent - before[part]) * 1000 / calls for part, spent in _cpu(processes).items()}
        target.end()
        return _summary(rate, calls, caller, target, seen, cpu, memory)


def _start_caller(folder: Path, rate: int, seconds: int, port: int) -> Sipp:
    folder.mkdir(parents=True)
    (folder / "callers.csv").write_text(scenarios.callers_file(), encoding="ascii")
    options = [f"127.0.0.1:{port}", "-s", NUMBER, "-inf", "callers.csv", "-r", str(rate), "-l", "5000"]
    options += ["-recv_timeout", "9000"]
    return Sipp.start(folder, scenarios.caller(), calls=rate * seconds, port=free_port(), options=options)


def _summary(
    rate: int, calls: int, caller: Sipp, target: Sipp, probe: dict[str, Any], cpu: Mapping[str, float], memory: Memory
) -> Step:
    return Step(
        rate=rate,
        calls=calls,
        failed=calls - caller.succeeded - probe["finished"],
        repeats=caller.repeats + target.repeats + probe["repeats"],
        late_rings=caller.received_last("180") + probe["late_rings"],
        cpu_ms=cpu,
        memory=memory,
        ring_ms=sorted(probe["ring_ms"]),
    )


def _peak_memory(caller: Sipp, pids: list[int], seconds: float) -> Memory:
    """The most that `pids` held at any second until the caller is done."""
    peak, deadline = Memory(), time.monotonic() + seconds
    while caller.process.poll() is None and time.monotonic() < deadline:
        now = memory_of(pids)
        peak = Memory(max(peak.rss, now.rss), max(peak.pss, now.pss))
        time.sleep(1)
    caller.end()
    return peak


def _cpu(processes: Mapping[str, Sequence[int]]) -> dict[str, float]:
    return {part: sum(map(cpu_seconds, pids)) for part, pids in processes.items() if pids}
