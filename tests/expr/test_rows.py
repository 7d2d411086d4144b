from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_sentences import assert_told

from skipline.expr.errors import ExprMistake
from skipline.expr.rows import Operator, Row
from skipline.expr.scope import Scope

SCOPE = Scope(
    {
        "contact": "map",
        "contact.phone": "text",
        "contact.tags": "list",
        "now": "time",
        "points": "number",
        "tier": "text",
        "since": "time",
        "is_member": "boolean",
        "value": "any",
        "orders": "list",
    }
)


def holds(variable: str, operator: str, value: Any = None, /, *, match_case: bool = False, **variables: Any) -> bool:
    row = Row(variable=variable, operator=Operator(operator), value=value, match_case=match_case)
    warnings: list[str] = []
    result = SCOPE.row(row)(variables, warnings.append)
    assert warnings == []
    return result


@pytest.mark.parametrize(
    ("operator", "value", "actual"),
    [
        ("is", "gold", "Gold"),
        ("is", "gold", " gold "),
        ("is", "straße", "STRASSE"),
        ("is", "é", "e\u0301"),
        ("is", 1200, "1200"),
        ("is", 1200, 1200.0),
        ("is", "1200", 1200.0),
        ("is", True, "yes"),
        ("is", False, 0),
        ("is", "vip", ["es", "VIP"]),
        ("is_not", "gold", "silver"),
        ("is_not", 5, "five"),
        ("is_not", "vip", []),
        ("is_one_of", ["gold", "platinum"], "PLATINUM"),
        ("is_one_of", [1, 2], "2"),
        ("is_one_of", ["gold", 7], 7),
        ("is_one_of", ["vip"], ["es", "vip"]),
        ("is_none_of", ["gold", "platinum"], "silver"),
        ("is_none_of", ["vip"], ["es"]),
        ("contains", "old", "Gold"),
        ("contains", "vip", ["es", "VIP"]),
        ("contains", 20, 1200),
        ("starts_with", "+31", "+31612345678"),
        ("ends_with", "678", "+31612345678"),
        ("matches", "^g.*d$", "GOLD"),
        ("matches", "l", "gold"),
        ("greater_than", 1000, "1000.5"),
        ("at_least", 1000, 1000),
        ("less_than", "10", 9.5),
        ("at_most", 10, " 10 "),
        ("between", [10, 20], 10),
        ("between", [10, 20], "20"),
        ("between", ["2026-01-01", "2026-12-31"], "2026-05-01T12:00:00+02:00"),
        ("is_set", None, "x"),
        ("is_set", None, 0),
        ("is_set", None, False),
        ("is_not_set", None, ""),
        ("is_not_set", None, []),
        ("is_true", None, "true"),
        ("is_true", None, 1),
        ("is_false", None, "no"),
        ("before", "2026-05-02", "2026-05-01T23:59:59Z"),
        ("after", "2026-05-01T12:00:00+02:00", "2026-05-01T10:00:01Z"),
    ],
)
def test_a_row_holds(operator: str, value: Any, actual: Any) -> None:
    assert holds("value", operator, value, value=actual)


@pytest.mark.parametrize(
    ("operator", "value", "actual"),
    [
        ("is", "gold", "golden"),
        ("is", "5", 5.5),
        ("is", True, "gold"),
        ("is_not", "gold", "GOLD"),
        ("is_not", "vip", ["vip", "es"]),
        ("is_one_of", ["gold"], "silver"),
        ("is_none_of", ["gold"], "Gold"),
        ("contains", "vip", ["vips"]),
        ("matches", "^old", "gold"),
        ("between", [10, 20], 20.01),
        ("is_set", None, ""),
        ("is_true", None, "gold"),
        ("is_false", None, "gold"),
    ],
)
def test_a_row_does_not_hold(operator: str, value: Any, actual: Any) -> None:
    assert not holds("value", operator, value, value=actual)


def test_case_counts_when_asked_for() -> None:
    assert holds("tier", "is", "gold", tier="gold", match_case=True)
    assert not holds("tier", "is", "gold", tier="Gold", match_case=True)
    assert not holds("tier", "is_one_of", ["gold"], tier="Gold", match_case=True)
    assert not holds("tier", "contains", "g", tier="Gold", match_case=True)
    assert not holds("tier", "matches", "^g", tier="Gold", match_case=True)


COMPARISONS = [
    ("is", "x"),
    ("is_not", "x"),
    ("is_one_of", ["x"]),
    ("is_none_of", ["x"]),
    ("contains", "x"),
    ("starts_with", "x"),
    ("ends_with", "x"),
    ("matches", "x"),
    ("greater_than", 1),
    ("at_least", 1),
    ("less_than", 1),
    ("at_most", 1),
    ("between", [1, 2]),
    ("is_true", None),
    ("is_false", None),
    ("before", "2026-01-01"),
    ("after", "2026-01-01"),
]


@pytest.mark.parametrize(("operator", "value"), COMPARISONS)
def test_a_comparison_with_a_missing_value_is_false(operator: str, value: Any) -> None:
    assert not holds("value", operator, value)
    assert not holds("value", operator, value, value=None)
    assert not holds("value.part", operator, value, value={"other": 1})


def test_every_operator_is_tried_with_a_missing_value() -> None:
    assert {operator for operator, _ in COMPARISONS} == set(Operator) - {Operator.IS_SET, Operator.IS_NOT_SET}


