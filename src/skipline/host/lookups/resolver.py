"""Turns a source's host name into addresses, in threads of its own.

A name server that hangs blocks a thread for many seconds; here it can only block threads that nobody else needs.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

_THREADS = 4


class Resolver(AbstractResolver):
    """The system's resolver behind a small pool of threads. Whoever asks brings the time limit."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolver")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Every address of `host`, in the system's order of preference."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _ask_system, host, port, family)

    async def close(self) -> None:
        """Let the threads go, without waiting for one that hangs."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _ask_system(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [
        ResolveResult(
            hostname=host,
            host=f"{address[0]}{_scope(address)}",
            port=port,
            family=found_family,
            proto=protocol,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )
        for found_family, _, protocol, _, address in found
    ]


def _scope(address: tuple[object, ...]) -> str:
    """The zone of a link-local IPv6 address (RFC 4007 section 11), so that it is judged as what it is."""
    return f"%{address[3]}" if len(address) == 4 and address[3] else ""
