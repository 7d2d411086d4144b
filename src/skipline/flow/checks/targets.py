"""A step forwards to nobody, or names the same target twice."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import field_values


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `no_target` and, as a warning, `same_target_twice`."""
    drawing = inspection.drawing
    for path, piece in drawing.pieces():
        for one in field_values(piece):
            if one.kind != "targets":
                continue
            here = (*path, *one.path)
            if not one.value:
                sentence = say("`{step}` has no target to forward to", step=path[1])
                fix = say("name at least one, such as sip:sales@pbx.example.com")
                yield drawing.issue(here, "no_target", sentence, fix)
            for place, target in enumerate(one.value):
                if target in one.value[:place]:
                    sentence = say("{target} is tried twice in a row of targets", target=target)
                    fix = say("name it once; a busy target rarely frees itself within seconds")
                    yield drawing.issue((*here, place), "same_target_twice", sentence, fix, Severity.WARNING)
