"""`skipline serve` as an operator runs it, with a flow that looks each caller up and forwards the call."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from processes import family_of

NUMBER = "+31201234567"
_READY_SECONDS = 30.0

_SETTINGS = """
tiers: [{{name: platinum, target: 10s}}, {{name: gold, target: 20s}}, {{name: standard, target: 60s}}]
trunks: [{{name: carrier, hosts: ["127.0.0.1"]}}]
numbers: [{{number: "{number}"}}]
sources:
  - name: loyalty
    type: http
    base_url: "http://127.0.0.1:{company_port}"
    allow_private: true
    time_limit: 2s
    cache: 0s # every call asks
"""

FLOW = """format: 1
name: Loyalty line
triggers: [{{type: incoming_call, numbers: ["{number}"]}}]
start: look_up
steps:
  look_up:
    type: fetch_variables
    with:
      source: loyalty
      path: "/customers/{{{{ contact.phone }}}}"
      keep:
        - {{from: /loyalty_status, as: loyalty_status, type: text, default: standard}}
        - {{from: /name, as: contact.name, type: text}}
    next: {{found: tier, not_found: tier, failed: tier}}
  tier:
    type: branch
    with:
      paths:
        - {{id: vip, all: [{{variable: loyalty_status, operator: is_one_of, value: [gold, platinum]}}]}}
        - {{id: silver, all: [{{variable: loyalty_status, operator: is, value: silver}}]}}
    next: {{vip: to_vip, silver: to_general, else: to_general}}
  to_vip:
    type: forward_call
    with: {{targets: ["sip:vip@127.0.0.1:{target_port}"], ring_time: 20s, tier: "{{{{ loyalty_status }}}}"}}
    next: {{busy: to_general, no_answer: to_general, failed: to_general}}
  to_general:
    type: forward_call
    with: {{targets: ["sip:general@127.0.0.1:{target_port}"], ring_time: 20s}}
"""


@dataclass(frozen=True, slots=True)
class Skipline:
    """A running server: the centre's process id, its SIP port, and how long it took to be ready."""

    pid: int
    sip_port: int
    ready_seconds: float

    def processes(self) -> dict[str, list[int]]:
        """Process ids by the part they play."""
        _, *others = family_of(self.pid)
        return {"centre": [self.pid], "worker": others[:1], "others": others[1:]}


def write_workspace(folder: Path, *, company_port: int, target_port: int) -> Path:
    """The workspace of the measurements."""
    places = {"number": NUMBER, "company_port": company_port, "target_port": target_port}
    (folder / "flows").mkdir(parents=True, exist_ok=True)
    (folder / "skipline.yaml").write_text(_SETTINGS.format(**places), encoding="utf-8")
    (folder / "flows" / "loyalty.yaml").write_text(FLOW.format(**places), encoding="utf-8")
    return folder


@contextmanager
def running_skipline(data: Path, workspace: Path, sip_port: int) -> Iterator[Skipline]:
    """A fresh server on the folder `data`, for the length of the block."""
    data.mkdir(parents=True, exist_ok=True)
    options = [f"--data={data}", f"--apply={workspace}", "--http=127.0.0.1:0", f"--sip=127.0.0.1:{sip_port}"]
    began = time.monotonic()
    with (data / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "skipline", "serve", *options], stdout=subprocess.PIPE, stderr=log
        )
    try:
        yield Skipline(process.pid, sip_port, _wait_until_ready(process, data) - began)
    finally:
        _end(process)


def _wait_until_ready(process: subprocess.Popen[bytes], data: Path) -> float:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(b"ready "):
            return time.monotonic()
    raise RuntimeError(f"skipline serve did not become ready:\n{(data / 'serve.log').read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Two SIGTERMs: not to wait for calls that a broken step may have left."""
    family = family_of(process.pid)
    for _ in range(2):
        process.terminate()
        time.sleep(0.3)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in family[1:]:
        _wait_for_end(pid)


def _wait_for_end(pid: int, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    with suppress(OSError):
        while time.monotonic() < deadline and (
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        ):
            time.sleep(0.05)
