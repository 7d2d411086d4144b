import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer, running_postgres

from skipline.store import Database
from skipline.store.server_migration import migrate_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgres: PostgresServer) -> str:
    """The name of a migrated database, for others to be copied from."""
    url = postgres.make_database()
    asyncio.run(migrate_server(url))
    return url.rsplit("/", 1)[1]


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a database of either kind is, made and migrated."""
    if request.param == "sqlite":
        return tmp_path / "data"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.make_database(template=request.getfixturevalue("migrated"))


@pytest.fixture
async def database(place: Path | str, tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(place, folder=tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def in_folder(tmp_path: Path) -> AsyncIterator[Database]:
    """A database of the kind that lives in a folder, for what only that kind promises."""
    async with await Database.open(tmp_path / "data") as opened:
        yield opened
