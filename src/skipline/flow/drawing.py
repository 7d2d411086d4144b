"""A flow on the table: its document, the steps and triggers made from it, and where each part is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.base.yaml_lines import YamlDocument
from skipline.flow.document import FlowDocument
from skipline.flow.issue import Issue, Severity
from skipline.flow.mistakes import Mistake, Path, PieceMistakes
from skipline.flow.outcome import CALL, Kept, Step, Trigger
from skipline.flow.pieces import Catalogue
from skipline.flow.reading import ReadFlow, issue_at
from skipline.model.ids import StepId


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the checks look at and the compiler builds from.

    `steps` and `triggers` (by position) hold those that could be made; `unreadable` names steps that stand in the file
    but could not be read at all. Without mistakes, `steps` is complete and `unreadable` empty.
    """

    file: str
    document: FlowDocument
    places: YamlDocument
    steps: Mapping[StepId, Step]
    triggers: Mapping[int, Trigger]
    unreadable: frozenset[StepId]

    @property
    def is_complete(self) -> bool:
        """Whether every step and trigger could be made."""
        documents = self.document
        return len(self.steps) == len(documents.steps) + len(self.unreadable) and len(self.triggers) == len(
            documents.triggers
        )

    def issue(self, path: Path, code: str, sentence: str, fix: str = "", severity: Severity = Severity.ERROR) -> Issue:
        """An issue at the line where `path` is written."""
        step = str(path[1]) if len(path) > 1 and path[0] == "steps" else ""
        line = self.places.line(path)
        return Issue(
            file=self.file, line=line, code=code, sentence=sentence, fix=fix, severity=severity, step=step, path=path
        )

    def pieces(self) -> Iterator[tuple[Path, Step | Trigger]]:
        """Every step and trigger that could be made, with the path of its settings."""
        for number, trigger in self.triggers.items():
            yield ("triggers", number), trigger
        for name, step in self.steps.items():
            yield ("steps", name, "with"), step


def draw_flow(read: ReadFlow, catalogue: Catalogue) -> tuple[Drawing | None, tuple[Issue, ...]]:
    """Make the pieces of a flow that was read. Gives None when too little of it could be read."""
    if read.document is None or read.places is None:
        return None, ()
    steps: dict[StepId, Step] = {}
    triggers: dict[int, Trigger] = {}
    mistakes: list[Mistake] = []
    for name, written in read.document.steps.items():
        try:
            steps[name] = _make_step(name, written.type, written.settings, catalogue)
        except PieceMistakes as found:
            mistakes += found.mistakes
    for number, trigger in enumerate(read.document.triggers):
        try:
            triggers[number] = _make_trigger(number, trigger.type, trigger.settings, catalogue)
        except PieceMistakes as found:
            mistakes += found.mistakes
    drawing = Drawing(read.file, read.document, read.places, steps, triggers, read.unreadable)
    return drawing, tuple(issue_at(read.file, read.places, mistake) for mistake in mistakes)


def _make_step(name: StepId, type_: str, settings: Mapping[str, object], catalogue: Catalogue) -> Step:
    path: Path = ("steps", name)
    if type_ not in catalogue.steps:
        sentence = say("there is no step type `{type}`", type=type_)
        raise PieceMistakes([Mistake((*path, "type"), "unknown_step_type", sentence, advice(type_, catalogue.steps))])
    try:
        return catalogue.steps[type_].make(settings)
    except PieceMistakes as found:
        raise _moved((*path, "with"), found) from None


def _make_trigger(number: int, type_: str, settings: Mapping[str, object], catalogue: Catalogue) -> Trigger:
    path: Path = ("triggers", number)
    if type_ not in catalogue.triggers:
        sentence = _no_trigger_type(type_)
        fix = advice(type_, catalogue.triggers)
        raise PieceMistakes([Mistake((*path, "type"), "unknown_trigger_type", sentence, fix)])
    try:
        return catalogue.triggers[type_].make(settings)
    except PieceMistakes as found:
        raise _moved(path, found) from None


def _no_trigger_type(type_: str) -> str:
    return say("there is no trigger type `{type}`", type=type_) if type_ else say("this trigger has no `type`")


def _moved(path: Path, found: PieceMistakes) -> PieceMistakes:
    """The same mistakes, with paths from the top of the file."""
    return PieceMistakes(Mistake((*path, *one.path), one.code, one.sentence, one.fix) for one in found.mistakes)


def exits_of(step: Step) -> tuple[str, ...]:
    """The ways out of a step: its own where what was written in it decides, else those of its type."""
    own = getattr(step, "own_exits", None)
    return tuple(own()) if own is not None else tuple(step.exits)


def given_at_start(drawing: Drawing) -> tuple[frozenset[str], frozenset[str]]:
    """The variables that are there before the first step: always, and with some trigger only."""
    inputs = frozenset(one.name for one in drawing.document.inputs)
    each = [frozenset(one.name for one in kept_by(trigger)) for trigger in drawing.triggers.values()]
    some = frozenset().union(*each)
    every = frozenset.intersection(*each) if each else frozenset()
    return inputs | every, inputs | some


def kept_by(step: Step | Trigger) -> tuple[Kept, ...]:
    """The variables that a step may set, or that a trigger brings."""
    keeps = getattr(step, "keeps", None)
    return tuple(keeps()) if keeps is not None else ()


def channels_of(drawing: Drawing) -> dict[int, str]:
    """The channel on which each trigger starts runs, by the trigger's position."""
    return {number: str(getattr(trigger, "channel", CALL)) for number, trigger in drawing.triggers.items()}


def serves_caller(step: Step) -> bool:
    """Whether the caller gets something from a step (see `outcome.ServesCaller`)."""
    return bool(getattr(step, "serves_caller", False))


def personal_names(drawing: Drawing) -> tuple[str, ...]:
    """The variables that some step or trigger says are personal."""
    pieces: list[Step | Trigger] = [*drawing.triggers.values(), *drawing.steps.values()]
    kept = (one for piece in pieces for one in kept_by(piece))
    return tuple(sorted({one.name for one in kept if one.is_personal}))
