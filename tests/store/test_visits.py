"""Visits: written once however often they are told, read back whole and in batches."""

from datetime import timedelta

from visit_values import NOON, abandoned, make_visit, told

from skipline.model.queueing import EntryState, Medium, Visit
from skipline.store import Database, visits


async def _read(database: Database, limit: int = visits.AT_ONCE, **wanted: object) -> list[Visit]:
    found: list[Visit] = []
    batch = await database.read(visits.read_batch, limit=limit, **wanted)  # type: ignore[arg-type]
    found += batch.visits
    while batch.position is not None:
        batch = await database.read(visits.read_batch, batch.position, limit=limit, **wanted)  # type: ignore[arg-type]
        found += batch.visits
    return found


async def test_a_visit_comes_back_whole(database: Database) -> None:
    visit = make_visit(
        1,
        medium=Medium.MESSAGE,
        credit_seconds=30.0,
        rang_seconds=4.5,
        hold_seconds=12.0,
        wrap_up_seconds=30.0,
        overflowed_to="general",
        offers=3,
        misses=2,
        was_transferred=True,
        is_call_back=True,
        estimate=told(40.0, 75.5),
        queue="Ána's; drop table visits",
    )
    await database.write(visits.add, visit)
    assert await _read(database) == [visit]


async def test_a_visit_told_again_changes_nothing_but_another_stay_of_the_same_entry_is_one_more(
    database: Database,
) -> None:
    first = make_visit(1, ended=EntryState.OVERFLOWED, overflowed_to="general")
    second = make_visit(1, queue="general", after_seconds=10.0)
    for _ in range(2):
        await database.write(visits.add_all, [first, second])
    assert await _read(database) == [first, second]


async def test_visits_are_found_by_when_they_were_offered_and_by_what_they_are(database: Database) -> None:
    kept = [
        make_visit(1),
        make_visit(2, after_seconds=60, queue="general", tier="standard", agent="ben"),
        abandoned(3, waited=200.0, after_seconds=120, medium=Medium.MESSAGE),
    ]
    await database.write(visits.add_all, kept)
    one, two, three = kept
    assert await _read(database, began_at=NOON + timedelta(seconds=60)) == [two, three]
    assert await _read(database, until=NOON + timedelta(seconds=60)) == [one]
    assert await _read(database, queue="vip") == [one, three]
    assert await _read(database, tier="standard") == [two]
    assert await _read(database, agent="ana") == [one]
    assert await _read(database, medium=Medium.MESSAGE) == [three]
    assert await _read(database, queue="vip", agent="ben") == []
    assert await _read(database, queue=None, until=None) == kept


async def test_the_newest_are_read_oldest_first(database: Database) -> None:
    kept = [make_visit(number, after_seconds=number) for number in range(5)]
    await database.write(visits.add_all, kept)
    assert await database.read(visits.read_newest, NOON, 2) == (kept[3], kept[4])
    assert await database.read(visits.read_newest, NOON + timedelta(seconds=4), 2) == (kept[4],)


async def test_batches_follow_each_other_without_gap_or_repeat(database: Database) -> None:
    kept = [make_visit(number, after_seconds=number // 3) for number in range(10)]
    await database.write(visits.add_all, kept)
    for limit in (1, 3, 5, 10, 11):
        assert await _read(database, limit=limit) == kept
