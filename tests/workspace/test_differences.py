"""The sentences that say what `skipline apply` changes."""

from pathlib import Path

from workspace_folder import files_of

from skipline.model.configuration import Configuration
from skipline.workspace.differences import find_differences
from skipline.workspace.reading import Workspace, read_workspace

SOUND = Path(__file__).parent / "sound"
NOTHING = Workspace(Configuration(), ())


def _changed(*replacements: tuple[str, str, str]) -> Workspace:
    files = files_of(SOUND)
    for file, old, new in replacements:
        assert old in files[file]
        files[file] = files[file].replace(old, new)
    workspace = read_workspace(files).workspace
    assert workspace is not None
    return workspace


def test_equal_workspaces_have_no_differences() -> None:
    assert find_differences(_changed(), _changed()) == ()


def test_a_first_apply_adds_everything() -> None:
    sentences = find_differences(NOTHING, _changed())
    assert sentences[0] == "adds tier gold"
    assert "adds number +31201234567" in sentences
    assert sentences[-1] == "publishes flow loyalty"


def test_taking_everything_away() -> None:
    sentences = find_differences(_changed(), NOTHING)
    assert "removes source loyalty" in sentences
    assert sentences[-1] == "takes down flow loyalty"


def test_changed_values_are_named_with_before_and_after() -> None:
    after = _changed(
        ("skipline.yaml", "target: 10s", "target: 15s"),
        ("skipline.yaml", "    max_at_once: 5\n", ""),
        ("skipline.yaml", '"+31622222222", tier: gold', '"+31622222222", tier: platinum'),
    )
    assert find_differences(_changed(), after) == (
        "changes tier gold: target is 15s instead of 10s",
        "changes source loyalty: max_at_once is no longer 5",
        "changes table vip_list: 2 rows, 2 before, 1 differ",
    )


def test_changes_inside_of_an_entry_are_told_one_by_one() -> None:
    after = _changed(
        ("skipline.yaml", "overflow: {after: 2m, ", "overflow: {after: 3m, "),
        ("skipline.yaml", "head_starts: {gold: 90s}", "head_starts: {gold: 1m}"),
        ("skipline.yaml", "skills: {dutch: 3}", "skills: {dutch: 4}"),
        ("skipline.yaml", "{name: ben, queues: [general]}", "{name: ben, queues: [general, vip]}"),
    )
    assert find_differences(_changed(), after) == (
        "changes queue vip: head starts: gold is 1m instead of 90s, overflow: after is 3m instead of 2m",
        "changes agent ana: skills: dutch is 4 instead of 3",
        "changes agent ben: queues: now also vip",
    )


def test_a_changed_flow_says_which_steps() -> None:
    after = _changed(
        ("flows/loyalty.yaml", "value: [gold]", "value: [gold, platinum]"),
        ("flows/loyalty.yaml", "next: {busy: to_general}", "next: {busy: to_general, failed: to_general}"),
    )
    assert find_differences(_changed(), after) == (
        "publishes flow loyalty anew: Branch tier: vip now also takes platinum; "
        "Forward call to_vip: Failed now leads to Forward call to_general",
    )


def test_a_changed_comment_is_told_as_such() -> None:
    after = _changed(("flows/loyalty.yaml", "The comment stays", "The remark stays"))
    assert find_differences(_changed(), after) == ("publishes flow loyalty anew: only how it is written changed",)
