from datetime import UTC, datetime
from typing import Any

import pytest
from told_sentences import assert_told

from skipline.expr.errors import ExprMistake, FormulaFailed
from skipline.expr.scope import Scope

SCOPE = Scope(
    {
        "contact": "map",
        "contact.phone": "text",
        "contact.name": "text",
        "contact.tags": "list",
        "now": "time",
        "since": "time",
        "points": "number",
        "tier": "text",
        "is_member": "boolean",
        "record": "any",
        "items": "list",
    }
)
VARIABLES = {
    "contact": {"phone": "+31612345678", "name": "Ana", "tags": ["vip", "es"]},
    "now": datetime(2026, 1, 2, 12, tzinfo=UTC),
    "since": "2021-03-04T00:00:00Z",
    "points": 1200,
    "tier": "gold",
    "is_member": True,
    "record": {"orders": [{"total": 10, "open": True}, {"total": 2.5, "open": False}], "nothing": None},
    "items": [3, 1, 2],
}


def value(source: str, wants: str | None = None, /, **variables: Any) -> Any:
    return SCOPE.formula(source, wants).value(VARIABLES | variables)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("tier in ['gold', 'platinum'] && points >= 1000 && contact.phone.startsWith('+31')", True),
        ("points + 1", 1201),
        ("points + 0.5", 1200.5),
        ("7 / 2", 3.5),
        ("points % 7", 3),
        ("10 - 4 - 3", 3),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("-points + 1", -1199),
        ("!(points > 1000)", False),
        ("!!is_member", True),
        ("0x10 + .5", 16.5),
        ("int(points / 7)", 171),
        ("size(items) + 0.5", 3.5),
        ("items.size() == 3", True),
        ("items[0]", 3),
        ("items[points - 1200]", 3),
        ("items + [4]", [3, 1, 2, 4]),
        ("record.orders[1].total", 2.5),
        ("record['orders'][0]['total']", 10),
        ("record.orders.filter(o, o.open).size()", 1),
        ("record.orders.map(o, o.total * 2)", [20, 5]),
        ("record.orders.map(o, o.open, o.total)", [10]),
        ("record.orders.exists(o, o.total > 5 && o.open)", True),
        ("items.all(i, items.exists(j, j >= i))", True),
        ("items.exists_one(points, points > 2)", True),
        ("has(record.nope)", False),
        ("has(contact.phone) && contact.phone.endsWith('78')", True),
        ("record.?nope.orValue('none')", "none"),
        ("record.?orders[?9].hasValue()", False),
        ("record.nothing == null", True),
        ("record.nope == 'x' || true", True),
        ("is_member ? tier : 'none'", "gold"),
        ("points < 1 ? 'a' : points > 1000 ? 'b' : 'c'", "b"),
        ("{'a': points}.a", 1200),
        ("'vip' in contact.tags", True),
        ("contact.name.upper() + contact.name.lower() + ' x '.trim()", "ANAanax"),
        ("tier.matches('^g') && tier.contains('ol')", True),
        ("string(points * 1000) + string(0.5) + string(true)", "12000000.5yes"),
        ("double('12.5') + double(string(points))", 1212.5),
        ("now.getHours('Europe/Madrid')", 13),
        ("now - since > duration('24h')", True),
        ("now - duration('90m')", "2026-01-02T10:30:00Z"),
        ("now - timestamp('2026-01-02T11:00:00Z')", 3600),
        ("now", "2026-01-02T12:00:00Z"),
        ("points", 1200),
        ("record.nothing", None),
        ("'a' // a comment", "a"),
        ("'''it's'''", "it's"),
        (r"r'\d'", r"\d"),
    ],
)
def test_formulas_give_plain_data(source: str, expected: Any) -> None:
    result = value(source)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("source", "column", "sentence", "fix"),
    [
        ("points ==", 10, "the formula ends too early", ""),
        ("", 1, "the formula ends too early", ""),
        ("points = 1", 8, "'=' cannot stand in a formula", "write == to compare"),
        ("points > 1 and true", 12, "`and` is not known here", "write &&"),
        ("tier == 'gold", 9, "a quoted text has no end", "close the quote"),
        ("(points + 1", 12, "the ( in column 1 is not closed", "write )"),
        ("1 2", 3, "2 is not expected here", ""),
        ("if", 1, "`if` is a reserved word", ""),
        ("true ? 1", 6, "this ? has no : after it", "write condition ? yes : no"),
        ("true || contct.phone", 9, "no variable is called `contct`", "did you mean contact?"),
        ("contact.phon == ''", 9, "contact has no part `phon`", "did you mean contact.phone?"),
        ("tier.colour", 6, "tier is a text and has no part `colour`", ""),
        ("items.exists(i, j > 1)", 17, "no variable is called `j`", "use one of"),
        ("tier > 5", 6, "`>` does not work with a text and a number", ""),
        ("1 + points + tier", 12, "`+` does not work with a number and a text", ""),
        ("now + 5", 5, "`+` does not work with a time and a number", ""),
        ("!points", 1, "`!` does not work with a number", ""),
        ("is_member ? 'a' : 1", 11, "both sides of `? :` should be of one type, not a text and a number", ""),
        ("tier.startsWith(points)", 6, "`startsWith` does not work with a text and a number", ""),
        ("foo(1)", 1, "there is no function `foo`", "use one of"),
        ("tier.lowerAscii()", 6, "there is no function `lowerAscii`", "did you mean lower?"),
        ("tier.startWith('a')", 6, "there is no function `startWith`", "did you mean startsWith?"),
        ("lower(tier)", 1, "`lower` is not called like this", "write x.lower(...)"),
        ("tier.size(1)", 6, "`size` takes 0 values", ""),
        ("items.map(1, 2)", 7, "`map` names each item first", "write list.map(item, ...)"),
        ("has(tier)", 1, "`has` takes a name with a dot", "write has(contact.name)"),
        ("tier.matches('(')", 14, "`(` is not a pattern: missing )", ""),
        ("tier.matches(tier)", 14, "`matches` needs its pattern written out", "write x.matches"),
        ("record.?nope", 9, "this may be nothing at all", "write .orValue"),
        ("[record.?nope]", 10, "this may be nothing at all", "write .orValue"),
        ("{'a': record.?nope[tier]}", 15, "this may be nothing at all", "write .orValue"),
        ("record.?a.orValue(record.?b)", 27, "this may be nothing at all", "write .orValue"),
        ("record[?record.?a].orValue(1)", 17, "this may be nothing at all", "write .orValue"),
        ("points.map(x, x)", 1, "a number has no items to go through", ""),
        ("1.0.a", 5, "a number has no parts", ""),
        ("{points: 1}", 2, "a key of a map should be a text in quotes", ""),
        ("1e999", 1, "this number is too large", ""),
        ("points @ 1", 8, "'@' cannot stand in a formula", ""),
        ("tier + '\ud800'", 9, "there is half a character here", "delete it"),
    ],
)
def test_mistakes_are_found_when_a_formula_is_loaded(source: str, column: int, sentence: str, fix: str) -> None:
    with pytest.raises(ExprMistake) as caught:
        SCOPE.formula(source)
    assert sentence in caught.value.sentence
    assert caught.value.column == column
    assert fix in caught.value.fix
    assert bool(fix) == bool(caught.value.fix)
    assert_told(caught.value.sentence, caught.value.fix)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("record.nope == 1", "there is no `nope`"),
        ("record.nope", "there is no `record.nope`"),
        ("record.orders.first", "`record.orders` has no parts"),
        ("record.nothing + 1", "`+` does not work with nothing and a number"),
        ("record.orders + 1", "`+` does not work with a list and a number"),
        ("!record.orders", "`!` does not work"),
        ("1 / 0", "was something divided by 0?"),
        ("items[7]", "the list has 3 items and none with number 7"),
        ("double(tier)", "cannot convert string to double"),
        ("timestamp(tier)", "Timestamp conversion failed"),
        ("now.getHours('Nowhere/At-All')", "Invalid timezone"),
        ("record.orders.lower()", "`lower` does not work with a list"),
        ("int(1e300)", "range"),
    ],
)
def test_a_formula_that_fails_says_why(source: str, sentence: str) -> None:
    with pytest.raises(FormulaFailed, match="^.*" + sentence.replace("?", r"\?").replace("+", r"\+")):
        value(source)


