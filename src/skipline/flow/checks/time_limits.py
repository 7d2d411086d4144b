"""A time is longer than its field allows, or longer than a caller waits."""

from collections.abc import Iterator

from skipline.base.durations import write_duration
from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.written import field_values


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `too_long`. A field of kind `duration` says with `most_seconds` how long it may be."""
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            most = one.field.get("most_seconds")
            if one.kind == "duration" and most is not None and one.value is not None and one.value > most:
                sentence = say(
                    "`{key}` of {time} is longer than a caller should wait",
                    key=one.path[-1],
                    time=write_duration(one.value),
                )
                fix = say("write {time} or less", time=write_duration(most))
                yield inspection.drawing.issue((*path, *one.path), "too_long", sentence, fix)
