"""Brings a PostgreSQL database to the schema of this Skipline. Only a command does this, never a node that starts:
building an index while other nodes write can lock them, or itself, out.
"""

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from skipline.store.errors import UnusablePlace
from skipline.store.exclusion import exclude_others
from skipline.store.migration import run_migrations
from skipline.store.postgres import open_engine
from skipline.store.revision import refuse_newer
from skipline.store.schema import NEWEST_REVISION

_FIX = "run `skipline migrate --database URL`"


async def migrate_server(url: str) -> str | None:
    """Make or migrate the database behind a `postgresql://` URL; gives the revision it had before (None: it was new).

    All of it or none. Raises `SchemaIsNewer`, or `UnusablePlace` when it cannot be reached or is not ours.
    """
    engine = open_engine(url, connections=1)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(_migrate)
    except (OSError, DBAPIError) as trouble:
        raise _unreachable(trouble) from trouble
    finally:
        await engine.dispose()


async def check_revision(engine: AsyncEngine) -> None:
    """Raise `UnusablePlace` or `SchemaIsNewer` unless the database has the schema of this release."""
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(_read_revision)
    except (OSError, DBAPIError) as trouble:
        raise _unreachable(trouble) from trouble
    if found is None:
        raise UnusablePlace(f"the database is empty: {_FIX} first")
    if found != NEWEST_REVISION:
        refuse_newer(found)
        raise UnusablePlace(f"the database has schema {found}, this Skipline needs {NEWEST_REVISION}: {_FIX} first")


def _migrate(connection: sa.Connection) -> str | None:
    exclude_others(connection, "migrations")
    found = _read_revision(connection)
    if found != NEWEST_REVISION:
        if found is not None:
            refuse_newer(found)
        run_migrations(connection)
    return found


def _read_revision(connection: sa.Connection) -> str | None:
    tables = sa.inspect(connection).get_table_names()
    if "alembic_version" in tables:
        found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return found
    if tables:
        raise UnusablePlace("the database belongs to another program: make an empty one with createdb")
    return None


def _unreachable(trouble: Exception) -> UnusablePlace:
    why = getattr(trouble, "orig", trouble)
    return UnusablePlace(f"the database cannot be used ({why}): check the server, and the user and name in its URL")
