"""Nothing starts the flow."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `no_trigger`, a warning: a flow may be drawn before its number is known. Flows with inputs need none."""
    if not (inspection.drawing.document.triggers or inspection.drawing.document.inputs):
        sentence = say("nothing starts this flow")
        fix = say("add under `triggers`: - {{type: incoming_call, numbers: [...]}}")
        yield inspection.drawing.issue((), "no_trigger", sentence, fix, Severity.WARNING)
