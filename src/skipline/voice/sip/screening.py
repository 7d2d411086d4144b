"""Looks at each new request before anything is done for it: what is broken, unsupported or from nobody we know."""

import ipaddress
from collections import deque
from typing import Any

from skipline.voice.sip.events import Refusal
from skipline.voice.sip.headers import SUPPORTED_EXTENSIONS, first_value, option_tags, read_headers
from skipline.voice.sip.session_timer import SessionSettings, is_too_brief

_BODIES = ("application/sdp", "multipart/mixed", "multipart/alternative", "multipart/related")
_LARGEST_CSEQ = 2**31


def screen_request(request: Any) -> Refusal | None:
    """What every request must fulfil, inside and outside of dialogs (RFC 3261 section 8.2)."""
    number, method = request.getHFBody("cseq").getCSeq()
    if method != request.getMethod():
        return Refusal(400, "CSeq Names Another Method")
    if not 0 <= number < _LARGEST_CSEQ:
        return Refusal(400, "CSeq Out Of Range")
    if request.sipver.upper() != "SIP/2.0":
        return Refusal(505, "Version Not Supported")
    unknown = option_tags(request, "require") - SUPPORTED_EXTENSIONS
    if unknown:
        return Refusal(420, "Bad Extension", {"unsupported": ", ".join(sorted(unknown))})
    return None


def screen_invite(request: Any, session: SessionSettings) -> Refusal | None:
    """What an INVITE must fulfil besides."""
    if not request.countHFs("contact") or first_value(request, "contact").strip() == "*":
        return Refusal(400, "Missing Contact")
    if request.getHFBody("from").getTag() is None:
        return Refusal(400, "Missing From Tag")
    hops = first_value(request, "max-forwards").strip() or "70"
    if not (hops.isascii() and hops.isdecimal()):
        return Refusal(400, "Bad Max-Forwards")
    if int(hops[:4]) == 0:
        return Refusal(483, "Too Many Hops")
    return _screen_body(request) or _screen_timer(request, session)


def _screen_body(request: Any) -> Refusal | None:
    body = request.getBody()
    if body is not None and body.getType() not in _BODIES:
        return Refusal(415, "Unsupported Media Type", {"accept": "application/sdp"})
    return None


def _screen_timer(request: Any, session: SessionSettings) -> Refusal | None:
    headers = read_headers(request)
    if is_too_brief(headers, session) and "timer" in option_tags(request, "supported"):
        return Refusal(422, "Session Interval Too Small", {"min-se": str(session.min_seconds)})
    return None


class SourceThrottle:
    """Counts requests of strangers by network: a /24 for IPv4, a /64 for IPv6, so that hopping addresses does not help.

    Memory is bounded: past `most_networks` the one that was quiet for longest is forgotten.
    """

    def __init__(self, limit: int = 5, window_seconds: float = 60.0, most_networks: int = 10_000) -> None:
        self._limit, self._window_seconds, self._most = limit, window_seconds, most_networks
        self._seen: dict[str, deque[float]] = {}

    def allows(self, source: str, monotonic_seconds: float) -> bool:
        """Whether this network may be answered once more; counts the request."""
        network = network_of(source)
        times = self._seen.pop(network, None)
        if times is None:
            times = deque(maxlen=self._limit)
        self._seen[network] = times
        while len(self._seen) > self._most:
            del self._seen[next(iter(self._seen))]
        while times and times[0] <= monotonic_seconds - self._window_seconds:
            times.popleft()
        if len(times) >= self._limit:
            return False
        times.append(monotonic_seconds)
        return True


def network_of(source: str) -> str:
    """The network that is counted as one source."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    bits = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network((address, bits), strict=False))
