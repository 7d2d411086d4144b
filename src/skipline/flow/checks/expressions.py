"""A text, a formula or a condition cannot be used as it is written."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.expressions import BadExpression
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.written import Mark

_EXAMPLES = {
    Mark.TEXT: say("write something like: Hello {{{{ contact.name }}}}"),
    Mark.FORMULA: say("write something like: {formula}", formula='contact.tier == "gold"'),
    Mark.ROW: say("put it right, or use another operator, such as is or starts_with"),
}
_CODES = {Mark.TEXT: "bad_text", Mark.FORMULA: "bad_formula", Mark.ROW: "bad_condition"}


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `bad_text`, `bad_formula` and `bad_condition`."""
    for broken in inspection.values.broken:
        fix = broken.mistake.fix or _EXAMPLES[broken.mark]
        yield inspection.drawing.issue(broken.path, _CODES[broken.mark], _sentence(broken), fix)


def _sentence(broken: BadExpression) -> str:
    sentence, column = broken.mistake.sentence, broken.mistake.column
    if column is None:
        return sentence
    return say("{sentence}, at its character {column}", sentence=sentence, column=column)
