"""From a target's text, as a flow names it, to something that can be dialled; and the order to try several in."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from skipline.model.configuration import Trunk
from skipline.voice.sip.flow import Flow

SIP_PORT = 5060
SUSPECT_SECONDS = 30.0
"""How long a target that did not reply, or was overloaded, is tried after the others."""

_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_NUMBER_MARKS = re.compile(r"[\s().-]")
_URI = re.compile(
    r"(?:(?i:sip):)?(?:(?P<user>[A-Za-z0-9\-_.!~*'()&=+$,;?/%#]+)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<params>(?:;[A-Za-z0-9\-_.!~*'()\[\]/:&+$%=]+)*)"
)
_TRANSPORT = re.compile(r";transport=([A-Za-z]+)", re.IGNORECASE)


class NotDialable(Exception):
    """A target cannot be dialled; the sentence says why and what to write instead."""


@dataclass(frozen=True, slots=True)
class Dialable:
    """A target ready to be dialled: `text` as the flow wrote it, the Request-URI, the next hop, and the trunk it
    leaves by, if any. A registered phone has its `flow`, the only way to it."""

    text: str
    uri: str
    host: str
    port: int
    transport: str
    trunk: Trunk | None = None
    flow: Flow | None = None

    @property
    def key(self) -> str:
        """Names the next hop, for health and suspicion: what fails for one user of a host fails for all."""
        return f"{self.host}:{self.port};{self.transport}"

    @property
    def is_ipv6(self) -> bool | None:
        """Which IP version its audio will be of, as far as its address tells; None for a name."""
        bare = self.host.strip("[]")
        if ":" in bare:
            return True
        return False if bare.replace(".", "").isdecimal() else None

    @property
    def is_trusted(self) -> bool:
        """Whether the caller's asserted identity may be told to it (RFC 3325 section 5)."""
        return self.trunk is not None and self.trunk.is_trusted


def parse_target(text: str, trunks: Iterable[Trunk], trunk_name: str = "") -> Dialable:
    """What to dial for `text`: a SIP URI, or a number that leaves by `trunk_name` (empty: the first trunk that has a
    server). Raises `NotDialable`."""
    known = tuple(trunks)
    digits = _NUMBER_MARKS.sub("", text)
    if _NUMBER.fullmatch(digits):
        return _number_target(text, digits, _trunk_for_number(known, trunk_name, digits))
    return _uri_target(text.strip(), known)


def _trunk_for_number(trunks: Sequence[Trunk], name: str, number: str) -> Trunk:
    if name:
        trunk = next((trunk for trunk in trunks if trunk.name == name), None)
        if trunk is None:
            raise NotDialable(f"there is no trunk {name!r} to call {number}: name one of the workspace's trunks")
        if not trunk.server:
            raise NotDialable(f"trunk {name!r} has no server to call {number}: give it one, such as sip.example.com")
        return trunk
    trunk = next((trunk for trunk in trunks if trunk.server), None)
    if trunk is None:
        raise NotDialable(f"no trunk has a server to call {number}: give a trunk one, such as sip.example.com")
    return trunk


def _number_target(text: str, number: str, trunk: Trunk) -> Dialable:
    server = _URI.fullmatch(trunk.server)
    if server is None:
        raise NotDialable(f"the server {trunk.server!r} of trunk {trunk.name!r} is not a host or host:port")
    host, port = server["host"], _port(server["port"], trunk.server)
    uri = f"sip:{number}@{trunk.server.removeprefix('sip:')}"
    return Dialable(text, uri, host.strip("[]"), port, trunk.transport, trunk)


def _uri_target(text: str, trunks: Sequence[Trunk]) -> Dialable:
    if text.lower().startswith("sips:"):
        raise NotDialable(f"{text!r} asks for TLS, which this release cannot dial: use sip: instead")
    match = _URI.fullmatch(text)
    if match is None:
        raise NotDialable(f"{text!r} is not a target: write a SIP URI such as sip:sales@pbx.example.com, or a number")
    host, port = match["host"].strip("[]"), _port(match["port"], text)
    asked = _TRANSPORT.search(match["params"] or "")
    transport = asked[1].lower() if asked else "udp"
    if transport not in ("udp", "tcp"):
        raise NotDialable(f"{text!r} asks for transport {transport!r}: use udp or tcp")
    uri = text if text.lower().startswith("sip:") else f"sip:{text}"
    return Dialable(text, uri, host, port, transport, _trunk_of_host(trunks, host))


def _port(written: str | None, text: str) -> int:
    port = int(written) if written else SIP_PORT
    if not 0 < port < 65536:
        raise NotDialable(f"{text!r} has port {port}: ports go from 1 to 65535")
    return port


def _trunk_of_host(trunks: Sequence[Trunk], host: str) -> Trunk | None:
    for trunk in trunks:
        server = _URI.fullmatch(trunk.server)
        if server is not None and server["host"].strip("[]") == host:
            return trunk
    return None


@dataclass(slots=True)
class Suspects:
    """Targets that let us down a moment ago, each until a time of the monotonic clock."""

    now: Callable[[], float]
    _until: dict[str, float] = field(default_factory=dict)

    def add(self, key: str, seconds: float = SUSPECT_SECONDS) -> None:
        """Try `key` after the others for `seconds`."""
        present = self.now()
        self._until = {one: until for one, until in self._until.items() if until > present}
        self._until[key] = present + seconds

    def clear(self, key: str) -> None:
        """Trust `key` again: it has just answered."""
        self._until.pop(key, None)

    def __contains__(self, key: str) -> bool:
        return self._until.get(key, 0.0) > self.now()


def order_targets(targets: Sequence[Dialable], is_down: Callable[[Dialable], bool]) -> list[Dialable]:
    """`targets` in the flow's order, those that are down last: they may be back, and the caller has nobody else."""
    return sorted(targets, key=is_down)


def caller_headers(target: Dialable, number: str, is_withheld: bool) -> Mapping[str, str]:
    """The identity headers for `target`: who calls, only where it is trusted, and hidden when the caller asked so
    (RFC 3325 section 9.1, RFC 3323 section 4.2)."""
    headers = {"Privacy": "id"} if is_withheld else {}
    if number and target.is_trusted:
        host = f"[{target.host}]" if ":" in target.host else target.host
        # What a caller calls itself must not end the address and begin another one.
        headers["P-Asserted-Identity"] = f"<sip:{quote(number, safe='+-_.!~*()')}@{host}>"
    return headers
