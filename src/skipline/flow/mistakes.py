"""Turns what pydantic says about a written value into a sentence and a fix."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from skipline.base.sentence import Sentence, say
from skipline.base.spelling import advice
from skipline.base.wrong_value import WrongValue

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
            return Mistake(path, "missing_key", say("`{key}` is missing", key=last), say("add `{key}:`", key=last))
        case "unexpected_keyword_argument" | "extra_forbidden":
            right = _right_keys(path[:-1], keys)
            return Mistake(path, "unknown_key", say("there is no key `{key}` here", key=last), advice(str(last), right))
        case "value_error":
            return Mistake(path, "wrong_value", *_own_words(detail["ctx"]["error"]))
        case "enum" | "literal_error":
            choice = [word.strip("' ") for word in detail["ctx"]["expected"].replace(" or ", ",").split(",")]
            sentence = say("{value} is not known here", value=_shown(detail))
            return Mistake(path, "wrong_value", sentence, advice(_text(detail), choice, limit=30))
    if detail["type"] in _LIMITS:
        return _out_of_bounds(path, last, detail)
    return Mistake(path, "wrong_value", _wrong_kind(last, detail), _fix(detail))


_LIMITS: Mapping[str, tuple[str, Callable[[str], Sentence]]] = {
    "greater_than": ("gt", lambda bound: say("more than {bound}", bound=bound)),
    "greater_than_equal": ("ge", lambda bound: say("{bound} or more", bound=bound)),
    "less_than": ("lt", lambda bound: say("less than {bound}", bound=bound)),
    "less_than_equal": ("le", lambda bound: say("{bound} or less", bound=bound)),
}


def _out_of_bounds(path: Path, key: str, detail: ErrorDetails) -> Mistake:
    bound, words = _LIMITS[detail["type"]]
    right = words(f"{detail['ctx'][bound]:g}")
    sentence = say("`{key}` should be {right}, not {value}", key=key, right=right, value=_text(detail))
    return Mistake(path, "wrong_value", sentence, say("write {right}", right=right))


def _right_keys(path: Path, keys: Mapping[Path, Iterable[str]]) -> Iterable[str]:
    names = [key for key in path if isinstance(key, str)]
    return next((right for pattern, right in keys.items() if _is_like(names, pattern)), ())


def _is_like(names: list[str], pattern: Path) -> bool:
    pairs = zip(pattern, names, strict=False)
    return len(pattern) == len(names) and all(known in (ANY_KEY, name) for known, name in pairs)


def _own_words(error: Exception) -> tuple[str, str]:
    """The sentence and the fix of a piece's own error; of a plain one, what stands before and behind the colon."""
    if isinstance(error, WrongValue):
        return error.sentence, error.fix
    sentence, _, fix = str(error).partition(": ")
    return sentence, fix


_TEXT, _NUMBER, _WHOLE_NUMBER = say("a text"), say("a number"), say("a whole number")
_TRUTH, _MAP, _LIST = say("true or false"), say("a map of keys and values"), say("a list")
_EXPECTED = {
    "string_type": _TEXT,
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "dict_type": _MAP,
    "dataclass_type": _MAP,
    "tuple_type": _LIST,
    "list_type": _LIST,
}


def _wrong_kind(key: str, detail: ErrorDetails) -> str:
    expected = _EXPECTED.get(detail["type"])
    if expected is None:
        return say("`{key}`: {problem}", key=key, problem=_problem(detail))
    return say("`{key}` should be {right}, not {value}", key=key, right=expected, value=_shown(detail))


def _problem(detail: ErrorDetails) -> str:
    """What pydantic says, as it says it; what pieces ask for most can be told in other languages."""
    limits: Mapping[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "string_pattern_mismatch":
            return say("string should match pattern '{pattern}'", **limits)
        case "string_too_long" if limits["max_length"] != 1:
            return say("string should have at most {max_length} characters", **limits)
        case "string_too_short" if limits["min_length"] == 1:
            return say("string should have at least 1 character")
        case "too_long" if limits["max_length"] != 1 and limits["field_type"] == "Tuple" and limits["actual_length"]:
            return say("tuple should have at most {max_length} items after validation, not {actual_length}", **limits)
        case "finite_number":
            return say("input should be a finite number")
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}"


def _fix(detail: ErrorDetails) -> str:
    if detail["type"] == "string_type" and isinstance(detail["input"], int | float):
        return in_quotes(str(detail["input"]))
    if detail["type"] in ("tuple_type", "list_type"):
        is_single = isinstance(detail["input"], str | int)
        return say("write [{value}]", value=_text(detail)) if is_single else say("write a list: [...]")
    expected = _EXPECTED.get(detail["type"])
    return say("write {right}", right=expected) if expected is not None else say("look it up in the page of this piece")


def in_quotes(written: str) -> Sentence:
    """The fix for a number where a text is meant."""
    return say('write it in quotes: "{written}"', written=written)


def _text(detail: ErrorDetails) -> str:
    return str(detail["input"])[:60]


def _shown(detail: ErrorDetails) -> str:
    value = detail["input"]
    if value is None:
        return say("empty")
    if isinstance(value, dict):
        return say("a map")
    return _LIST if isinstance(value, list | tuple) else f"`{_text(detail)}`"


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
