"""Keeps personal values out of what is written down of a run: its trace, and its variables once it is over.

A step says of a variable that it is personal (`personal: true` beside what it keeps). The run itself works with the
true value; conditions, texts and forwards are not touched.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote

from skipline.base.value_types import CUT, write_plain
from skipline.flow.passing import INPUT, LONGEST_TOLD, OUTPUT
from skipline.model.run import Run

MASK = "•••"

_FIRST_LETTER = re.compile(r"(?<!\w)\S")
_SPELLED = re.compile(r"(?<!\w)\S(?!\w)(?:\s+\S(?!\w))+")
"""Signs that stand alone, one after the other."""

_BEGIN_IN_ADDRESS = r"(?:(?<!\w)|(?<=%[0-9A-Fa-f]{2}))"
"""In an address a letter may stand before a value that is half of an escaped sign."""

_NOTHING = "(?!)"
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_LONGEST_IN_PATTERN = 200
"""A longer text is looked for in an address as it is: a pattern of it takes long to make."""

_FEWEST_DIGITS, _MOST_DIGITS = 5, 30
"""Fewer are too much like any other number to be taken for the digits of a value."""


def masked_detail(run: Run, detail: dict[str, Any]) -> dict[str, Any]:
    """A trace entry's detail with every personal value of the run replaced."""
    if not run.personal:
        return detail
    values, named = _personal_texts(run), _masked_by_name(detail, run.personal)
    masked: dict[str, Any] = _cover(values).over(named) if values else named
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
    told = _cover(values).over(others) if values else others
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


class _Cover:
    """Puts the mask in place of personal values, in whatever shape a text, a number or an address has them. Made once
    for each set of values; what only addresses need, with the first of them."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self._texts = frozenset(texts)
        self._spelled = tuple(dict.fromkeys("".join(text.split()).lower() for text in texts))
        digits = dict.fromkeys("".join(filter(str.isdecimal, text)) for text in texts)
        forms = [r"\s+".join(map(re.escape, text.split())) for text in texts]
        forms += [one for one in digits if _FEWEST_DIGITS <= len(one) <= _MOST_DIGITS]
        # Where it stands by itself, so that a 7 does not mask the 7 in 1970.
        self._whole = re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)

    def over(self, value: Any) -> Any:
        """`value`, or what is inside of it, with the mask for each personal value."""
        if isinstance(value, str):
            return self._over_text(value)
        if isinstance(value, Mapping):
            return {key: self.over(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.over(part) for part in value]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return MASK if is_number and write_plain(value) in self._texts else value

    def _over_text(self, text: str) -> str:
        covered = self._whole.sub(MASK, text)
        if _ESCAPED.search(covered):
            covered = self._over_address(covered)
        covered = _SPELLED.sub(self._over_spelled, covered)
        return _without_beginnings(covered, self._texts) if CUT in covered else covered

    def _over_address(self, text: str) -> str:
        for one in self._texts:
            if len(one) > _LONGEST_IN_PATTERN:
                text = text.replace(quote(one, safe=""), MASK)
        return self._in_address.sub(MASK, text)

    @cached_property
    def _in_address(self) -> re.Pattern[str]:
        short = (text for text in self._texts if len(text) <= _LONGEST_IN_PATTERN)
        forms = (
            r"(?:%[0-9A-F]{2}|\+)+".join(re.escape(quote(word, safe="")) for word in text.split())
            for text in sorted(short, key=len, reverse=True)
        )
        return re.compile(rf"{_BEGIN_IN_ADDRESS}(?:{'|'.join(forms) or _NOTHING})(?!\w)", re.IGNORECASE)

    def _over_spelled(self, found: re.Match[str]) -> str:
        """Signs that stand alone, with the mask for each value that they spell."""
        signs = found[0].split()
        said, place, told = "".join(signs).lower(), 0, list[str]()
        while place < len(signs):
            value = next((one for one in self._spelled if said.startswith(one, place)), "")
            told.append(MASK if value else signs[place])
            place += len(value) or 1
        return " ".join(told) if MASK in told else found[0]


@lru_cache(maxsize=256)
def _cover(texts: tuple[str, ...]) -> _Cover:
    return _Cover(texts)


def _without_beginnings(text: str, texts: frozenset[str]) -> str:
    """A sentence that was cut short (`base.value_types.shorten`) may end in the middle of a personal value."""
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
