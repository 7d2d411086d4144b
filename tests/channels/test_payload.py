"""What strangers send is read without a fall, and what is odd in one place does not hide the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from skipline.asking.payload import (
    LARGEST_BYTES,
    LONGEST_ID,
    Unreadable,
    clean,
    fingerprint,
    id_in,
    items_in,
    key_of,
    moment_in,
    read_json,
    text_in,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"a": NaN, "b": "kept"}', {"a": None, "b": "kept"}),
        (b'{"a": 1e999, "b": "kept"}', {"a": None, "b": "kept"}),
        (b'{"a": ' + b"9" * 5_000 + b', "b": "kept"}', {"a": None, "b": "kept"}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
    ],
)
def test_an_odd_number_or_letter_does_not_hide_the_rest(body: bytes, value: object) -> None:
    assert read_json(body) == value


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"a":' * 70 + b"1" + b"}" * 70, b"\xff", b"<xml/>"])
def test_what_is_no_json_is_told_in_words(body: bytes) -> None:
    with pytest.raises(Unreadable, match=r"it is (no JSON|nested)"):
        read_json(body)


def test_too_large_a_body_is_not_looked_at() -> None:
    with pytest.raises(Unreadable, match="more than"):
        read_json(b'"' + b"x" * LARGEST_BYTES + b'"')


def test_texts_can_be_kept_by_every_database() -> None:
    assert clean("a\x00b") == "a\ufffdb"
    assert clean("cut \ud83d") == "cut ?"
    assert clean(31.0) == "31"
    assert clean(True) == ""
    assert clean(["a"]) == ""
    assert clean("x" * 100, 10) == "x" * 10
    assert clean(10**30) == str(10**30)


def test_places_that_are_not_there_are_empty() -> None:
    assert text_in({"a": [1]}, "a", "b", "c") == ""
    assert id_in({"a": " 12\n3 "}, "a") == "123"
    assert items_in({"a": {"b": 1}}, "a") == [{"b": 1}]
    assert items_in({}, "a") == []


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("1763726400", datetime(2025, 11, 21, 12, tzinfo=UTC)),
        (1763726400123, datetime(2025, 11, 21, 12, 0, 0, 123_000, tzinfo=UTC)),
        ("2025-11-21T13:00:00+01:00", datetime(2025, 11, 21, 12, tzinfo=UTC)),
        ("99999999999999999999", NOW),
        ("-1", NOW),
        ("nan", NOW),
        ("soon", NOW),
        (None, NOW),
        ((NOW + timedelta(days=2)).isoformat(), NOW),
    ],
)
def test_times_are_read_in_every_form_and_only_when_they_can_be_right(written: object, moment: datetime) -> None:
    assert moment_in({"at": written}, NOW, "at") == moment


def test_keys_fit_an_index_and_stay_apart() -> None:
    longest = [key_of("message", "x" * 10_000 + end) for end in "ab"]
    assert all(len(key) <= LONGEST_ID for key in longest)
    assert longest[0] != longest[1]
    assert key_of("status", "wamid.1", "read") == "status/wamid.1/read"


def test_a_fingerprint_does_not_depend_on_the_order_of_keys() -> None:
    assert fingerprint({"a": 1, "b": "\ud83d"}) == fingerprint({"b": "\ud83d", "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
