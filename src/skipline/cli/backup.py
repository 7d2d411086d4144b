"""`skipline backup` and `skipline restore`: a whole database in one file, and back."""

import sqlite3
from pathlib import Path
from typing import Annotated

import typer

from skipline.cli.failures import clear_failures
from skipline.cli.terminal import DataFolder, fail


def backup(
    file: Annotated[Path, typer.Argument(help="where to write the copy; an old one is replaced when the new is whole")],
    data: DataFolder,
) -> None:
    """Copy the database of a data folder into one file, whether its server runs or not."""
    from skipline.store.backup import copy_database
    from skipline.store.folder import DATABASE_NAME
    from skipline.store.vault import KEY_FILE_NAME

    source = data / DATABASE_NAME
    if not source.is_file():
        why = "name the data folder that `skipline serve` was given; a PostgreSQL is copied by pg_dump"
        fail(f"{source} is not there: {why}", 2)
    if not file.parent.is_dir():
        fail(f"{file.parent} is not a folder: make it first, or write the copy elsewhere", 2)
    if file.exists() and file.samefile(source):
        fail(f"{file} is the database itself: write the copy elsewhere", 2)
    try:
        copy_database(source, file)
    except (OSError, sqlite3.Error) as trouble:
        fail(f"{file} could not be written, and is as it was: {trouble}", 2)
    typer.echo(f"wrote {file} ({file.stat().st_size:,} bytes)")
    if (data / KEY_FILE_NAME).exists():
        typer.echo(f"keep {data / KEY_FILE_NAME} as well, in another place: the secrets in the copy open with it alone")


def restore(
    file: Annotated[Path, typer.Argument(help="a file that `skipline backup` wrote")],
    data: DataFolder,
) -> None:
    """Put a copy back as the database of a data folder whose server is stopped; the one there before is kept."""
    from skipline.store.restoration import KEPT_NAME
    from skipline.store.restoration import restore as put_back

    with clear_failures():
        put_back(file, data)
    typer.echo(f"{data} holds {file} now; the next start migrates it when needed")
    if (data / KEPT_NAME).exists():
        typer.echo(f"what was there before is {data / KEPT_NAME}")
