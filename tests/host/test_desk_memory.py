"""What outlives a restart, or the node that carried it: places in line, talks, ends that nobody had heard of yet."""

import asyncio
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from desk_room import WORKSPACE, DeskRoom, MovedClock, agent, working_desk
from postgres_server import PostgresServer

from skipline.centre.conversation_stays import StayState
from skipline.host.carriers import NotCarried
from skipline.host.messages.desk import queue_carriers
from skipline.model.commands import EnterQueue, Issued
from skipline.model.conversation import ConversationState
from skipline.model.ids import CallId, CommandId, EntryId, RunId
from skipline.model.live_events import ConversationOffered
from skipline.model.queueing import EntryState, Overflow, Place, Queue
from skipline.store import Database, conversation_stays, entries, visits
from skipline.store.durable.writing import read_command
from skipline.store.schema import outbox

pytestmark = pytest.mark.timeout(90)


async def test_a_restart_keeps_places_and_talks(database: Database) -> None:
    clock = MovedClock()
    async with working_desk(database, clock=clock) as room:
        await room.sign_in("ana")
        talking = await room.taken(1, "ana")
        await room.sign_in("ben")
        offered = await room.write_in(2)
        await room.offered(offered)
        waiting = await room.write_in(3)
        joined = {one: (await room.stay(one)).entry.joined_at for one in (talking, offered, waiting)}  # type: ignore
    clock.pass_time(120)
    async with working_desk(database, clock=clock) as room:
        # Nobody signs in again: agents are where they were, too.
        ana = await room.standing("ana")
        assert ana.chats >= 1
        for conversation, at in joined.items():
            stay = await room.stay(conversation)
            assert stay is not None
            assert (stay.entry.joined_at, stay.entry.node) == (at, room.host.centre.node)
        assert (await room.read(talking)).agent == "ana"
        await room.offered(offered)
        assert await room.desk.close(talking, "ana")
        assert (await room.ended_run("run1")).variables["came_to"] == "thanked"
        [visit] = await room.visits(1)
        assert (visit.agent, visit.ended) == ("ana", EntryState.CONNECTED)
        assert visit.talk_seconds == pytest.approx(120, abs=10)


async def test_a_queue_that_gives_up_when_nobody_is_there_keeps_its_places_over_a_restart(database: Database) -> None:
    queue = Queue(name="vip", misses=0, overflow=Overflow(when_nobody_is_signed_in=True))
    agents = (agent("ana", most_chats=2), agent("cas", "general"))
    workspace = msgspec.structs.replace(WORKSPACE, queues=(queue, Queue(name="general")), agents=agents)
    async with working_desk(database, workspace=workspace) as room:
        await room.sign_in("ana")
        talking = await room.taken(1, "ana")
        waiting = await room.write_in(2, tier="silver")
        await room.offered(waiting)
        late = await room.write_in(3)
    async with working_desk(database, workspace=workspace) as room:
        # Who was offered is offered again; there is room for nobody else.
        await room.offered(waiting, "ana")
        stays = [await room.stay(one) for one in (talking, waiting, late)]
        assert [stay and stay.state for stay in stays] == [StayState.TALKING, StayState.OFFERED, StayState.WAITING]
        assert not (await database.read(visits.read_batch)).visits


async def test_nobody_is_led_into_a_queue_that_does_not_know_yet_who_is_there(database: Database) -> None:
    async with working_desk(database) as room:
        enters = Issued(
            id=CommandId("run1:1"), run=RunId("run1"), call=CallId(""), body=EnterQueue(place=Place(queue="vip"))
        )
        room.desk.is_open = False
        with pytest.raises(NotCarried, match="who is signed in") as not_yet:
            await queue_carriers(room.desk)[EnterQueue].carry(enters)
        assert not_yet.value.may_retry


async def test_entries_of_conversations_are_not_taken_for_lost_calls(database: Database) -> None:
    async with working_desk(database) as room:
        conversation = await room.write_in()
        stay = await room.stay(conversation)
        assert stay is not None
        lost = await database.write(entries.close_lost, [], room.clock(), joined_before=room.clock())
        assert lost == 0
        record = await database.read(entries.read, stay.entry.id)
        assert record is not None and record.left_at is None


async def test_an_end_that_the_run_did_not_hear_of_is_told_after_a_restart(database: Database) -> None:
    """The process dies between the end on the disk and the run: the row says what is still to be told."""
    clock = MovedClock()
    async with working_desk(database, clock=clock) as room:
        await room.sign_in("ana")
        conversation = await room.taken(1, "ana")

        async def die(_: object) -> None:
            await asyncio.sleep(3600)

        room.desk.stays.answer = die  # type: ignore[assignment, method-assign]
        room.host.office.tell = lambda _: None  # type: ignore[method-assign, assignment]
        closing = asyncio.create_task(room.desk.close(conversation, "ana"))

        async def is_written() -> bool:
            return (await room.read(conversation)).state is ConversationState.CLOSED

        await room.until(is_written)
        closing.cancel()
    async with working_desk(database, clock=clock) as room:
        assert (await room.ended_run()).variables["came_to"] == "thanked"
        [visit] = await room.visits(1)
        assert visit.agent == "ana"
        await room.no_rows()
        assert (await room.standing("ana")).chats == 0


