"""A path of a branch can never match, because its conditions contradict each other."""

from collections.abc import Iterator

from skipline.base.sentence import all_of, say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.row_logic import contradiction, describe, paths_in, severity_of


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `impossible_path`."""
    drawing = inspection.drawing
    for path, piece in drawing.pieces():
        for where, paths in paths_in(piece):
            for place, one in enumerate(paths):
                if (pair := contradiction(one, inspection.kind_of)) is not None:
                    both = all_of(dict.fromkeys(describe(row) for row in pair))
                    sentence = say("path `{path}` can never match: it asks for {both}", path=one.id, both=both)
                    fix = say("take one of them out, or put both under `any`")
                    severity = severity_of(pair, inspection.kind_of)
                    yield drawing.issue((*path, *where, place), "impossible_path", sentence, fix, severity)
