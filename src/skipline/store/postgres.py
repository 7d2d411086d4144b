"""How PostgreSQL is reached: the one place that knows its settings.

`asyncpg` carries the statements; `run_sync` gives works the same transaction object that SQLite gives them.
"""

import time
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from skipline.store.columns import write_json
from skipline.store.errors import UnusablePlace

LOCK_SECONDS = 10
"""The longest wait for another node's lock. Works are short, so a longer one means a node that hangs."""
CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60
_TRUSTED_SECONDS = 0.5
"""For how long a connection that worked is taken to work."""
_STAND_IN = "\N{SYMBOL FOR NULL}"


def open_engine(url: str, connections: int) -> AsyncEngine:
    """An engine for a `postgresql://` URL with at most `connections` of them. Connects when first used; a connection
    is tried before its use unless it was used just now, so that a restart of the server is hardly noticed."""
    engine = create_async_engine(
        server_url(url),
        pool_size=connections,
        max_overflow=0,
        pool_use_lifo=True,  # so that few connections prepare the statements, and are known to live
        connect_args=connect_settings(),
        json_serializer=write_json,
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,  # they are people's numbers and names, and errors are logged
    )
    sa.event.listen(engine.sync_engine, "before_cursor_execute", _clean_parameters, retval=True)
    sa.event.listen(engine.sync_engine, "checkin", _note_use)
    sa.event.listen(engine.sync_engine, "checkout", _try_if_idle)
    return engine


def connect_settings() -> dict[str, Any]:
    """What the driver is told at each connection, besides where the server is."""
    return {
        "timeout": CONNECT_SECONDS,
        "command_timeout": STATEMENT_SECONDS,
        "server_settings": {
            "application_name": "skipline",
            "timezone": "UTC",
            "lock_timeout": f"{LOCK_SECONDS}s",
            "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS}s",
        },
    }


def server_url(url: str) -> sa.URL:
    """The URL as SQLAlchemy wants it. `sslmode`, as other tools write it, is what asyncpg calls `ssl`."""
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise UnusablePlace(
            "the database URL cannot be read: write postgresql://USER:PASSWORD@HOST:PORT/NAME"
        ) from None
    query = {("ssl" if name == "sslmode" else name): value for name, value in parsed.query.items()}
    return parsed.set(drivername="postgresql+asyncpg", query=query)


def _note_use(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _try_if_idle(connection: Any, record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:
    """SQLAlchemy's own `pool_pre_ping` asks three times before each use, which at a few hundred messages a second is
    a fifth of all that is asked."""
    if time.monotonic() - record.info.get("used_at", 0.0) < _TRUSTED_SECONDS:
        return
    try:
        connection.ping()
    except Exception as gone:
        raise sa.exc.DisconnectionError from gone  # the pool takes another one


def _clean_parameters(
    connection: sa.Connection, cursor: object, statement: str, parameters: Any, context: object, is_many: bool
) -> tuple[str, Any]:
    return statement, without_nul(parameters)


def without_nul(value: Any) -> Any:
    """PostgreSQL's text holds every character but NUL, which a stranger may well send; a sign for it stands in.

    JSON needs no stand-in: there NUL is written as an escape.
    """
    if isinstance(value, str):
        return value.replace("\0", _STAND_IN) if "\0" in value else value
    if isinstance(value, list | tuple):
        return type(value)(without_nul(one) for one in value)
    return value