async def test_a_run_led_into_a_queue_twice_waits_there_once(database: Database) -> None:
    async with working_desk(database) as room:
        conversation = await room.write_in()
        stay = await room.stay(conversation)
        assert stay is not None
        [issued] = [one for one in await _commands(room.database) if one.run == "run1"]
        await room.desk.enter(issued)
        assert [one.entry.id for one in await database.read(conversation_stays.of_node, room.host.centre.node)] == [
            stay.entry.id
        ]
        await room.sign_in("ana")
        await room.offered(conversation, "ana")
        await room.desk.accept(conversation, "ana")
        await room.desk.close(conversation, "ana")
        await room.ended_run()
        await room.no_rows()
        await room.desk.enter(issued)  # a repeat that comes when all is over
        await room.no_rows()


async def test_another_node_takes_conversations_up_when_theirs_dies(postgres_place: str, tmp_path: Path) -> None:
    async with (
        await Database.open(postgres_place, folder=tmp_path / "a") as first,
        await Database.open(postgres_place, folder=tmp_path / "b") as second,
    ):
        living = working_desk(second, name="living", share_url=postgres_place, silence_seconds=1.5)
        async with living as there:
            async with working_desk(first, name="dying", share_url=postgres_place, silence_seconds=1.5) as room:
                await room.sign_in("ana")
                talking = await room.taken(1, "ana")
                waiting = await room.write_in(2)
                await room.sign_in("ben")
                await room.offered(waiting)
                closed = await room.write_in(3)
                _die(room)
            stay = await there.stay(waiting)
            assert stay is not None and stay.entry.node == "dying"

            async def is_adopted() -> bool:
                stays = [await there.stay(one) for one in (talking, waiting, closed)]
                return all(one is not None and one.entry.node == "living" for one in stays)

            await there.until(is_adopted)
            kept = await there.stay(talking)
            assert kept is not None and (kept.state, kept.agent) == (StayState.TALKING, "ana")
            name = await there.offered(waiting)
            await there.desk.accept(waiting, name)
            for conversation, run in ((talking, "run1"), (waiting, "run2")):
                await there.desk.close(conversation, "ana")
                assert (await there.ended_run(run)).variables["came_to"] == "thanked"
            await there.visits(2)


async def test_an_agent_may_accept_at_another_node_than_the_one_that_carries_it(
    postgres_place: str, tmp_path: Path
) -> None:
    async with (
        await Database.open(postgres_place, folder=tmp_path / "a") as first,
        await Database.open(postgres_place, folder=tmp_path / "b") as second,
        working_desk(first, name="north", share_url=postgres_place) as north,
        working_desk(second, name="south", share_url=postgres_place) as south,
    ):
        await south.sign_in("ana")
        conversation = await north.write_in(1)
        await north.offered(conversation, "ana")

        async def are_told() -> bool:
            agents = [
                [one.agent for one in node.facts if isinstance(one, ConversationOffered)] for node in (north, south)
            ]
            return agents == [["ana"], ["ana"]]

        await south.until(are_told)
        await south.desk.accept(conversation, "ana")
        await south.desk.note_answer(conversation)
        await south.desk.hand_on(conversation, queue="general")
        await north.sign_in("cas")
        await south.offered(conversation, "cas")
        await north.desk.accept(conversation, "cas")
        await north.desk.close(conversation, "cas")
        assert (await south.ended_run()).trace[0].detail["agent"] == "cas"
        assert {visit.queue for visit in await south.visits(2)} == {"vip", "general"}
        await south.no_rows()


async def test_what_a_decided_offer_finds_gone_is_taken_out_of_its_line(database: Database) -> None:
    async with working_desk(database) as room:
        conversation = await room.write_in()
        stay = await room.stay(conversation)
        assert stay is not None
        gone = msgspec.structs.replace(stay.entry, id=EntryId("gone"))
        room.desk.stays.tell_queues([msgspec.structs.replace(stay, entry=gone)])
        await room.desk.close(conversation, "nobody")
        await room.sign_in("ana")

        async def is_free() -> bool:
            return not (await room.standing("ana")).entries

        await room.until(is_free)


def _die(room: DeskRoom) -> None:
    """End without a word, as far as others can see."""
    office = room.host.office
    office.post.close = office.post._pool.close  # type: ignore


async def _commands(database: Database) -> list[Issued]:
    def read(transaction: sa.Connection) -> list[Issued]:
        return [read_command(written)[0] for written in transaction.scalars(sa.select(outbox.c.command))]

    return await database.read(read)


@pytest.fixture
def postgres_place(postgres: PostgresServer, migrated: str) -> str:
    return postgres.make_database(template=migrated)
