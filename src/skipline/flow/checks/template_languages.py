"""A provider's template is named without the language in which it was approved."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.written import field_values

_HOLE = "{{ contact.language }}"


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `template_without_language`. Looks at fields of kind `template_language`."""
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            if one.kind == "template_language" and not one.value.strip():
                sentence = say(
                    "the template of `{step}` has no language, and each was approved in some only", step=path[1]
                )
                fix = say("add `language:`, such as en or pt_BR, or {hole} when there is one for each", hole=_HOLE)
                where = (*path, *one.path[:-1])
                yield inspection.drawing.issue(where, "template_without_language", sentence, fix)
