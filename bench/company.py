"""A company's API as fast as plain asyncio can be: `python company.py PORT`.

It knows every caller, and keeps connections open. It is a process of its own, so that its cost is nobody else's.
"""

import asyncio
import sys

_STATUS = ("gold", "silver", "standard", "platinum")


class CustomerPages(asyncio.Protocol):
    """One connection: answers `GET /customers/{phone}`, whatever else the request says."""

    def __init__(self) -> None:
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the line."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        assert self._transport is not None
        *requests, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for request in requests:
            self._transport.write(_page(request.split(b" ", 2)[1]))


def _page(path: bytes) -> bytes:
    status = _STATUS[path[-1] % len(_STATUS)]
    body = f'{{"name":"Customer","loyalty_status":"{status}","orders":7,"lifetime_value":99.5}}'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode("ascii")


async def serve(port: int) -> None:
    """Answer until the process is ended."""
    server = await asyncio.get_running_loop().create_server(CustomerPages, "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
