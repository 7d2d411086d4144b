"""A call is forwarded to a number that leads back to us."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import field_values


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `forwards_to_itself`: an error for the flow's own numbers, a warning for others of the workspace, whose
    flows may send the caller back."""
    drawing = inspection.drawing
    own = {number for one in drawing.triggers.values() for field in field_values(one) for number in _numbers(field)}
    ours = {one.number for one in inspection.workspace.numbers} if inspection.workspace is not None else set()
    for path, piece in drawing.pieces():
        for one in field_values(piece):
            for place, target in enumerate(one.value if one.kind == "targets" else ()):
                if target in own | ours:
                    severity, sentence = Severity.WARNING, say("{number} is a number of ours", number=target)
                    if target in own:
                        severity, sentence = Severity.ERROR, say("{number} starts this flow again", number=target)
                    fix = say("forward to the people behind it instead")
                    yield drawing.issue((*path, *one.path, place), "forwards_to_itself", sentence, fix, severity)


def _numbers(field: object) -> tuple[str, ...]:
    is_numbers = getattr(field, "kind", "") == "numbers"
    return tuple(getattr(field, "value", ())) if is_numbers else ()
