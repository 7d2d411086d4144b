"""Flows between disk and browser: what one side writes, the other shows and leaves as it was."""

from pathlib import Path

from browser_drive import SHOTS, drive, emptied, invited
from command_line import demo_workspace, run, serving

NIGHT = """\
# The night line. Ask Nina before you change it.
format: 1
name: Night line
triggers:
  - {type: incoming_call, numbers: ["+31201234570"]}   # the old number
start: hello

steps:
  # What people hear first
  hello:
    type: say
    name: Good night
    with:
      text: Good night   # short, they are tired
    next: {done: bye}
    at: [120, 40]
  bye: {type: hang_up, at: [520, 300]}  # and nothing after it
"""
STORY = "stories:\n  - {story: who calls at night is told so, expect: {path: [hello.done, bye]}}\n"
_ENGLISH = "`hello` has no exit `doen`\ndid you mean done?"
_SPANISH = "`hello` no tiene ninguna salida `doen`\n¿quiso decir done?"
BROKEN = NIGHT.replace("Night line", "Broken line").replace("{done: bye}", "{doen: bye}")
NUMBERS = '  - {number: "+31201234567", name: Support line, trunk: carrier}\n'


def test_flows_go_between_disk_and_browser_and_stay_what_they_are(tmp_path: Path) -> None:
    workspace, data, out = demo_workspace(tmp_path / "workspace"), tmp_path / "data", tmp_path / "exported"
    _write(workspace)
    (tmp_path / "broken.yaml").write_text(BROKEN)
    with serving(data, f"--apply={workspace}"):
        link = invited("nina", data, "publisher")
        seen = drive("files.mjs", link, emptied(SHOTS / "files"), tmp_path / "broken.yaml")
        assert run("export", out, "--data", data).returncode == 0
        assert run("check", out).returncode == 0
        assert run("apply", out, "--data", data).stdout == "nothing changed\n"
    assert (seen["errors"], seen["violations"]) == ([], [])
    assert (out / "flows" / "night.yaml").read_text() == NIGHT.replace("text: Good night ", "text: Good night to all ")
    assert ["120px, 40px" in seen["at"][0], "520px, 300px" in seen["at"][1]] == [True, True]
    assert (seen["marked"], "Good night to all" in seen["told"][0], seen["pictures"]) == (1, True, 4)
    drawn = (out / "flows" / "day_line.yaml").read_text()
    assert (seen["file"], seen["downloaded"]) == ("day_line.yaml", drawn)
    assert "Line 3" in seen["refused"]
    assert any("doen" in one for one in seen["findings"])
    assert "problem" in seen["problems"]
    assert seen["wraps"] == "normal", "long sentences are cut off"
    assert (_ENGLISH in seen["told"][-3], _SPANISH in seen["told"][-2], _ENGLISH in seen["told"][-1]) == (True,) * 3
    assert seen["isSamePage"], "the page was not loaded anew"
    assert run("apply", out, "--data", tmp_path / "other").returncode == 0
    assert run("export", tmp_path / "again", "--data", tmp_path / "other").returncode == 0
    assert (tmp_path / "again" / "flows" / "day_line.yaml").read_text() == drawn
    played = run("test", tmp_path / "again")
    assert (played.returncode, "0 failed" in played.stdout) == (0, True), played.stdout + played.stderr


def _write(workspace: Path) -> None:
    """The demo's workspace with a night line, its story, and a number that nobody has yet."""
    settings = workspace / "skipline.yaml"
    more = [
        NUMBERS.replace("567", end).replace("Support line", name) for end, name in (("570", "Night"), ("571", "Day"))
    ]
    settings.write_text(settings.read_text().replace(NUMBERS, NUMBERS + "".join(more)))
    (workspace / "flows" / "night.yaml").write_text(NIGHT)
    (workspace / "flows" / "night.story.yaml").write_text(STORY)
