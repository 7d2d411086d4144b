"""SIP over TCP: messages framed by Content-Length (RFC 3261 section 18.3), one connection per peer, made on demand."""

import asyncio
import socket

from skipline.voice.sip.transport import HostPort, Lost, Received, Transport
from skipline.voice.sip.trouble import TroubleLog
from skipline.voice.sip.wire import MAX_MESSAGE_BYTES

_CONNECT_SECONDS = 4.0
_IDLE_SECONDS = 7200.0
_MAX_CONNECTIONS = 2000
_MAX_UNSENT_BYTES = 1 << 20


class FramingError(Exception):
    """The stream lost its frames; the connection cannot be used any more."""


class TcpTransport(Transport):
    """A listening socket and the connections to and from it. `connections` maps a peer's address to its writer,
    or to the messages that wait while a connection is being made."""

    transport = "tcp"
    is_reliable = True

    def __init__(self, address: HostPort, on_received: Received, on_lost: Lost, log: TroubleLog) -> None:
        super().__init__(address, on_received, on_lost, log)
        self.connections: dict[HostPort, asyncio.StreamWriter | list[bytes]] = {}
        self._socket = socket.socket(socket.AF_INET6 if self.is_v6 else socket.AF_INET, socket.SOCK_STREAM)
        self._server: asyncio.Server | None = None
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if self.is_v6:
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            self._socket.bind(address)
        except OSError:
            self._socket.close()
            raise
        self.port = self._socket.getsockname()[1]

    async def start(self) -> None:
        """Begin to accept connections."""
        self._server = await self._listen()

    async def _listen(self) -> asyncio.Server | None:
        return await asyncio.start_server(self._accept, sock=self._socket, limit=MAX_MESSAGE_BYTES, backlog=512)

    async def _open(self, address: HostPort) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*address, limit=MAX_MESSAGE_BYTES)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        if peer is None or not self._is_open or len(self.connections) >= _MAX_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await self._serve(reader, writer, (peer[0].partition("%")[0], peer[1]))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: HostPort) -> None:
        self.connections[peer] = writer
        try:
            while True:
                message = await asyncio.wait_for(read_frame(reader), _IDLE_SECONDS)
                if message:
                    self.on_received(message, peer, self)
                else:
                    self._write(writer, b"\r\n", peer)  # the answer to a keep-alive, RFC 5626 section 3.5.1
        except FramingError as problem:
            self.log.note("sip_stream_unframed", host=peer[0], problem=str(problem))
        except (OSError, EOFError, TimeoutError, ValueError):
            pass  # the peer closed, or broke off in the middle of a message
        finally:
            if self.connections.get(peer) is writer:
                del self.connections[peer]
                self.on_closed(self, peer)
            writer.close()

    def is_connected(self, address: HostPort) -> bool:
        """Whether a connection with `address` is up or being made."""
        return address in self.connections

    def send_now(self, data: bytes, address: HostPort) -> None:
        """Write to the connection with `address`, making one when there is none."""
        found = self.connections.get(address)
        if isinstance(found, list):
            found.append(data)
        elif found is not None and not found.is_closing():
            self._write(found, data, address)
        else:
            self.connections[address] = [data]
            self._spawn(self._connect(address))

    def _write(self, writer: asyncio.StreamWriter, data: bytes, address: HostPort) -> None:
        if writer.transport.get_write_buffer_size() > _MAX_UNSENT_BYTES:
            self.log.note("sip_stream_stuck", host=address[0], port=address[1])
            writer.transport.abort()
            return
        writer.write(data)

    async def _connect(self, address: HostPort) -> None:
        try:
            reader, writer = await asyncio.wait_for(self._open(address), _CONNECT_SECONDS)
        except (OSError, TimeoutError) as problem:
            self.connections.pop(address, None)
            if self._is_open:
                self.on_lost(self, address, f"no connection: {problem or 'no answer'}")
            return
        waiting = self.connections.get(address)
        for data in waiting if isinstance(waiting, list) else ():
            writer.write(data)
        await self._serve(reader, writer, address)

    async def stop(self) -> None:
        """Close the listener and every connection."""
        self._is_open = False
        if self._server is None:
            self._socket.close()
        else:
            self._server.close()
        for connection in list(self.connections.values()):
            if isinstance(connection, asyncio.StreamWriter):
                connection.close()
        await super().stop()


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """The next message of a stream; empty for a keep-alive.

    Raises `FramingError` when its end cannot be known, `IncompleteReadError` (an `EOFError`) at the end.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as problem:
        raise FramingError("no end of the headers in 64 KB") from problem
    if not head.strip(b"\r\n"):
        return b""
    head = head.lstrip(b"\r\n")
    length = content_length(head)
    if len(head) + length > MAX_MESSAGE_BYTES:
        raise FramingError(f"a body of {length} bytes")
    return head + await reader.readexactly(length) if length else head


def content_length(head: bytes) -> int:
    """The length of the body that follows `head`; 0 without the header, which a stream must have."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() in (b"content-length", b"l"):
            text = value.strip()
            if not text.isdigit() or len(text) > 7:
                raise FramingError(f"Content-Length {text[:20]!r}")
            return int(text)
    return 0
