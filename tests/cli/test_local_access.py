"""The key by which this machine's own command line enters a server."""

from pathlib import Path
from types import SimpleNamespace

from skipline.base.clock import system_clock
from skipline.base.ids import counted_ids
from skipline.cli.access_file import AccessFile
from skipline.cli.local_access import LocalAccess
from skipline.store import api_keys
from skipline.store.database import Database


async def test_servers_that_share_a_database_keep_each_others_keys(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    there.mkdir()
    async with await Database.open(here) as database:

        async def open_on(folder: Path) -> LocalAccess:
            beside = SimpleNamespace(folder=folder, read=database.read, write=database.write)
            services = SimpleNamespace(database=beside, clock=system_clock, ids=ids)
            access = LocalAccess(services)  # type: ignore[arg-type]
            await access.open("127.0.0.1:8080")
            return access

        async def opens_a_door(folder: Path) -> bool:
            found = AccessFile(folder).read()
            assert found is not None
            return await database.read(api_keys.check, found[1]) is not None

        ids = counted_ids("key")
        await open_on(here)
        await open_on(there)
        assert await opens_a_door(here) and await opens_a_door(there)
        after_a_kill = await open_on(there)
        assert await opens_a_door(here) and await opens_a_door(there)
        valid = [key for key in await database.read(api_keys.list_all) if key.revoked_at is None]
        assert len(valid) == 2
        await after_a_kill.close()
        assert AccessFile(there).read() is None
        assert await opens_a_door(here)
