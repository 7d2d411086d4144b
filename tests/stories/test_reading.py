"""Story files: short forms, and mistakes at their lines."""

import pytest

from skipline.flow.issue import format_issue
from skipline.stories.reading import StoryReading, flow_of, read_all_stories, read_stories


def test_short_forms_stand_for_long_ones() -> None:
    short = """
stories:
  - story: It happens
    caller: "+31622222222"
    sources: {loyalty: error, crm: [{answer: 1}, timeout]}
    targets: {vip: busy}
"""
    long = """
stories:
  - story: It happens
    caller: {phone: "+31622222222"}
    sources: {loyalty: [{does: error}], crm: [{does: ok, answer: 1}, {does: timeout}]}
    targets: {vip: [{does: busy}]}
"""
    assert read_stories(short, "a.story.yaml").stories[0].story == read_stories(long, "a.story.yaml").stories[0].story


def test_the_file_name_says_which_flow() -> None:
    assert flow_of("flows/loyalty.story.yaml") == "loyalty"
    assert flow_of("flows/loyalty.vip.story.yaml") == "loyalty"
    assert read_stories("flow: sales\nstories: []", "flows/loyalty.story.yaml").stories == ()


@pytest.mark.parametrize("text", ["", "# the rest comes soon\n"])
def test_a_file_that_is_only_begun_tells_no_stories(text: str) -> None:
    assert read_stories(text, "flows/loyalty.more.story.yaml") == StoryReading((), ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "stories:\n  - story: x\n    expct: {}",
            "3: unknown_key: there is no key `expct` here (did you mean expect?)",
        ),
        ("stories:\n  - story: x\n    targets: {vip: bussy}", "3: wrong_value: `bussy` is not known here"),
        ("stories:\n  - caller: x", "2: missing_key: `story` is missing"),
        ("stories:\n  - story: x\n    at: noon", "3: wrong_value: 'noon' is not a time"),
        (
            "stories:\n  - story: x\n    at: 0001-01-01T00:00:00+12:00",
            "3: wrong_value: '0001-01-01T00:00:00+12:00' is not",
        ),
        (
            "stories:\n  - story: x\n    at: 9999-12-31T23:59:59Z",
            "3: wrong_value: '9999-12-31T23:59:59Z' is not a time",
        ),
        (
            "stories:\n  - story: x\n    at: 2026-05-04T12:00:00",
            "3: wrong_value: '2026-05-04T12:00:00' has no time zone",
        ),
        ("stories:\n  - story: x\n    hangs_up_after: 10", "3: wrong_value: 10 is not a duration"),
        ("stories:\n  - story: x\n    expect: {outcome: happy}", "3: wrong_value: `happy` is not known here"),
        (
            "stories:\n  - story: x\n    expect:\n      commands: [{a: {}, b: {}}]",
            "4: wrong_value: an entry of `commands`",
        ),
        ("stories: [", "1: bad_yaml:"),
        ("- x", "1: not_a_story:"),
    ],
)
def test_a_mistake_is_told_at_its_line(text: str, expected: str) -> None:
    reading = read_stories(text, "a.story.yaml")
    assert not reading.stories
    assert any(format_issue(issue).startswith(f"a.story.yaml:{expected}") for issue in reading.issues), reading.issues


def test_a_story_of_an_unknown_flow_is_a_mistake() -> None:
    files = {"flows/loyalti.story.yaml": "stories:\n  - story: x\n  - story: y"}
    reading = read_all_stories(files, {"loyalty": None})
    assert [format_issue(issue) for issue in reading.issues] == [
        "flows/loyalti.story.yaml:2: unknown_flow: there is no flow `loyalti` to play (did you mean loyalty?)"
    ]
    assert reading.stories == ()
