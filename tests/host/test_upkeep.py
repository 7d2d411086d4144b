"""The rounds: what was kept as long as the settings say goes, and nobody has to wait for that."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from lookup_room import TurnedClock
from media_values import make_older
from message_values import make_conversation
from store_values import NOON, finish, make_call, make_run
from voicemail_values import make_voicemail, record

from skipline.host.messages.shelf import Shelf
from skipline.host.old_files import FileFolder
from skipline.host.upkeep import Files, Keeping, do_rounds, forget, keep_house
from skipline.model.configuration import Configuration, Source
from skipline.model.conversation import Direction, Message
from skipline.model.ids import MessageId
from skipline.model.intake import TakenDelivery
from skipline.model.lookup import KnownAnswer
from skipline.model.message import SendState
from skipline.model.messaging import Noted, StateTold
from skipline.store import Database, calls, channel_events, last_known, messages, retention, runs, voicemails
from skipline.store.retention import RECORDS

_DAY = timedelta(days=1)


async def _keep(database: Database, clock: TurnedClock, **ages: timedelta) -> None:
    for key, age in ages.items():
        answer = KnownAnswer(value={"name": "Ana"}, answered_at=clock() - age)
        await database.write(last_known.remember, "loyalty", key, answer)


async def _kept(database: Database, *keys: str) -> list[str]:
    return [key for key in keys if await database.read(last_known.recall, "loyalty", key) is not None]


async def test_answers_older_than_a_day_are_forgotten(database: Database) -> None:
    clock = TurnedClock()
    await _keep(database, clock, old=_DAY * 1.01, young=_DAY * 0.99)
    assert await do_rounds(database, clock(), Configuration(), Keeping()) == 1
    assert await _kept(database, "old", "young") == ["young"]


async def test_a_source_that_may_be_quoted_for_longer_has_its_answers_kept(database: Database) -> None:
    clock = TurnedClock()
    week = Configuration(sources=(Source(name="loyalty", type="http", stale_if_error_seconds=7 * 86400),))
    await _keep(database, clock, old=_DAY * 8, young=_DAY * 6)
    assert await do_rounds(database, clock(), week, Keeping()) == 1
    assert await _kept(database, "old", "young") == ["young"]


async def test_runs_are_kept_as_long_as_the_settings_say(database: Database) -> None:
    run = finish(make_run(1))
    await database.write(runs.end, run)
    assert run.ended_at is not None
    for keeping, days, gone in ((Keeping(), 364, 0), (Keeping(records=None), 9999, 0), (Keeping(), 366, 1)):
        assert await do_rounds(database, run.ended_at + days * _DAY, Configuration(), keeping) == gone
    assert (await database.read(runs.find)).runs == ()


async def test_messages_and_voicemails_are_kept_as_long_as_the_settings_say(database: Database, tmp_path: Path) -> None:
    conversation, now = await make_conversation(database), datetime.now(UTC)
    said = Message(id=MessageId("m"), conversation=conversation, direction=Direction.IN, at=now - 100 * _DAY)
    await database.write(messages.add, said, "main")
    shelf, voicemail = Shelf(tmp_path / "data"), tmp_path / "voicemail"
    await shelf.keep(b"photo")
    voicemail.mkdir()
    (voicemail / "call-c1.wav").write_bytes(b"RIFF")
    for folder in (tmp_path / "data" / "media", voicemail):
        make_older(folder, now - 100 * _DAY)
    files = Files(media=shelf, voicemail=FileFolder(voicemail))
    for keeping, gone in (
        (Keeping(), 0),
        (Keeping(records=None, messages=None), 0),
        (Keeping(records=99 * _DAY), 1),
        (Keeping(messages=90 * _DAY), 2),
    ):
        assert await do_rounds(database, now, Configuration(), keeping, files) == gone
    assert list(voicemail.iterdir()) == []


async def test_a_voicemail_goes_with_its_file_however_young_that_looks(database: Database, tmp_path: Path) -> None:
    old, young, away = (make_voicemail(number, after_seconds=days * 86400) for number, days in enumerate((0, 30, 1)))
    for one in (old, young, away):
        await database.write(voicemails.keep, one, "")
    for one in (old, young):
        record(tmp_path, one)
    make_older(tmp_path, NOON + 39 * _DAY)
    files, now = Files(voicemail=FileFolder(tmp_path)), NOON + 40 * _DAY
    assert await do_rounds(database, now, Configuration(), Keeping(), files) == 0
    assert await do_rounds(database, now, Configuration(), Keeping(records=20 * _DAY), files) == 2
    assert [(tmp_path / one.file).exists() for one in (old, young)] == [False, True]
    assert [one.id for one in (await database.read(voicemails.find, {})).voicemails] == [young.id]


async def test_a_voicemail_whose_file_cannot_be_deleted_stays_and_holds_nothing_else_up(
    in_folder: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, said = (
        make_voicemail(1),
        Message(id=MessageId("m"), conversation=await make_conversation(in_folder), direction=Direction.IN, at=NOON),
    )
    await in_folder.write(voicemails.keep, left, "")
    await in_folder.write(messages.add, said, "main")
    record(tmp_path, left)
    files, keeping = Files(voicemail=FileFolder(tmp_path)), Keeping(records=_DAY, messages=_DAY)

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as broken:
        broken.setattr(Path, "unlink", refuse)
        assert await do_rounds(in_folder, NOON + 2 * _DAY, Configuration(), keeping, files) == 1
    assert await in_folder.read(voicemails.read, left.id) is not None
    assert await do_rounds(in_folder, NOON + 2 * _DAY, Configuration(), keeping, files) == 1
    assert await in_folder.read(voicemails.read, left.id) is None


async def test_what_providers_delivered_goes_when_nobody_repeats_it_any_more(database: Database) -> None:
    now = TurnedClock()()
    for number, days in enumerate((31, 29, 9, 7)):
        event = Noted(key=f"n{number}", at=now, kind="x")
        received_at = now - days * _DAY
        taken = TakenDelivery(id=f"d{number}", account="a", received_at=received_at, events=(event,), body=b"x")
        await database.write(channel_events.keep_all, [taken], timedelta(0))
    open_one = TakenDelivery(
        id="d9",
        account="a",
        received_at=now - 40 * _DAY,
        events=(StateTold(key="s", at=now, id="p", state=SendState.SENT),),
    )
    await database.write(channel_events.keep_all, [open_one], timedelta(0))
    assert await do_rounds(database, now, Configuration(), Keeping()) == 2
    assert await do_rounds(database, now, Configuration(), Keeping(events=3 * _DAY)) == 4
    kept = await database.read(channel_events.find_recent, "a", 10)
    assert [(one.kind, one.is_handled) for one in kept] == [("StateTold", False), ("x", True)]


async def test_nobody_waits_for_more_than_one_small_work_of_a_long_clean_up(database: Database) -> None:
    numbers = range(5 * retention.MOST_AT_ONCE)
    await database.write(_end_runs, numbers)
    works = []
    write = database.write
    database.write = lambda work, *args: works.append(len(args[-1])) or write(work, *args)  # type: ignore[method-assign]
    forgetting = asyncio.create_task(forget(database, RECORDS[1], finish(make_run(0)).started_at + _DAY))
    while not works:  # noqa: ASYNC110 - it has no event of its own
        await asyncio.sleep(0)
    await write(calls.start, make_call(1))
    assert not forgetting.done()
    assert await forgetting == len(numbers)
    assert works == [retention.MOST_AT_ONCE] * 5
    assert (await database.read(runs.find)).runs == ()


def _end_runs(transaction: sa.Connection, numbers: Iterable[int]) -> None:
    runs.keep_all(transaction, [finish(make_run(number)) for number in numbers])


async def test_the_rounds_go_on_after_a_database_in_trouble(tmp_path: Path) -> None:
    clock = TurnedClock()
    async with await Database.open(tmp_path) as database:
        await _keep(database, clock, old=_DAY * 2)
        database._writer._is_closed = True
        rounds = asyncio.create_task(keep_house(database, clock, Configuration, Keeping(), every_seconds=0.01))
        await asyncio.sleep(0.05)
        database._writer._is_closed = False
        async with asyncio.timeout(10):
            while await _kept(database, "old"):  # noqa: ASYNC110 - only the database can tell
                await asyncio.sleep(0.01)
        assert not rounds.done()
        rounds.cancel()
        await asyncio.wait([rounds])
