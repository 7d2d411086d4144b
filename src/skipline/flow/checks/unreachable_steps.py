"""No line leads to a step, so no caller ever gets there."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.graph import reachable_from
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `unreachable_step`. Nothing is said while the start or a step cannot be read: lines may be missing."""
    drawing = inspection.drawing
    if drawing.unreadable or drawing.document.start not in inspection.lines:
        return
    reached = reachable_from([drawing.document.start], inspection.lines)
    for name in drawing.document.steps:
        if name not in reached:
            sentence = say("no way from the start leads to `{step}`", step=name)
            fix = say("draw a line to it, or delete it")
            yield drawing.issue(("steps", name), "unreachable_step", sentence, fix)
