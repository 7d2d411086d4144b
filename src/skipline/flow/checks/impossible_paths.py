"""A path of a branch can never match, because its conditions contradict each other."""

from collections.abc import Iterator

from skipline.base.sentence import Sentence, all_of, chained, say
from skipline.expr.rows import Operator, Row
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.row_logic import contradiction, paths_in, severity_of


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `impossible_path`."""
    drawing = inspection.drawing
    for path, piece in drawing.pieces():
        for where, paths in paths_in(piece):
            for place, one in enumerate(paths):
                if (pair := contradiction(one, inspection.kind_of)) is not None:
                    both = all_of(dict.fromkeys(_described(row) for row in pair))
                    sentence = say("path `{path}` can never match: it asks for {both}", path=one.id, both=both)
                    fix = say("take one of them out, or put both under `any`")
                    severity = severity_of(pair, inspection.kind_of)
                    yield drawing.issue((*path, *where, place), "impossible_path", sentence, fix, severity)


_SAID = {
    Operator.IS: say("is"),
    Operator.IS_NOT: say("is not"),
    Operator.IS_ONE_OF: say("is one of"),
    Operator.IS_NONE_OF: say("is none of"),
    Operator.CONTAINS: say("contains"),
    Operator.STARTS_WITH: say("starts with"),
    Operator.ENDS_WITH: say("ends with"),
    Operator.MATCHES: say("matches"),
    Operator.GREATER_THAN: say("greater than"),
    Operator.AT_LEAST: say("at least"),
    Operator.LESS_THAN: say("less than"),
    Operator.AT_MOST: say("at most"),
    Operator.BETWEEN: say("between"),
    Operator.IS_SET: say("is set"),
    Operator.IS_NOT_SET: say("is not set"),
    Operator.IS_TRUE: say("is true"),
    Operator.IS_FALSE: say("is false"),
    Operator.BEFORE: say("before"),
    Operator.AFTER: say("after"),
}


def _described(row: Row) -> Sentence:
    """The row as people say it."""
    values = row.value if isinstance(row.value, tuple) else (row.value,)
    shown = ", ".join(str(value) for value in values if value is not None)
    return chained([part for part in (row.variable, _SAID[row.operator], shown) if part], " ")
