"""How a hole's value is put into a text: `{{ contact.name | upper }}`. Formats take any value and never fail."""

import json
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from skipline.base.sentence import say
from skipline.expr.errors import ExprMistake, FormulaFailed
from skipline.expr.values import as_number, is_empty, plain, write_text

Apply = Callable[[Any, Any], Any]
"""Takes the value and the format's argument, gives the value to print."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `argument` is the type it takes (none, number or text), `default` stands in for a number left out,
    `takes_missing` says whether it is asked about a missing value, `is_code` whether its result is code already."""

    apply: Apply
    argument: type[float] | type[str] | None = None
    default: float | None = None
    takes_missing: bool = False
    is_code: bool = False

    def check_argument(self, name: str, argument: float | str | None, column: int) -> float | str | None:
        """`argument` as the format takes it; raises `ExprMistake`."""
        if argument is None and (self.argument is None or self.default is not None):
            return self.default
        if self.argument is None:
            raise ExprMistake(say("`{format}` takes nothing after it", format=name), column=column)
        if not isinstance(argument, self.argument):
            example = f"{name}:2" if self.argument is float else f'{name}:"friend"'
            fix = say("write {code}", code=example)
            raise ExprMistake(say("`{format}` needs a value after it", format=name), column=column, fix=fix)
        if isinstance(argument, float) and not (argument.is_integer() and 0 <= argument <= 20):
            raise ExprMistake(say("`{format}` takes a whole number from 0 to 20", format=name), column=column)
        return argument


def _fixed(value: Any, places: Any) -> str:
    number = as_number(value)
    return write_text(value) if number is None else f"{number:.{int(places)}f}"


def _mask(value: Any, shown: Any) -> str:
    text = write_text(value)
    hidden = max(len(text) - int(shown), 0) if len(text) > int(shown) else len(text)
    return "*" * hidden + text[hidden:]


def _as_json(value: Any, _: Any) -> str:
    try:
        return json.dumps(plain(value), ensure_ascii=True)
    except (FormulaFailed, TypeError, ValueError):
        return "null"


def _in_url(value: Any, _: Any) -> str:
    return quote(write_text(value).encode(errors="replace"), safe="")


FORMATS: Mapping[str, Format] = {
    "upper": Format(lambda value, _: write_text(value).upper()),
    "lower": Format(lambda value, _: write_text(value).lower()),
    "title": Format(lambda value, _: string.capwords(write_text(value))),
    "mask": Format(_mask, float, 4.0),
    "spell": Format(lambda value, _: " ".join(write_text(value).replace(" ", ""))),
    "digits": Format(lambda value, _: "".join(char for char in write_text(value) if char in string.digits)),
    "fixed": Format(_fixed, float, 2.0),
    "default": Format(lambda value, other: other if is_empty(value) else value, str, takes_missing=True),
    "url": Format(_in_url, is_code=True),
    "json": Format(_as_json, takes_missing=True, is_code=True),
}
"""`default:"x"` stands in for a missing or empty value. `url` percent-encodes (RFC 3986 section 2.1), `json` writes a
JSON value, texts with their quotes."""
