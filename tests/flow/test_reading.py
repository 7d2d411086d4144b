"""Reading flow files."""

from pathlib import Path

import pytest
from flow_room import WORKSPACE, real_catalogue
from hypothesis import given, settings
from hypothesis import strategies as st

from skipline.flow.issue import Issue, format_issue
from skipline.flow.loading import UnsoundFlow, compile_flow, load_flow, numbers_of

FLOWS = Path(__file__).parent.parent / "flows"
LOYALTY = (FLOWS / "loyalty.yaml").read_text()
CATALOGUE = real_catalogue()


def test_a_sound_flow_has_no_issues_and_owns_its_numbers() -> None:
    loaded = load_flow(LOYALTY, "loyalty.yaml", CATALOGUE, WORKSPACE)
    assert loaded.issues == ()
    assert loaded.drawing is not None
    assert numbers_of(loaded.drawing) == ("+31201234567",)


def test_a_flow_may_be_checked_without_a_workspace() -> None:
    assert load_flow(LOYALTY, "loyalty.yaml", CATALOGUE).is_sound


def test_a_flow_with_mistakes_does_not_run() -> None:
    loaded = load_flow((FLOWS / "broken" / "unknown_step.yaml").read_text(), "x.yaml", CATALOGUE, WORKSPACE)
    with pytest.raises(UnsoundFlow, match="there is no such step"):
        compile_flow(loaded, 1, {})


def test_a_flow_with_warnings_alone_runs() -> None:
    loaded = load_flow((FLOWS / "broken" / "no_trigger.yaml").read_text(), "x.yaml", CATALOGUE, WORKSPACE)
    assert [issue.severity.value for issue in loaded.issues] == ["warning"]
    assert compile_flow(loaded, 3, {}).version == 3


def test_an_issue_is_one_line() -> None:
    issue = Issue(file="my flows/a.yaml", line=3, code="bad", sentence="two\nlines", fix="write\tone")
    assert format_issue(issue) == "my flows/a.yaml:3: bad: two lines (write one)"


def test_an_issue_names_the_step_that_the_editor_marks() -> None:
    loaded = load_flow((FLOWS / "broken" / "too_long.yaml").read_text(), "x.yaml", CATALOGUE, WORKSPACE)
    assert [issue.step for issue in loaded.issues] == ["look_up"]


_LINES = LOYALTY.splitlines()
_EDITS = st.tuples(
    st.integers(0, len(LOYALTY) - 1),
    st.integers(0, 40),
    st.sampled_from(
        ["", "{", "}", "[", ":", "- ", "\n", "null", "1", "&a *a", '"', "{{", "\t", "with", "é\u2028", "~: ~"]
    ),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_EDITS, min_size=1, max_size=4))
def test_a_damaged_file_is_explained_and_never_breaks_the_reader(edits: list[tuple[int, int, str]]) -> None:
    text = LOYALTY
    for at, length, put in edits:
        text = text[:at] + put + text[at + length :]
    loaded = load_flow(text, "damaged.yaml", CATALOGUE, WORKSPACE)
    assert loaded.drawing is not None or loaded.issues
    for issue in loaded.issues:
        assert 1 <= issue.line <= max(1, len(text.split("\n")) + text.count("\u2028"))
        assert "\n" not in format_issue(issue)
    if loaded.is_sound:
        assert compile_flow(loaded, 1, {}).start in loaded.drawing.steps  # type: ignore[union-attr]


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from(["say", "a", "1s", "{{ now }}", ""])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["type", "with", "next", "at", "a", "text", "paths", "keep"]), inner, max_size=4
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(steps=_JSON, step=_JSON, triggers=_JSON, start=_JSON)
def test_any_shape_of_data_is_explained(steps: object, step: object, triggers: object, start: object) -> None:
    from skipline.base.yaml_lines import dump_yaml

    for inner in (steps, {"a": step, "b": {"type": "say", "with": step, "next": steps}}):
        text = dump_yaml({"format": 1, "name": "n", "start": start, "triggers": triggers, "steps": inner})
        loaded = load_flow(text, "odd.yaml", CATALOGUE, WORKSPACE)
        assert loaded.drawing is not None or loaded.issues
