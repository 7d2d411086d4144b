"""Telephone numbers as they stand in configuration: E.164, in quotes."""

import re
from typing import Annotated

from pydantic import BeforeValidator

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue

_E164 = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)


def read_number(written: object) -> str:
    """`written` when it is an E.164 number; raises `WrongValue` that says how to write it."""
    if isinstance(written, int) and not isinstance(written, bool):
        fix = say('write "{typed}", else YAML reads it as an amount', typed=f"+{abs(written)}")
        raise WrongValue(say("{typed} needs quotes", typed=written), fix)
    if not isinstance(written, str) or not _E164.fullmatch(written):
        sentence = say("{written!r} is not a telephone number", written=written)
        raise WrongValue(sentence, say("write + and the country code first, such as +31201234567"))
    return written


PhoneNumber = Annotated[str, BeforeValidator(read_number)]
"""A number in E.164, checked when it is read."""
