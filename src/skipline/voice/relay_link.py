"""The line to rtp.io: one command at a time over its socket, and its notices.

Everything that rtp.io needs to be treated with care about is in here: replies no longer match commands when several
hundred are in flight, a newline would smuggle in a second command, and a late reply must not be taken for the next one.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

log = structlog.get_logger()

COMMAND_SECONDS = 2.0
"""How long rtp.io may take for one command (0.2 ms is usual)."""

_LONGEST_COMMAND = 900

Notice = Callable[[list[str]], None]
"""Called with the words that follow a tag, e.g. `["5", "10", "160", "0"]` for a digit."""


class MediaError(Exception):
    """The relay could not do what it was asked; the call may go on without it."""


class _RtpProxy(Protocol):
    rtpp_sock: socket.socket
    rtpp_nsock: socket.socket
    rtpp_nsock_spec: str


class RelayLink:
    """A running rtp.io and the conversation with it."""

    def __init__(self, addresses: Sequence[str], port_range: tuple[int, int], silence_seconds: int) -> None:
        self._addresses = tuple(str(ipaddress.ip_address(one)) for one in addresses)
        self._port_range = port_range
        self._silence_seconds = silence_seconds
        self._proxy: _RtpProxy | None = None
        self._lock = asyncio.Lock()
        self._waiting: deque[asyncio.Future[str]] = deque()
        self._listeners: dict[str, Notice] = {}

    @property
    def families(self) -> tuple[bool, bool]:
        """Whether we have an address of IPv4 and of IPv6."""
        return any("." in one for one in self._addresses), any(":" in one for one in self._addresses)

    @property
    def notices_to(self) -> str:
        """Where rtp.io sends its notices, as its commands want it; known once it runs."""
        if self._proxy is None:
            raise MediaError("the relay is not running")
        return self._proxy.rtpp_nsock_spec

    def listen(self, tag: str, notice: Notice) -> None:
        """Call `notice` for each notice that begins with `tag`."""
        self._listeners[tag] = notice

    def forget(self, tag: str) -> None:
        """Stop listening for `tag`."""
        self._listeners.pop(tag, None)

    def start(self) -> None:
        """Start rtp.io in threads of this process. Raises `MediaError` when an address cannot be bound."""
        if self._proxy is not None:
            return
        for address in self._addresses:
            _check_ours(address)
        self._proxy = proxy = _make_proxy(self._arguments())
        loop = asyncio.get_running_loop()
        for line_socket, handle in ((proxy.rtpp_sock, self._take_reply), (proxy.rtpp_nsock, self._take_notice)):
            line_socket.setblocking(False)
            loop.add_reader(line_socket, _LineReader(line_socket, handle).read)

    def _arguments(self) -> list[str]:
        low, high = self._port_range
        arguments = ["-m", str(low), "-M", str(high), "-T", str(self._silence_seconds), "-F", "-d", "crit"]
        has_ipv4, _ = self.families
        for address in self._addresses:
            if ":" in address:
                arguments += ["-6", f"/{address}" if has_ipv4 else address]
            else:
                arguments += ["-l", address]
        return arguments

    async def stop(self) -> None:
        """End rtp.io; its threads need about a second."""
        proxy, self._proxy = self._proxy, None
        if proxy is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(proxy.rtpp_sock)
        loop.remove_reader(proxy.rtpp_nsock)
        held = [proxy]
        del proxy
        await asyncio.to_thread(held.clear)

    async def ask(self, command: str) -> str:
        """Send `command` and give back the reply. Raises `MediaError` when it is refused or stays unanswered."""
        if "\n" in command or "\r" in command or len(command) > _LONGEST_COMMAND:
            raise MediaError("a relay command must be one short line")
        async with self._lock:
            reply = await self._exchange(command)
        if reply.startswith("E"):
            raise MediaError(f"the relay refused the command {command[0]!r} with {reply!r}")
        return reply

    async def _exchange(self, command: str) -> str:
        if self._proxy is None:
            raise MediaError("the relay is not running")
        answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.append(answered)
        # Not awaited: a caller's end in the middle of a command must not part commands from replies. One short line
        # in flight always fits.
        self._proxy.rtpp_sock.sendall(command.encode() + b"\n")
        try:
            # Shielded and left in the row: a reply that comes late is then still taken for its own command.
            return await asyncio.wait_for(asyncio.shield(answered), COMMAND_SECONDS)
        except TimeoutError:
            raise MediaError(f"the relay did not answer within {COMMAND_SECONDS:g} s") from None

    def _take_reply(self, line: str) -> None:
        if not self._waiting:
            log.warning("relay_reply_unexpected")
            return
        answered = self._waiting.popleft()
        if not answered.done():
            answered.set_result(line)

    def _take_notice(self, line: str) -> None:
        tag, *words = line.split() or [""]
        notice = self._listeners.get(tag)
        if notice is not None:
            notice(words)


class _LineReader:
    """Cuts what a socket delivers into lines."""

    def __init__(self, source: socket.socket, handle: Callable[[str], None]) -> None:
        self._source = source
        self._handle = handle
        self._rest = b""

    def read(self) -> None:
        with contextlib.suppress(BlockingIOError, InterruptedError):
            self._rest += self._source.recv(65536)
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            self._handle(line.decode(errors="replace"))


def _check_ours(address: str) -> None:
    """rtp.io itself would only notice at the first call."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as tried:
            tried.bind((address, 0))
    except OSError as problem:
        reason = f"the media address {address} cannot be used: {problem.strerror}; name an address of this machine"
        raise MediaError(reason) from problem


def _make_proxy(arguments: list[str]) -> _RtpProxy:
    # Imported here because voice's other parts must load on machines that rtp.io has no wheel for.
    try:
        from rtp.io import rtpproxy
    except ImportError as problem:
        raise MediaError("the media relay rtp.io is not installed: it has wheels for Linux (glibc) only") from problem
    try:
        proxy: _RtpProxy = rtpproxy(modules=("catch_dtmf",), extra_args=arguments)
    except RuntimeError as problem:
        raise MediaError(f"the media relay did not start with {' '.join(arguments)}: {problem}") from problem
    return proxy
