"""What a provider delivered, read without trusting any of it: nothing here raises over an odd value, and what is odd in
one place does not hide the rest.

JSON of strangers has traps: `NaN`, `1e999`, numbers of thousands of digits, halves of emoji (`\\ud83d`), NULs that
PostgreSQL cannot keep, and brackets too deep to follow. All of them are met here.
"""

import hashlib
import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

LARGEST_BYTES = 5 * 1024 * 1024
"""Of one delivery; Meta's own limit is 3 MB."""
DEEPEST = 64
MOST_EVENTS = 10_000
LONGEST_TEXT = 20_000
LONGEST_ID = 500
LONGEST_URL = 8_000
_EARLIEST = datetime(2004, 1, 1, tzinfo=UTC)
_CLOCKS_DIFFER = timedelta(days=1)
_MILLISECONDS_FROM = 10**11
"""A number of seconds this large would be in the year 5138; it is milliseconds."""


class Unreadable(ValueError):
    """A body that is not what its sender's format says; `str()` says what is wrong with it."""


def read_json(body: bytes) -> Any:
    """The JSON in `body`; a number that nobody can keep is None, half an emoji a replacement character. Raises
    `Unreadable`."""
    if len(body) > LARGEST_BYTES:
        raise Unreadable(f"{len(body)} bytes are more than {LARGEST_BYTES}")
    value = _decoded(body)
    if _is_too_deep(value):
        raise Unreadable(f"it is nested more than {DEEPEST} levels deep")
    return value


def found(value: Any, *path: str) -> Any:
    """What is at `path` in nested objects; None when there is nothing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text_in(value: Any, *path: str, longest: int = LONGEST_TEXT) -> str:
    """The text at `path`, safe to keep in every database; a number is written out, all else is empty."""
    return clean(found(value, *path), longest)


def id_in(value: Any, *path: str) -> str:
    """The id at `path`: one line of no more than `LONGEST_ID` characters."""
    return "".join(text_in(value, *path, longest=LONGEST_ID).split())


def url_in(value: Any, *path: str) -> str:
    """The web address at `path`; empty when it is none. Where it leads is for whoever goes there to judge."""
    url = text_in(value, *path, longest=LONGEST_URL).strip()
    return url if url.startswith(("https://", "http://")) and url.isprintable() and " " not in url else ""


def items_in(value: Any, *path: str) -> list[Any]:
    """The items at `path`; something that should have been in a list counts as a list of it."""
    there = found(value, *path)
    return there if isinstance(there, list) else [] if there is None else [there]


def moment_in(value: Any, received_at: datetime, *path: str) -> datetime:
    """The time at `path`, in seconds or milliseconds since 1970 or in RFC 3339; `received_at` when there is none that
    can be right."""
    moment = _moment(found(value, *path))
    is_likely = moment is not None and _EARLIEST <= moment <= received_at + _CLOCKS_DIFFER
    return moment if moment is not None and is_likely else received_at


def clean(value: Any, longest: int = LONGEST_TEXT) -> str:
    """`value` as a text that every database can keep; empty for what is neither a text nor a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = _number_text(value)
    if not isinstance(value, str):
        return ""
    text = value[:longest].replace("\x00", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def key_of(*parts: str) -> str:
    """A key of `parts` that fits an index, however long they are."""
    key = "/".join(parts)
    return key if len(key) <= LONGEST_ID else f"{parts[0][:40]}/{hashlib.sha256(key.encode()).hexdigest()}"


def fingerprint(value: Any) -> str:
    """The same for the same JSON value: what tells a thing without an id apart."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decoded_with_patience(body)
    except RecursionError:
        raise Unreadable(f"it is nested more than {DEEPEST} levels deep") from None


def _decoded_with_patience(body: bytes) -> Any:
    """The second look at what the strict reader refused: one odd number or letter does not hide a message."""
    try:
        text = body.decode("utf-8-sig", "replace")
        return json.loads(text, parse_constant=lambda _: None, parse_int=_integer, parse_float=_finite)
    except RecursionError:
        raise Unreadable(f"it is nested more than {DEEPEST} levels deep") from None
    except ValueError as wrong:
        raise Unreadable(f"it is no JSON: {clean(str(wrong), 200)}") from None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= 100 else None


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _parts(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _parts(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _number_text(number: float) -> str:
    try:
        return str(int(number)) if float(number).is_integer() else str(number)
    except (OverflowError, ValueError):
        return ""


def _moment(written: Any) -> datetime | None:
    text = clean(written, 40).strip()
    try:
        number = float(text)
    except ValueError:
        return _of_rfc3339(text)
    try:
        return datetime.fromtimestamp(number / 1000 if abs(number) >= _MILLISECONDS_FROM else number, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _of_rfc3339(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
