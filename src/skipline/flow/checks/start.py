"""The flow begins at a step that does not exist."""

from collections.abc import Iterator

from skipline.base.spelling import advice
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `unknown_start`."""
    drawing = inspection.drawing
    start, known = drawing.document.start, {*drawing.document.steps, *drawing.unreadable}
    if start != "?" and start not in known:
        yield drawing.issue(
            ("start",), "unknown_start", f"there is no step `{start}` to start with", advice(start, known)
        )
