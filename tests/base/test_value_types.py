"""Reading loose values: what can be read without guessing is, everything else is refused with a sentence."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipline.base.value_types import ValueType, check_default, conform, shorten, take, write_plain

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        ("gold", ValueType.TEXT, "gold"),
        (12.0, ValueType.TEXT, "12"),
        (12.5, ValueType.TEXT, "12.5"),
        (True, ValueType.TEXT, "true"),
        ("1200", ValueType.NUMBER, 1200),
        (" 0.0 ", ValueType.NUMBER, 0),
        ("-1.5e2", ValueType.NUMBER, -150),
        (2**80, ValueType.NUMBER, float(2**80)),
        ("Yes", ValueType.BOOLEAN, True),
        (0, ValueType.BOOLEAN, False),
        ("2026-05-01T14:00:00+02:00", ValueType.TIME, datetime(2026, 5, 1, 12, tzinfo=UTC)),
        ("2026-05-01", ValueType.TIME, datetime(2026, 5, 1, tzinfo=UTC)),
        ((1, 2), ValueType.LIST, [1, 2]),
        ({"a": [1]}, ValueType.ANY, {"a": [1]}),
    ],
)
def test_values_that_can_be_read(value: Any, wanted: ValueType, expected: Any) -> None:
    read = conform(value, wanted)
    assert read == expected
    assert type(read) is type(expected)


@pytest.mark.parametrize(
    ("value", "wanted", "words"),
    [
        (["gold"], ValueType.TEXT, "is not a text"),
        ("x" * 10_001, ValueType.TEXT, "longer than 10000"),
        ("12 apples", ValueType.NUMBER, "'12 apples' is not a number"),
        (True, ValueType.NUMBER, "is not a number"),
        ("1e999", ValueType.NUMBER, "is not a number"),
        (float("nan"), ValueType.NUMBER, "is not a number"),
        (10**400, ValueType.NUMBER, "is not a number"),
        ("٣", ValueType.NUMBER, "is not a number"),
        ("maybe", ValueType.BOOLEAN, "is not yes or no"),
        ("tomorrow", ValueType.TIME, "is not a time"),
        (1777636800, ValueType.TIME, "is not a time"),
        ("0001-01-01T00:00:00+14:00", ValueType.TIME, "is not a time"),
        ("a, b", ValueType.LIST, "is not a list"),
        ([0] * 1001, ValueType.LIST, "longer than 1000"),
        (2**70, ValueType.ANY, "too large"),
        (["x" * 70_000], ValueType.ANY, "larger than 65536"),
    ],
)
def test_values_that_cannot_be_read_say_why(value: Any, wanted: ValueType, words: str) -> None:
    with pytest.raises(ValueError, match="") as refusal:
        conform(value, wanted)
    assert words in str(refusal.value)


@given(_JSON, st.sampled_from(list(ValueType)))
def test_whatever_comes_is_read_or_refused(value: Any, wanted: ValueType) -> None:
    try:
        conform(value, wanted)
    except ValueError as refusal:
        assert str(refusal)


def test_take_gives_the_default_and_says_why() -> None:
    assert take("7", ValueType.NUMBER, 1) == (7, "")
    assert take("seven", ValueType.NUMBER, 1) == (1, "'seven' is not a number")
    assert take(None, ValueType.NUMBER, 1) == (1, "")
    assert take(None, ValueType.NUMBER, None) == (None, "")


def test_a_default_must_be_of_the_type() -> None:
    check_default("7", ValueType.NUMBER)
    check_default(None, ValueType.NUMBER)
    with pytest.raises(
        ValueError, match="the default 'seven' is not a number: write a default that fits `type: number`"
    ):
        check_default("seven", ValueType.NUMBER)


def test_values_are_written_as_people_write_them() -> None:
    written = [write_plain(one) for one in (None, True, 3.0, 3.25, "a", ["a", 1.0], datetime(2026, 5, 1, tzinfo=UTC))]
    assert written == ["nothing", "yes", "3", "3.25", "a", "a, 1", "2026-05-01T00:00:00Z"]


def test_long_texts_are_shortened_to_one_line() -> None:
    assert shorten("a\n b  c") == "a b c"
    assert shorten("x" * 100, 10) == "x" * 9 + "…"
