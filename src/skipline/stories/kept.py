"""The story files that a server keeps with its flows: of each flow the one that has its very name. Others, such as
`flows/loyalty.vip.story.yaml`, stay in the folder alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from skipline.base.sentence import say
from skipline.flow.issue import Issue
from skipline.stories.reading import StoryReading, read_stories
from skipline.workspace.files import story_file

MOST_STORIES = 200
"""What is played in a second or two while somebody waits to publish."""


@dataclass(frozen=True, slots=True)
class KeptStories:
    """The story files of a workspace by their flow's key, and what is wrong in them."""

    texts: Mapping[str, str]
    issues: tuple[Issue, ...]


def kept_stories(files: Mapping[str, str], flows: Iterable[str]) -> KeptStories:
    """The files among `files` that are kept with `flows`. One that is about another flow is left alone."""
    texts, issues = {}, list[Issue]()
    for flow in flows:
        text = files.get(story_file(flow))
        reading = read_kept(flow, text) if text is not None else None
        if text is None or reading is None or any(one.flow != flow for one in reading.stories):
            continue
        texts[flow] = text
        issues += reading.issues
    return KeptStories(texts, tuple(issues))


def read_kept(flow: str, text: str) -> StoryReading:
    """The stories of a text as they would be kept with a flow."""
    reading = read_stories(text, story_file(flow))
    if len(reading.stories) <= MOST_STORIES:
        return reading
    sentence = say("no more than {most} stories are kept with a flow", most=MOST_STORIES)
    fix = say("put the others into flows/{flow}.more.story.yaml, which `skipline test` plays too", flow=flow)
    line = reading.stories[MOST_STORIES].line
    too_many = Issue(file=story_file(flow), line=line, code="many_stories", sentence=sentence, fix=fix)
    return StoryReading(reading.stories, (too_many,))


def describe_stories(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each flow whose stories change; those that `now` does not name stay as they are."""
    for flow, text in now.items():
        if flow not in before:
            yield f"keeps the stories of flow {flow}"
        elif before[flow] != text:
            yield f"keeps other stories of flow {flow}"


def story_files(texts: Mapping[str, str], flows: Iterable[str]) -> dict[str, str]:
    """The story files to write beside `flows`, by their path below the workspace."""
    return {story_file(flow): texts[flow] for flow in sorted(flows) if flow in texts}
