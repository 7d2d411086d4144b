"""`skipline migrate`: the database of a data folder, brought to the schema of this release."""

import typer

from skipline.cli.failures import clear_failures
from skipline.cli.terminal import DataFolder


def migrate(data: DataFolder) -> None:
    """Make or migrate the database of a data folder whose server is stopped; a start does the same by itself."""
    from skipline.store.migration import migrate as bring_up_to_date
    from skipline.store.schema import NEWEST_REVISION

    with clear_failures():
        before = bring_up_to_date(data)
    if before is None:
        typer.echo(f"made the database with schema {NEWEST_REVISION}")
    elif before == NEWEST_REVISION:
        typer.echo(f"the database has schema {NEWEST_REVISION} already")
    else:
        typer.echo(f"migrated the database from schema {before} to {NEWEST_REVISION}; the old one is kept beside it")
