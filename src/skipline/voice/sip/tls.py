"""SIP over TLS (RFC 3261 section 26.2.1): a TCP connection with a certificate in front of it.

We are the server: phones connect to us and are rung over their connection. A phone of ours, in a test or in the demo,
is the client and listens to nobody.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from skipline.voice.sip.tcp import TcpTransport
from skipline.voice.sip.transport import HostPort, Lost, Received
from skipline.voice.sip.trouble import TroubleLog
from skipline.voice.sip.wire import MAX_MESSAGE_BYTES

_HANDSHAKE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """Where TLS is bound, and what for: with `server` it takes connections, with `client` it makes them. A client
    expects `server_name` in the certificate, when it looks at that at all; empty: the address it connects to."""

    addresses: Sequence[HostPort]
    server: ssl.SSLContext | None = None
    client: ssl.SSLContext | None = None
    server_name: str = ""


class TlsTransport(TcpTransport):
    """A bound socket and the connections to and from it."""

    transport = "tls"

    def __init__(
        self, address: HostPort, on_received: Received, on_lost: Lost, log: TroubleLog, settings: TlsSettings
    ) -> None:
        super().__init__(address, on_received, on_lost, log)
        self._settings = settings

    async def _listen(self) -> asyncio.Server | None:
        if self._settings.server is None:
            return None
        return await asyncio.start_server(
            self._accept,
            sock=self._socket,
            limit=MAX_MESSAGE_BYTES,
            backlog=512,
            ssl=self._settings.server,
            ssl_handshake_timeout=_HANDSHAKE_SECONDS,
        )

    async def _open(self, address: HostPort) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._settings.client is None:
            raise OSError("a phone opens its TLS connection itself")
        name = self._settings.server_name or address[0]
        context = self._settings.client
        return await asyncio.open_connection(*address, limit=MAX_MESSAGE_BYTES, ssl=context, server_hostname=name)


class Certificate:
    """The certificate and key of a server, from two PEM files; the first may hold the whole chain.

    Raises `OSError` (of which `ssl.SSLError` is one) when they cannot be used.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = certificate, key
        self.context = self._load()
        self._stamp = self._read_stamp()

    def refresh(self) -> bool:
        """Take up files that were renewed since, for the connections to come; true when that was done. Files that
        cannot be used raise `OSError` and leave all as it was."""
        stamp = self._read_stamp()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        # OpenSSL would keep a new certificate beside an old key, so a context of its own tries them first.
        self._load()
        self.context.load_cert_chain(*self._files)
        return True

    def _load(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(*self._files)
        return context

    def _read_stamp(self) -> tuple[int, ...]:
        return tuple(file.stat().st_mtime_ns for file in self._files)
