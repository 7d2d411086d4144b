"""A look at a database that several servers share, without being one of them."""

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from skipline.store.postgres import open_engine
from skipline.store.server_migration import check_revision

Result = TypeVar("Result")


async def look_at_server(url: str, work: Callable[[sa.Connection], Result]) -> Result:
    """The result of a work that only reads the database behind a `postgresql://` URL, all of it as one state.

    Raises `UnusablePlace`, or `SchemaIsNewer`, when it cannot be reached or has not the schema of this release.
    """
    engine = open_engine(url, connections=1)
    try:
        await check_revision(engine)
        async with engine.connect() as connection:
            still = await connection.execution_options(isolation_level="REPEATABLE READ")
            return await still.run_sync(work)
    finally:
        await engine.dispose()
