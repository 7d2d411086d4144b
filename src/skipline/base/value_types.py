"""The types a kept value can have, and how a value from outside is made to fit one.

Companies' systems are loose with types: shops send amounts as texts, sheets send flags as `yes`. A value that can be
read as the wanted type without guessing is converted; anything else is refused with a sentence.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

import msgspec

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue

LONGEST_TEXT = 10_000
LONGEST_LIST = 1_000
LARGEST_VALUE_BYTES = 65_536
CUT = "…"
"""Stands where a text was cut short."""

_LARGEST_EXACT_INTEGER = 2**53
_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?", re.ASCII)
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class ValueType(StrEnum):
    """What a kept value can be; a time is an aware UTC `datetime`."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    LIST = "list"
    ANY = "any"


def conform(value: Any, wanted: ValueType) -> Any:
    """`value` as the wanted type; raises `WrongValue` that says why it cannot be."""
    return _CONFORMING[wanted](value)


def take(found: Any, wanted: ValueType, default: Any) -> tuple[Any, str]:
    """`found` as the wanted type, else `default`; the second part says why a value that was there did not count."""
    problem = ""
    if found is not None:
        try:
            return conform(found, wanted), problem
        except WrongValue as mistake:
            problem = str(mistake)
    return (None if default is None else conform(default, wanted)), problem


def check_default(default: Any, wanted: ValueType) -> None:
    """Raises `WrongValue` when `default` is there but is not of the wanted type."""
    try:
        conform(default, wanted) if default is not None else None
    except WrongValue as mistake:
        sentence = say("the default {problem}", problem=mistake.sentence)
        raise WrongValue(sentence, say("write a default that fits `type: {type}`", type=wanted)) from None


def write_plain(value: Any) -> str:
    """A value as people write it: 3.0 is `3`, true is `yes`, a list is its parts with commas."""
    if value.__class__ is str:
        return str(value)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_EXACT_INTEGER:
        return str(int(value))
    if isinstance(value, list | tuple):
        return ", ".join(write_plain(part) for part in value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return str(value)


def shorten(text: str, longest: int = 80) -> str:
    """`text` on one line and no longer than a sentence can bear."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}{CUT}"


def _shown(value: Any) -> str:
    return repr(shorten(write_plain(value), 40))


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise WrongValue(say("{value} is not a text", value=_shown(value)))
    text = write_plain(value)
    if len(text) > LONGEST_TEXT:
        raise WrongValue(
            say("a text of {length} characters is longer than {most}", length=len(text), most=LONGEST_TEXT)
        )
    return text


def _as_number(value: Any) -> float:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise WrongValue(say("{value} is not a number", value=_shown(value)))
    is_exact = float(value).is_integer() and abs(value) <= _LARGEST_EXACT_INTEGER
    return int(value) if is_exact else float(value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _as_boolean(value: Any) -> bool:
    read = value if isinstance(value, bool) else _BOOLEANS.get(write_plain(value).strip().lower())
    if not isinstance(read, bool):
        raise WrongValue(say("{value} is not yes or no", value=_shown(value)))
    return read


def _as_time(value: Any) -> datetime:
    moment = _moment(value) if isinstance(value, str) else None
    if moment is None:
        raise WrongValue(say("{value} is not a time such as 2026-05-01T12:00:00Z", value=_shown(value)))
    return moment


def _moment(written: str) -> datetime | None:
    try:
        if len(written.strip()) == 10:
            return datetime.combine(date.fromisoformat(written.strip()), time(), UTC)
        return _in_utc(datetime.fromisoformat(written.strip()))
    except (ValueError, OverflowError):
        return None


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise WrongValue(say("{value} is not a list", value=_shown(value)))
    if len(value) > LONGEST_LIST:
        raise WrongValue(say("a list of {length} is longer than {most}", length=len(value), most=LONGEST_LIST))
    return list(_as_any(list(value)))


def _as_any(value: Any) -> Any:
    try:
        size = len(msgspec.msgpack.encode(value))
    except (OverflowError, RecursionError, TypeError):
        raise WrongValue(say("the value has numbers too large or parts too deep to keep")) from None
    if size > LARGEST_VALUE_BYTES:
        raise WrongValue(say("a value of {size} bytes is larger than {most}", size=size, most=LARGEST_VALUE_BYTES))
    return value


_CONFORMING: dict[ValueType, Callable[[Any], Any]] = {
    ValueType.TEXT: _as_text,
    ValueType.NUMBER: _as_number,
    ValueType.BOOLEAN: _as_boolean,
    ValueType.TIME: _as_time,
    ValueType.LIST: _as_list,
    ValueType.ANY: _as_any,
}
