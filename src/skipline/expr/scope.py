"""Compiles rows, formulas and texts for one place where certain names are known."""

from collections.abc import Callable, Mapping
from typing import Any

from skipline.base.sentence import say
from skipline.base.value_types import shorten
from skipline.expr.errors import ExprMistake
from skipline.expr.formulas import Formula, Warn, make_formula
from skipline.expr.names import Names
from skipline.expr.nodes import Node
from skipline.expr.operators import Misfit, make_test
from skipline.expr.rows import Operator, Row
from skipline.expr.syntax import read_formula
from skipline.expr.texts import Text, read_text
from skipline.expr.tokens import read_tokens
from skipline.expr.values import find, write_text

Predicate = Callable[[Mapping[str, Any], Warn], bool]
"""Whether a row holds for these variables; a sentence of warning when a value could not be compared."""

_LONGEST_SHOWN = 40
_ABOUT_MISSING = frozenset({Operator.IS_SET, Operator.IS_NOT_SET})


class Scope:
    """Known names and their types: map, text, number, boolean, time, list or any.

    A name may be dotted (`contact.phone`): its part has this type, and only declared parts of `contact` exist then.
    Everything here is checked when it is compiled; `ExprMistake` says what is wrong and what to write instead.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = Names(names)

    def row(self, row: Row) -> Predicate:
        """A condition row. It never raises; a comparison with a missing value is false, also `is_not`."""
        path = tuple(row.variable.split("."))
        if not all(path):
            sentence = say("`{written}` is not the name of a variable", written=row.variable)
            raise ExprMistake(sentence, fix=say("write a name such as contact.phone"))
        self._names.check(path)
        test = make_test(row, self._names.kind(path))
        is_about_missing = row.operator in _ABOUT_MISSING

        def holds(variables: Mapping[str, Any], warn: Warn) -> bool:
            value = find(variables, path)
            if value is None and not is_about_missing:
                return False
            try:
                return test(value)
            except Misfit as misfit:
                warn(f"{row.variable} is {shorten(write_text(value), _LONGEST_SHOWN)!r}, which is not {misfit}")
                return False

        return holds

    def formula(self, source: str, wants: str | None = None) -> Formula:
        """A CEL formula whose value must be of type `wants`, or any."""
        return make_formula(source, read_formula(read_tokens(source)), self._names, wants)

    def text(self, source: str) -> Text:
        """A text with holes; one without is itself."""
        return read_text(source, self._make_hole)

    def _make_hole(self, source: str, node: Node) -> Formula:
        return make_formula(source, node, self._names, None)
