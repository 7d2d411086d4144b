"""Proposes stories for the exits that no story tries, by trying out what the world could do.

The search plays stories and varies those that led somewhere new: another answer to one of the questions that were
asked, another behaviour of the targets that were called. A proposal is a story that was really played, so it passes.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from skipline.base.yaml_lines import dump_yaml
from skipline.flow.drawing import Drawing
from skipline.flow.loading import all_inside, inner_flows_of
from skipline.model.commands import (
    AnyCommand,
    AskContact,
    EnterQueue,
    ForwardCall,
    LookUp,
    LookUpAll,
    RecordVoicemail,
    SendRequest,
)
from skipline.model.run import Run
from skipline.stories.coverage import Coverage, Exit, passages_of
from skipline.stories.guesses import Drawings, opening_stories, possible_lines, texts_asked_for
from skipline.stories.performance import Performance
from skipline.stories.playing import play
from skipline.stories.queue_guesses import busy_stories, other_waits, written_waits
from skipline.stories.script import AnswerLine, Expectations, SourceLine, Story, TargetLine, shown_moments
from skipline.stories.stage import Stage

MOST_PLAYS = 3_000
_BEHAVIOURS: Final[tuple[Literal["busy", "no_answer", "failed", "answered"], ...]] = (
    "busy",
    "no_answer",
    "failed",
    "answered",
)


@dataclass(frozen=True, slots=True)
class Proposals:
    """Stories that try what was not tried, and the exits for which none was found."""

    stories: tuple[Story, ...]
    not_found: tuple[Exit, ...]


def propose_stories(stage: Stage, flow: str, coverage: Coverage) -> Proposals:
    """A story for each untried exit of the flow, as far as one can be found; one story may try several. Those of a flow
    that nothing starts begin with the flows that run it."""
    wanted = set(coverage.untried_exits)
    found: dict[Exit, tuple[Story, Run]] = {}
    for begins in _beginnings(stage, flow):
        found |= _search(stage, begins, flow, wanted - found.keys())
    stories: list[Story] = []
    tried: set[Exit] = set()
    for exit_ in coverage.untried_exits:
        if exit_ in found and exit_ not in tried:
            story, run = found[exit_]
            stories.append(_told(story, exit_, run, stage, flow))
            tried |= _exits_of(run, flow)
    return Proposals(tuple(stories), tuple(exit_ for exit_ in coverage.untried_exits if exit_ not in found))


def write_proposals(proposals: Mapping[str, Proposals]) -> str:
    """Proposals by their flow as the text of one story file; exits without a story are named in comments."""
    of = {flow: f" of {flow}" if len(proposals) > 1 else "" for flow in proposals}
    lines = "".join(
        f"# no story was found that leaves {step} by {exit_}{of[flow]}\n"
        for flow, found in proposals.items()
        for step, exit_ in found.not_found
    )
    told = [(story.flow or flow, _written(story)) for flow, found in proposals.items() for story in found.stories]
    if not told:
        return lines
    flows = list(dict.fromkeys(flow for flow, _ in told))
    if len(flows) == 1:
        return lines + dump_yaml({"flow": flows[0], "stories": [story for _, story in told]})
    return lines + dump_yaml({"stories": [{"flow": flow, **story} for flow, story in told]})


def _beginnings(stage: Stage, flow: str) -> list[str]:
    """The flow itself, and when nothing starts it those that run it inside themselves."""
    drawing = stage.flows[flow].drawing
    if drawing.document.triggers:
        return [flow]
    return [flow, *(outer for outer in stage.flows if outer != flow and drawing in _drawings(stage, outer))]


def _search(stage: Stage, begins: str, flow: str, wanted: set[Exit]) -> dict[Exit, tuple[Story, Run]]:
    """Stories of the flow `begins` that leave steps of `flow`, which is the same or inside it."""
    drawings = _drawings(stage, begins)
    waiting = deque(opening_stories(drawings, stage.configuration))
    waiting.extend([busy for drawing in drawings for busy in busy_stories(drawing, waiting[0])])
    seen: set[str] = set()
    found: dict[Exit, tuple[Story, Run]] = {}
    for _ in range(MOST_PLAYS):
        if not waiting or len(found) == len(wanted):
            break
        story = waiting.popleft()
        came = play(stage, begins, story)
        start = (story.caller, story.at, story.webhook, story.schedule, story.writer)
        news = repr((came.path, start, bool(came.troubles)))
        if came.run is None or news in seen:
            continue
        seen.add(news)
        if not came.troubles:
            for exit_ in _exits_of(came.run, flow) & wanted - found.keys():
                found[exit_] = replace(story, flow="" if begins == flow else begins), came.run
        waiting.extend(_variations(story, came, drawings))
    return found


def _drawings(stage: Stage, flow: str) -> tuple[Drawing, ...]:
    """The flow's drawing, and those of the flows that it runs inside itself."""
    drawn = {key: staged.drawing for key, staged in stage.flows.items()}
    keys = all_inside(flow, lambda key: inner_flows_of(drawn[key]).values() if key in drawn else ())
    return tuple(drawn[key] for key in keys if key in drawn)


