"""A personal value is put where others read it: in a note of the record, or in a header that goes to a target."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.drawing import personal_names
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import Mark, Written, marked_values


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `personal_data`, a warning. Looks at fields of kind `note` and `headers`."""
    personal = frozenset(personal_names(inspection.drawing))
    if not personal:
        return
    for path, piece in inspection.drawing.pieces():
        for one in marked_values(piece):
            names = sorted(personal & _names_in(inspection, one))
            if names and one.field.get("kind") in _PLACES:
                place, fix = _PLACES[one.field["kind"]]
                sentence = say("the personal `{name}` {place}", name=names[0], place=place)
                where = (*path, *one.path)
                yield inspection.drawing.issue(where, "personal_data", sentence, fix, Severity.WARNING)


_PLACES = {
    "note": (say("stands in a note, where it is masked"), say("write the note without it")),
    "headers": (
        say("leaves with the call, and every system on the way may write it down"),
        say("send a number of your own instead"),
    ),
}


def _names_in(inspection: Inspection, one: Written) -> frozenset[str]:
    text = inspection.values.expressions.texts.get(one.value) if one.mark is Mark.TEXT else None
    return text.names if text is not None else frozenset()
