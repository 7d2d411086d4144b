"""Telephone numbers as carriers write them, brought to one form: E.164 with its plus sign."""

import re
from collections.abc import Container
from functools import lru_cache

import phonenumbers

_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
_SEPARATORS = re.compile(r"[\s().\-/]")
_NUMBER = re.compile(r"\+?[0-9*#]+")


def normalise_number(text: str, region: str = "", known: Container[str] = ()) -> str:
    """`text` as E.164 where that can be said, else without its separators.

    Understands a missing plus sign, the 00 prefix and, with a `region` such as `NL`, national numbers. A number of
    `known` wins over every other reading. Names (`alice`) come back as they are.
    """
    plain = _SEPARATORS.sub("", text)
    if not _NUMBER.fullmatch(plain):
        return text.strip()
    if plain in known:
        return plain
    for reading in (f"+{plain}", f"+{plain.removeprefix('00')}"):
        if reading in known:
            return reading
    return _read(plain, region.upper())


@lru_cache(maxsize=8192)
def _read(plain: str, region: str) -> str:
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    if _INTERNATIONAL.fullmatch(plain):
        return plain
    return _parse(plain, region) or (_parse(f"+{plain}", "") if plain[:1].isdecimal() else "") or plain


def _parse(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
