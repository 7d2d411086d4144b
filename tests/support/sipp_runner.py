"""Runs SIPp as a caller or a target, and reads what came of its calls."""

import asyncio
import csv
import os
import secrets
import signal
import socket
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class SippResult:
    """What SIPp counted, and everything it sent and received."""

    succeeded: int
    failed: int
    retransmissions: int
    messages: str
    errors: str


@dataclass(slots=True)
class Sipp:
    """One running SIPp; `port` is where it listens."""

    process: asyncio.subprocess.Process
    folder: Path
    port: int

    async def result(self, timeout_seconds: float = 30) -> SippResult:
        """Wait for its calls to end; one that hangs is ended and counts as it stands."""
        try:
            await asyncio.wait_for(self.process.communicate(), timeout_seconds)
        except TimeoutError:
            await self.stop()
        return self._read()

    async def stop(self) -> None:
        """End it now."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self.process.wait(), 2)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()

    def _read(self) -> SippResult:
        stats = self.folder / "stats.csv"
        rows = list(csv.DictReader(stats.read_text().splitlines(), delimiter=";")) if stats.exists() else []
        last = rows[-1] if rows else {}
        return SippResult(
            succeeded=int(last.get("SuccessfulCall(C)") or 0),
            failed=int(last.get("FailedCall(C)") or 0),
            retransmissions=int(last.get("Retransmissions(C)") or 0),
            messages=_text(self.folder / "messages.log"),
            errors=_text(self.folder / "errors.log"),
        )


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""


_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
_FREE = range(10_000 + 1_250 * _WORKER, 11_250 + 1_250 * _WORKER)
"""Below the ports of the relay (20000 on) and those that Linux hands out (32768 on), and apart from those of tests that
run beside this one: a port is free until it is used, and two took the same."""
_GIVEN: deque[int] = deque(maxlen=600)


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free for both UDP and TCP just now. The system gives none of these to programs that ask for any,
    so what starts beside a test does not take it before it is used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for _ in range(50):
        with socket.socket(family, socket.SOCK_DGRAM) as udp, socket.socket(family, socket.SOCK_STREAM) as tcp:
            port = _FREE.start + secrets.randbelow(len(_FREE))
            if port in _GIVEN:
                continue
            try:
                udp.bind((host, port))
                tcp.bind((host, port))
            except OSError:
                continue
            _GIVEN.append(port)
            return port
    raise RuntimeError("no port is free for both UDP and TCP")


@dataclass(slots=True)
class SippBench:
    """Starts SIPps in a test's own folder and ends those that are left."""

    folder: Path
    host: str = "127.0.0.1"
    is_tcp: bool = False
    started: list[Sipp] = field(default_factory=list)

    async def target(self, scenario: str, *, calls: int = 1, extra: tuple[str, ...] = ()) -> Sipp:
        """A SIPp that waits for `calls` calls; it listens when this returns."""
        sipp = await self._start(scenario, calls, extra)
        await _until_listening(self.host, sipp.port, self.is_tcp)
        return sipp

    async def caller(
        self,
        scenario: str,
        to: tuple[str, int],
        *,
        calls: int = 1,
        rate: float = 10,
        number: str = "+31201234567",
        caller: str = "+31611111111",
        extra: tuple[str, ...] = (),
    ) -> Sipp:
        """A SIPp that places `calls` calls to `number` at the address `to`."""
        host = f"[{to[0]}]" if ":" in to[0] else to[0]
        options = (f"{host}:{to[1]}", "-s", number, "-key", "caller", caller, "-r", str(rate))
        return await self._start(scenario, calls, (*options, *extra))

    async def stop(self) -> None:
        """End all that still run."""
        for sipp in self.started:
            await sipp.stop()

    async def _start(self, scenario: str, calls: int, extra: tuple[str, ...]) -> Sipp:
        folder = self.folder / f"sipp{len(self.started) + 1}"
        folder.mkdir()
        (folder / "scenario.xml").write_text(scenario)
        port = free_port(self.host)
        process = await asyncio.create_subprocess_exec(
            *("sipp", "-sf", "scenario.xml", "-i", self.host, "-p", str(port), "-m", str(calls), "-nostdin"),
            *("-trace_stat", "-stf", "stats.csv", "-fd", "1", "-trace_err", "-error_file", "errors.log"),
            *("-trace_msg", "-message_file", "messages.log", "-timeout", "60", "-t", "t1" if self.is_tcp else "u1"),
            *("-mi", self.host, *extra),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        self.started.append(Sipp(process, folder, port))
        return self.started[-1]


async def _until_listening(host: str, port: int, is_tcp: bool) -> None:
    kind = socket.SOCK_STREAM if is_tcp else socket.SOCK_DGRAM
    for _ in range(200):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return
        await asyncio.sleep(0.02)
    pytest.fail(f"SIPp did not begin to listen on {host}:{port}")
