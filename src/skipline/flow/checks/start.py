"""The flow begins at a step that does not exist."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `unknown_start`."""
    drawing = inspection.drawing
    start, known = drawing.document.start, {*drawing.document.steps, *drawing.unreadable}
    if start != "?" and start not in known:
        sentence = say("there is no step `{step}` to start with", step=start)
        yield drawing.issue(("start",), "unknown_start", sentence, advice(start, known))
