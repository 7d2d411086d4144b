"""Two steps are called the same, so nobody can tell them apart in a trace."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.model.ids import StepId


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `same_step_name`, a warning at the later step."""
    drawing = inspection.drawing
    seen: dict[str, StepId] = {}
    for name, step in drawing.document.steps.items():
        if step.name and (first := seen.setdefault(step.name.casefold(), name)) != name:
            sentence = say("`{step}` is called {name}, as `{first}` is", step=name, name=step.name, first=first)
            fix = say("give each a name that says what it is for")
            yield drawing.issue(("steps", name, "name"), "same_step_name", sentence, fix, Severity.WARNING)
