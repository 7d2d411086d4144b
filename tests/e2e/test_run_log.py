"""Real calls in the web app: one that waits is seen live and in the run log, one that is over is played again."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sipp_scenarios as s
from browser_drive import SHOTS, drive, emptied, invited
from closed_line import LEAVES_WORD, add_closed_line, leave_word
from command_line import NUMBER, SKIPLINE, Serving, clean_environment, serving
from e2e_room import eventually
from sipp_runner import SippBench

from skipline.cli.demo.workspace_files import Places, write_workspace

PLATINUM, STRANGER = "+31611111111", "+31612345678"
ANSWERS = (s.take_call(), s.ring(), s.accept(), s.be_hung_up())
BUSY = (s.take_call(), s.refuse(486, "Busy Here"))


def _workspace(folder: Path, vip: int, general: int) -> Path:
    """The demo company with its API down; whoever calls waits, though no agent is signed in."""
    vip_at, general_at = f"127.0.0.1:{vip}", f"127.0.0.1:{general}"
    write_workspace(folder, Places(company_url="http://127.0.0.1:9", vip_address=vip_at, general_address=general_at))
    settings = folder / "skipline.yaml"
    settings.write_text(settings.read_text().replace(", nobody_signed_in: true", ""))
    return add_closed_line(folder)


@contextmanager
def calling(sip: str, phone: str) -> Iterator[None]:
    """Somebody calls, and is heard, until the block ends: a call in which nobody is heard would be taken down."""
    order = ("call", f"--from={phone}", f"--to={NUMBER}", f"--via={sip}", "--talk=100")
    with subprocess.Popen([*SKIPLINE, *order], stdout=subprocess.DEVNULL, env=clean_environment()) as process:
        try:
            yield
        finally:
            process.kill()


def _steps_of(server: Serving, phone: str, *, is_over: bool) -> list[str]:
    """Where the newest run of a caller went so far; nothing while it is not as is wanted."""
    _, answer = server.ask(f"/api/v1/runs?phone={phone.replace('+', '%2B')}")
    runs: list[dict[str, Any]] = answer["runs"]  # type: ignore[index]
    if not runs or (runs[0]["ended_at"] is not None) is not is_over:
        return []
    return [part["step"] for part in runs[0]["path"]]


async def _look(bench: SippBench, server: Serving, shots: Path) -> dict[str, Any]:
    """Place the calls, and have somebody look at them in the web app."""
    try:
        host, _, port = server.sip.rpartition(":")
        talk = s.scenario(s.call(), s.pause(200), s.hang_up())
        served = await bench.caller(talk, (host, int(port)), caller=PLATINUM)
        assert (await served.result()).succeeded == 1
        await eventually(lambda: _steps_of(server, PLATINUM, is_over=True), "the first call is on record")
        left = await asyncio.to_thread(leave_word, server)
        link = await asyncio.to_thread(invited, "nina", server.data, "admin")
        with calling(server.sip, STRANGER):
            went = ["tier", "wait_general"]
            await eventually(lambda: _steps_of(server, STRANGER, is_over=False) == went, "the second caller waits")
            seen = await asyncio.to_thread(drive, "runs.mjs", link, shots, STRANGER, PLATINUM, LEAVES_WORD)
        assert list((server.data / "voicemail").iterdir()) == []
        return {**seen, "left": left}
    finally:
        # The caller was killed without a word. The server drains for that call, until it is told a second time.
        server.process.terminate()
        await asyncio.sleep(0.5)


async def test_a_call_is_seen_live_then_in_the_run_log_and_played_again(tmp_path: Path) -> None:
    bench, shots = SippBench(tmp_path), SHOTS / "runs"
    try:
        vip, general = await bench.target(s.scenario(*ANSWERS)), await bench.target(s.scenario(*BUSY))
        workspace = _workspace(tmp_path / "workspace", vip.port, general.port)
        with serving(tmp_path / "data", f"--apply={workspace}") as server:
            seen = await _look(bench, server, emptied(shots))
    finally:
        await bench.stop()
    assert seen["errors"] == []
    assert not seen["violations"], "\n".join(seen["violations"])
    assert seen["counted"] == 1
    assert (seen["latest"], seen["rows"], seen["isGrey"]) == (1, 3, 1)
    assert seen["goingOn"] == {"lit": 4, "steps": 4}
    assert seen["found"] == {"rows": 1, "address": "#/runs?outcome=answered&contact=111111"}
    assert seen["played"]["duration"] == pytest.approx(seen["left"], abs=0.06)
    assert seen["played"]["label"].startswith(f"Voicemail of {LEAVES_WORD}, ")
    assert seen["played"]["sought"] > 0.5
    assert "Leave word → Recorded" in seen["atStep"]
    assert "loyalty_status" in seen["input"]
    assert "platinum" in seen["input"]
    assert seen["pressed"].startswith("1. Look up customer: ")
    assert seen["table"] == 4
    assert seen["caller"] == PLATINUM
    assert seen["other"] == [
        "Another path than then, from step 2 on.",
        "Then: How loyal? → Platinum",
        "Now: How loyal? → Gold & silver",
    ]
    assert all((shots / shot).stat().st_size > 10_000 for shot in seen["shots"])
