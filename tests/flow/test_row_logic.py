"""What is said to follow from rows does follow: the rows themselves, compiled and asked, are the judge."""

from hypothesis import given, settings
from hypothesis import strategies as st

from skipline.expr.errors import ExprMistake
from skipline.expr.rows import Operator, Row
from skipline.expr.scope import Scope
from skipline.flow.row_logic import excludes, implies

_SCALARS = st.sampled_from(
    ["gold", "Gold ", "silver", "7", "007", "+31612345678", "1e3", True, False, 1, 1.0, 5, 7, 9, -2]
)
_NUMBERS = st.sampled_from([-2, 0, 1, 5, 7, 9, 9.5])
_VALUES = st.one_of(_SCALARS, _NUMBERS, st.none(), st.just("yes"), st.just("true"), st.just(""))
_LISTS = frozenset({Operator.IS_ONE_OF, Operator.IS_NONE_OF})
_ORDERS = frozenset({Operator.GREATER_THAN, Operator.AT_LEAST, Operator.LESS_THAN, Operator.AT_MOST})
_PLAIN = frozenset({Operator.IS, Operator.IS_NOT})
_BARE = frozenset({Operator.IS_SET, Operator.IS_NOT_SET, Operator.IS_TRUE, Operator.IS_FALSE})


@st.composite
def _rows(draw: st.DrawFn) -> Row:
    operator = draw(st.sampled_from(sorted(_LISTS | _ORDERS | _PLAIN | _BARE | {Operator.BETWEEN})))
    match_case = draw(st.booleans()) if operator in _LISTS | _PLAIN else False
    if operator in _LISTS:
        return Row(
            variable="x",
            operator=operator,
            value=tuple(draw(st.lists(_SCALARS, min_size=1, max_size=3))),
            match_case=match_case,
        )
    if operator is Operator.BETWEEN:
        low, high = sorted(draw(st.tuples(_NUMBERS, _NUMBERS)))
        return Row(variable="x", operator=operator, value=(low, high))
    if operator in _BARE:
        return Row(variable="x", operator=operator)
    value = draw(_NUMBERS if operator in _ORDERS else _SCALARS)
    return Row(variable="x", operator=operator, value=value, match_case=match_case)


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(["any", "text", "number", "boolean"]), _rows(), _rows(), _VALUES)
def test_what_is_implied_holds_and_what_is_excluded_does_not(kind: str, row: Row, other: Row, value: object) -> None:
    scope, variables = Scope({"x": kind}), {"x": value}
    try:
        first, second = scope.row(row), scope.row(other)
    except ExprMistake:
        return
    if first(variables, lambda _: None):
        does_other_hold = second(variables, lambda _: None)
        assert not implies(row, other, kind) or does_other_hold, (row, other)
        assert not excludes(row, other, kind) or not does_other_hold, (row, other)


def test_rows_about_different_variables_say_nothing_of_each_other() -> None:
    one, other = Row(variable="a", operator=Operator.IS, value=1), Row(variable="b", operator=Operator.IS, value=2)
    assert not implies(one, other, "any")
    assert not excludes(one, other, "any")


def test_narrow_rows_imply_wide_ones() -> None:
    gold = Row(variable="x", operator=Operator.IS, value="Gold")
    paying = Row(variable="x", operator=Operator.IS_ONE_OF, value=("gold", "platinum"))
    many = Row(variable="x", operator=Operator.GREATER_THAN, value=10)
    some = Row(variable="x", operator=Operator.AT_LEAST, value=10)
    assert implies(gold, paying, "any")
    assert not implies(paying, gold, "any")
    assert implies(many, some, "any")
    assert not implies(some, many, "any")
    assert implies(gold, Row(variable="x", operator=Operator.IS_SET), "any")


def test_rows_that_cannot_both_hold_are_seen() -> None:
    low = Row(variable="x", operator=Operator.LESS_THAN, value=5)
    high = Row(variable="x", operator=Operator.AT_LEAST, value=5)
    assert excludes(low, high, "any")
    assert not excludes(Row(variable="x", operator=Operator.AT_MOST, value=5), high, "any")
    assert excludes(Row(variable="x", operator=Operator.IS_NOT_SET), low, "any")
