"""`skipline audit verify`: whether the record of who did what is as it was written."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skipline.cli.failures import clear_failures
from skipline.cli.terminal import fail

if TYPE_CHECKING:
    from skipline.model.audit import Verdict

_HASH_LENGTH = 64


class AuditDeed(StrEnum):
    """What is done."""

    VERIFY = "verify"


def audit(
    deed: Annotated[AuditDeed, typer.Argument(help="verify: look whether an entry was changed, removed or swapped")],
    data: Annotated[Path | None, typer.Option("--data", envvar="SKIPLINE_DATA", help="the data folder")] = None,
    database: Annotated[
        str, typer.Option("--database", envvar="SKIPLINE_DATABASE", help="the URL of a PostgreSQL database")
    ] = "",
    noted: Annotated[
        str, typer.Option("--noted", help="NUMBER:HASH as an earlier look printed it: that entry has to be there still")
    ] = "",
) -> None:
    """Read the whole audit and name each entry that is not as it was written, or missing. The server may run."""
    before = _read_noted(noted) if noted else None
    with clear_failures():
        verdict = _verdict(data, database, before)
    for flaw in verdict.flaws:
        typer.echo(f"{flaw.number}: {flaw.sentence}")
    if verdict.flaws:
        fail("the audit is not whole: compare it with a backup from before")
    if not verdict.count:
        typer.echo("the audit is empty")
        return
    typer.echo(f"the audit is whole: {verdict.count} entries, {verdict.first} to {verdict.newest}")
    typer.echo(f"note this elsewhere, for --noted of a later look: {verdict.newest}:{verdict.hash}")


def _read_noted(written: str) -> tuple[int, str]:
    number, _, hash_ = written.partition(":")
    if not (number.isascii() and number.isdigit()) or len(hash_) != _HASH_LENGTH:
        fail(f"{written} is nothing that was noted: give NUMBER:HASH as `skipline audit verify` printed it", 2)
    return int(number), hash_


def _verdict(data: Path | None, database: str, noted: tuple[int, str] | None) -> "Verdict":
    # Storage takes a second to load, which a mistake in the options need not spend.
    from skipline.cli.audit_reading import verify_folder, verify_server
    from skipline.cli.settings import read_settings

    if not database and data is None:
        fail("which audit? Name a data folder with --data (or SKIPLINE_DATA), or a PostgreSQL with --database", 2)
    url = database or read_settings(data=data).database
    if url.startswith(("postgresql://", "postgres://")):
        return asyncio.run(verify_server(url, noted))
    return verify_folder(Path(url.removeprefix("sqlite:///")) if url or data is None else data, noted)
