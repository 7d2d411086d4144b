"""Steps lead round in a circle that takes no time, so a run would spin until it is stopped."""

from collections.abc import Iterator

from skipline.flow.drawing import serves_caller
from skipline.flow.graph import circles
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.model.ids import StepId


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `loop_without_wait`. A circle through a step that serves the caller takes time, and is fine."""
    drawing = inspection.drawing

    def takes_no_time(name: StepId) -> bool:
        step = drawing.steps.get(name)
        return step is not None and not serves_caller(step) and not getattr(step, "takes_time", False)

    for circle in circles(inspection.lines, takes_no_time):
        way = " -> ".join([*circle, circle[0]]) if len(circle) > 1 else f"{circle[0]} -> {circle[0]}"
        sentence = f"{way} goes round in a circle in which the caller never hears anything"
        fix = "lead one of the lines out of the circle, or put a step into it that speaks or forwards"
        yield drawing.issue(("steps", circle[0]), "loop_without_wait", sentence, fix)
