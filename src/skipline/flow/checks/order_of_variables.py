"""A variable is used before any step has set it, or on a way on which no step sets it."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.drawing import kept_by
from skipline.flow.expressions import Use, kept_types
from skipline.flow.graph import set_on_every_way, set_on_some_way
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.mistakes import Path
from skipline.model.ids import StepId


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `variable_not_set`: an error when no way to the step sets it, a warning when only some do."""
    drawing = inspection.drawing
    if not drawing.is_complete:
        return
    kept, always, sometimes = kept_types(drawing), set_on_every_way(drawing), set_on_some_way(drawing)
    for use in inspection.values.uses:
        step = _step_of(use.path)
        if step is None or step not in always:
            continue
        own = {one.name for one in kept_by(drawing.steps[step])}
        for name in sorted({name.partition(".")[0] for name in use.names} & kept.keys() - own - always[step]):
            yield _issue(inspection, use, name, step, is_ever_set=name in sometimes[step])


def _step_of(path: Path) -> StepId | None:
    return StepId(str(path[1])) if path[0] == "steps" else None


def _issue(inspection: Inspection, use: Use, name: str, step: StepId, *, is_ever_set: bool) -> Issue:
    names = {"name": name, "step": step}
    if is_ever_set:
        sentence = say(
            "`{name}` is used in `{step}`, but not every way there sets it; then it counts as missing", **names
        )
        fix = say("set `{name}` on every way to `{step}`, or allow for its absence with is_set", **names)
        return inspection.drawing.issue(use.path, "variable_not_set", sentence, fix, Severity.WARNING)
    sentence = say("`{name}` is used in `{step}` before any step has set it", **names)
    fix = say("set `{name}` in a step before `{step}`", **names)
    return inspection.drawing.issue(use.path, "variable_not_set", sentence, fix)
