"""From the text of a flow file to a flow that is checked, and from there to one that runs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from skipline.flow.compiled import CompiledFlow, CompiledStep, EmptyShelf, FlowShelf
from skipline.flow.drawing import Drawing, draw_flow, exits_of, personal_names
from skipline.flow.expressions import CompiledValues, compile_values
from skipline.flow.inspection import inspect_drawing
from skipline.flow.issue import Issue, has_errors
from skipline.flow.mistakes import Path
from skipline.flow.pieces import Catalogue
from skipline.flow.reading import read_flow
from skipline.flow.written import field_values
from skipline.model.configuration import Configuration, Hours, Table
from skipline.model.ids import StepId
from skipline.model.queueing import Agent


@dataclass(frozen=True, slots=True)
class LoadedFlow:
    """What came of a flow file. `drawing` is None when too little of it could be read; `is_sound` says whether the
    flow may be published."""

    drawing: Drawing | None
    values: CompiledValues | None
    issues: tuple[Issue, ...]

    @property
    def is_sound(self) -> bool:
        return self.drawing is not None and not has_errors(self.issues)


class UnsoundFlow(Exception):
    """A flow with mistakes was to be compiled; `issues` says which."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        self.issues = issues
        super().__init__(f"the flow has mistakes: {'; '.join(issue.sentence for issue in issues)}")


def load_flow(
    text: str,
    file: str,
    catalogue: Catalogue,
    workspace: Configuration | None = None,
    carried: frozenset[str] | None = None,
) -> LoadedFlow:
    """Read, draw and check a flow, for runs on the channels `carried` (None: on those that the workspace has). All
    mistakes are found at once, in the order of their lines."""
    read = read_flow(text, file)
    drawing, mistakes = draw_flow(read, catalogue)
    if drawing is None:
        return LoadedFlow(None, None, read.issues)
    values = compile_values(drawing)
    found = [*read.issues, *mistakes, *inspect_drawing(drawing, values, workspace, carried)]
    return LoadedFlow(drawing, values, tuple(sorted(found, key=lambda issue: issue.line)))


def compile_flow(
    loaded: LoadedFlow,
    version: int,
    tables: Mapping[str, Table],
    hours: Mapping[str, Hours] | None = None,
    shelf: FlowShelf | None = None,
    agents: Mapping[str, Agent] | None = None,
) -> CompiledFlow:
    """A sound flow, ready to run. `tables`, `hours`, `shelf` and `agents` may be live views of the workspace's.

    Raises `UnsoundFlow` when there are mistakes.
    """
    if loaded.drawing is None or loaded.values is None or not loaded.is_sound:
        raise UnsoundFlow(loaded.issues)
    drawing = loaded.drawing
    return CompiledFlow(
        name=drawing.document.name,
        version=version,
        start=drawing.document.start,
        steps={name: _compiled_step(drawing, name) for name in drawing.steps},
        triggers=tuple(drawing.triggers.values()),
        expressions=loaded.values.expressions,
        tables=tables,
        hours=hours if hours is not None else {},
        inputs=drawing.document.inputs,
        shelf=shelf if shelf is not None else EmptyShelf(),
        personal=personal_names(drawing),
        agents=agents if agents is not None else {},
    )


def numbers_of(drawing: Drawing) -> tuple[str, ...]:
    """The telephone numbers that a flow owns once it is published."""
    fields = (one for trigger in drawing.triggers.values() for one in field_values(trigger))
    return tuple(dict.fromkeys(number for one in fields if one.kind == "numbers" for number in one.value))


def webhooks_of(drawing: Drawing) -> Iterator[tuple[Path, str]]:
    """The names of the webhooks that start a flow, each with where it is written."""
    for path, piece in drawing.pieces():
        yield from (((*path, *one.path), str(one.value)) for one in field_values(piece) if one.kind == "webhook")


def claims_of(drawing: Drawing) -> Iterator[tuple[Path, str]]:
    """The messages that belong to a flow once it is published (see `outcome.ClaimsMessages`), each with its trigger."""
    for number, trigger in drawing.triggers.items():
        claims = getattr(trigger, "claims", None)
        yield from ((("triggers", number), str(one)) for one in (claims() if claims is not None else ()))


def inner_flows_of(drawing: Drawing) -> dict[StepId, str]:
    """The keys of the flows that a flow runs inside itself, by the step that does."""
    found = ((path[1], one) for path, step in drawing.pieces() for one in field_values(step) if path[0] == "steps")
    return {StepId(str(name)): str(one.value) for name, one in found if one.kind == "flow" and one.value}


def all_inside(start: str, runs: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """The key of a flow and those of all that it runs inside itself, the nearest first; `runs` gives what one runs."""
    seen = [start]
    for key in seen:
        seen += [one for one in dict.fromkeys(runs(key)) if one not in seen]
    return tuple(seen)


def inner_flows_in(flow: CompiledFlow) -> set[str]:
    """The keys of the flows that a compiled flow runs inside itself."""
    fields = (one for step in flow.steps.values() for one in field_values(step.step))
    return {str(one.value) for one in fields if one.kind == "flow" and one.value}


def _compiled_step(drawing: Drawing, name: StepId) -> CompiledStep:
    written, step = drawing.document.steps[name], drawing.steps[name]
    following = {exit_: written.next.get(exit_) for exit_ in exits_of(step)}
    return CompiledStep(name, written.type, step, following, written.name)
