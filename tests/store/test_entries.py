"""Entries: kept from joining on, whole when they are over; promises and lost places are found again."""

from datetime import timedelta
from typing import Any

import msgspec
from store_values import NOON
from visit_values import make_visit

from skipline.model.ids import CallId, EntryId, RunId
from skipline.model.queueing import Entry, EntryState, Place, SkillNeed
from skipline.model.record import EntryRecord
from skipline.store import Database, agent_pauses, entries, visits


def make_entry(number: int, **more: Any) -> Entry:
    given: dict[str, Any] = {
        "id": EntryId(f"call{number}:3"),
        "joined_at": NOON + timedelta(seconds=number),
        "place": Place(queue="vip", tier="gold", needs=(SkillNeed(skill="dutch", level=2),)),
        "call": CallId(f"call{number}"),
        "run": RunId(f"call{number}"),
        "contact_name": "Ána d'Arc",
        "contact_phone": f"+3161234{number:04}",
        "reasons": ("loyalty said gold.",),
    }
    return Entry(**given | more)


def waiting(number: int, **more: Any) -> EntryRecord:
    return EntryRecord(entry=make_entry(number), state=EntryState.WAITING, **more)


def over(record: EntryRecord, **more: Any) -> EntryRecord:
    left_at = record.entry.joined_at + timedelta(seconds=40)
    given = {"state": EntryState.CONNECTED, "left_at": left_at, "agent": "ana", "waited_seconds": 12.5}
    return msgspec.structs.replace(record, **given | more)


async def _read(database: Database, record: EntryRecord) -> EntryRecord | None:
    return await database.read(entries.read, record.entry.id)


async def test_an_entry_comes_back_as_it_was_left(database: Database) -> None:
    record = waiting(1)
    await database.write(entries.keep, record)
    assert await _read(database, record) == record
    told = over(
        record, why=("Urgency 1.84.",), passed_over=("call0:1 waited longer.",), agents_considered=("ben: busy.",)
    )
    await database.write(entries.keep, told)
    assert await _read(database, record) == told


async def test_nobody_finds_an_entry_that_never_was(database: Database) -> None:
    assert await _read(database, waiting(1)) is None


async def test_an_entry_that_an_agent_had_and_no_visit_tells_of_is_found(database: Database) -> None:
    told = over(waiting(1))
    for record in (told, over(waiting(2)), over(waiting(3), state=EntryState.ABANDONED), waiting(4)):
        await database.write(entries.keep, record)
    await database.write(visits.add, msgspec.structs.replace(make_visit(), entry=EntryId("call2:3")))
    left_at, later = told.left_at, NOON + timedelta(hours=1)
    assert left_at is not None
    assert await database.read(entries.without_visit, left_at, later) == (told,)
    assert await database.read(entries.without_visit, left_at + timedelta(seconds=1), later) == ()
    assert await database.read(entries.without_visit, NOON, left_at) == ()


async def test_what_is_over_stays_as_it_was_told_first(database: Database) -> None:
    told = over(waiting(1))
    await database.write(entries.keep, told)
    await database.write(entries.keep, over(waiting(1), agent="ben"))
    await database.write(entries.keep, waiting(1))
    assert await _read(database, told) == told


async def test_entries_of_calls_that_nobody_carries_are_lost_and_others_are_not(database: Database) -> None:
    gone, carried, later, promised = waiting(1), waiting(2), waiting(30), waiting(3, call_back={"attempts": 0})
    closed = over(waiting(4))
    for record in (gone, carried, later, promised, closed):
        await database.write(entries.keep, record)
    now = NOON + timedelta(seconds=60)
    lost = await database.write(entries.close_lost, [carried.entry.id], now, joined_before=NOON + timedelta(seconds=20))
    assert lost == 1
    found = await database.read(entries.lost_since, NOON)
    assert [(one.entry, one.left_at, one.is_lost) for one in found] == [(gone.entry, now, True)]
    assert await database.read(entries.lost_since, now + timedelta(seconds=1)) == ()
    assert await _read(database, carried) == carried


async def test_an_entry_that_was_only_taken_for_lost_gets_its_true_end(database: Database) -> None:
    await database.write(entries.keep, waiting(1))
    await database.write(entries.close_lost, [], NOON + timedelta(seconds=9), joined_before=NOON + timedelta(seconds=9))
    told = over(waiting(1), state=EntryState.ABANDONED)
    await database.write(entries.keep, told)
    assert await _read(database, told) == told
    assert await database.read(entries.lost_since, NOON) == ()


async def test_promised_call_backs_are_found_until_they_are_kept(database: Database) -> None:
    first, second = waiting(1, call_back={"attempts": 1}), waiting(2, call_back={"attempts": 0})
    for record in (second, first, waiting(3)):
        await database.write(entries.keep, record)
    assert await database.read(entries.open_call_backs) == (first, second)
    await database.write(entries.keep, over(first, call_back=None))
    assert await database.read(entries.open_call_backs) == (second,)


async def test_breaks_last_until_their_agent_is_back(database: Database) -> None:
    lunch = agent_pauses.Pause(agent="ana", reason="lunch", paused_at=NOON)
    training = agent_pauses.Pause(agent="ben", reason="training", paused_at=NOON)
    for pause in (training, lunch):
        await database.write(agent_pauses.begin, pause)
    assert await database.read(agent_pauses.read) == (lunch, training)
    longer = msgspec.structs.replace(lunch, reason="dentist")
    await database.write(agent_pauses.begin, longer)
    await database.write(agent_pauses.end, "ben")
    await database.write(agent_pauses.end, "ben")
    assert await database.read(agent_pauses.read) == (longer,)
