"""The command `skipline` as a child process, the way a user runs it."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from skipline.cli.demo.workspace_files import Places, write_workspace

PATIENCE_SECONDS = 60.0
"""After this long a child is taken to hang; no test measures time with it."""

SKIPLINE = (sys.executable, "-m", "skipline")
CALLER, NUMBER = "+31611111111", "+31201234567"
"""A caller of the demo company whom its table knows as platinum, and the company's number."""


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without any setting of Skipline, and with `more`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SKIPLINE_")}
    return {**kept, "NO_COLOR": "1", "COLUMNS": "200", **more}


def run(*arguments: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*SKIPLINE, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        cwd=cwd,
        env=clean_environment(**environment),
        check=False,
    )


@dataclass
class Serving:
    """A running `skipline serve`. `key` and `owner_link` are what was shown at the first start, else empty."""

    process: subprocess.Popen[str]
    data: Path
    http: str
    sip: str
    key: str
    tls: str = ""
    owner_link: str = ""

    def stop(self, *signals: signal.Signals) -> int:
        """End it, by SIGTERM when no other signals are named; gives the exit status."""
        for number in signals or (signal.SIGTERM,):
            self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def ask(self, path: str, key: str | None = None) -> tuple[int, object]:
        """The status and JSON that the management API answers to a GET."""
        headers = {"Authorization": f"Bearer {self.key if key is None else key}"}
        request = urllib.request.Request(f"http://{self.http}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)


@contextmanager
def serving(data: Path, *arguments: object, **environment: str) -> Iterator[Serving]:
    """`skipline serve` on free ports until the block ends, with its errors in `serve.log` beside the data folder."""
    command = [*SKIPLINE, "serve", f"--data={data}", *map(str, arguments)]
    for option in ("--http", "--sip"):
        given = {f"SKIPLINE_{option[2:].upper()}"} & environment.keys() or option in " ".join(command)
        command += [] if given else [f"{option}=127.0.0.1:0"]
    log = data.parent / "serve.log"
    with (
        log.open("a") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=clean_environment(**environment)
        ) as process,
    ):
        try:
            yield _read_until_ready(process, data, log)
        finally:
            if process.poll() is None:
                process.terminate()
                process.terminate()
            try:
                process.wait(10)
            finally:
                process.kill()
                _end_worker(data)


def _read_until_ready(process: "subprocess.Popen[str]", data: Path, log: Path) -> Serving:
    assert process.stdout is not None
    key = owner_link = ""
    for line in process.stdout:
        if line.startswith("key "):
            key = line.split()[1]
        if line.startswith("owner "):
            owner_link = line.split()[1]
        if found := re.fullmatch(r"ready http=(\S+) sip=(\S+)(?: tls=(\S+))?\n", line):
            return Serving(process, data, found[1], found[2], key, found[3] or "", owner_link)
    raise AssertionError(f"skipline serve did not become ready: {log.read_text()}")


def _end_worker(data: Path) -> None:
    """A worker that outlived its centre ends with the test."""
    wanted = f"--socket={data / 'voice.sock'}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (process / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:
            continue


def demo_workspace(folder: Path, line: str = "127.0.0.1:9") -> Path:
    """The demo company's workspace, with all its lines at `line`; its API is down, so the table decides."""
    places = Places(company_url="http://127.0.0.1:9", vip_address=line, general_address=line)
    write_workspace(folder, places)
    return folder


def files_below(folder: Path) -> Mapping[str, str]:
    """All files of a folder, by their path in it."""
    return {str(one.relative_to(folder)): one.read_text() for one in sorted(folder.rglob("*")) if one.is_file()}
