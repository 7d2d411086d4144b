"""JSON Pointers, with the examples of RFC 6901 section 5."""

from typing import Any

import pytest

from skipline.base.json_pointer import MISSING, find, split_pointer

DOCUMENT = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
    "none": None,
}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
        ("/none", None),
    ],
)
def test_examples_of_the_rfc(pointer: str, value: Any) -> None:
    assert find(DOCUMENT, split_pointer(pointer)) == value


@pytest.mark.parametrize(
    "pointer", ["/nope", "/foo/2", "/foo/-1", "/foo/x", "/foo/0/1", "/none/x", "/foo/\u0660", f"/foo/{'9' * 5000}"]
)
def test_places_that_are_not_there(pointer: str) -> None:
    assert find(DOCUMENT, split_pointer(pointer)) is MISSING


def test_a_pointer_begins_with_a_slash() -> None:
    with pytest.raises(ValueError, match="begin it with a slash, such as /name"):
        split_pointer("$.name")
