"""Telephone numbers as providers of messages write them. A number decides nothing here: one that no plan knows is kept
as it came, because networks carry such numbers."""

import re
import unicodedata

_DIGITS = re.compile(r"\+?(\d{7,15})", re.ASCII)
_NOBODY = frozenset({"", "+", "anonymous", "restricted", "unavailable", "unknown", "+266696687", "266696687"})
"""What stands for a sender who is not shown; 266696687 spells ANONYMOUS."""


def plain_number(written: str) -> str:
    """`written` with digits of other scripts as 0 to 9 and without spaces, brackets, dots and hyphens in between."""
    text = unicodedata.normalize("NFKC", written).strip()
    squeezed = re.sub(r"(?<=[\d+) ])[ ().-]+(?=[\d(])", "", text)
    return squeezed if _DIGITS.fullmatch(squeezed) else text


def phone_of(written: str) -> str:
    """The number in E.164, with its plus; empty for short codes, names and ids."""
    match = _DIGITS.fullmatch(plain_number(written))
    return f"+{match[1]}" if match and not match[1].startswith("0") else ""


def is_nobody(written: str) -> bool:
    """Whether this stands for a sender who is not shown."""
    return plain_number(written).casefold() in _NOBODY
