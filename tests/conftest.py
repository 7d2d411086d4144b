"""Databases of both kinds for every room's tests. A PostgreSQL is started when the first test asks for one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from channel_folder import remove_letters
from hypothesis import HealthCheck, settings
from postgres_server import PostgresServer, running_postgres

from skipline.store import Database
from skipline.store.schema import metadata
from skipline.store.server_migration import migrate_server

# A machine that is busy breaks no test: speed belongs to `bench/`.
settings.register_profile("without_hurry", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("without_hurry")

# As the product does, tracebacks are written as they are. By default they are drawn with the values of all variables,
# which takes seconds for a fault in the midst of a server, and holds everything else up meanwhile.
_written = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _written])


_LONGEST_FIRST = ("tests/e2e/test_pages.py", "tests/e2e/", "tests/chaos/")
"""Files that take minutes begin first, so that no worker is left alone with one of them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    starts = enumerate(_LONGEST_FIRST)
    return next((turn for turn, start in starts if item.nodeid.startswith(start)), len(_LONGEST_FIRST))


@pytest.fixture(scope="module", autouse=True)
def _without_letters() -> Iterator[None]:
    """The channel pieces of a file's tests are gone before the next file's."""
    yield
    remove_letters()


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


@pytest.fixture(scope="session")
def shared(postgres: PostgresServer, migrated: str) -> str:
    """The URL of a database that tests use one after the other: making one for each takes longer than most tests."""
    return postgres.make_database(template=migrated)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where an empty database of either kind is, made and migrated."""
    if request.param == "sqlite":
        return tmp_path / "data"
    server: PostgresServer = request.getfixturevalue("postgres")
    url: str = request.getfixturevalue("shared")
    server.empty(url, (table.name for table in reversed(metadata.sorted_tables)))
    return url


@pytest.fixture
async def database(place: Path | str, tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(place, folder=tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def in_folder(tmp_path: Path) -> AsyncIterator[Database]:
    """A database of the kind that lives in a folder, for what only that kind promises."""
    async with await Database.open(tmp_path / "data") as opened:
        yield opened
