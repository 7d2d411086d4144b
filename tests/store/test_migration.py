"""Migrations: they lead to the schema of the code, for every database, all the way or not at all."""

import io
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from store_values import NOON, make_call

from skipline.store import (
    calls,
    deliveries,
    last_known,
    migration,
    revision,
    runs,
    schedules,
    schema,
    sqlite,
    voicemails,
)
from skipline.store.errors import FolderInUse, SchemaIsNewer, UnusablePlace
from skipline.store.folder import FolderLock
from skipline.store.revision import MIGRATIONS, read_revision
from skipline.store.statements import Statement


def _schema_of(file: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {(name, _in_any_order(sql)) for name, sql in rows}


def _in_any_order(sql: str) -> str:
    """A statement with its outermost parts sorted: a column that a migration adds stands behind the table's key."""
    written = " ".join(sql.split()).replace("( ", "(").replace(" )", ")")
    head, _, parts = written.partition("(")
    return f"{head}({', '.join(sorted(parts.removesuffix(')').split(', ')))})"


def test_the_migrated_schema_is_the_fresh_one(tmp_path: Path) -> None:
    migration.climb(tmp_path / "migrated.db")
    migration.make_fresh(tmp_path / "fresh.db")
    assert _schema_of(tmp_path / "migrated.db") == _schema_of(tmp_path / "fresh.db")
    assert read_revision(tmp_path / "migrated.db") == read_revision(tmp_path / "fresh.db")


def test_alembic_finds_nothing_to_add(tmp_path: Path) -> None:
    migration.climb(tmp_path / "x.db")
    with sqlite.reading_engine(tmp_path / "x.db").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_the_newest_revision_is_the_one_the_code_names(tmp_path: Path) -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [schema.NEWEST_REVISION]
    migration.bring_up_to_date(tmp_path / "x.db")
    assert read_revision(tmp_path / "x.db") == schema.NEWEST_REVISION


def test_a_first_start_that_fails_leaves_a_file_that_the_next_one_can_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(migration, "NEWEST_REVISION", object())
        with pytest.raises(sa.exc.SQLAlchemyError):
            migration.bring_up_to_date(tmp_path / "x.db")
    assert migration.bring_up_to_date(tmp_path / "x.db") is None


def test_a_second_start_has_nothing_to_do(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    migration.bring_up_to_date(file)
    assert migration.bring_up_to_date(file) == schema.NEWEST_REVISION
    assert [found.name for found in tmp_path.iterdir()] == ["x.db"]


def test_a_folder_in_use_is_not_migrated(tmp_path: Path) -> None:
    assert migration.migrate(tmp_path / "data") is None
    assert migration.migrate(tmp_path / "data") == schema.NEWEST_REVISION
    with FolderLock(tmp_path / "data"), pytest.raises(FolderInUse):
        migration.migrate(tmp_path / "data")


def test_a_database_of_a_newer_skipline_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    migration.bring_up_to_date(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaIsNewer, match="schema 9999, this Skipline knows up to"):
        migration.bring_up_to_date(file)
    assert read_revision(file) == "9999"


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(UnusablePlace, match="another program"):
        migration.bring_up_to_date(file)
    assert _schema_of(file) == {("bookmarks", "CREATE TABLE bookmarks (url TEXT)")}


def test_a_damaged_database_is_said(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_bytes(b"no database at all" * 1000)
    with pytest.raises(UnusablePlace, match="restore a backup"):
        migration.bring_up_to_date(file)


_NEXT = f"""
import sqlalchemy as sa
from alembic import op

revision = "0999"
down_revision = "{schema.NEWEST_REVISION}"


def upgrade() -> None:
    op.create_table("added", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("calls") as calls:
        calls.add_column(sa.Column("mood", sa.String))
        calls.alter_column("reason", nullable=True)
"""


def _pretend_a_release(monkeypatch: pytest.MonkeyPatch, folder: Path, next_revision: str) -> None:
    """As if the next release had one migration more."""
    shutil.copytree(MIGRATIONS, folder)
    (folder / "versions" / "next_one.py").write_text(next_revision)
    for module in (migration, revision):
        monkeypatch.setattr(module, "MIGRATIONS", folder)
        monkeypatch.setattr(module, "NEWEST_REVISION", "0999")


def _keep_a_call(file: Path) -> None:
    engine = sqlite.writing_engine(file)
    with engine.begin() as transaction:
        calls.start(transaction, make_call(1))
    engine.dispose()


def test_an_older_database_is_copied_and_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.db"
    migration.bring_up_to_date(file)
    _keep_a_call(file)
    _pretend_a_release(monkeypatch, tmp_path / "migrations", _NEXT)
    assert migration.bring_up_to_date(file) == schema.NEWEST_REVISION
    assert read_revision(file) == "0999"
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT id, mood FROM calls").fetchall() == [("call1", None)]
    assert read_revision(tmp_path / "x.before-0999.db") == schema.NEWEST_REVISION


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.db"
    migration.bring_up_to_date(file)
    _keep_a_call(file)
    before = _schema_of(file)
    _pretend_a_release(monkeypatch, tmp_path / "migrations", _NEXT + "    raise RuntimeError('power cut')\n")
    with pytest.raises(RuntimeError, match="power cut"):
        migration.bring_up_to_date(file)
    assert read_revision(file) == schema.NEWEST_REVISION
    assert _schema_of(file) == before


def test_postgresql_gets_the_same_tables_with_its_own_types() -> None:
    written = io.StringIO()
    config = Config(output_buffer=written, attributes={"dialect_name": "postgresql"})
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, "head", sql=True)
    sql = written.getvalue()
    for table in schema.metadata.tables:
        assert f"CREATE TABLE {table} (" in sql
    assert "started_at TIMESTAMP WITH TIME ZONE NOT NULL" in sql
    assert "WHERE ended_at IS NULL" in sql


@pytest.mark.parametrize(
    "statements",
    [
        calls._CALLS,
        calls._TRIES,
        runs._STATEMENTS,
        last_known._STATEMENTS,
        schedules._STATEMENTS,
        deliveries._STATEMENTS,
        voicemails._STATEMENTS,
    ],
    ids=["calls", "tries", "runs", "known", "schedules", "deliveries", "voicemails"],
)
def test_the_named_statements_speak_to_postgresql_too(statements: dict[str, Statement]) -> None:
    for statement in statements.values():
        compiled = statement.typed.compile(dialect=postgresql.dialect())
        assert "ON CONFLICT" in compiled.string or compiled.string.startswith("UPDATE")
        assert set(compiled.params) == set(statement.typed.compile().params)


def test_times_keep_their_moment_and_need_a_zone(tmp_path: Path) -> None:
    column = schema.runs.c.started_at.type
    dialect = sqlite.reading_engine(tmp_path / "x.db").dialect
    bind = column.dialect_impl(dialect).bind_processor(dialect)
    assert bind is not None
    assert bind(NOON) == "2030-05-01T12:00:00.000000+00:00"
    with pytest.raises(ValueError, match="no time zone"):
        bind(NOON.replace(tzinfo=None))
