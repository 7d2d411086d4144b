"""A path of a branch is never taken, because an earlier one takes everybody who would match it."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.row_logic import covers, paths_in, severity_of


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `shadowed_path`."""
    drawing, kind_of = inspection.drawing, inspection.kind_of
    for path, piece in drawing.pieces():
        for where, paths in paths_in(piece):
            for place, later in enumerate(paths):
                earlier = next((one for one in paths[:place] if covers(one, later, kind_of)), None)
                if earlier is not None:
                    names = {"later": later.id, "earlier": earlier.id}
                    sentence = say("path `{later}` is never taken, because `{earlier}` above it matches first", **names)
                    fix = say("move `{later}` above `{earlier}`, or change its conditions", **names)
                    severity = severity_of((*earlier.all_, *earlier.any_), kind_of)
                    yield drawing.issue((*path, *where, place), "shadowed_path", sentence, fix, severity)
