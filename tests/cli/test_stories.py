"""`skipline test` as a user runs it."""

from pathlib import Path
from xml.etree import ElementTree

from command_line import demo_workspace, run


def test_stories_of_a_workspace(tmp_path: Path) -> None:
    demo_workspace(tmp_path / "ws")
    done = run("test", tmp_path / "ws", "--junit", tmp_path / "report.xml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "loyalty: 7 of 7 steps, " in done.stdout
    assert done.stdout.endswith("13 stories played, 0 failed\n")
    assert ElementTree.parse(tmp_path / "report.xml").getroot()[0].get("tests") == "9"


def test_a_failed_story_is_told_with_its_difference(tmp_path: Path) -> None:
    demo_workspace(tmp_path)
    story = "stories:\n  - story: Silver is gold\n    sources: {loyalty: {answer: {loyalty_status: silver}}}\n"
    (tmp_path / "flows/loyalty.story.yaml").write_text(story + '    expect: {reaches: "sip:vip"}\n')
    done = run("test", "flows/loyalty.story.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith(
        "flows/loyalty.story.yaml:2: story_failed: Silver is gold\n    the caller talked with carla; expected sip:vip\n"
    )


def test_proposals_make_the_coverage_whole(tmp_path: Path) -> None:
    demo_workspace(tmp_path)
    for file in tmp_path.glob("flows/messages.*"):
        file.unlink()
    more = tmp_path / "flows/loyalty.more.story.yaml"
    more.touch()  # as a shell does that is to write into it
    proposed = run("test", tmp_path, "--generate")
    assert proposed.returncode == 0
    more.write_text(proposed.stdout)
    done = run("test", tmp_path)
    assert "loyalty: 7 of 7 steps, 22 of 22 exits\n" in done.stdout
    assert done.returncode == 0


def test_proposals_stand_alone_whatever_else_is_wrong(tmp_path: Path) -> None:
    demo_workspace(tmp_path)
    (tmp_path / "flows/loyalty.odd.story.yaml").write_text("stories:\n  - stroy: x\n")
    done = run("test", tmp_path, "--generate")
    assert done.returncode == 1
    assert done.stdout.startswith("stories:\n")
    assert "did you mean story?" in done.stderr


def test_mistakes_end_with_status_1(tmp_path: Path) -> None:
    demo_workspace(tmp_path)
    (tmp_path / "flows/loyalty.story.yaml").write_text("stories:\n  - stroy: x\n")
    done = run("test", tmp_path)
    assert done.returncode == 1
    assert "loyalty.story.yaml:2: unknown_key: there is no key `stroy` here (did you mean story?)" in done.stdout


def test_a_path_that_is_no_story_is_refused(tmp_path: Path) -> None:
    done = run("test", tmp_path / "nothing.yaml")
    assert done.returncode == 2
    assert "is neither a folder nor a story file" in done.stderr
