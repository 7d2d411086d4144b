"""What was kept long enough goes, a little at a time; what is young, or still needed, stays."""

from datetime import timedelta

import sqlalchemy as sa
from durable_values import arrival, publish, turn_of
from durable_values import make_run as make_durable
from message_values import make_conversation
from store_values import NOON, finish, make_call, make_run

from skipline.model.call import EndedBy, TargetTry, TryEnd
from skipline.model.conversation import Direction, Message
from skipline.model.durable import RunDeed, RunStatus
from skipline.model.events import CallEnded
from skipline.model.ids import CommandId, MessageId
from skipline.model.lookup import KnownAnswer
from skipline.store import Database, calls, conversation_search, last_known, messages, retention, run_care, runs
from skipline.store.durable import open_run_store
from skipline.store.message_schema import conversations, media_files, sendings
from skipline.store.queue_schema import entries
from skipline.store.retention import ANSWERS, EVENTS, MESSAGES, RECORDS, Kind
from skipline.store.schema import call_tries, run_passages, webhook_deliveries
from skipline.store.schema import run_care as care_rows

CALLS, RUNS, ENTRIES = RECORDS
DURABLE, INBOX, OUTBOX, DELIVERIES = EVENTS
(KNOWN,) = ANSWERS
(SAID,) = MESSAGES
DAY = timedelta(days=1)


async def _forget(database: Database, kind: Kind, before=NOON, most: int = retention.MOST_AT_ONCE) -> list[int]:
    """How many rows each look found."""
    found, after = [], None
    while True:
        looked = await database.read(retention.look, kind, before, after, most)
        found.append(len(looked.old))
        if looked.old:
            await database.write(retention.delete, kind, looked.old)
        if looked.next_after is None:
            return found
        after = looked.next_after


