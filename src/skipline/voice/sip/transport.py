"""What UDP and TCP have in common, in the shape that sippy's transaction manager expects of a server."""

import asyncio
import ipaddress
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NewType

from skipline.voice.sip.trouble import TroubleLog
from skipline.voice.sip.wire import write_wire

HostPort = tuple[str, int]
"""An IP address (IPv6 without brackets) or a name, and a port."""

Received = Callable[[bytes, HostPort, "Transport"], None]
Lost = Callable[["Transport", HostPort, str], None]

_NAME_SECONDS = 60.0
_LOOKUP_SECONDS = 3.0
_MAX_NAMES = 1000
Resolved = NewType("Resolved", str)


class BoundTo:
    """Tells sippy that this server has one address of its own."""

    def isWildCard(self) -> bool:  # noqa: N802 - sippy's name
        """Never: with the wildcard address we find the right local address ourselves."""
        return False


class Transport(ABC):
    """One bound socket. `send_to` never raises: what cannot be sent is reported to `on_lost`, or lost.

    `on_closed` hears of each connection that ends.
    """

    transport = ""
    is_reliable = False

    def __init__(self, address: HostPort, on_received: Received, on_lost: Lost, log: TroubleLog) -> None:
        self.host, self.port = address
        self.is_v6 = ":" in self.host
        self.uopts = BoundTo()
        self.on_received, self.on_lost, self.log = on_received, on_lost, log
        self._names: dict[str, tuple[str, float]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_open = True
        self.on_closed: Callable[[Transport, HostPort], None] = lambda *_: None

    @abstractmethod
    async def start(self) -> None:
        """Begin to take messages."""

    def is_connected(self, address: HostPort) -> bool:
        """Whether `address` can be sent to as it is; with TCP only over a connection that is up."""
        return True

    @abstractmethod
    def send_now(self, data: bytes, address: HostPort) -> None:
        """Send to an IP address."""

    def send_to(self, data: str | bytes, address: tuple[Any, Any]) -> None:
        """Send a printed message to a host as sippy writes it: text or IP address, with or without brackets."""
        if not self._is_open:
            return
        wire = write_wire(data) if isinstance(data, str) else data
        host, port = str(address[0]).strip("[]"), int(address[1] or 5060)
        if not 0 < port < 65536:
            self.log.note("sip_port_impossible", host=host, port=port)
            return
        ip = host if is_ip(host) else self._known(host)
        if ip is None:
            self._spawn(self._send_to_name(wire, host, port))
        else:
            self.send_now(wire, (ip, port))

    async def _send_to_name(self, data: bytes, host: str, port: int) -> None:
        ip = await self.resolve(host)
        if ip is None:
            self.on_lost(self, (host, port), "the name is unknown")
        elif self._is_open:
            self.send_now(data, (ip, port))

    async def resolve(self, host: str) -> str | None:
        """The IP address of `host` in this socket's family, or None; kept for a minute."""
        known = host if is_ip(host) else self._known(host)
        if known is not None:
            return known
        family = socket.AF_INET6 if self.is_v6 else socket.AF_INET
        look_up = asyncio.get_running_loop().getaddrinfo(host, None, family=family, type=socket.SOCK_DGRAM)
        try:
            found = await asyncio.wait_for(look_up, _LOOKUP_SECONDS)
        except (OSError, TimeoutError, UnicodeError):
            return None
        ip = str(found[0][4][0])
        if len(self._names) >= _MAX_NAMES:
            self._names.clear()
        self._names[host] = (ip, time.monotonic() + _NAME_SECONDS)
        return ip

    def _known(self, host: str) -> str | None:
        ip, until = self._names.get(host, ("", 0.0))
        return ip if until > time.monotonic() else None

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def local_host(self, peer: str) -> str:
        """Our own address as `peer` sees it, for Via and Contact."""
        return local_address(peer, self.is_v6) if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104

    def getSIPaddr(self) -> tuple[HostPort, str]:  # noqa: N802 - sippy's name
        """Where we are, for sippy's printer (we always print our own addresses, so it is never needed)."""
        return (self.host, self.port), self.transport

    def addr2str(self, address: HostPort) -> str:
        """An address for a log line."""
        return f"{self.transport}:{address[0]}:{address[1]}"

    async def stop(self) -> None:
        """Close, and wait for what was under way."""
        self._is_open = False
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@lru_cache(maxsize=4096)
def is_ip(host: str) -> bool:
    """Whether `host` is an IP address already."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1024)
def local_address(peer: str, is_v6: bool) -> str:
    """The address from which this machine would reach `peer`; connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((peer, 9))
        except OSError:
            return "::1" if is_v6 else "127.0.0.1"
        return str(probe.getsockname()[0])
