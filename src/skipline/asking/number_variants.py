"""The ways in which one number is written by networks that changed their numbering and providers that did not follow.

WhatsApp knows Brazilian mobiles with and without the ninth digit, Argentine ones with and without the 9 after the
country code, and Mexican ones with and without the 1 (chatwoot/chatwoot pull requests 14264, 14174, 14657). They serve
to find a contact; what is sent to is always what the provider said.
"""

import re
from collections.abc import Callable

_BRAZIL_MOBILE = re.compile(r"\+55(\d\d)(9?)([6-9]\d{7})", re.ASCII)
"""Eight digits that begin with 2 to 5 are a landline, which never had a ninth."""
_ARGENTINA = re.compile(r"\+54(9?)(\d{10})", re.ASCII)
_MEXICO = re.compile(r"\+52(1?)(\d{10})", re.ASCII)

_OTHERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_BRAZIL_MOBILE, lambda found: f"+55{found[1]}{'' if found[2] else '9'}{found[3]}"),
    (_ARGENTINA, lambda found: f"+54{'' if found[1] else '9'}{found[2]}"),
    (_MEXICO, lambda found: f"+52{'' if found[1] else '1'}{found[2]}"),
)


def number_variants(number: str) -> tuple[str, ...]:
    """All the numbers (E.164) that may be the same telephone as `number`, itself first; none for an empty one."""
    if not number:
        return ()
    others = (other(found) for pattern, other in _OTHERS if (found := pattern.fullmatch(number)) is not None)
    return (number, *others)