def _exits_of(run: Run, flow: str) -> set[Exit]:
    return {(step, exit_) for of, step, exit_ in passages_of(run) if of == flow and exit_}


def _variations(story: Story, came: Performance, drawings: Drawings) -> Iterator[Story]:
    """The story with one thing changed, for each thing that happened in it."""
    asked: dict[str, int] = {}
    for deed in came.deeds:
        for source in _sources_asked(deed.command):
            turn = asked[source] = asked.get(source, 0) + 1
            for line in possible_lines(drawings, source):
                yield replace(story, sources={**story.sources, source: _with_turn(story, source, turn, line)})
        yield from _other_ways(story, deed.command, drawings)


def _other_ways(story: Story, command: AnyCommand, drawings: Drawings) -> Iterator[Story]:
    match command:
        case AskContact():
            yield from _other_answers(story, command, drawings)
        case ForwardCall():
            for behaviour in _BEHAVIOURS:
                lines = dict.fromkeys(command.targets, (TargetLine(does=behaviour),))
                yield replace(story, targets={**story.targets, **lines})
        case EnterQueue():
            yield from other_waits(story, command)
        case RecordVoicemail():
            yield replace(story, voicemail=0.0)


def _sources_asked(command: AnyCommand) -> tuple[str, ...]:
    if isinstance(command, LookUpAll):
        return tuple(one.source for one in command.lookups)
    return (command.source,) if isinstance(command, LookUp | SendRequest) else ()


def _other_answers(story: Story, asked: AskContact, drawings: Drawings) -> Iterator[Story]:
    """Every digit, and a longer answer where one is asked for, after the answers that are there already; from who
    writes, the words that conditions look for."""
    words = dict.fromkeys(texts_asked_for(drawings)) if story.writer is not None else ()
    taps = (AnswerLine(tap=one.id) for one in (*asked.buttons, *asked.rows) if story.writer is not None)
    said = [AnswerLine(text=one) for one in (*words, *"1234567890*")]
    if asked.most_digits > 1:
        said.append(AnswerLine(text="1234567890123456"[: asked.most_digits]))
    yield from (replace(story, answers=(*story.answers, one)) for one in (*taps, *said))


def _with_turn(story: Story, source: str, turn: int, line: SourceLine) -> tuple[SourceLine, ...]:
    """The source's lines with another one for this turn, and none after it."""
    before = story.sources.get(source, ())
    padded = [before[min(place, len(before) - 1)] if before else line for place in range(turn - 1)]
    return (*padded, line)


def _told(story: Story, exit_: Exit, run: Run, stage: Stage, flow: str) -> Story:
    step, way = exit_
    name = stage.flows[flow].drawing.document.steps[step].name or step
    path = tuple(f"{entry.step}.{entry.exit}" if entry.exit else str(entry.step) for entry in run.trace)
    return replace(story, story=f"{name} is left by {way}", expect=Expectations(path=path, outcome=run.outcome))


def _written(story: Story) -> dict[str, Any]:
    written: dict[str, Any] = {"story": story.story, **shown_moments(story)}
    if story.sources:
        written["sources"] = {name: _all_of(map(_line, lines)) for name, lines in story.sources.items()}
    if story.answers:
        written["answers"] = [{"tap": one.tap} if one.tap else one.text for one in story.answers]
    behaviours = {name: lines[0].does for name, lines in story.targets.items() if lines[0] != TargetLine()}
    if behaviours:
        written["targets"] = behaviours
    written |= written_waits(story)
    outcome = story.expect.outcome
    return written | {"expect": {"path": list(story.expect.path or ()), "outcome": outcome and outcome.value}}


def _all_of(lines: Iterator[Any]) -> Any:
    written = list(lines)
    return written[0] if len(written) == 1 else written


def _line(line: SourceLine) -> str | Mapping[str, Any]:
    return {"answer": line.answer} if line.does == "ok" else line.does
