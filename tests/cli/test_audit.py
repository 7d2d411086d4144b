"""`skipline audit verify` on a folder, with and without its server, and on a PostgreSQL."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from command_line import run, serving
from postgres_server import PostgresServer
from store_values import NOON

from skipline.model.audit import AuditEntry, Deed
from skipline.store import Database, audit
from skipline.store.audit_schema import audit_entries
from skipline.store.folder import DATABASE_NAME
from skipline.store.server_migration import migrate_server


async def fill(place: Path | str, folder: Path, changed: int = 0) -> None:
    async with await Database.open(place, folder=folder) as database:
        for number in range(5):
            await database.write(audit.append, AuditEntry(at=NOON, deed=Deed.SECRET_SET, about=f"s{number}"))
        if changed:
            wanted = sa.update(audit_entries).where(audit_entries.c.number == changed).values(who="nobody")
            await database.write(lambda transaction: transaction.execute(wanted))


def test_a_changed_entry_of_a_folder_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    asyncio.run(fill(data, data))
    whole = run("audit", "verify", "--data", str(data))
    assert whole.returncode == 0 and "whole: 5 entries, 1 to 5\n" in whole.stdout, whole.stderr
    noted = whole.stdout.split()[-1]
    assert run("audit", "verify", "--data", str(data), "--noted", noted).returncode == 0
    with closing(sqlite3.connect(data / DATABASE_NAME)) as connection, connection:
        connection.execute("UPDATE audit_entries SET about = 's9' WHERE number = 3")
    broken = run("audit", "verify", "--data", str(data))
    assert broken.returncode == 1 and broken.stdout.startswith("3: entry 3 is not as it was written")


def test_a_folder_is_looked_at_while_its_server_runs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data):
        assert run("user", "add", "mia", "--role", "editor", "--data", str(data)).returncode == 0
        whole = run("audit", "verify", "--data", str(data))
        assert whole.returncode == 0 and "the audit is whole" in whole.stdout, whole.stderr


def test_a_changed_entry_of_a_server_is_named(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.make_database()
    asyncio.run(migrate_server(url))
    asyncio.run(fill(url, tmp_path / "data", changed=2))
    broken = run("audit", "verify", "--database", url)
    assert broken.returncode == 1 and broken.stdout.startswith("2: entry 2 is not as it was written"), broken.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "which audit?"),
        (("--data", "nowhere"), "is not there"),
        (("--data", "nowhere", "--noted", "12"), "NUMBER:HASH"),
    ],
)
def test_mistakes_are_told_with_their_fix(arguments: tuple[str, ...], said: str) -> None:
    ended = run("audit", "verify", *arguments)
    assert ended.returncode == 2 and said in ended.stderr