def test_being_set_asks_about_missing_values() -> None:
    assert holds("value.part", "is_not_set", value=5)
    assert not holds("value.part", "is_set")


def test_paths_lead_through_maps_and_lists() -> None:
    orders = [{"total": 5}, {"total": 50, "tags": ["open"]}]
    assert holds("orders.1.total", "greater_than", 10, orders=orders)
    assert holds("orders.1.tags.0", "is", "open", orders=orders)
    assert holds("orders.7.total", "is_not_set", orders=orders)


def test_the_type_of_a_variable_rules_the_comparison() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert holds("now", "after", "2026-05-01T13:59:00+02:00", now=now)
    assert holds("since", "is", "2026-05-01T12:00:00Z", since="2026-05-01T14:00:00+02:00")
    assert holds("points", "is", "1200.0", points="1200")
    assert holds("tier", "is", "007", tier="007")
    assert not holds("tier", "is", "007", tier="7")
    assert holds("is_member", "is", "true", is_member="yes")


@pytest.mark.parametrize(
    ("operator", "value", "actual", "warning"),
    [
        ("greater_than", 5, "many", "value is 'many', which is not a number"),
        ("at_most", 5, True, "value is 'yes', which is not a number"),
        ("between", [1, 2], [1], "value is '1', which is not a number"),
        ("before", "2026-01-01", 5, "value is '5', which is not a time"),
        ("starts_with", "a", {"a": 1}, "value is '{\"a\": 1}', which is not a text"),
    ],
)
def test_what_cannot_be_compared_is_false_with_a_warning(operator: str, value: Any, actual: Any, warning: str) -> None:
    warnings: list[str] = []
    row = SCOPE.row(Row(variable="value", operator=Operator(operator), value=value))
    assert not row({"value": actual}, warnings.append)
    assert warnings == [warning]


@pytest.mark.parametrize(
    ("variable", "operator", "value", "sentence", "fix"),
    [
        ("teir", "is", "x", "no variable is called `teir`", "did you mean tier?"),
        ("contact.phne", "is_set", None, "contact has no part `phne`", "did you mean contact.phone?"),
        ("tier.colour", "is_set", None, "tier is a text and has no part `colour`", ""),
        ("contact..phone", "is_set", None, "is not the name of a variable", "such as contact.phone"),
        ("tier", "is", None, "`is` needs a value to compare with", "use is_not_set"),
        ("tier", "is", ["a"], "`is` compares with one value, not a list", "use is_one_of"),
        ("tier", "is_one_of", "gold", "`is_one_of` needs a list of values", "write value: [gold]"),
        ("tier", "is_one_of", [], "`is_one_of` needs a list of values", "write value: [a, b]"),
        ("tier", "is_one_of", ["a", None], "`is_one_of` needs a value", "write a value"),
        ("points", "between", 5, "`between` needs two values", "write value: [10, 20]"),
        ("points", "between", [1, 2, 3], "`between` needs two values", "write value: [10, 20]"),
        ("points", "between", [3, 1], "the first value of `between` is higher", "swap them"),
        ("points", "at_least", "many", "`at_least` needs a number here, not 'many'", "write a number"),
        ("points", "is", "many", "`is` needs a number here", "write a number"),
        ("since", "before", "May", "'May' is not a time", 'write "2026-05-01"'),
        ("since", "greater_than", 5, "compares numbers, and since is a time", "use before or after"),
        ("points", "after", "2026-01-01", "compares times, and points is a number", "use less_than"),
        ("is_member", "contains", "x", "looks into texts, and is_member is a boolean", ""),
        ("is_member", "is", "maybe", "'maybe' is neither true nor false", "use is_true"),
        ("tier", "matches", "(a", "`(a` is not a pattern: missing )", ""),
        ("tier", "matches", "+31", "`+31` is not a pattern", "write \\+31"),
        ("tier", "matches", "(?=a)", "is not a pattern", "look-ahead"),
        ("tier", "matches", 5, "`matches` needs a pattern", 'write it in quotes: "5"'),
        ("tier", "contains", " ", "needs a text that is not empty", ""),
        ("tier", "is_set", "x", "`is_set` compares with nothing", "remove `value`"),
        ("tier", "is", "{{ points }}", "not with texts that have holes", "use a formula"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(
    variable: str, operator: str, value: Any, sentence: str, fix: str
) -> None:
    with pytest.raises(ExprMistake) as caught:
        SCOPE.row(Row(variable=variable, operator=Operator(operator), value=value))
    assert sentence in caught.value.sentence
    assert fix in caught.value.fix
    assert bool(fix) == bool(caught.value.fix)
    assert_told(caught.value.sentence, caught.value.fix)


def test_rows_are_values() -> None:
    row = Row(variable="tier", operator=Operator.IS_ONE_OF, value=["a", "b"])  # type: ignore[arg-type]
    assert row.value == ("a", "b")
    assert hash(row) == hash(Row(variable="tier", operator=Operator.IS_ONE_OF, value=("a", "b")))


plain_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(plain_data)
def test_rows_never_raise_whatever_the_value(value: Any) -> None:
    for operator, expected in [*COMPARISONS, ("is_set", None), ("is_not_set", None)]:
        row = SCOPE.row(Row(variable="value", operator=Operator(operator), value=expected))
        assert row({"value": value}, lambda warning: None) in (True, False)
        SCOPE.row(Row(variable="value.a.0", operator=Operator(operator), value=expected))({"value": value}, print)
