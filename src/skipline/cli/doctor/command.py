"""`skipline doctor`: examines everything that a call needs, and says what to do."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from skipline.base.clock import system_clock
from skipline.cli.access_file import AccessFile
from skipline.cli.doctor.audio import examine_audio
from skipline.cli.doctor.finding import Finding, Verdict, bad, has_bad, ok, warn
from skipline.cli.doctor.folder import (
    examine_database,
    examine_folder,
    examine_secrets,
    examine_sqlite,
    open_kept,
    read_secrets,
    with_given,
)
from skipline.cli.doctor.machine import examine_machine
from skipline.cli.doctor.phones import examine_phones, examine_tls
from skipline.cli.doctor.ports import Addresses, examine_ports
from skipline.cli.doctor.trunks import examine_trunks
from skipline.cli.settings import Settings, SettingsMistake, read_settings
from skipline.cli.terminal import fail
from skipline.model.configuration import Configuration
from skipline.store import configuration as stored
from skipline.store.database import is_server
from skipline.store.errors import StorageError
from skipline.store.folder import DATABASE_NAME, find_holder
from skipline.store.inspection import look
from skipline.store.schema import NEWEST_REVISION
from skipline.store.vault import KEY_FILE_NAME
from skipline.workspace.secret_users import SecretUser, find_secret_users


def doctor(
    data: Annotated[Path | None, typer.Option(envvar="SKIPLINE_DATA", help="data folder to examine as well")] = None,
    http: Annotated[str | None, typer.Option(help="where the API shall listen, HOST:PORT")] = None,
    sip: Annotated[list[str] | None, typer.Option(help="where SIP shall listen, HOST:PORT; may be repeated")] = None,
) -> None:
    """Examine this machine, a data folder and its trunks, each with the fix; status 1 when something is bad."""
    try:
        settings = read_settings(data=data or Path(), http=http, sip=tuple(sip) if sip else None)
    except SettingsMistake as mistake:
        fail(str(mistake), 2)
    findings = asyncio.run(_examine(settings, data))
    typer.echo(_summary(findings))
    if has_bad(findings):
        raise typer.Exit(1)


async def _examine(settings: Settings, data: Path | None) -> list[Finding]:
    """All findings, each shown as soon as it is known."""
    findings: list[Finding] = []
    async for finding in _findings(settings, data):
        typer.echo(str(finding))
        findings.append(finding)
    return findings


async def _findings(settings: Settings, data: Path | None) -> AsyncIterator[Finding]:
    for finding in examine_machine(system_clock(), data):
        yield finding
    for finding in await examine_ports(_addresses(settings, data)):
        yield finding
    is_served = data is not None and find_holder(data) is not None
    for finding in examine_tls(settings, is_served=is_served, now=system_clock()):
        yield finding
    for finding in await examine_audio(settings.sip):
        yield finding
    yield examine_sqlite()
    async for finding in _of_folder(settings, data):
        yield finding


async def _of_folder(settings: Settings, data: Path | None) -> AsyncIterator[Finding]:
    if data is None:
        yield warn("data folder", "none was named, so database, secrets and trunks were left out", "give --data DIR")
        return
    for finding in examine_folder(data):
        yield finding
    if is_server(settings.database):
        async for finding in _of_server(settings.database, data):
            yield finding
        return
    database = examine_database(data)
    if database is None:
        return
    yield database
    if database.verdict is Verdict.OK:
        async for finding in _of_file(data):
            yield finding


async def _of_server(url: str, data: Path) -> AsyncIterator[Finding]:
    from skipline.store.server_inspection import look_at_server  # loaded by those alone who use it

    try:
        configuration = await look_at_server(url, stored.read)
    except StorageError as trouble:
        yield bad("database", str(trouble), "do as the sentence says, or mend the setting `database`")
        return
    yield ok("database", f"the PostgreSQL answers, with schema {NEWEST_REVISION}")
    users = find_secret_users(configuration)
    try:
        kept = await look_at_server(url, partial(open_kept, data=data, environ=os.environ))
    except StorageError as trouble:
        yield _closed(trouble)
        return
    async for finding in _of_configuration(configuration, users, with_given(kept, users, os.environ)):
        yield finding


async def _of_file(data: Path) -> AsyncIterator[Finding]:
    try:
        configuration = look(data / DATABASE_NAME, stored.read)
        users = find_secret_users(configuration)
        known = read_secrets(data, users, os.environ)
    except (StorageError, sqlite3.Error, sa.exc.SQLAlchemyError) as trouble:
        yield _closed(trouble)
        return
    async for finding in _of_configuration(configuration, users, known):
        yield finding


def _closed(trouble: Exception) -> Finding:
    return bad("secrets", str(trouble), f"bring back {KEY_FILE_NAME}, and run doctor as the server's user")


async def _of_configuration(
    configuration: Configuration, users: Mapping[str, Sequence[SecretUser]], known: Mapping[str, str]
) -> AsyncIterator[Finding]:
    for finding in examine_secrets(users, known):
        yield finding
    for finding in examine_phones(configuration.agents, known):
        yield finding
    for finding in await examine_trunks(configuration.trunks, known):
        yield finding


def _addresses(settings: Settings, data: Path | None) -> Addresses:
    """Where the server of the folder is, when it runs; else where the settings say."""
    holder = None if data is None else find_holder(data)
    found = AccessFile(data).read() if data is not None and holder is not None else None
    http = found[0].removeprefix("http://") if found else settings.http
    return Addresses(http, settings.sip, is_served=holder is not None)


def _summary(findings: Iterable[Finding]) -> str:
    counts = {verdict: sum(one.verdict is verdict for one in findings) for verdict in Verdict}
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
