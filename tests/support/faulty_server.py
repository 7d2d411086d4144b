"""An HTTP server that misbehaves in every way we know, on a real socket."""

import asyncio
import gzip
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

CUSTOMER = b'{"loyalty_status": "platinum", "orders": 214}'
SIXTY_MB = 60 * 1024 * 1024

Fault = Callable[[asyncio.StreamWriter], Awaitable[None]]


class FaultyServer:
    """Serves one fault at a time; `fault` may be changed between requests. Counts what reached it."""

    def __init__(self, fault: Fault, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.fault = fault
        self.connections = 0
        self.requests: list[bytes] = []
        self._asked = asyncio.Event()
        self._tls = tls
        self._host = host
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self._host}:{self.port}"

    async def first_request(self) -> None:
        """Return when the first request is here."""
        await self._asked.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                    self._asked.set()
                    await self.fault(writer)
                    await writer.drain()
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            writer.close()


def answers(body: bytes, *, status: str = "200 OK", headers: str = "") -> Fault:
    """A well-formed answer."""

    async def fault(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
        writer.write(head.encode() + body)

    return fault


def sends(raw: bytes) -> Fault:
    """These bytes, then the end of the connection."""

    async def fault(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        writer.close()

    return fault


def dawdles(seconds: float, then: Fault) -> Fault:
    """Another fault, later."""

    async def fault(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await then(writer)

    return fault


def once(first: Fault, then: Fault) -> Fault:
    """One fault for the first request, another for all others."""
    faults = iter([first])

    async def fault(writer: asyncio.StreamWriter) -> None:
        await next(faults, then)(writer)

    return fault


async def hangs(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def resets(writer: asyncio.StreamWriter) -> None:
    """A TCP reset instead of an answer."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def drips_body(writer: asyncio.StreamWriter) -> None:
    """A proper head, then one byte at a time, far too slowly."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(CUSTOMER))
    await _drip(writer, CUSTOMER)


async def drips_head(writer: asyncio.StreamWriter) -> None:
    await _drip(writer, b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")


async def _drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    for byte in data:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.1)


async def never_ends(writer: asyncio.StreamWriter) -> None:
    """Chunk after chunk, as fast as they are taken."""
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    while True:
        writer.write(chunk)
        await writer.drain()


async def endless_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x-more: " + b"a" * 1000 + b"\r\n")
        await writer.drain()


gzip_bomb = answers(gzip.compress(b" " * SIXTY_MB), headers="content-encoding: gzip\r\n")
