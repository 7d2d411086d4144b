"""The web app against a real server, in a real browser: what a manager does first, without one error on the way."""

from pathlib import Path

from browser_drive import SHOTS, drive, emptied, invited
from command_line import demo_workspace, run, serving


def test_a_manager_draws_a_flow_and_finds_it_again(tmp_path: Path) -> None:
    workspace, shots = demo_workspace(tmp_path / "workspace"), SHOTS / "builder"
    (workspace / "flows" / "long.yaml").write_text(_long_flow(120))
    with serving(tmp_path / "data", f"--apply={workspace}"):
        seen = drive("builder.mjs", invited("nina", tmp_path / "data"), emptied(shots))
        checked = run("export", tmp_path / "exported", "--data", tmp_path / "data")
        assert checked.returncode == 0, checked.stderr
    assert seen["errors"] == []
    assert not seen["violations"], "\n".join(seen["violations"])
    assert (seen["cards"], seen["afterReload"]) == (3, 2)
    whole, end = ["Edge from branch to say", "Edge from ·start to branch"], "Edge from ·start to say"
    assert seen["lines"] == [whole, whole[1:], whole[1:], [whole[0], end], ["Edge from branch to hang_up", *whole]]
    assert 2 < seen["many"]["drawn"] < 100
    assert seen["many"]["overlapping"] == 0
    assert seen["kept"] == ["Good night", "Good night to you", "Good night to you"]
    assert "script-src" not in str(seen["csp"]), "scripts come from our own files alone, as default-src says"
    assert "default-src 'self'" in str(seen["csp"])
    assert all((shots / shot).stat().st_size > 10_000 for shot in seen["shots"])


def test_two_people_in_one_flow_lose_nothing(tmp_path: Path) -> None:
    workspace = demo_workspace(tmp_path / "workspace")
    with serving(tmp_path / "data", f"--apply={workspace}"):
        seen = drive("together.mjs", *(invited(name, tmp_path / "data") for name in ("ana", "ben")))
    assert seen == {"errors": [], "violations": [], "names": ["Night line", "Night line"]}


def _long_flow(steps: int) -> str:
    """Steps one below the other, whose cards are of several heights."""
    said = [f"{{type: say, with: {{text: {'Hello ' * (1 + number % 9)}}}" for number in range(steps)]
    lines = [f"  s{number}: {one}, next: {{done: s{number + 1}}}}}" for number, one in enumerate(said)]
    head = ["format: 1", "name: Long line", "triggers: []", "start: s0", "steps:"]
    return "\n".join([*head, *lines, f"  s{steps}: {{type: hang_up}}"]) + "\n"
