"""The same words are spoken in whatever language the contact has."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import FieldValue, field_values


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `one_text_for_all`, a warning: a voice for one language cannot read another one aloud."""
    for path, piece in inspection.drawing.pieces():
        fields = list(field_values(piece))
        language = next((one for one in fields if one.kind == "language"), None)
        text = next((one for one in fields if one.kind == "long_text"), None)
        if language is not None and text is not None and _has_hole(language) and text.value and not _has_hole(text):
            sentence = say("`{step}` speaks the same words in every language that `language` may be", step=path[1])
            fix = say("branch on the language, with one step and one text for each")
            where = (*path, *language.path)
            yield inspection.drawing.issue(where, "one_text_for_all", sentence, fix, Severity.WARNING)


def _has_hole(one: FieldValue) -> bool:
    return "{{" in str(one.value)
