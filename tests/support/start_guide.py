"""Follows `docs/start.md` as a newcomer would: its files, its commands, with ports of this test's own."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from os import environ
from pathlib import Path
from typing import Any

import aiohttp
from doc_pages import ROOT, commands_in, snippets_of

GUIDE = ROOT / "docs" / "start.md"
_LIMIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Follower:
    """A reader at work in `folder`. `ports` maps the ports that the guide names to those that are free here."""

    folder: Path
    ports: Mapping[int, int]

    def save_files(self) -> None:
        """Save every file that the guide shows, where it says."""
        for snippet in snippets_of(GUIDE):
            if snippet.file:
                place = self.folder / snippet.file
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(self.adapted(snippet.text), encoding="utf-8")

    def command(self, beginning: str) -> str:
        """The guide's command that begins so after `skipline`, with our ports."""
        lines = [line for one in snippets_of(GUIDE) if one.language == "console" for line in commands_in(one)]
        (found,) = [line for line in lines if line.startswith(f".venv/bin/skipline {beginning}")]
        return self.adapted(found)

    def shown_after(self, command: str) -> list[str]:
        """What the guide shows as the command's output."""
        (block,) = [one.text for one in snippets_of(GUIDE) if f"$ .venv/bin/skipline {command}" in one.text]
        return [line for line in block.splitlines() if not line.startswith("$ ")]

    def adapted(self, text: str) -> str:
        """`text` with our ports instead of the guide's."""
        for written, free in self.ports.items():
            text = re.sub(rf"\b{written}\b", str(free), text)
        return text

    async def run(self, beginning: str, *more: str) -> tuple[int, str]:
        """Run one of the guide's commands; gives its exit status and what it printed."""
        process = await self._start(beginning, *more)
        output, _ = await asyncio.wait_for(process.communicate(), _LIMIT_SECONDS)
        return process.returncode or 0, output.decode()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Served"]:
        """The guide's server, until the block ends."""
        process = await self._start("serve")
        assert process.stdout is not None
        try:
            lines = []
            async with asyncio.timeout(_LIMIT_SECONDS):
                while not any(line.startswith("ready ") for line in lines):
                    line = await process.stdout.readline()
                    assert line, f"the server ended: {lines}"
                    lines.append(line.decode().rstrip("\n"))
            yield Served(tuple(lines))
        finally:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), _LIMIT_SECONDS)

    @asynccontextmanager
    async def crm(self) -> AsyncIterator[None]:
        """The guide's API, until the block ends."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "crm.py", cwd=self.folder, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            await _reachable(self.ports[9000])
            yield
        finally:
            process.kill()
            await process.wait()

    async def _start(self, beginning: str, *more: str) -> asyncio.subprocess.Process:
        _, *words = self.command(beginning).split()
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "skipline", *words, *more),
            cwd=self.folder,
            env={**environ, "SKIPLINE_HTTP": "127.0.0.1:0", "SKIPLINE_SIP": "127.0.0.1:0"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT if beginning != "serve" else asyncio.subprocess.DEVNULL,
        )


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is ready, by what it said."""

    lines: tuple[str, ...]

    @property
    def key(self) -> str:
        (found,) = [line.split()[1] for line in self.lines if line.startswith("key ")]
        return found

    @property
    def http(self) -> str:
        return self._ready("http")

    @property
    def sip(self) -> str:
        return self._ready("sip")

    async def newest_run(self, phone: str) -> dict[str, Any]:
        """The newest run of a caller, asked for as the guide does, once it is over."""
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.key}"}) as session:
            runs = f"http://{self.http}/api/v1/runs"
            for _ in range(100):
                async with session.get(f"{runs}?phone={phone.replace('+', '%2B')}") as answer:
                    newest = (await answer.json())["runs"][0]
                if newest["ended_at"]:
                    break
                await asyncio.sleep(0.05)
            async with session.get(f"{runs}/{newest['id']}") as answer:
                found: dict[str, Any] = await answer.json()
                return found

    def _ready(self, name: str) -> str:
        found = re.search(rf"\b{name}=(\S+)", self.lines[-1])
        assert found is not None
        return found[1]


async def _reachable(port: int) -> None:
    async with asyncio.timeout(_LIMIT_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
