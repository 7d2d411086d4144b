"""A question by name: `customer?phone=%2B31611111111` is the question `customer` with the parameter `phone`.

Steps encode each hole of a path (`asking.question`), so what a caller brings stays one parameter's value.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.base.wrong_value import WrongValue


def read_question(path: str) -> tuple[str, dict[str, str]]:
    """The name and the parameters in `path`; of parameters that come twice the last counts."""
    name, _, query = path.strip("/").partition("?")
    return name.strip("/"), dict(parse_qsl(query, keep_blank_values=True))


def find_question(named: Mapping[str, str], name: str) -> str:
    """The question of this name, or the only one when no name is given; raises `ValueError` in words."""
    if not name and len(named) == 1:
        return next(iter(named.values()))
    if name not in named:
        raise WrongValue(say("it has no question named {name!r}", name=name), advice(name, named))
    return named[name]


def only_known(given: Mapping[str, str], known: frozenset[str]) -> None:
    """Raises `ValueError` when a parameter is given that the question has no place for."""
    if strange := sorted(given.keys() - known):
        raise WrongValue(say("the question has no parameter {name!r}", name=strange[0]), advice(strange[0], known))


def digits_of(phone: str) -> str:
    """The digits of a telephone number; raises `ValueError` when there are too few to know anybody by."""
    digits = re.sub(r"\D", "", phone, flags=re.ASCII)
    if len(digits) < 5:
        raise WrongValue(say("the telephone number has too few digits"))
    return digits


def nobody_to_ask_about() -> WrongValue:
    """The refusal of a question by telephone number or e-mail address that has neither."""
    return WrongValue(say("there is nobody to ask about"), say("give `phone` or `email` in the step's `query`"))
