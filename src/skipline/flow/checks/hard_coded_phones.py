"""Conditions name single callers by their number, which belongs in a table."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.expr.rows import Operator, Row
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import Mark, marked_values

_NUMBERS = frozenset({"contact.phone", "call.from"})
_EXACT = frozenset({Operator.IS, Operator.IS_NOT, Operator.IS_ONE_OF, Operator.IS_NONE_OF})


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `hard_coded_phone`, a warning."""
    for path, piece in inspection.drawing.pieces():
        for one in marked_values(piece):
            if one.mark is Mark.ROW and _names_a_caller(one.value):
                sentence = say(
                    "a caller's number stands in the flow, and `{variable}` is compared with it",
                    variable=one.value.variable,
                )
                fix = say("keep such numbers in a table and ask it with look_up_table")
                where = (*path, *one.path)
                yield inspection.drawing.issue(where, "hard_coded_phone", sentence, fix, Severity.WARNING)


def _names_a_caller(row: Row) -> bool:
    return row.variable in _NUMBERS and row.operator in _EXACT
