"""A path of a branch is never taken, because an earlier one takes everybody who would match it."""

from collections.abc import Iterator

from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.row_logic import Conditions, covers, paths_in


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `shadowed_path`."""
    drawing = inspection.drawing
    for path, piece in drawing.pieces():
        for where, paths in paths_in(piece):
            for place, later in enumerate(paths):
                earlier = _first_covering(paths[:place], later)
                if earlier is not None:
                    sentence = f"path `{later.id}` is never taken, because `{earlier.id}` above it matches first"
                    fix = f"move `{later.id}` above `{earlier.id}`, or change its conditions"
                    yield drawing.issue((*path, *where, place), "shadowed_path", sentence, fix)


def _first_covering(earlier: tuple[Conditions, ...], later: Conditions) -> Conditions | None:
    return next((one for one in earlier if covers(one, later)), None)
