"""A question by name: `customer?phone=%2B31611111111` is the question `customer` with the parameter `phone`.

Steps encode each hole of a path (`asking.question`), so what a caller brings stays one parameter's value.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from skipline.base.spelling import advice


def read_question(path: str) -> tuple[str, dict[str, str]]:
    """The name and the parameters in `path`; of parameters that come twice the last counts."""
    name, _, query = path.strip("/").partition("?")
    return name.strip("/"), dict(parse_qsl(query, keep_blank_values=True))


def find_question(named: Mapping[str, str], name: str) -> str:
    """The question of this name, or the only one when no name is given; raises `ValueError` in words."""
    if not name and len(named) == 1:
        return next(iter(named.values()))
    if name not in named:
        raise ValueError(f"it has no question named {name!r}: {advice(name, named)}")
    return named[name]


def only_known(given: Mapping[str, str], known: frozenset[str]) -> None:
    """Raises `ValueError` when a parameter is given that the question has no place for."""
    if strange := sorted(given.keys() - known):
        raise ValueError(f"the question has no parameter {strange[0]!r}: {advice(strange[0], known)}")


def digits_of(phone: str) -> str:
    """The digits of a telephone number; raises `ValueError` when there are too few to know anybody by."""
    digits = re.sub(r"\D", "", phone, flags=re.ASCII)
    if len(digits) < 5:
        raise ValueError("the telephone number has too few digits")
    return digits
