"""A caller is turned away because a system of yours does not answer, although the flow knows what to do with others."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.drawing import exits_of
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import field_values
from skipline.model.ids import StepId

_FAILED = "failed"


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `failure_hangs_up`, a warning at the exit `failed` of a step that asks a source."""
    drawing = inspection.drawing
    for name, step in drawing.steps.items() if inspection.has_caller else ():
        next_ = drawing.document.steps[name].next
        asks = any(one.kind == "source" for one in field_values(step))
        if asks and _is_end(inspection, next_.get(_FAILED)) and set(next_.values()) != {next_[_FAILED]}:
            sentence = say("callers are turned away whenever the look-up of `{step}` fails", step=name)
            fix = say("lead `{exit}` to somebody who can help without it", exit=_FAILED)
            yield drawing.issue(("steps", name, "next", _FAILED), "failure_hangs_up", sentence, fix, Severity.WARNING)


def _is_end(inspection: Inspection, name: StepId | None) -> bool:
    """Whether this step ends the call, which is what a step without exits does."""
    step = inspection.drawing.steps.get(name) if name is not None else None
    return step is not None and not exits_of(step)