def test_missing_values_fail_alone_but_not_beside_an_or() -> None:
    with pytest.raises(FormulaFailed):
        value("points > 1", points=None)
    assert value("points > 1 || tier == 'gold'", points=None) is True
    assert value("points == null", points=None) is True
    assert value("since == null", since=None) is True
    assert value("tier == 'gold'", tier=None) is False


def test_values_of_the_declared_type_come_as_texts_too() -> None:
    assert value("points + 1", points="1199") == 1200
    assert value("since.getFullYear()", since="2020-05-01") == 2020
    assert value("now > since", now="2026-01-02T12:00:00+02:00") is True


@pytest.mark.parametrize(
    ("source", "wants", "expected"),
    [
        ("points > 5", "boolean", True),
        ("record.flag", "boolean", True),
        ("record.amount", "number", 12.5),
        ("points", "text", "1200"),
        ("record.when", "time", "2026-05-01T00:00:00Z"),
        ("items", "list", [3, 1, 2]),
        ("record.nothing", "any", None),
    ],
)
def test_a_wanted_type_is_read_from_loose_values(source: str, wants: str, expected: Any) -> None:
    record = VARIABLES["record"] | {"flag": "yes", "amount": "12.5", "when": "2026-05-01"}  # type: ignore[operator]
    assert value(source, wants, record=record) == expected


