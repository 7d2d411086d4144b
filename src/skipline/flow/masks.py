"""Keeps personal values out of what is written down of a run: its trace, and its variables once it is over.

A step says of a variable that it is personal (`personal: true` beside what it keeps). The run itself works with the
true value; conditions, texts and forwards are not touched.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from skipline.base.value_types import CUT, write_plain
from skipline.flow.passing import INPUT, LONGEST_TOLD, OUTPUT
from skipline.model.run import Run

MASK = "•••"

_BEGIN, _END = r"(?:(?<!\w)|(?<=%[0-9A-Fa-f]{2}))", r"(?!\w)"
"""Around a value that stands by itself. In an address a letter may stand before it that is half of an escaped sign."""

_FIRST_LETTER = re.compile(r"(?<!\w)\S")
_FEWEST_DIGITS = 5
"""Fewer are too much like any other number to be taken for the digits of a value."""


def masked_detail(run: Run, detail: dict[str, Any]) -> dict[str, Any]:
    """A trace entry's detail with every personal value of the run replaced."""
    if not run.personal:
        return detail
    values, named = _personal_texts(run), _masked_by_name(detail, run.personal)
    masked: dict[str, Any] = _masked(named, _pattern(values), frozenset(values)) if values else named
    return masked


def _masked_by_name(detail: dict[str, Any], personal: Iterable[str]) -> dict[str, Any]:
    """What a step read and kept with the personal names as a mask: a yes or no is not known by its text."""
    names = frozenset(personal)

    def is_personal(name: str) -> bool:
        return name in names or name.partition(".")[0] in names

    told = {
        part: {name: MASK if is_personal(name) and value is not None else value for name, value in detail[part].items()}
        for part in (INPUT, OUTPUT)
        if part in detail
    }
    return {**detail, **told}


def masked_variables(run: Run) -> dict[str, Any]:
    """The run's variables, the personal ones as a mask, and so their values wherever others hold them; one that has no
    value shows that."""
    if not run.personal:
        return run.variables
    values = _personal_texts(run)
    others = {name: value for name, value in run.variables.items() if name not in run.personal}
    told = _masked(others, _pattern(values), frozenset(values)) if values else others
    return {name: told.get(name, MASK if value is not None else None) for name, value in run.variables.items()}


def _personal_texts(run: Run) -> tuple[str, ...]:
    """The personal values as a sentence would show them, the longest first, so that no part of one is left."""
    values = (value for name in run.personal for value in _values(run, name))
    texts = {text for value in values for text in _texts(value) if text.strip()}
    return tuple(sorted(texts, key=lambda text: (-len(text), text)))


def _values(run: Run, name: str) -> Iterator[Any]:
    """What a name stands for, here and in the flows around this one, whose values may have come in as inputs."""
    if name.startswith("contact."):
        yield getattr(run.contact, name.removeprefix("contact."), None)
    for variables in (run.variables, *(outer.variables for outer in run.outer)):
        yield variables.get(name)


def _texts(value: Any) -> Iterable[str]:
    """A value as a whole, and each part of a list or map, since sentences may name parts."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    else:
        # Sentences put a text on one line (`base.value_types.shorten`).
        yield " ".join(write_plain(value).split())


@lru_cache(maxsize=256)
def _pattern(texts: tuple[str, ...]) -> re.Pattern[str]:
    """Each text where it stands by itself, so that a 7 does not mask the 7 in 1970; in small letters or capitals."""
    forms = dict.fromkeys(form for text in texts for form in _forms(text))
    return re.compile("|".join(f"{_BEGIN}{form}{_END}" for form in forms), re.IGNORECASE)


def _forms(text: str) -> Iterator[str]:
    """The shapes in which a text, a header or an address has a value: as it is, as a part of an address, spelled out,
    its digits alone."""
    words = text.split()
    yield r"\s+".join(map(re.escape, words))
    yield r"(?:%[0-9A-F]{2}|\+)+".join(re.escape(quote(word, safe="")) for word in words)
    yield r"\s+".join(map(re.escape, "".join(words)))
    digits = "".join(filter(str.isdecimal, text))
    if len(digits) >= _FEWEST_DIGITS:
        yield digits


def _masked(value: Any, pattern: re.Pattern[str], texts: frozenset[str]) -> Any:
    if isinstance(value, str):
        return _without_beginnings(pattern.sub(MASK, value), texts)
    if isinstance(value, Mapping):
        return {key: _masked(part, pattern, texts) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(part, pattern, texts) for part in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return MASK if is_number and write_plain(value) in texts else value


def _without_beginnings(text: str, texts: frozenset[str]) -> str:
    """A sentence that was cut short (`base.value_types.shorten`) may end in the middle of a personal value."""
    if CUT not in text:
        return text
    lowered = tuple(one.lower() for one in texts)
    *cut, rest = text.split(CUT)
    return CUT.join([*(_without_beginning(part, lowered) for part in cut), rest])


def _without_beginning(part: str, lowered: tuple[str, ...]) -> str:
    """`part` without the beginning of a value at its end."""
    for first in _FIRST_LETTER.finditer(part, max(0, len(part) - LONGEST_TOLD)):
        end = part[first.start() :].lower()
        if any(one.startswith(end) for one in lowered):
            return f"{part[: first.start()]}{MASK}"
    return part
