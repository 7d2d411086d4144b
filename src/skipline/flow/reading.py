"""Reads a flow file into a document and reports every mistake in it, each at its line."""

from dataclasses import dataclass, replace
from typing import Any

from skipline.base.sentence import say
from skipline.base.value_types import ValueType, check_default
from skipline.base.yaml_lines import Path, YamlDocument, YamlMistake, read_yaml
from skipline.flow.document import FORMAT, FlowDocument, FlowInput, StepDocument, TriggerDocument
from skipline.flow.fields import VariableName, field
from skipline.flow.issue import Issue
from skipline.flow.ladder import can_climb, climb
from skipline.flow.mistakes import Mistake, PieceMistakes, in_quotes
from skipline.flow.pieces import Piece
from skipline.model.ids import StepId

_PASSES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _WrittenStep:
    """One step as it stands in the file."""

    type: str
    name: str = ""
    with_: dict[str, Any] = field(default_factory=dict)
    next: dict[str, str] = field(default_factory=dict)
    at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _WrittenInput:
    """One entry of `inputs`."""

    name: VariableName
    type: ValueType = ValueType.ANY
    default: Any = None

    def __post_init__(self) -> None:
        check_default(self.default, self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class _WrittenFlow:
    """A flow as it stands in the file."""

    format: int
    name: str
    description: str = ""
    inputs: tuple[_WrittenInput, ...] = ()
    triggers: tuple[dict[str, Any], ...] = ()
    start: str
    steps: dict[str, _WrittenStep]


_FLOW = Piece("flow", _WrittenFlow)


@dataclass(frozen=True, slots=True)
class ReadFlow:
    """What a file says. With mistakes in it, `document` holds what could be understood all the same, and `unreadable`
    names the steps that could not; without a document nothing could."""

    file: str
    document: FlowDocument | None
    places: YamlDocument | None
    issues: tuple[Issue, ...]
    unreadable: frozenset[StepId] = frozenset()


def read_flow(text: str, file: str) -> ReadFlow:
    """The flow that `text` says; `file` is the name that issues show."""
    try:
        places = read_yaml(text)
    except YamlMistake as mistake:
        return ReadFlow(file, None, None, (_yaml_issue(file, mistake),))
    issues = [_yaml_issue(file, mistake) for mistake in places.mistakes]
    unknown = _unknown_format(places.data)
    if unknown is not None:
        return ReadFlow(file, None, places, (*issues, issue_at(file, places, unknown)))
    places = _in_todays_format(places)
    written, mistakes = _understand(places.data)
    issues += [issue_at(file, places, mistake) for mistake in mistakes]
    if written is None:
        return ReadFlow(file, None, places, tuple(issues))
    unreadable = frozenset(StepId(name) for name in places.data["steps"] if name not in written.steps)
    return ReadFlow(file, _document(written), places, tuple(issues), unreadable)


def issue_at(file: str, places: YamlDocument, mistake: Mistake) -> Issue:
    """`mistake` as an issue with its line; numbers are shown as they were typed."""
    fix, path = mistake.fix, mistake.path
    if fix.startswith("write it in quotes") and path in places.written:
        fix = in_quotes(places.written[path])
    step = str(path[1]) if len(path) > 1 and path[0] == "steps" else ""
    line = places.line(path)
    return Issue(file=file, line=line, code=mistake.code, sentence=mistake.sentence, fix=fix, step=step, path=path)


def _yaml_issue(file: str, mistake: YamlMistake) -> Issue:
    return Issue(file=file, line=mistake.line, code="bad_yaml", sentence=mistake.sentence, fix=mistake.fix)


def _unknown_format(data: Any) -> Mistake | None:
    number = _format_of(data)
    if number is None or can_climb(number):
        return None
    if number > FORMAT:
        sentence = say(
            "format {number} was written by a newer Skipline; this one reads format {ours}", number=number, ours=FORMAT
        )
        return Mistake(("format",), "unknown_format", sentence, say("install a newer Skipline"))
    sentence = say("there is no format {number}", number=number)
    return Mistake(("format",), "unknown_format", sentence, say("write format: {ours}", ours=FORMAT))


def _in_todays_format(places: YamlDocument) -> YamlDocument:
    """What the file says, in today's format. Lines are still those of the file; what moved has that of its old place
    above."""
    number = _format_of(places.data)
    return places if number in (None, FORMAT) else replace(places, data=climb(places.data))


def _format_of(data: Any) -> int | None:
    number = data.get("format") if isinstance(data, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _understand(data: Any) -> tuple[_WrittenFlow | None, list[Mistake]]:
    """What `data` says and what is wrong with it. Each pass puts the mistakes found aside, to find those behind."""
    if not isinstance(data, dict):
        fix = say("begin with format: 1, name, start and steps")
        return None, [Mistake((), "not_a_flow", say("this is not a flow"), fix)]
    mistakes: list[Mistake] = []
    for _ in range(_PASSES):
        try:
            return _FLOW.make(data), mistakes
        except PieceMistakes as found:
            mistakes += [mistake for mistake in found.mistakes if mistake not in mistakes]
            if any(mistake.path == ("steps",) for mistake in found.mistakes):
                break
            for mistake in reversed(found.mistakes):
                data = _put_aside(data, mistake)
    return None, mistakes


_STAND_INS: dict[Path, Any] = {("name",): "?", ("start",): "?", ("format",): FORMAT}


def _put_aside(data: Any, mistake: Mistake) -> Any:
    """`data` without the mistaken part, so that reading can go on."""
    if mistake.path in _STAND_INS:
        return {**data, mistake.path[0]: _STAND_INS[mistake.path]}
    if mistake.path[2:3] == ("at",):
        return _without(data, mistake.path[:3])
    is_step_unusable = mistake.path[:1] == ("steps",) and mistake.path[2:] in ((), ("type",))
    return _without(data, mistake.path[:2] if is_step_unusable else mistake.path)


def _without(data: Any, path: Path) -> Any:
    if isinstance(data, dict):
        if len(path) == 1:
            return {key: value for key, value in data.items() if key != path[0]}
        return {key: _without(value, path[1:]) if key == path[0] else value for key, value in data.items()}
    if isinstance(data, list) and len(path) == 1:
        return [value for number, value in enumerate(data) if number != path[0]]
    return data


def _document(written: _WrittenFlow) -> FlowDocument:
    return FlowDocument(
        name=written.name,
        description=written.description,
        inputs=tuple(FlowInput(name=one.name, type=one.type.value, default=one.default) for one in written.inputs),
        start=StepId(written.start),
        steps={StepId(name): _step(StepId(name), one) for name, one in written.steps.items()},
        triggers=tuple(_trigger(one) for one in written.triggers),
    )


def _step(name: StepId, written: _WrittenStep) -> StepDocument:
    return StepDocument(
        id=name,
        type=written.type,
        name=written.name,
        settings=written.with_,
        next={exit_: StepId(to) for exit_, to in written.next.items()},
        at=written.at,
    )


def _trigger(written: dict[str, Any]) -> TriggerDocument:
    settings = {key: value for key, value in written.items() if key != "type"}
    return TriggerDocument(type=str(written.get("type", "")), settings=settings)
