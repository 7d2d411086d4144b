"""A step that is there for a text has none."""

import dataclasses
from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import FieldValue, field_values

_TEXTS = frozenset({"long_text", "note"})


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `empty_text`, a warning. Texts that may be left out may be empty too."""
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            if one.kind in _TEXTS and isinstance(one.value, str) and not one.value.strip() and _is_required(one):
                sentence = say("`{key}` of `{step}` is empty, so the step does nothing", key=one.path[-1], step=path[1])
                fix = say("write it, or take the step out")
                where = (*path, *one.path)
                yield inspection.drawing.issue(where, "empty_text", sentence, fix, Severity.WARNING)


def _is_required(one: FieldValue) -> bool:
    names = {own.name.rstrip("_"): own for own in dataclasses.fields(one.owner)}
    own = names[str(one.path[-1])]
    return own.default is dataclasses.MISSING and own.default_factory is dataclasses.MISSING