async def _count(database: Database, table: sa.Table) -> int:
    return await database.read(lambda one: one.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


async def _keep_call(database: Database, number: int, *, after_seconds: float, is_over: bool = True) -> None:
    call = make_call(number, after_seconds=after_seconds)
    tried = TargetTry(target="sip:vip@10.0.0.1", end=TryEnd.BUSY, code=486)
    await database.write(calls.start, call)
    await database.write(calls.add_tries, call.id, CommandId("c1"), [tried, tried])
    if is_over:
        await database.write(calls.end, CallEnded(at=call.arrived_at, call=call.id, by=EndedBy.CALLER))


async def test_old_calls_go_with_their_tries(database: Database) -> None:
    for number in range(5):
        await _keep_call(database, number, after_seconds=number - 3, is_over=number != 1)
    assert await _forget(database, CALLS) == [2]
    assert [record.call.id for record in (await database.read(calls.find)).calls] == ["call4", "call3", "call1"]
    assert await _count(database, call_tries) == 6


async def test_old_runs_go_with_their_passages_and_what_was_done_about_them(database: Database) -> None:
    for number in range(4):
        run = finish(make_run(number, after_seconds=(number - 2) * 100))
        await database.write(runs.end, run)
        await database.write(run_care.note, run.id, RunDeed.GIVEN_UP, run.started_at)
    assert await _forget(database, RUNS) == [2]
    assert [run.id for run in (await database.read(runs.find, path=["tier.vip"])).runs] == ["run0003", "run0002"]
    assert (await _count(database, run_passages), await _count(database, care_rows)) == (2, 2)


async def test_a_run_that_waited_long_is_kept_from_its_end_on_and_hides_no_other(database: Database) -> None:
    for number, ended_after in ((1, timedelta(0)), (2, 10 * DAY), (3, timedelta(0))):
        run = finish(make_run(number, after_seconds=-86400 * (5 - number)))
        run.ended_at = run.started_at + ended_after
        await database.write(runs.end, run)
    await database.write(runs.start, make_run(4, after_seconds=-86400 * 9))
    assert await _forget(database, RUNS, most=1) == [0, 1, 0, 1, 0]
    assert {run.id for run in (await database.read(runs.find)).runs} == {"run0002", "run0004"}


async def test_old_entries_go_once_they_are_over(database: Database) -> None:
    def keep(transaction: sa.Connection) -> None:
        for number, left_after in enumerate((timedelta(0), None, 3 * DAY)):
            joined_at = NOON - DAY
            row = {"id": f"e{number}", "queue": "vip", "phone": "+31", "joined_at": joined_at, "state": "closed"}
            left_at = None if left_after is None else joined_at + left_after
            more = {"left_at": left_at, "is_lost": False, "body": {}, "told": {}}
            transaction.execute(sa.insert(entries).values({**row, **more}))

    await database.write(keep)
    assert await _forget(database, ENTRIES) == [1]
    assert await _count(database, entries) == 2


async def test_what_durable_runs_needed_goes_when_they_are_over(database: Database) -> None:
    await publish(database)
    store = await open_run_store(database)
    for name in ("over", "waits"):
        claim = (await store.ingest(arrival(name, name, begins=make_durable(name)), "a")).claim
        assert claim is not None
        await store.commit(claim, turn_of(claim, RunStatus.DONE if name == "over" else RunStatus.WAITING, commands=1))
    over, _ = await store.take_commands("a", 10)
    await store.settle(over)
    await store.ingest(arrival("waits", "unread"))
    tomorrow = claim.at + DAY
    for kind, gone, left in ((DURABLE, 1, 1), (INBOX, 2, 1), (OUTBOX, 1, 1)):
        assert await _forget(database, kind, tomorrow - 2 * DAY) == [0]
        assert await _forget(database, kind, tomorrow) == [gone]
        assert await _count(database, kind.table) == left
    await store.close()


async def test_old_deliveries_of_webhooks_go(database: Database) -> None:
    def keep(transaction: sa.Connection) -> None:
        for name, received_at in (("old", NOON - DAY), ("young", NOON + DAY)):
            row = {"webhook": name, "is_accepted": True, "received_at": received_at, "body": {}}
            transaction.execute(sa.insert(webhook_deliveries).values(row))

    await database.write(keep)
    assert await _forget(database, DELIVERIES) == [1]
    assert await _count(database, webhook_deliveries) == 1


async def test_old_answers_go_in_small_lots(database: Database) -> None:
    for number in range(10):
        answer = KnownAnswer(value=number, answered_at=NOON - timedelta(seconds=number // 2))
        await database.write(last_known.remember, "loyalty", f"digest{number}", answer)
    assert await _forget(database, KNOWN, NOON - timedelta(seconds=1), most=2) == [2, 2, 2, 0]
    assert await database.read(last_known.recall, "loyalty", "digest3") is not None
    assert await database.read(last_known.recall, "loyalty", "digest4") is None


async def test_a_look_walks_by_an_index(in_folder: Database) -> None:
    def plan(transaction: sa.Connection, kind: Kind) -> str:
        wanted = retention._wanted(kind, None).limit(10).compile(transaction, compile_kwargs={"literal_binds": True})
        return "; ".join(row[3] for row in transaction.exec_driver_sql(f"EXPLAIN QUERY PLAN {wanted}"))

    for kind in (*RECORDS, *EVENTS, *retention.DELIVERIES, *retention.MESSAGES, *ANSWERS):
        assert "TEMP B-TREE FOR ORDER BY" not in await in_folder.read(plan, kind), kind.table.name


async def test_the_ways_of_messages_that_are_settled_go(database: Database) -> None:
    def keep(transaction: sa.Connection) -> None:
        shared = {"conversation_id": "c", "account": "main", "body": {}}
        for name, expires_at, due_at in (("old", -1, None), ("waits", -1, NOON), ("young", 1, None)):
            row = {"message_id": name, "expires_at": NOON + expires_at * DAY, "due_at": due_at}
            transaction.execute(sa.insert(sendings).values(**shared, **row))

    await database.write(keep)
    assert await _forget(database, retention.DELIVERIES[2]) == [1]
    assert await _count(database, sendings) == 2


async def test_old_messages_go_with_their_files_unless_something_is_on_its_way(database: Database) -> None:
    conversation = await make_conversation(database, received_at=NOON)
    late = NOON + DAY

    def keep(transaction: sa.Connection) -> None:
        for name, at in (("old", -1), ("waits", -1), ("fetched", -1), ("fetching", -1), ("young", 1)):
            said = Message(id=MessageId(name), conversation=conversation, direction=Direction.IN, at=NOON + at * DAY)
            messages.add(transaction, said, "main")
        sending = {"conversation_id": conversation, "account": "main", "body": {}, "expires_at": late}
        for name, due_at in (("old", None), ("waits", late)):
            transaction.execute(sa.insert(sendings).values(**sending, message_id=name, due_at=due_at))
        for name, due_at in (("fetched", None), ("fetching", late), ("young", None)):
            row = {"message_id": name, "position": 0, "account": "main", "attachment": {}, "body": {}}
            transaction.execute(sa.insert(media_files).values(**row, due_at=due_at))

    await database.write(keep)
    assert await _forget(database, SAID) == [2]
    page = await database.read(conversation_search.read_messages, conversation, cursor=None, limit=10)
    assert [one.id for one in page.messages] == ["young", "fetching", "waits"]
    assert await _count(database, media_files) == 2
    assert await _count(database, sendings) == 2


async def test_a_conversation_whose_messages_are_gone_is_still_there(database: Database) -> None:
    conversation = await make_conversation(database, received_at=NOON)

    def keep(transaction: sa.Connection) -> None:
        said = Message(id=MessageId("m1"), conversation=conversation, direction=Direction.IN, at=NOON - DAY)
        messages.add(transaction, said, "main")
        transaction.execute(sa.update(conversations).values(last_message_at=NOON - DAY))

    await database.write(keep)
    assert await _forget(database, SAID) == [1]
    found = await database.read(conversation_search.find, {}, cursor=None, limit=10)
    assert [(one.conversation.id, one.last_message) for one in found.conversations] == [(conversation, None)]
