"""Forms as providers deliver them, in a body or in a query: every pair as it came, because signatures are over all."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from skipline.asking.payload import LARGEST_BYTES, Unreadable

MOST_FIELDS = 10_000

Pairs = tuple[tuple[str, str], ...]


def form_pairs(body: bytes) -> Pairs:
    """The pairs in a form's body (WHATWG URL section 5.1), empty values too. Raises `Unreadable`."""
    if len(body) > LARGEST_BYTES:
        raise Unreadable(f"{len(body)} bytes are more than {LARGEST_BYTES}")
    return _pairs(body.decode("utf-8", "replace"))


def query_pairs(url: str) -> Pairs:
    """The pairs in an address's query, empty values too. Raises `Unreadable`."""
    return _pairs(urlsplit(url).query)


def first_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The value of each name; where a name came more than once, its first."""
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name, value)
    return values


def _pairs(written: str) -> Pairs:
    try:
        return tuple(parse_qsl(written, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Unreadable(f"it has more than {MOST_FIELDS} fields") from None
