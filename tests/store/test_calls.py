"""Calls: their arrival, the targets tried and the end, each written once however often it is told."""

from datetime import timedelta

import msgspec
from store_values import ANA, BEN, NOON, make_call

from skipline.model.call import Attestation, EndedBy, TargetTry, TryEnd
from skipline.model.events import CallEnded
from skipline.model.ids import CallId, CommandId
from skipline.store import Database, calls

_BUSY = TargetTry(target="sip:vip@127.0.0.1:5071", end=TryEnd.BUSY, code=486, reason="Busy Here", ended_after=0.2)
_ANSWERED = TargetTry(target="sip:general@127.0.0.1", end=TryEnd.ANSWERED, code=200, rang_after=0.1, ended_after=3.5)


def _ended(number: int, by: EndedBy = EndedBy.CALLER, *, after_seconds: float = 60.0) -> CallEnded:
    at = NOON + timedelta(seconds=after_seconds)
    return CallEnded(at=at, call=make_call(number).id, by=by, code=200, reason="bye")


async def test_a_call_comes_back_whole(database: Database) -> None:
    call = msgspec.structs.replace(
        make_call(1),
        attestation=Attestation.FULL,
        headers={"x-order": "12; drop table calls; --"},
        caller_name="Ána 😀",
    )
    await database.write(calls.start, call)
    await database.write(calls.add_tries, call.id, CommandId("command1"), [_BUSY, _ANSWERED])
    await database.write(calls.add_tries, call.id, CommandId("command2"), [_BUSY])
    await database.write(calls.end, _ended(1))
    record = await database.read(calls.read, call.id)
    assert record is not None
    assert record.call == call
    assert (record.ended_at, record.ended_by, record.code, record.reason) == (
        NOON + timedelta(seconds=60),
        EndedBy.CALLER,
        200,
        "bye",
    )
    assert record.tries == (_BUSY, _ANSWERED, _BUSY)
    assert await database.read(calls.read, CallId("nobody")) is None


async def test_what_is_told_twice_changes_nothing(database: Database) -> None:
    for _ in range(2):
        await database.write(calls.start, make_call(1))
        await database.write(calls.add_tries, make_call(1).id, CommandId("command1"), [_BUSY])
    await database.write(calls.end, _ended(1))
    await database.write(calls.end, _ended(1, EndedBy.TARGET, after_seconds=90))
    record = await database.read(calls.read, make_call(1).id)
    assert record is not None
    assert (record.ended_by, len(record.tries)) == (EndedBy.CALLER, 1)


async def test_no_tries_are_nothing_to_write(database: Database) -> None:
    await database.write(calls.start, make_call(1))
    await database.write(calls.add_tries, make_call(1).id, CommandId("command1"), [])
    record = await database.read(calls.read, make_call(1).id)
    assert record is not None
    assert record.tries == ()


async def test_calls_left_by_a_crash_are_lost_except_those_still_held(database: Database) -> None:
    for number in (1, 2, 3):
        await database.write(calls.start, make_call(number))
    await database.write(calls.end, _ended(3))
    now = NOON + timedelta(minutes=5)
    assert await database.write(calls.close_lost, {make_call(1).id}, now) == (make_call(2).id,)
    record = await database.read(calls.read, make_call(2).id)
    assert record is not None
    assert (record.ended_by, record.ended_at) == (EndedBy.LOST, now)

    await database.write(calls.end, _ended(2))
    record = await database.read(calls.read, make_call(2).id)
    assert record is not None
    assert record.ended_by is EndedBy.CALLER


async def test_calls_are_listed_newest_first(database: Database) -> None:
    for number, phone in enumerate([ANA, BEN, ANA, ANA]):
        await database.write(calls.start, make_call(number, phone=phone, after_seconds=number))
    first = await database.read(calls.find, phone=ANA, limit=2)
    assert [record.call.id for record in first.calls] == ["call3", "call2"]
    second = await database.read(calls.find, phone=ANA, limit=2, cursor=first.next_cursor)
    assert [record.call.id for record in second.calls] == ["call0"]
    assert second.next_cursor is None
    assert len((await database.read(calls.find)).calls) == 4


async def test_the_last_call_over_a_trunk_is_found_among_others(database: Database) -> None:
    for number in range(3):
        await database.write(calls.start, make_call(number, after_seconds=number))
    other = msgspec.structs.replace(make_call(9, after_seconds=60), trunk="other")
    await database.write(calls.start, other)
    newest = NOON + timedelta(seconds=2)
    assert await database.read(calls.last_over, "carrier", NOON - timedelta(days=1)) == newest
    assert await database.read(calls.last_over, "carrier", newest) is None
    assert await database.read(calls.last_over, "nobody", NOON - timedelta(days=1)) is None
