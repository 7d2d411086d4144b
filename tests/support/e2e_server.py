"""A whole Skipline as its users run it: `skipline serve` in a process of its own, killed and started again at will."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
from sipp_runner import free_port

_START_SECONDS = 60.0
_DRAIN_SECONDS = 5.0
_STOP_SECONDS = 20.0


class ServeProcess:
    """`skipline serve` on a data folder in `folder`; `log` is what it wrote to stderr, of all its lives. `database` is
    the URL of a server for its tables, empty: they are in the folder. `environment` is added to ours."""

    def __init__(
        self,
        folder: Path,
        *,
        hosts: tuple[str, ...] = ("127.0.0.1", "[::1]"),
        sip_port: int | None = None,
        http_port: int = 0,
        database: str = "",
        environment: Mapping[str, str] | None = None,
    ):
        self.data, self.log = folder / "data", folder / "serve.log"
        self._workspace = folder / "workspace"
        self._database, self._http_port = database, http_port
        self._environment = dict(environment or {})
        port = free_port() if sip_port is None else sip_port
        self._addresses = [f"{host}:{port}" for host in hosts]
        self._process: asyncio.subprocess.Process | None = None
        self.sip: list[tuple[str, int]] = []
        self.http = ""
        self.key = ""

    async def start(self, files: Mapping[str, str] | None = None) -> None:
        """Run it until it is ready, with a workspace applied first if `files` are given."""
        self.data.mkdir(exist_ok=True)
        apply = [] if files is None else [f"--apply={self._write(files)}"]
        sip = [f"--sip={address}" for address in self._addresses]
        sip += [f"--database={self._database}"] if self._database else []
        with self.log.open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "skipline", "serve", f"--data={self.data}", *sip, *apply),
                f"--http=127.0.0.1:{self._http_port}",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **self._environment},
            )
        async with asyncio.timeout(_START_SECONDS):
            await self._read_until_ready(self._process)

    async def kill_centre(self) -> None:
        """Kill -9 the centre process; its voice worker goes on."""
        assert self._process is not None
        with suppress(ProcessLookupError):  # it is gone, and nobody has waited for it yet
            self._process.kill()
        await self._process.wait()

    def worker_pid(self) -> int | None:
        """The process id of the voice worker on this data folder."""
        wanted = f"--socket={self.data / 'voice.sock'}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if wanted in (process / "cmdline").read_bytes().split(b"\0") and _is_alive(process):
                    return int(process.name)
        return None

    def kill_worker(self) -> int:
        """Kill -9 the voice worker; gives its process id."""
        pid = self.worker_pid()
        assert pid is not None, "no voice worker runs"
        os.kill(pid, signal.SIGKILL)
        return pid

    async def stop(self) -> int:
        """End it as an operator does who does not want to wait for calls; gives its exit code. Nothing is left."""
        assert self._process is not None
        try:
            for patience_seconds in (_DRAIN_SECONDS, _STOP_SECONDS):
                with suppress(ProcessLookupError, TimeoutError):
                    self._process.terminate()
                    return await asyncio.wait_for(self._process.wait(), patience_seconds)
            await self.kill_centre()
            return -9
        finally:
            await self._end_worker()

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        """The management API's answer as JSON; an error status fails."""
        headers = {"Authorization": f"Bearer {self.key}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, f"http://{self.http}/api/v1{path}", json=body) as answer,
        ):
            assert answer.status < 400, await answer.text()
            return await answer.json()

    async def fetch(self, path: str) -> bytes:
        """What the management API gives that is no JSON; an error status fails."""
        headers = {"Authorization": f"Bearer {self.key}"}
        address = f"http://{self.http}/api/v1{path}"
        async with aiohttp.ClientSession(headers=headers) as session, session.get(address) as answer:
            assert answer.status < 400, await answer.text()
            return await answer.read()

    def all_logs(self) -> str:
        """What the centre and the worker wrote."""
        voice = self.data / "voice.log"
        return self.log.read_text() + (voice.read_text(errors="replace") if voice.exists() else "")

    async def _read_until_ready(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := (await process.stdout.readline()).decode():
            if line.startswith("key "):
                self.key = line.split()[1]
            elif found := re.fullmatch(r"ready http=(\S+) sip=(\S+)\n", line):
                self.http = found[1]
                self.sip = [_address(one) for one in found[2].split(",")]
                return
        raise AssertionError(f"skipline serve did not become ready: {self.all_logs()}")

    def _write(self, files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            file = self._workspace / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return self._workspace

    async def _end_worker(self) -> None:
        """A worker outlives a killed centre, but no test."""
        pid = self.worker_pid()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _is_alive(process: Path) -> bool:
    return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)
