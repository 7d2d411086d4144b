"""Values of a run as plain JSON data."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from skipline.flow.plain import MAX_CHARACTERS, MAX_DEPTH, MAX_ITEMS, make_plain


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (2.5, 2.5),
        (float("nan"), None),
        (float("inf"), None),
        ("text", "text"),
        ((1, ("a",)), [1, ["a"]]),
        ({1: {"b": ()}}, {"1": {"b": []}}),
        (datetime(2026, 5, 1, 12, tzinfo=UTC), "2026-05-01T12:00:00Z"),
        (b"bytes", "b'bytes'"),
    ],
)
def test_every_value_becomes_json_data(value: object, plain: object) -> None:
    assert make_plain(value, pytest.fail) == plain


@pytest.mark.parametrize("value", ["x" * (MAX_CHARACTERS + 1), list(range(MAX_ITEMS + 1)), dict.fromkeys(range(5000))])
def test_what_is_too_long_is_cut_with_a_warning(value: Any) -> None:
    warnings: list[str] = []
    assert len(make_plain(value, warnings.append)) in (MAX_CHARACTERS, MAX_ITEMS)
    assert len(warnings) == 1
    assert str(len(value)) in warnings[0]


def test_what_is_too_deep_is_left_out_with_a_warning() -> None:
    warnings: list[str] = []
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert json.dumps(make_plain(deep, warnings.append)) == "[" * MAX_DEPTH + "null" + "]" * MAX_DEPTH
    assert len(warnings) == 1
