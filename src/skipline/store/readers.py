"""A few threads that read, each with its own connection, so that a long report holds up neither writer nor loop."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa

Result = TypeVar("Result")
THREADS = 3


class Readers:
    """Runs works that only read; each sees one unchanging state of the database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="skipline-reader")
        self._own = threading.local()
        self._connections: list[sa.Connection] = []

    async def run(self, work: Callable[[sa.Connection], Result]) -> Result:
        """The result of `work`, done on a reader thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, work)

    def _read(self, work: Callable[[sa.Connection], Result]) -> Result:
        connection = self._connection()
        with connection.begin():
            return work(connection)

    def _connection(self) -> sa.Connection:
        """This thread's connection, opened when it is first needed."""
        connection: sa.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._engine.connect()
            self._connections.append(connection)
        return connection

    async def close(self) -> None:
        """Let running works end, then close the connections."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
        for connection in self._connections:
            connection.close()
        self._engine.dispose()
