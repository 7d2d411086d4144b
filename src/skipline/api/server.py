"""Serves the API on a socket that was bound before, inside an event loop that others share."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from fastapi import FastAPI

_GRACE_SECONDS = 3
"""How long requests in progress may go on when the server stops."""

_LARGEST_WORD_BYTES = 64 << 10
"""Of what somebody says on the live socket."""


class _Server(uvicorn.Server):
    """uvicorn, leaving the process's signals to the one who owns the process, and telling when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind_http(host: str, port: int) -> socket.socket:
    """A socket for the API; port 0 picks a free one. Raises `OSError` with a sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError as trouble:
        bound.close()
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise OSError(f"the API cannot listen on {place} ({trouble.strerror}): give another --http address") from None
    return bound


@contextlib.asynccontextmanager
async def serving(app: FastAPI, bound: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on `bound` within the block; requests are taken from its first line on."""
    config = uvicorn.Config(
        app,
        loop="none",
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ws_max_size=_LARGEST_WORD_BYTES,
    )
    server = _Server(config)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve([bound]))
        await server.listens.wait()
        try:
            yield
        finally:
            server.should_exit = True
