"""`skipline migrate`: a database, brought to the schema of this release."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from skipline.cli.failures import clear_failures
from skipline.cli.terminal import fail


def migrate(
    data: Annotated[
        Path | None, typer.Option("--data", envvar="SKIPLINE_DATA", help="a data folder with a database of its own")
    ] = None,
    database: Annotated[
        str, typer.Option("--database", envvar="SKIPLINE_DATABASE", help="the URL of a PostgreSQL database")
    ] = "",
) -> None:
    """Make or migrate a database. A folder's server must be stopped, and does the same by itself when it starts; a
    PostgreSQL is migrated by this command alone."""
    from skipline.store.schema import NEWEST_REVISION

    with clear_failures():
        before = _migrate_server(database) if database else _migrate_folder(data)
    if before is None:
        typer.echo(f"made the database with schema {NEWEST_REVISION}")
    elif before == NEWEST_REVISION:
        typer.echo(f"the database has schema {NEWEST_REVISION} already")
    else:
        kept = "" if database else "; the old one is kept beside it"
        typer.echo(f"migrated the database from schema {before} to {NEWEST_REVISION}{kept}")


def _migrate_folder(data: Path | None) -> str | None:
    from skipline.store.migration import migrate as bring_up_to_date

    if data is None:
        fail("which database? Name a data folder with --data (or SKIPLINE_DATA), or a PostgreSQL with --database", 2)
    return bring_up_to_date(data)


def _migrate_server(url: str) -> str | None:
    from skipline.store.server_migration import migrate_server

    return asyncio.run(migrate_server(url))
