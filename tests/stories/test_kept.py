"""Which story files of a workspace a server keeps with its flows."""

from skipline.stories.kept import MOST_STORIES, describe_stories, kept_stories, story_files

ONE = "stories:\n  - {story: one, expect: {outcome: answered}}\n"


def test_a_flow_has_the_file_of_its_very_name() -> None:
    files = {
        "flows/day.story.yaml": ONE,
        "flows/day.more.story.yaml": ONE,
        "flows/night.story.yaml": "flow: day\n" + ONE,
        "flows/gone.story.yaml": ONE,
    }
    kept = kept_stories(files, ["day", "night", "other"])
    assert (kept.texts, kept.issues) == ({"day": ONE}, ())
    assert story_files({"day": ONE, "gone": ONE}, ["day", "night"]) == {"flows/day.story.yaml": ONE}


def test_too_many_stories_are_told_at_the_first_that_is_one_too_many() -> None:
    line = "  - {story: one, expect: {outcome: answered}}\n"
    kept = kept_stories({"flows/day.story.yaml": "stories:\n" + line * (MOST_STORIES + 1)}, ["day"])
    (issue,) = kept.issues
    assert (issue.code, issue.line, "flows/day.more.story.yaml" in issue.fix) == (
        "many_stories",
        MOST_STORIES + 2,
        True,
    )


def test_what_changes_is_told_and_what_is_not_named_stays() -> None:
    before = {"day": ONE, "night": ONE, "old": ONE}
    told = describe_stories(before, {"day": ONE, "night": ONE + "#", "new": ONE})
    assert list(told) == ["keeps other stories of flow night", "keeps the stories of flow new"]
