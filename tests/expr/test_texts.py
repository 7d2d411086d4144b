import json
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_sentences import assert_told

from skipline.expr.errors import ExprMistake
from skipline.expr.formats import FORMATS
from skipline.expr.scope import Scope

SCOPE = Scope({"contact": "any", "points": "number", "tier": "text", "flags": "list", "is_member": "boolean"})
VARIABLES = {
    "contact": {"phone": "+31612345678", "name": "ana maria o'neil", "empty": "", "nothing": None},
    "points": 1200,
    "tier": "gold",
    "flags": ["a", "b"],
    "is_member": True,
}


def render(source: str, **variables: Any) -> str:
    warnings: list[str] = []
    text = SCOPE.text(source).render(VARIABLES | variables, warnings.append)
    assert warnings == []
    return text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        ("no holes } at {all", "no holes } at {all"),
        ("You have {{ points }} points", "You have 1200 points"),
        ("{{points}}{{ points }}", "12001200"),
        ("{{ points / 7 | fixed }}", "171.43"),
        ("{{ points | fixed:0 }}", "1200"),
        ("{{ tier | fixed:1 }}", "gold"),
        ("{{ is_member }}, {{ !is_member }}", "yes, no"),
        ("{{ flags }}", "a, b"),
        ("{{ contact.nothing }}|{{ contact.empty }}", "|"),
        ("{{ tier | upper }} {{ 'ABC' | lower }}", "GOLD abc"),
        ("{{ contact.name | title }}", "Ana Maria O'neil"),
        ("{{ contact.phone | mask }}", "********5678"),
        ("{{ contact.phone | mask:2 }}", "**********78"),
        ("{{ 'abc' | mask }}", "***"),
        ("{{ contact.phone | digits | spell }}", "3 1 6 1 2 3 4 5 6 7 8"),
        ('{{ contact.empty | default:"there" | upper }}', "THERE"),
        ("{{ contact.nope | default:'there' }}", "there"),
        ("{{ tier == 'x' || is_member ? 'a' : 'b' | upper }}", "A"),
        ("{{ '}}' + \"{{\" + '|' }}", "}}{{|"),
        ("{{ {'a': 'b'}.a }}", "b"),
        ("{{ contact.name | url }}", "ana%20maria%20o%27neil"),
        ("{{ contact.phone | url }}", "%2B31612345678"),
        ('{"n": {{ contact.name | json }}, "p": {{ points | json }}, "x": {{ contact.nothing | json }}}',
         '{"n": "ana maria o\'neil", "p": 1200, "x": null}'),
    ],
)  # fmt: skip
def test_texts_are_filled(source: str, expected: str) -> None:
    assert render(source) == expected


def test_a_lone_hole_keeps_its_type() -> None:
    values = [SCOPE.text(source).value(VARIABLES, print) for source in ("{{ points }}", "{{ flags }}", " {{ points }}")]
    assert values == [1200, ["a", "b"], " 1200"]


def test_a_hole_that_fails_prints_nothing_and_warns() -> None:
    warnings: list[str] = []
    text = SCOPE.text("Hello {{ contact.nope }}, {{ points + 1 }}")
    assert text.render({"contact": {}, "points": None}, warnings.append) == "Hello , "
    assert warnings == [
        "{{ contact.nope }} printed nothing: there is no `contact.nope`",
        "{{ points + 1 }} printed nothing: `+` does not work with nothing and a number",
    ]


def test_holes_are_encoded_as_the_place_needs_it() -> None:
    text = SCOPE.text("/c/{{ contact.name }}?t={{ contact.name | url }}&j={{ tier | json }}")
    encoded = text.render({"contact": {"name": "a/b?c"}, "tier": "g"}, print, encode=lambda part: quote(part, safe=""))
    assert encoded == '/c/a%2Fb%3Fc?t=a%2Fb%3Fc&j="g"'


@pytest.mark.parametrize(
    ("source", "column", "sentence", "fix"),
    [
        ("Hello {{ tier", 7, "this {{ has no }} after it", "close the hole with }}"),
        ("{{ tier }} {{ 'a }}", 12, "this {{ has no }} after it", "close the hole"),
        ("{{ }}", 4, "the formula ends too early", ""),
        ("Hello {{ teir }}", 10, "no variable is called `teir`", "did you mean tier?"),
        ("Hello {{ points + }}", 19, "the formula ends too early", ""),
        ("Hello {{ tier | uper }}", 17, "there is no format `uper`", "did you mean upper?"),
        ("{{ tier | upper:2 }}", 11, "`upper` takes nothing after it", ""),
        ("{{ tier | default }}", 11, "`default` needs a value after it", 'write default:"friend"'),
        ("{{ points | fixed:'x' }}", 13, "`fixed` needs a value after it", "write fixed:2"),
        ("{{ points | fixed:99 }}", 13, "takes a whole number from 0 to 20", ""),
        ("{{ tier | mask:tier }}", 16, "a number or a text in quotes is needed", ""),
        ("{{ tier tier }}", 9, "tier is not expected here", ""),
    ],
)
def test_mistakes_are_found_at_their_column_of_the_text(source: str, column: int, sentence: str, fix: str) -> None:
    with pytest.raises(ExprMistake) as caught:
        SCOPE.text(source)
    assert sentence in caught.value.sentence
    assert caught.value.column == column
    assert fix in caught.value.fix
    assert_told(caught.value.sentence, caught.value.fix)


def test_texts_know_their_names_and_whether_they_are_fixed() -> None:
    text = SCOPE.text("{{ contact.phone | mask }} {{ points }}")
    assert text.names == {"contact.phone", "points"}
    assert not text.is_fixed
    assert SCOPE.text("hello").is_fixed


def test_texts_are_bounded() -> None:
    with pytest.raises(ExprMistake, match="longer than 20,000"):
        SCOPE.text("x" * 20_001)
    with pytest.raises(ExprMistake, match="more than 100 holes"):
        SCOPE.text("x{{ points }}" * 101)
    warnings: list[str] = []
    long = SCOPE.text("{{ tier }}" * 50).render({"tier": "x" * 9_000}, warnings.append)
    assert len(long) == 100_000
    assert warnings == ["the text was cut after 100,000 characters"]


@given(st.text(max_size=50))
def test_encoded_holes_come_back_unchanged(value: str) -> None:
    variables = {"contact": {"name": value}}
    url = SCOPE.text("{{ contact.name | url }}").render(variables, print)
    assert unquote(url) == value
    assert not set("/?#&+ \r\n") & set(url)
    assert json.loads(SCOPE.text("[{{ contact.name | json }}]").render(variables, print)) == [value]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(values, st.lists(st.sampled_from([*(name for name in FORMATS if name != "default"), "default:'x'"]), max_size=4))
def test_no_value_makes_a_text_fail(value: Any, formats: list[str]) -> None:
    hole = " | ".join(["contact", *formats])
    assert isinstance(SCOPE.text(f"a{{{{ {hole} }}}}").render({"contact": value}, lambda warning: None), str)
