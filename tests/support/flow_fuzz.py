"""Loads broken flows, and plays those that are sound all the same."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from time import process_time

from flow_mutations import mutations
from flow_room import WORKSPACE

from skipline.centre.state import LiveFlow
from skipline.flow.issue import Issue
from skipline.flow.loading import LoadedFlow, compile_flow, load_flow, numbers_of
from skipline.stories.performance import Performance
from skipline.stories.playing import play
from skipline.stories.script import Caller, SourceLine, Story
from skipline.stories.stage import Stage, StagedFlow
from skipline.workspace.reading import all_pieces

FLOWS = Path(__file__).parent.parent / "flows"
_STORY = Story(story="?", sources={"loyalty": (SourceLine(answer={"loyalty_status": "gold", "name": "{{ 1 + 1 }}"}),)})


@dataclass(slots=True)
class Tally:
    """What came of many broken flows. Times in milliseconds of this process."""

    count: int = 0
    sound: int = 0
    played: int = 0
    slowest_ms: float = 0.0
    slowest: str = ""
    troubles: list[str] = field(default_factory=list)


def fuzz(count: int, seed: int) -> Tally:
    """Load `count` broken flows; a crash is raised, everything else is in the tally."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(FLOWS.rglob("*.yaml"))]
    load(texts[0])
    tally = Tally()
    for text in mutations(texts, count, seed):
        loaded, played, ms = _timed(text)
        if ms > tally.slowest_ms:
            # Measured again, because the first time may have paid for a collection of garbage.
            ms = min(ms, _timed(text)[2])
        _note(tally, text, loaded, played, ms)
    return tally


def _timed(text: str) -> tuple[LoadedFlow, Performance | None, float]:
    began = process_time()
    loaded = load(text)
    played = _played(loaded) if loaded.is_sound else None
    return loaded, played, (process_time() - began) * 1000


def load(text: str) -> LoadedFlow:
    """One flow, checked against the small workspace of the tests."""
    return load_flow(text, "x.yaml", all_pieces(), WORKSPACE)


def _note(tally: Tally, text: str, loaded: LoadedFlow, played: Performance | None, ms: float) -> None:
    tally.count += 1
    tally.sound += loaded.is_sound
    tally.troubles += [f"{text!r}: {wrong}" for wrong in map(_wrong_with, loaded.issues) if wrong]
    if played is not None and played.run is not None:
        tally.played += 1
        tally.troubles += [f"{text!r}: {trouble}" for trouble in played.troubles if " broke at step " in trouble]
    if ms > tally.slowest_ms:
        tally.slowest_ms, tally.slowest = ms, text


def _wrong_with(issue: Issue) -> str:
    """What keeps an issue from being shown: every one names a line that exists, a code and a sentence."""
    is_whole = issue.line >= 0 and issue.code.isidentifier() and issue.sentence.strip()
    return "" if is_whole else f"a poor issue: {issue}"


def _played(loaded: LoadedFlow) -> Performance | None:
    assert loaded.drawing is not None
    flow = compile_flow(loaded, 1, {table.name: table for table in WORKSPACE.tables})
    numbers = numbers_of(loaded.drawing)
    if not numbers:
        return None
    stage = Stage({"x": StagedFlow(LiveFlow("x", flow), loaded.drawing, numbers)}, WORKSPACE)
    return play(stage, "x", replace(_STORY, caller=Caller(to=numbers[0])))
