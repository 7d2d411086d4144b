"""Turns what pydantic says about a written value into a sentence and a fix."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from skipline.base.spelling import advice

Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top of the file."""


ANY_KEY = "*"
"""Stands in a path for whatever key a map has there."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong value; `path` leads to it from the top of what was read."""

    path: Path
    code: str
    sentence: str
    fix: str = ""


class PieceMistakes(Exception):
    """What was written for a piece is not what the piece takes."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(mistake.sentence for mistake in self.mistakes))


def mistakes_of(error: ValidationError, written: object, keys: Mapping[Path, Iterable[str]]) -> list[Mistake]:
    """All mistakes in `written`. `keys` holds the right keys of each object, by its path without list positions."""
    found: dict[Path, Mistake] = {}
    for detail in error.errors(include_url=False):
        path = _path_within(written, detail["loc"][1:])
        found.setdefault(path, _mistake(path, detail, keys))
    return list(found.values())


def _mistake(path: Path, detail: ErrorDetails, keys: Mapping[Path, Iterable[str]]) -> Mistake:
    last = next((key for key in reversed(path) if isinstance(key, str)), "")
    match detail["type"]:
        case "missing":
            return Mistake(path, "missing_key", f"`{last}` is missing", f"add `{last}:`")
        case "unexpected_keyword_argument" | "extra_forbidden":
            right = _right_keys(path[:-1], keys)
            return Mistake(path, "unknown_key", f"there is no key `{last}` here", advice(str(last), right))
        case "value_error":
            return _own_error(path, str(detail["ctx"]["error"]))
        case "enum" | "literal_error":
            choice = [word.strip("' ") for word in detail["ctx"]["expected"].replace(" or ", ",").split(",")]
            return Mistake(
                path, "wrong_value", f"{_shown(detail)} is not known here", advice(_text(detail), choice, limit=30)
            )
    if detail["type"] in _LIMITS:
        return _out_of_bounds(path, last, detail)
    return Mistake(path, "wrong_value", _wrong_kind(last, detail), _fix(detail))


_LIMITS = {
    "greater_than": ("gt", "more than {}"),
    "greater_than_equal": ("ge", "{} or more"),
    "less_than": ("lt", "less than {}"),
    "less_than_equal": ("le", "{} or less"),
}


def _out_of_bounds(path: Path, key: str, detail: ErrorDetails) -> Mistake:
    bound, words = _LIMITS[detail["type"]]
    right = words.format(f"{detail['ctx'][bound]:g}")
    return Mistake(path, "wrong_value", f"`{key}` should be {right}, not {_text(detail)}", f"write {right}")


def _right_keys(path: Path, keys: Mapping[Path, Iterable[str]]) -> Iterable[str]:
    names = [key for key in path if isinstance(key, str)]
    return next((right for pattern, right in keys.items() if _is_like(names, pattern)), ())


def _is_like(names: list[str], pattern: Path) -> bool:
    pairs = zip(pattern, names, strict=False)
    return len(pattern) == len(names) and all(known in (ANY_KEY, name) for known, name in pairs)


def _own_error(path: Path, message: str) -> Mistake:
    """A piece's own ValueError: `sentence: fix`, or a sentence alone."""
    sentence, _, fix = message.partition(": ")
    return Mistake(path, "wrong_value", sentence, fix)


_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "a map of keys and values",
    "dataclass_type": "a map of keys and values",
    "tuple_type": "a list",
    "list_type": "a list",
}


def _wrong_kind(key: str, detail: ErrorDetails) -> str:
    expected = _EXPECTED.get(detail["type"])
    if expected is None:
        return f"`{key}`: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
    return f"`{key}` should be {expected}, not {_shown(detail)}"


def _fix(detail: ErrorDetails) -> str:
    if detail["type"] == "string_type" and isinstance(detail["input"], int | float):
        return f'write it in quotes: "{detail["input"]}"'
    if detail["type"] in ("tuple_type", "list_type"):
        return f"write [{_text(detail)}]" if isinstance(detail["input"], str | int) else "write a list: [...]"
    expected = _EXPECTED.get(detail["type"])
    return f"write {expected}" if expected is not None else "look it up in the page of this piece"


def _text(detail: ErrorDetails) -> str:
    return str(detail["input"])[:60]


def _shown(detail: ErrorDetails) -> str:
    value = detail["input"]
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a map"
    return "a list" if isinstance(value, list | tuple) else f"`{_text(detail)}`"


def _path_within(written: object, location: tuple[str | int, ...]) -> Path:
    """`location` without the names of union members, which pydantic mixes in; the last key may be a missing one."""
    path: list[str | int] = []
    here: Any = written
    for number, key in enumerate(location):
        if _has(here, key):
            here = here[key]
        elif not (isinstance(here, Mapping) and number == len(location) - 1):
            continue
        path.append(key)
    return tuple(path)


def _has(value: Any, key: str | int) -> bool:
    if isinstance(value, list | tuple):
        return isinstance(key, int) and key < len(value)
    return isinstance(value, Mapping) and key in value
