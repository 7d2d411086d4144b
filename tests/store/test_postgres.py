"""What only PostgreSQL does: a server to be reached, migrated by a command, shared by several nodes."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres_server import PostgresServer
from store_values import NOON, make_call, make_flow

from skipline.model.contact import Contact
from skipline.model.ids import RunId
from skipline.model.run import Run
from skipline.store import Database, calls, flows, runs, schema
from skipline.store.errors import FolderInUse, SchemaIsNewer, StorageClosed, StorageFailed, UnusablePlace
from skipline.store.postgres import server_url
from skipline.store.server_migration import migrate_server


@pytest.fixture
def url(postgres: PostgresServer, migrated: str) -> str:
    return postgres.make_database(template=migrated)


async def test_a_node_never_migrates_but_says_what_does(postgres: PostgresServer, tmp_path: Path) -> None:
    empty = postgres.make_database()
    with pytest.raises(UnusablePlace, match="is empty: run `skipline migrate"):
        await Database.open(empty, folder=tmp_path)
    assert await migrate_server(empty) is None
    assert await migrate_server(empty) == schema.NEWEST_REVISION
    await (await Database.open(empty, folder=tmp_path)).close()


async def test_a_schema_that_is_not_ours_is_left_alone(url: str, postgres: PostgresServer, tmp_path: Path) -> None:
    async with await Database.open(url, folder=tmp_path) as database:
        await database.write(lambda one: one.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaIsNewer, match="schema 9999"):
        await Database.open(url, folder=tmp_path)
    with pytest.raises(SchemaIsNewer, match="schema 9999"):
        await migrate_server(url)


async def test_an_older_schema_waits_for_the_command(url: str, tmp_path: Path) -> None:
    async with await Database.open(url, folder=tmp_path) as database:
        await database.write(lambda one: one.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(UnusablePlace, match="has schema 0001, this Skipline needs"):
        await Database.open(url, folder=tmp_path)


async def test_another_programs_database_is_left_alone(postgres: PostgresServer) -> None:
    theirs = postgres.make_database()
    engine = sa.ext.asyncio.create_async_engine(server_url(theirs))
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE bookmarks (url text)")
    await engine.dispose()
    with pytest.raises(UnusablePlace, match="another program"):
        await migrate_server(theirs)


async def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnusablePlace, match="check the server"):
        await Database.open("postgresql://nobody@127.0.0.1:1/skipline", folder=tmp_path)


async def test_a_data_folder_beside_it_is_held_by_one_process(url: str, tmp_path: Path) -> None:
    async with await Database.open(url, folder=tmp_path):
        with pytest.raises(FolderInUse):
            await Database.open(url, folder=tmp_path)
    await (await Database.open(url, folder=tmp_path)).close()


def test_a_url_is_read_as_other_tools_write_it() -> None:
    read = server_url("postgresql://ana:secret@db.example/skipline?sslmode=require")
    assert (read.drivername, read.query["ssl"], read.password) == ("postgresql+asyncpg", "require", "secret")
    with pytest.raises(UnusablePlace, match="write postgresql://USER"):
        server_url("postgresql://host:port:more/x")


async def test_alembic_finds_nothing_to_add(url: str, tmp_path: Path) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), schema.metadata))

    async with await Database.open(url, folder=tmp_path) as database:
        assert await database.read(differences) == []


async def test_nul_is_kept_in_json_and_shown_by_a_sign_in_text(url: str, tmp_path: Path) -> None:
    contact = Contact(phone="+31\x00612345678", name="A\x00na")
    run = Run(id=RunId("run1"), flow="loyalty", version=1, started_at=NOON, contact=contact)
    run.variables = {"said": "one\x00two"}
    async with await Database.open(url, folder=tmp_path) as database:
        await database.write(runs.end, run)
        read = await database.read(runs.read, run.id)
        (found,) = (await database.read(runs.find, phone="+31\x00612345678")).runs
    assert read is not None
    assert (read.contact, read.variables) == (contact, {"said": "one\x00two"})
    assert found.phone == "+31␀612345678"


async def test_two_nodes_publish_one_after_the_other(url: str, tmp_path: Path) -> None:
    async with (
        await Database.open(url, folder=tmp_path / "one") as one,
        await Database.open(url, folder=tmp_path / "two") as two,
    ):
        works = [
            node.write(flows.publish, make_flow("loyalty", text=f"format: 1  # {number}\n"), NOON)
            for number in range(20)
            for node in (one, two)
        ]
        published = await asyncio.gather(*works)
        kept = await one.read(flows.read_versions, "loyalty")
    assert {version.version for version in published} == {version.version for version in kept}
    assert [version.version for version in kept] == list(range(len(kept), 0, -1))


async def test_a_lost_connection_is_told_and_heals(url: str, tmp_path: Path) -> None:
    def drop_the_others(transaction: sa.Connection) -> None:
        transaction.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def be_dropped(transaction: sa.Connection) -> None:
        transaction.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    async with await Database.open(url, folder=tmp_path) as database:
        await database.write(calls.start, make_call(1))
        with pytest.raises(StorageFailed, match="did not confirm"):
            await database.write(be_dropped)
        with pytest.raises(StorageFailed, match="does not answer"):
            await database.read(be_dropped)
        await database.write(drop_the_others)
        await database.write(calls.start, make_call(2))
        assert {record.call.id for record in (await database.read(calls.find)).calls} == {"call1", "call2"}
    with pytest.raises(StorageClosed):
        database.write(calls.start, make_call(3))


async def test_a_work_that_deadlocks_with_another_node_is_done_again(url: str, tmp_path: Path) -> None:
    def lock(transaction: sa.Connection, *names: str) -> None:
        for name in names:
            transaction.execute(sa.text("UPDATE tiers SET position = position + 1 WHERE key = :name"), {"name": name})

    def make(transaction: sa.Connection) -> None:
        for name in ("gold", "silver"):
            tier = {"key": name, "position": 0, "body": {}, "updated_at": NOON}
            transaction.execute(sa.insert(schema.tiers).values(tier))

    other = sa.ext.asyncio.create_async_engine(server_url(url))
    async with await Database.open(url, folder=tmp_path) as database:
        await database.write(make)
        async with other.begin() as theirs:
            await theirs.run_sync(lock, "silver")
            ours = database.write(lock, "gold", "silver")
            await asyncio.sleep(0.2)  # so that we wait first, and are the one whom PostgreSQL gives up
            await theirs.run_sync(lock, "gold")
            assert not ours.done()
        await ours
        positions = await database.read(lambda one: one.scalars(sa.select(schema.tiers.c.position)).all())
        assert list(positions) == [2, 2]
    await other.dispose()
