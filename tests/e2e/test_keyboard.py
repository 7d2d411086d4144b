"""A flow by keyboard alone: whoever cannot use a mouse builds, reads, carries, tests and publishes it."""

from pathlib import Path

from browser_drive import SHOTS, drive, emptied, invited
from command_line import demo_workspace, run, serving

NIGHT_DESK = 'numbers:\n  - {number: "+31201234568", name: Night desk, trunk: carrier}\n'


def test_a_flow_is_built_published_and_carried_without_a_mouse(tmp_path: Path) -> None:
    shots = emptied(SHOTS / "keyboard")
    with serving(tmp_path / "data", f"--apply={_workspace(tmp_path / 'workspace')}"):
        seen = drive("keyboard.mjs", invited("nina", tmp_path / "data", "publisher"), shots, patience_seconds=200)
        exported = run("export", tmp_path / "exported", "--data", tmp_path / "data")
        assert exported.returncode == 0, exported.stderr
    assert seen["errors"] == []
    assert not seen["violations"], "\n".join(seen["violations"])
    assert seen["outline"] == [
        "1 Start Incoming call leads to Fetch variables",
        "1 Fetch variables leads to Branch",
        "1 Branch",
        "2 Gold leads to vip",
        "3 vip Add to queue",
        "4 Answered leads nowhere yet",
        "4 Overflowed leads to Silver desk",
        "5 Silver desk Forward call leads nowhere yet",
        "4 Failed leads nowhere yet",
        "2 Silver leads to Silver desk",
        "2 Everyone else leads to Silver desk",
    ]
    assert seen["carried"] == [3, 0, 3], "pasted, taken back by one undo, and done again"
    assert seen["found"] == "Fetch variables: Look up customer"
    assert seen["played"] > 1
    flow = (tmp_path / "exported" / "flows" / "night_line.yaml").read_text()
    assert "+31201234568" in flow
    assert "sip:silver@127.0.0.1" in flow


def test_the_script_that_drives_it_never_touches_a_mouse() -> None:
    script = (Path(__file__).resolve().parents[2] / "web" / "e2e" / "keyboard.mjs").read_text()
    assert not [
        touch for touch in ("page.mouse", ".click(", ".fill(", ".check(", ".focus(", ".tap(") if touch in script
    ]


def _workspace(folder: Path) -> Path:
    """The demo's workspace, with a number that no flow answers yet."""
    file = demo_workspace(folder) / "skipline.yaml"
    file.write_text(file.read_text().replace("numbers:\n", NIGHT_DESK, 1))
    return folder
