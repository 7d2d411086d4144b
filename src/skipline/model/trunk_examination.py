"""What the voice worker finds out about one trunk when somebody asks whether it works: facts, no words."""

from datetime import datetime

import msgspec


class NameLookedUp(msgspec.Struct, frozen=True, kw_only=True):
    """A host name of the trunk and the IP addresses that DNS has for it; none: it does not know the name."""

    name: str
    addresses: tuple[str, ...] = ()


class ServerAsked(msgspec.Struct, frozen=True, kw_only=True):
    """How the trunk's server took an OPTIONS (RFC 3261 section 11). `place` is its `host:port`, `code` its final reply.
    Code 0: it could not be asked (`problem` says why), or nobody listens there (`is_closed`), or no reply came."""

    place: str
    transport: str
    code: int = 0
    reason: str = ""
    milliseconds: float = 0.0
    is_closed: bool = False
    problem: str = ""


class RegistrationSeen(msgspec.Struct, frozen=True, kw_only=True):
    """How our last REGISTER went, at `at` (None: none has been answered yet). It holds until `until`. `is_reply` is
    false when no reply came and the code is our own."""

    is_registered: bool = False
    at: datetime | None = None
    until: datetime | None = None
    code: int = 0
    reason: str = ""
    is_reply: bool = False


class RefusedCalls(msgspec.Struct, frozen=True, kw_only=True):
    """Calls that were refused and have `about` in common: the address they came from, or the number they were for."""

    about: str
    count: int
    first_at: datetime
    last_at: datetime


class TrunkExamination(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a trunk at `at`. What is counted is counted since the worker's start at `since`: the last
    call that the trunk brought, calls of it for numbers that no flow takes, and calls from addresses of no trunk.

    `server` is None for a trunk without one, `registration` for one that does not register. `listens_at` are the
    worker's own SIP addresses."""

    at: datetime
    since: datetime
    listens_at: tuple[str, ...]
    names: tuple[NameLookedUp, ...] = ()
    server: ServerAsked | None = None
    registration: RegistrationSeen | None = None
    last_call_at: datetime | None = None
    unknown_numbers: tuple[RefusedCalls, ...] = ()
    strangers: tuple[RefusedCalls, ...] = ()
