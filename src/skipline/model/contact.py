"""The person on the other side."""

import msgspec


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A person as a run sees them. `phone` is E.164 where it could be read, else as it came; empty when withheld."""

    phone: str = ""
    name: str = ""
    address: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    tier: str = ""
