"""Who left a message: written once however often it is told, found by all that a supervisor knows of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from postgres_server import PostgresServer
from store_values import BEN, NOON, finish, make_run
from voicemail_values import make_voicemail

from skipline.model.ids import StepId, VoicemailId
from skipline.model.record import VoicemailRecord
from skipline.model.run import Run, TraceEntry
from skipline.store import Database, migration, retention, runs, sqlite, voicemails
from skipline.store.errors import CursorUnreadable
from skipline.store.migration import run_migrations
from skipline.store.postgres import open_engine
from skipline.store.retention import VOICEMAILS


async def _keep(database: Database, *left: VoicemailRecord, kept_by: str = "") -> None:
    for one in left:
        await database.write(voicemails.keep, one, kept_by)


async def _found(database: Database, **wanted: Any) -> list[VoicemailRecord]:
    return list((await database.read(voicemails.find, wanted)).voicemails)  # type: ignore[arg-type]


async def test_a_voicemail_comes_back_whole_and_told_again_changes_nothing(database: Database) -> None:
    left = make_voicemail(1, name="Ána's; drop table", queue="vip")
    await _keep(database, left, kept_by="centre-1:/data/voicemail")
    await _keep(database, msgspec.structs.replace(left, seconds=9.0), kept_by="centre-2:/data")
    expected = msgspec.structs.replace(left, kept_by="centre-1:/data/voicemail")
    assert await database.read(voicemails.read, left.id) == expected
    assert await database.read(voicemails.read, VoicemailId("another")) is None


async def test_voicemails_are_found_by_all_that_is_known_of_them(database: Database) -> None:
    ana = make_voicemail(1, queue="vip")
    ben = make_voicemail(2, phone=BEN, name="Ben 100%", after_seconds=60, flow="closed")
    cas = make_voicemail(3, phone="", name="", queue="general", after_seconds=120)
    await _keep(database, ana, ben, cas)
    assert await _found(database) == [cas, ben, ana]
    assert await _found(database, contact="ana", queue=None) == [ana]
    assert await _found(database, contact=BEN[-6:]) == [ben]
    assert await _found(database, contact="0%") == [ben]
    assert await _found(database, queue="vip") == [ana]
    assert await _found(database, queues=("vip", "general")) == [cas, ana]
    assert await _found(database, queues=()) == []
    assert await _found(database, flow="closed") == [ben]
    assert await _found(database, run=cas.run) == [cas]
    minute = timedelta(seconds=60)
    assert await _found(database, left_after=NOON, left_before=NOON + 2 * minute) == [ben]


async def test_a_page_goes_on_where_the_one_before_ended(database: Database) -> None:
    left = [make_voicemail(number, after_seconds=number // 2) for number in range(5)]
    await _keep(database, *left)
    found, cursor = [], None
    for _ in range(3):
        page = await database.read(voicemails.find, {}, cursor=cursor, limit=2)
        found += page.voicemails
        cursor = page.next_cursor
    assert cursor is None
    assert found == left[::-1]
    with pytest.raises(CursorUnreadable):
        await database.read(voicemails.find, {}, cursor="mine")


async def test_a_voicemail_is_forgotten_once(database: Database) -> None:
    left = make_voicemail(1)
    await _keep(database, left, make_voicemail(2))
    assert await database.write(voicemails.forget, left.id)
    assert not await database.write(voicemails.forget, left.id)
    assert len(await _found(database)) == 1


async def test_old_voicemails_are_looked_at_oldest_first(database: Database) -> None:
    await _keep(database, *(make_voicemail(number, after_seconds=number - 2) for number in range(4)))
    looked = await database.read(retention.look, VOICEMAILS, NOON, None)
    assert [row.file for row in looked.old] == ["call0-run0_3.wav", "call1-run1_3.wav"]
    await database.write(retention.delete, VOICEMAILS, looked.old)
    assert [one.call for one in await _found(database)] == ["call3", "call2"]


def _run_with_message() -> Run:
    run = finish(make_run(7))
    waited = TraceEntry(
        step=StepId("wait"), type="add_to_queue", exit="no_agents", at=NOON, ms=1.0, detail={"queue": "vip"}
    )
    kept = {"message": "call7-run7_5.wav", "message_seconds": 7.3}
    told = {"why": "left a message of 7 s", "file": "call7-run7_5.wav", "output": kept}
    left = TraceEntry(step=StepId("in/say"), type="voicemail", exit="recorded", at=NOON, ms=9000.0, detail=told)
    silent = TraceEntry(
        step=StepId("again"), type="voicemail", exit="nothing", at=NOON, ms=1.0, detail={"why": "silence"}
    )
    run.trace = [*run.trace, waited, left, silent]
    return run


EXPECTED = {
    "id": "call7-run7_5",
    "at": NOON + timedelta(seconds=9),
    "call": "call7",
    "run": "run0007",
    "contact_name": "Ana",
    "queue": "vip",
    "seconds": 7.3,
    "file": "call7-run7_5.wav",
    "kept_by": "",
}


def _check_filled(connection: sa.Connection) -> None:
    (found,) = voicemails.find(connection, {}).voicemails
    assert {name: getattr(found, name) for name in EXPECTED} == EXPECTED
    assert (found.flow, found.version, found.phone) == ("loyalty", 3, make_run(7).contact.phone)


def _keep_runs(connection: sa.Connection) -> None:
    runs.keep_all(connection, [_run_with_message(), finish(make_run(8))])


def test_messages_that_were_left_before_are_found_too(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    migration.climb(file, "0018")
    engine = sqlite.writing_engine(file)
    with engine.begin() as transaction:
        _keep_runs(transaction)
    engine.dispose()
    migration.climb(file)
    with engine.begin() as transaction:
        _check_filled(transaction)
    engine.dispose()


async def test_messages_that_were_left_before_are_found_on_a_server_too(postgres: PostgresServer) -> None:
    engine = open_engine(postgres.make_database(), connections=1)
    async with engine.begin() as connection:
        await connection.run_sync(run_migrations, "0018")
        for work in (_keep_runs, run_migrations, _check_filled):
            await connection.run_sync(work)
    await engine.dispose()