def test_a_result_of_another_type_is_refused_when_it_is_known() -> None:
    with pytest.raises(ExprMistake, match="the formula gives a number, and yes or no is needed here"):
        SCOPE.formula("points + 1", "boolean")
    with pytest.raises(FormulaFailed, match="the formula gave 'Ana', which is not a number"):
        value("record.name", "number", record={"name": "Ana"})
    with pytest.raises(FormulaFailed, match="the formula gave nothing, which is not yes or no"):
        value("record.nothing", "boolean")


def test_the_names_in_use_are_known() -> None:
    formula = SCOPE.formula("contact.phone == record.?a.orValue('x') || items.exists(tier, tier > points)")
    assert formula.names == {"contact.phone", "record.a", "items", "points"}


def test_only_the_parts_in_use_are_handed_over() -> None:
    record = {"small": 1, "huge": ["x"] * 1_000_000, "odd": object()}
    assert value("record.small + 1", record=record) == 2
    with pytest.raises(FormulaFailed, match="a list has 1,000,000 items; a formula takes 1,000"):
        value("size(record.huge)", record=record)
    with pytest.raises(FormulaFailed, match="a value of type object cannot be used"):
        value("record.odd == 1", record=record)


def test_an_open_name_has_any_part_and_a_wrong_type_is_our_bug() -> None:
    assert Scope({"queues": "map"}).formula("queues.vip.waiting < 5").value({"queues": {"vip": {"waiting": 2}}}) is True
    with pytest.raises(ValueError, match="string is not a type of variable"):
        Scope({"tier": "string"})


def test_work_is_bounded_by_what_the_names_hold() -> None:
    orders = [{"total": n, "note": "x" * 50} for n in range(1000)]
    assert value("record.map(o, o.total + points).size()", record=orders) == 1000
    assert value("record.exists(o, record.size() < o.total)", record=orders) is False
    with pytest.raises(FormulaFailed, match="would copy more than a call can wait for"):
        value("record.map(o, record)", record=orders)
    with pytest.raises(FormulaFailed, match="a list has 1,000 items; a formula takes 90"):
        value("record.exists(o, record.exists(p, p.total > o.total))", record=orders)
    assert value("record.exists(o, record.exists(p, p.total > o.total))", record=orders[:90]) is True


@pytest.mark.parametrize("name", ["type", "list", "int", "dyn", "size", "text", "v_", "optional", "null_type"])
def test_a_variable_may_be_called_like_something_of_the_library(name: str) -> None:
    scope = Scope({name: "number", "record": "any"})
    assert scope.formula(f"{name} + size(record.map({name}, {name})) + 1").value({name: 2, "record": [1]}) == 4


def test_a_variable_that_was_never_set_is_missing() -> None:
    with pytest.raises(FormulaFailed, match="there is no `tier`"):
        SCOPE.formula("tier + 'x'").value({})
