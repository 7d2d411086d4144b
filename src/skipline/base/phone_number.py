"""Telephone numbers as they stand in configuration: E.164, in quotes."""

import re
from typing import Annotated

from pydantic import BeforeValidator

_E164 = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)


def read_number(written: object) -> str:
    """`written` when it is an E.164 number; raises `ValueError` that says how to write it."""
    if isinstance(written, int) and not isinstance(written, bool):
        raise ValueError(f'{written} needs quotes: write "+{abs(written)}", else YAML reads it as an amount')
    if not isinstance(written, str) or not _E164.fullmatch(written):
        raise ValueError(
            f"{written!r} is not a telephone number: write + and the country code first, such as +31201234567"
        )
    return written


PhoneNumber = Annotated[str, BeforeValidator(read_number)]
"""A number in E.164, checked when it is read."""
