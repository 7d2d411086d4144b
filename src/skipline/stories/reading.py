"""Reads `*.story.yaml` files; every mistake is told at its line, as in flows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.base.yaml_lines import YamlDocument, YamlMistake, read_yaml
from skipline.flow.issue import Issue
from skipline.flow.mistakes import Mistake, PieceMistakes
from skipline.flow.pieces import Piece
from skipline.flow.reading import issue_at
from skipline.stories.script import Story, StoryFile

ENDING = ".story.yaml"
_FILE = Piece("stories", StoryFile)


@dataclass(frozen=True, slots=True)
class PlacedStory:
    """A story with the flow it is about and where it is written."""

    file: str
    line: int
    flow: str
    story: Story


@dataclass(frozen=True, slots=True)
class StoryReading:
    """What came of a story file: all its stories, or its mistakes."""

    stories: tuple[PlacedStory, ...]
    issues: tuple[Issue, ...]


def read_stories(text: str, file: str) -> StoryReading:
    """The stories that `text` tells; `file` is its path below the workspace, and names the flow if the text does not:
    `flows/loyalty.story.yaml` and `flows/loyalty.vip.story.yaml` are about the flow `loyalty`."""
    try:
        places = read_yaml(text)
    except YamlMistake as mistake:
        return StoryReading((), (_yaml_issue(file, mistake),))
    try:
        written = _make(places)
    except PieceMistakes as found:
        return StoryReading((), tuple(issue_at(file, places, mistake) for mistake in found.mistakes))
    if places.mistakes:
        return StoryReading((), tuple(_yaml_issue(file, twice) for twice in places.mistakes))
    flow = written.flow or flow_of(file)
    placed = (
        PlacedStory(file, places.line(("stories", number)), one.flow or flow, one)
        for number, one in enumerate(written.stories)
    )
    return StoryReading(tuple(placed), ())


def read_all_stories(files: Mapping[str, str], flows: Mapping[str, object]) -> StoryReading:
    """The stories of every story file among `files`; one about a flow that is not in `flows` is a mistake."""
    readings = [read_stories(files[file], file) for file in sorted(files) if file.endswith(ENDING)]
    stories = tuple(story for reading in readings for story in reading.stories)
    strangers = {one.file: one for one in reversed(stories) if one.flow not in flows}
    issues = [issue for reading in readings for issue in reading.issues]
    issues += [_no_such_flow(one, flows) for one in reversed(strangers.values())]
    return StoryReading(tuple(one for one in stories if one.flow in flows), tuple(issues))


def flow_of(file: str) -> str:
    """The flow's key, by the name of the story's file."""
    return PurePosixPath(file).name.removesuffix(ENDING).partition(".")[0]


def _make(places: YamlDocument) -> StoryFile:
    if places.data is None:  # nothing is told yet: a shell makes the file that `--generate >` is to fill
        return StoryFile(stories=())
    if not isinstance(places.data, dict):
        fix = say("begin with flow: and stories:")
        raise PieceMistakes([Mistake((), "not_a_story", say("there are no stories in this file"), fix)])
    return _FILE.make(places.data)


def _no_such_flow(one: PlacedStory, flows: Mapping[str, object]) -> Issue:
    sentence, fix = say("there is no flow `{flow}` to play", flow=one.flow), advice(one.flow, flows)
    return Issue(file=one.file, line=one.line, code="unknown_flow", sentence=sentence, fix=fix)


def _yaml_issue(file: str, mistake: YamlMistake) -> Issue:
    return Issue(file=file, line=mistake.line, code="bad_yaml", sentence=mistake.sentence, fix=mistake.fix)
