"""The audit's chain on every database: nothing is lost, and nothing is changed unseen."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from postgres_server import PostgresServer
from store_values import NOON

from skipline.model.audit import AuditEntry, Deed, Verdict
from skipline.store import Database, audit, secrets
from skipline.store.audit_check import verify
from skipline.store.audit_schema import audit_ends, audit_entries
from skipline.store.errors import CursorUnreadable
from skipline.store.server_migration import migrate_server
from skipline.store.vault import Vault

DAY = timedelta(days=1)


def entry(number: int, who: str = "ana", deed: Deed = Deed.FLOW_PUBLISHED, days: int = 0) -> AuditEntry:
    return AuditEntry(
        at=NOON + days * DAY, deed=deed, who=who, who_id=f"id-{who}", about=f"thing {number}", detail={"n": number}
    )


async def fill(database: Database, count: int, **more: Any) -> None:
    for number in range(count):
        await database.write(audit.append, entry(number, **more))


def change(number: int, **values: Any) -> Callable[[sa.Connection], object]:
    wanted = sa.update(audit_entries).where(audit_entries.c.number == number).values(values)
    return lambda transaction: transaction.execute(wanted)


def move(number: int, to: int) -> Callable[[sa.Connection], object]:
    wanted = sa.update(audit_entries).where(audit_entries.c.number == number).values(number=to)
    return lambda transaction: transaction.execute(wanted)


def remove(number: int) -> Callable[[sa.Connection], object]:
    return lambda transaction: transaction.execute(sa.delete(audit_entries).where(audit_entries.c.number == number))


async def flaws_after(database: Database, *deeds: Callable[[sa.Connection], object]) -> list[tuple[int, str]]:
    for deed in deeds:
        await database.write(deed)
    verdict: Verdict = await database.read(verify)
    return [(one.number, one.sentence) for one in verdict.flaws]


async def test_a_hundred_deeds_are_all_there_in_their_order(database: Database) -> None:
    await fill(database, 100)
    verdict = await database.read(verify)
    assert (verdict.first, verdict.newest, verdict.count, verdict.flaws) == (1, 100, 100, ())
    found, cursor = await database.read(audit.find, limit=500)
    assert [one.entry.detail["n"] for one in found] == list(reversed(range(100)))
    assert cursor is None and found[0].hash == verdict.hash


@pytest.mark.parametrize(
    "values",
    [
        {"who": "mia"},
        {"about": "thing 8"},
        {"deed": "signed_in"},
        {"detail": '{"n":8}'},
        {"at": NOON + timedelta(microseconds=1)},
        {"address": "192.0.2.1"},
        {"role": "owner"},
        {"who_id": "x"},
        {"hash": "0" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
async def test_one_changed_entry_is_found(database: Database, values: dict[str, Any]) -> None:
    await fill(database, 12)
    found = await flaws_after(database, change(7, **values))
    assert found[0] == (7, "entry 7 is not as it was written, or not in its place")


async def test_missing_entries_are_named(database: Database) -> None:
    await fill(database, 12)
    assert await flaws_after(database, remove(4)) == [(4, "entry 4 is missing")]
    found = await flaws_after(database, remove(5), remove(12), remove(11))
    assert found == [(4, "entries 4 to 5 are missing"), (11, "entries 11 to 12 are missing")]


async def test_the_first_entry_does_not_go_unseen(database: Database) -> None:
    await fill(database, 3)
    assert await flaws_after(database, remove(1)) == [(1, "entry 1 is missing")]
    assert await flaws_after(database, remove(2), remove(3)) == [(1, "entries 1 to 3 are missing")]


async def test_swapped_entries_are_found(database: Database) -> None:
    await fill(database, 9)
    found = await flaws_after(database, move(3, 99), move(4, 3), move(99, 4))
    assert [number for number, _ in found] == [3, 4, 5]


async def test_a_chain_written_anew_is_not_the_one_that_was_noted(database: Database) -> None:
    await fill(database, 6)
    noted = (4, (await database.read(audit.find, limit=3))[0][-1].hash)
    assert (await database.read(verify, noted)).flaws == ()

    def forge(transaction: sa.Connection) -> None:
        transaction.execute(sa.delete(audit_entries))
        transaction.execute(sa.delete(audit_ends))
        for number in range(6):
            audit.append(transaction, entry(number, "somebody else"))

    await database.write(forge)
    assert (await database.read(verify)).flaws == ()
    assert [one.number for one in (await database.read(verify, noted)).flaws] == [4]
    assert [one.number for one in (await database.read(verify, (7, noted[1]))).flaws] == [7]


async def test_entries_are_found_by_who_what_and_when_page_by_page(database: Database) -> None:
    for number in range(6):
        who, deed = ("ana", Deed.SIGNED_IN) if number % 2 else ("mia", Deed.FLOW_PUBLISHED)
        await database.write(audit.append, entry(number, who, deed, days=number))

    async def numbers(**wanted: Any) -> tuple[list[int], str | None]:
        found, cursor = await database.read(audit.find, **wanted)
        return [one.number for one in found], cursor

    assert await numbers(who="ana") == ([6, 4, 2], None)
    assert await numbers(who="id-mia") == ([5, 3, 1], None)
    assert await numbers(deed=Deed.SIGNED_IN, after=NOON + 3 * DAY) == ([6], None)
    assert await numbers(limit=4) == ([6, 5, 4, 3], "3")
    assert await numbers(limit=4, cursor="3") == ([2, 1], None)
    for wrong in ("x", "-1", "9" * 30, "²"):
        with pytest.raises(CursorUnreadable):
            await numbers(cursor=wrong)


async def test_what_fails_is_not_told_and_what_is_told_happened(database: Database, tmp_path: Path) -> None:
    vault = Vault.open(tmp_path, {})
    await database.write(audit.told(entry(1), secrets.put), vault, "crm", "hush", NOON)
    assert not await database.write(audit.told(entry(2), secrets.delete), "nothing")

    def fail(_transaction: sa.Connection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(audit.told(entry(3), fail))
    found, _ = await database.read(audit.find)
    assert [one.entry.about for one in found] == ["thing 1"]


async def test_old_entries_go_and_the_chain_stays_whole(database: Database) -> None:
    for number in range(6):
        await database.write(audit.append, entry(number, days=number))
    assert await database.write(audit.forget, NOON, NOON) == 0
    assert await database.write(audit.forget, NOON + 3 * DAY, NOON + 9 * DAY) == 3
    verdict = await database.read(verify)
    assert (verdict.first, verdict.newest, verdict.count, verdict.flaws) == (4, 7, 4, ())
    assert (await database.read(audit.find))[0][0].entry.deed is Deed.AUDIT_FORGOTTEN
    assert await flaws_after(database, remove(4)) == [(4, "entry 4 is missing")]


async def test_signs_that_a_database_cannot_keep_break_nothing(database: Database) -> None:
    await database.write(audit.append, entry(1, "an\0a\ud800" + "x" * 1000))
    verdict = await database.read(verify)
    assert (verdict.count, verdict.flaws) == (1, ())


async def test_several_who_append_at_once_make_one_chain(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.make_database()
    await migrate_server(url)
    async with (
        await Database.open(url, folder=tmp_path / "a") as one,
        await Database.open(url, folder=tmp_path / "b") as two,
        await Database.open(url, folder=tmp_path / "c") as three,
    ):
        nodes = (one, two, three)
        await asyncio.gather(*(nodes[number % 3].write(audit.append, entry(number)) for number in range(120)))
        verdict = await one.read(verify)
        assert (verdict.first, verdict.newest, verdict.count, verdict.flaws) == (1, 120, 120, ())
        found, _ = await two.read(audit.find, limit=500)
        assert sorted(row.entry.detail["n"] for row in found) == list(range(120))


async def test_works_at_once_in_a_folder_make_one_chain(in_folder: Database) -> None:
    await asyncio.gather(*(in_folder.write(audit.append, entry(number)) for number in range(100)))
    verdict = await in_folder.read(verify)
    assert (verdict.count, verdict.flaws) == (100, ())
