"""One HTTP exchange with a source: guarded, capped, and without anything that the request did not ask for.

No redirects, no cookies, no proxy from the environment, and no limit of its own: the caller brings it.
"""

from collections.abc import Callable, Collection
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from skipline.host.lookups.body import CAP_BYTES, ENCODINGS, read_body
from skipline.host.lookups.guard import guarded_sockets
from skipline.host.lookups.resolver import Resolver
from skipline.host.lookups.troubles import EXPECTED, trouble_of
from skipline.model.lookup import HttpRequest, HttpResponse, Reach

_CHUNK_BYTES = 64 * 1024
_IDLE_CONNECTION_SECONDS = 30.0
_SCHEMES = ("http", "https")

_NOT_OURS_TO_SET = frozenset({"accept-encoding", "connection", "content-length", "host", "te", "transfer-encoding"})
"""Headers that decide how a message is framed or where it goes; a flow must not choose them."""


class Wire:
    """Carries requests over pooled connections. An async context manager; `own_ports` are read at each connect.

    `idle_seconds` is how long a connection is kept for the next request, `connect_seconds` how long opening one may
    take (None: as long as the caller waits), `cap_bytes` how large an answer may be.
    """

    def __init__(
        self,
        *,
        own_ports: Collection[int] = (),
        resolver: AbstractResolver | None = None,
        idle_seconds: float = _IDLE_CONNECTION_SECONDS,
        connect_seconds: float | None = None,
        cap_bytes: int = CAP_BYTES,
    ) -> None:
        self._own_ports = own_ports
        self._resolver = resolver
        self._idle_seconds, self._connect_seconds, self._cap_bytes = idle_seconds, connect_seconds, cap_bytes
        # A connection may only serve requests of the reach that it was opened under, so each reach has its own pool.
        self._pools: dict[Reach, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        self._resolver = self._resolver or Resolver()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools.values():
            await pool.close()
        if self._resolver is not None:
            await self._resolver.close()

    async def send(self, request: HttpRequest, on_answering: Callable[[], None] = lambda: None) -> HttpResponse:
        """The response to `request`, whatever its status; `on_answering` is called when its headers are here.

        Raises `Trouble` when there is none.
        """
        try:
            return await self._exchange(request, on_answering)
        except EXPECTED as failure:
            raise trouble_of(failure) from failure

    async def _exchange(self, request: HttpRequest, on_answering: Callable[[], None]) -> HttpResponse:
        url = URL(request.url, encoded=True)
        if url.scheme not in _SCHEMES or not url.host:
            raise ValueError("not an http or https address")
        async with self._pool(request.reach).request(
            request.method,
            url,
            headers=_sent_headers(request.headers),
            data=request.body or None,
            ssl=request.is_certificate_checked,
            allow_redirects=False,
        ) as response:
            on_answering()
            encoding = response.headers.get("Content-Encoding", "")
            body = await read_body(response.content.iter_chunked(_CHUNK_BYTES), encoding, self._cap_bytes)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return HttpResponse(status=response.status, headers=headers, body=body)

    def _pool(self, reach: Reach) -> aiohttp.ClientSession:
        pool = self._pools.get(reach)
        if pool is None:
            pool = self._pools[reach] = self._new_pool(reach)
        return pool

    def _new_pool(self, reach: Reach) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,  # each source has a gate of its own
            keepalive_timeout=self._idle_seconds,
            resolver=self._resolver,
            socket_factory=guarded_sockets(reach, self._own_ports),
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_seconds),
            auto_decompress=False,
            trust_env=False,
        )


def _sent_headers(headers: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in headers.items() if name.lower() not in _NOT_OURS_TO_SET}
    return kept | {"Accept-Encoding": ENCODINGS}
