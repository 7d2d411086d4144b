"""Where a request of ours goes, and how our own From is written."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from skipline.voice.sip.address import SipUri, parse_uri

_UNFIT = re.compile(r'[\s<>"\x00-\x20\x7f]')


@dataclass(frozen=True, slots=True)
class Hop:
    """Where a request leaves to."""

    host: str
    port: int
    transport: str


def parse_dialable(uri: str, outbound: tuple[str, int, str] | None) -> tuple[SipUri, Hop]:
    """A URI with the hop its requests take; raises `ValueError` when we cannot go there."""
    if _UNFIT.search(uri):
        raise ValueError(f"{uri!r} cannot be dialled: there are blanks, quotes or brackets in it")
    target = parse_uri(uri)
    if target.scheme != "sip" and outbound is None:
        raise ValueError(f"{uri} cannot be dialled: only sip: addresses can, over udp or tcp")
    hop = Hop(*outbound) if outbound else Hop(target.host, target.port or 5060, target.transport)
    if hop.transport not in ("udp", "tcp") and not (outbound and hop.transport == "tls"):
        raise ValueError(f"{uri} asks for {hop.transport}, and only udp and tcp are there")
    return target, hop


def write_from(user: str, name: str, host: str) -> str:
    """A From value; what is in `name` and `user` cannot break out of it. Raises `ValueError` for an unfit host."""
    if _UNFIT.search(host):
        raise ValueError(f"{host!r} is no host name for a caller's address")
    plain = "".join(c for c in name if c.isprintable()).replace("\\", "\\\\").replace('"', '\\"')[:200]
    display = f'"{plain}" ' if plain else ""
    at = quote(user, safe="+-_.!~*'()&=$,;?/") + "@" if user else ""
    return f"{display}<sip:{at}{host}>"
