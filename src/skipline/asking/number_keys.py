"""Telephone numbers as providers of SMS write them, made one key for each contact."""

import re
import unicodedata

_SHORTEST, _LONGEST = 7, 15
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_ANONYMOUS = "266696687"
"""The word on a telephone's keys: it stands for a sender who is not shown."""
_NOBODY = frozenset({"", "anonymous", "restricted", "unavailable", "unknown", _ANONYMOUS})


def number_key(written: str) -> str:
    """`written` in E.164; empty for what is no number of a contact: short codes, names, withheld numbers.

    Providers leave the plus out, and some write digits of other scripts (NFKC makes them plain). Validity by numbering
    plans drops nobody: networks use numbers that plans do not know.
    """
    plain = unicodedata.normalize("NFKC", written).strip().removeprefix("+").removeprefix("00")
    is_number = bool(_DIGITS.fullmatch(plain)) and _SHORTEST <= len(plain) <= _LONGEST and plain[0] != "0"
    if plain == _ANONYMOUS:
        return ""
    return f"+{plain}" if is_number else ""


def bare_number(number: str) -> str:
    """`number` without its plus, as most SMS interfaces want it."""
    return number.removeprefix("+")


def is_nobody(written: str) -> bool:
    """Whether this stands for a sender who is not shown."""
    return unicodedata.normalize("NFKC", written).strip().removeprefix("+").casefold() in _NOBODY
