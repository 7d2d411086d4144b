"""The person on the other side."""

from collections.abc import Iterable

import msgspec


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A person as a run sees them. `phone` is E.164 where it could be read, else as it came; empty when withheld."""

    phone: str = ""
    name: str = ""
    address: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    tier: str = ""


def retagged(tags: Iterable[str], add: Iterable[str], remove: Iterable[str]) -> tuple[str, ...]:
    """Tags with some put on and others taken off. Upper and lower case do not count, and taking off wins."""
    gone = {tag.casefold() for tag in remove}
    kept = {tag.casefold(): tag for tag in reversed((*tags, *add))}
    return tuple(tag for key, tag in reversed(kept.items()) if key not in gone)
