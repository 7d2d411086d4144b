"""What a REGISTER asks for (RFC 3261 section 10.3, steps 6 and 7): which phones stay for how long, and which go."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from skipline.voice.identity import split_addresses
from skipline.voice.registrar.binding import MOST_BINDINGS
from skipline.voice.sip.address import Address, parse_uri
from skipline.voice.sip.register import RegisterAnswer, RegisterRequest

LEAST_SECONDS, USUAL_SECONDS, MOST_SECONDS = 60, 300, 600
"""A phone that wants longer gets the most; one that wants less is told the least (423)."""

_NUMBER = re.compile(r"[0-9]{1,10}")
_MOST_CHARACTERS = 500
_UNFIT = re.compile(r'[\s<>"\x00-\x20\x7f]')


@dataclass(frozen=True, slots=True)
class Wish:
    """One Contact: its URI, and for how many seconds it shall stay; 0 takes it back."""

    contact: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a REGISTER asks for. `clears` is `Contact: *`; neither that nor a wish is a question about what there is."""

    found: tuple[Wish, ...] = ()
    clears: bool = False


def read_wishes(request: RegisterRequest) -> Wishes | RegisterAnswer:
    """The wishes of `request`, or the refusal of all of them: one REGISTER is done whole or not at all."""
    usual = _usual_seconds(request.headers.get("expires", ()))
    if usual is None:
        return RegisterAnswer(400, "Bad Expires")
    contacts = split_addresses(request.headers.get("contact", ()))
    if any(one.uri == "*" for one in contacts):
        is_whole = len(contacts) == 1 and usual == 0
        return Wishes(clears=True) if is_whole else RegisterAnswer(400, "Contact Star Needs Expires 0 And Stands Alone")
    if len(contacts) > MOST_BINDINGS:
        return RegisterAnswer(403, "Too Many Contacts")
    wishes = [_read_wish(one, usual) for one in contacts]
    found = tuple(one for one in wishes if isinstance(one, Wish))
    return next((one for one in wishes if isinstance(one, RegisterAnswer)), Wishes(found))


def _usual_seconds(values: Sequence[str]) -> int | None:
    """The Expires header; None when it is broken."""
    written = values[0].strip() if values else ""
    if not values:
        return USUAL_SECONDS
    return int(written) if written.isascii() and _NUMBER.fullmatch(written) else None


def _read_wish(contact: Address, usual: int) -> Wish | RegisterAnswer:
    if not _is_fit(contact.uri):
        return RegisterAnswer(400, "Bad Contact")
    written = contact.params.get("expires", "")
    # A value that is none counts as 3600 (RFC 3261 section 20.10), which is more than we give anyway.
    given = int(written) if written.isascii() and _NUMBER.fullmatch(written) else MOST_SECONDS
    seconds = given if "expires" in contact.params else usual
    if 0 < seconds < LEAST_SECONDS:
        return RegisterAnswer(423, "Interval Too Brief", {"Min-Expires": str(LEAST_SECONDS)})
    return Wish(contact.uri, min(seconds, MOST_SECONDS))


def _is_fit(uri: str) -> bool:
    """Whether a call can carry this Contact as its Request-URI."""
    if len(uri) > _MOST_CHARACTERS or _UNFIT.search(uri) or not uri.isascii():
        return False
    try:
        return parse_uri(uri).scheme in ("sip", "sips")
    except ValueError:
        return False
