"""Where the next request of a dialog goes."""

import ipaddress
from typing import Any

from skipline.voice.sip.transport import HostPort


def reachable_address(address: tuple[Any, Any], source: HostPort | None) -> tuple[Any, Any]:
    """`address`, or the `source` its message really came from when the address is private and the source is not:
    a phone behind NAT writes its own idea of itself into Contact."""
    if source is None or source[0] == str(address[0]).strip("[]"):
        return address
    return source if _is_private(str(address[0]).strip("[]")) and not _is_private(source[0]) else address


def _is_private(host: str) -> bool:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host.endswith(".invalid")
    return found.is_private or found.is_unspecified
