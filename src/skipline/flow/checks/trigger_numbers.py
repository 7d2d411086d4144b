"""A trigger has no number, or two triggers of the flow have the same one."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.written import field_values


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `trigger_without_number` and `duplicate_number`."""
    drawing = inspection.drawing
    seen: set[str] = set()
    for position, trigger in drawing.triggers.items():
        for one in field_values(trigger):
            if one.kind != "numbers":
                continue
            path = ("triggers", position, *one.path)
            if not one.value:
                sentence = say("this trigger has no number, so no call can start the flow")
                fix = say("name a number")
                yield drawing.issue(path, "trigger_without_number", sentence, fix)
            for place, number in enumerate(one.value):
                if number in seen:
                    sentence, fix = say("{number} starts this flow twice", number=number), say("name it once")
                    yield drawing.issue((*path, place), "duplicate_number", sentence, fix)
                seen.add(number)
