from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from e2e_room import Room, open_room
from sipp_runner import SippBench


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole_room(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    """One server for a module."""
    async with open_room(tmp_path_factory.mktemp("room")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def room(whole_room: Room) -> AsyncIterator[Room]:
    """The module's server; phones are the test's own."""
    whole_room.company.requests.clear()
    yield whole_room
    await whole_room.stop_phones()


@pytest_asyncio.fixture(loop_scope="module")
async def bench(tmp_path: Path) -> AsyncIterator[SippBench]:
    found = SippBench(tmp_path)
    yield found
    await found.stop()
