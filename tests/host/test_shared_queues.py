"""Queues that several nodes share on one PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from fake_worker import FakeWorker
from inside_server import inside
from postgres_server import PostgresServer
from queue_company import FILES, Company
from shared_room import Node, eventually, value_of, working

from skipline.base.clock import system_clock
from skipline.host.leadership import Leadership
from skipline.model.ids import EntryId
from skipline.model.queue_events import AgentCame, AgentWent, EntryClosed, EntryJoined, QueuesConfigured
from skipline.model.queueing import Agent, AgentState, Entry, EntryState, Medium, Place, Queue
from skipline.store import shared_queues


@pytest.fixture
def url(postgres: PostgresServer, migrated: str) -> str:
    return postgres.make_database(template=migrated)


async def test_callers_of_two_nodes_stand_in_one_line(url: str) -> None:
    first, second = Node(url, "first"), Node(url, "second")
    async with working(first):
        await eventually(lambda: first.office.leads)
        async with working(second):
            first.join("a1")
            second.join("b1")
            await eventually(lambda: first.office.leads)
            figures = None
            while figures is None or figures.waiting < 2:
                figures = await second.office.figures("vip")
            assert [one.entry for one in await second.office.waiting("vip", 10)] == ["a1", "b1"]
            # Her phone is registered at both nodes: she takes the one who waited longer.
            first.come("ana")
            second.come("ana")
            await eventually(lambda: first.offers())
            assert not second.offers()
            first.end(EntryId("a1"))
            await eventually(lambda: second.offers())
            second.end(EntryId("b1"))
            await eventually(lambda: any(isinstance(one, EntryClosed) for one in second.decided))
            assert await value_of(url, "SELECT count(*) FROM queue_stays") == 0


def test_a_call_is_not_offered_to_a_phone_that_is_registered_at_another_node_by_now() -> None:
    now = system_clock()
    agents = (Agent(name="ana", queues=("vip",)),)
    configured = QueuesConfigured(at=now, queues=(Queue(name="vip"),), tiers=(), agents=agents)
    leadership = Leadership(group="default", node="north", epoch=1)
    leadership.take_up(shared_queues.KeptQueues((), (), {}), configured, now)
    came, went = (kind(at=now, agent="ana", medium=Medium.CALL) for kind in (AgentCame, AgentWent))
    joined = {
        name: EntryJoined(at=now, entry=Entry(id=EntryId(name), joined_at=now, place=Place(queue="vip")))
        for name in ("a1", "b1")
    }
    leadership.take([("north", 1, came), ("south", 1, came)], now)
    leadership.take([("north", 2, went), ("north", 3, joined["a1"]), ("south", 2, joined["b1"])], now)
    stays = {entry: stay.state for entry, stay in leadership.state.stays.items()}
    assert stays == {"a1": EntryState.WAITING, "b1": EntryState.RESERVED}


async def test_an_event_that_is_sent_again_is_taken_once(url: str) -> None:
    first, second = Node(url, "first"), Node(url, "second")
    async with working(first):
        await eventually(lambda: first.office.leads)
        async with working(second):
            second.come("ana")
            second.join("b1")
            await eventually(second.offers)
            second.end(EntryId("b1"))
            await eventually(lambda: any(isinstance(one, EntryClosed) for one in second.decided))
            connection = await shared_queues.connect(url)
            joined = msgspec.json.encode(EntryJoined(at=system_clock(), entry=second.entry("b1"))).decode()
            await shared_queues.tell(connection, "default", "second", [(3, joined)])
            assert await connection.fetchval("SELECT count(*) FROM queue_events") == 0
            # One that was on its way when the first of its kind was taken.
            row = "INSERT INTO queue_events (routing_group, node, number, body) VALUES ('default', 'second', 3, $1)"
            await connection.execute(row, joined)
            second.join("b2")
            await eventually(lambda: len(second.offers()) > 1)
            assert [one.reservation.entry for one in second.offers()] == ["b1", "b2"]
            await connection.close()


async def test_a_leader_whose_epoch_is_over_decides_nothing(url: str) -> None:
    node = Node(url, "first")
    async with working(node):
        await eventually(lambda: node.office.leads)
        # Another one raised the epoch, though this one still holds the lock: it is fenced, and leads anew.
        epoch = await value_of(url, "UPDATE queue_leaders SET epoch = epoch + 1 RETURNING epoch")
        node.come("ana")
        node.join("a1")
        await eventually(node.offers)
        assert node.offers()[0].reservation.id.startswith(f"default{epoch + 1}r")
        assert len(node.offers()) == 1


async def test_callers_of_a_node_that_died_are_lost_and_agents_elsewhere_go_on(url: str) -> None:
    first, second = Node(url, "first", silence_seconds=2.0), Node(url, "second")
    async with working(first):
        await eventually(lambda: first.office.leads)
        async with working(second):
            second.join("b1")
            await eventually(lambda: len(first.office.leader.leadership.state.stays) == 1)  # type: ignore[union-attr]
            second.come("ben")
            await eventually(second.offers)
            second.join("b2")
        # It is gone; nobody hears of it for two seconds.
        await eventually(lambda: first.lost == ["second"])
        await eventually(lambda: len([one for one in first.decided if isinstance(one, EntryClosed)]) == 2)
        ben = await first.office.agent("ben")
        assert ben is not None
        assert ben.state is AgentState.OFFLINE
        assert await value_of(url, "SELECT count(*) FROM queue_nodes") == 1


async def test_a_node_that_was_taken_for_dead_learns_of_it(url: str) -> None:
    first, second = Node(url, "first"), Node(url, "second")
    async with working(first):
        await eventually(lambda: first.office.leads)
        async with working(second):
            await value_of(url, "DELETE FROM queue_nodes WHERE node = 'second'")
            await eventually(lambda: second.given_up)


@asynccontextmanager
async def company(url: str, folder: Path, name: str, *, is_first: bool = False) -> AsyncIterator[Company]:
    async with inside(folder / name, FILES if is_first else None, place=url, name=name, shares=True) as room:
        yield Company(room)


async def test_whole_servers_take_callers_in_one_order_and_tell_of_all_of_them(url: str, tmp_path: Path) -> None:
    async with (
        company(url, tmp_path, "north", is_first=True) as north,
        company(url, tmp_path, "south") as south,
    ):
        await north.call("call1")
        await south.call("call2")
        await _until_waiting(south, 2)
        waiting = await south.room.host.office.waiting("vip", 10)
        assert [one.entry for one in waiting] == ["call1:1", "call2:1"]
        explained = await south.room.host.office.explain(EntryId("call1:1"))
        assert explained is not None
        assert "Asks for a phone that is registered at node north." in explained.why
        assert explained.entry.place.needs == ()
        south.sign_in("ana")
        do, ring = await south.ring()
        assert (do.call, ring.agent) == ("call2", "ana"), "the phone is registered at the south"
        south.join(do, ring)
        await _until_waiting(north, 1)
        standing = await north.room.host.office.agent("ana")
        assert standing is not None
        assert standing.state is AgentState.ENGAGED
        north.sign_in("ben")
        _, ring = await north.ring()
        assert ring.agent == "ben"


async def test_a_server_that_starts_anew_has_its_callers_where_they_were(url: str, tmp_path: Path) -> None:
    async with company(url, tmp_path, "north", is_first=True) as north:
        async with company(url, tmp_path, "south") as south:
            do, _ = await south.call("call1")
            joined_at = south.room.host.centre.runs[do.call].stay.entry.joined_at  # type: ignore[union-attr]
            held = south.held("call1")
            # It dies at once: its beat ends, and its row stays as a dead process leaves it.
            south.room.host.office.post.close = _do_nothing  # type: ignore[attr-defined, method-assign]
        await north.call("call2")
        worker = FakeWorker(held=(held,), phones=("ana",))
        async with inside(tmp_path / "south", place=url, name="south2", shares=True, worker=worker) as again:
            _, ring = await Company(again).ring()
            assert ring.agent == "ana"
            offered = again.host.centre.runs[do.call].stay
            assert offered is not None
            assert offered.entry.joined_at == joined_at
            assert await value_of(url, "SELECT node FROM queue_stays WHERE entry = 'call1:1'") == "south2"
            lost = await value_of(url, "SELECT count(*) FROM entries WHERE is_lost")
            assert lost == 0, "a node that starts closes nothing of the others"


async def _do_nothing() -> None:
    pass


async def test_what_a_dead_server_left_is_closed_as_lost_and_its_callers_keep_their_place(
    url: str, tmp_path: Path
) -> None:
    async with company(url, tmp_path, "north", is_first=True) as north:
        async with company(url, tmp_path, "south") as south:
            await south.call("call1", caller="+31612345678")
            await _until_waiting(north, 1)
            await south.room.records.settle()
        places = north.room.host.centre.lost_places
        await eventually(lambda: places.take("+31612345678", system_clock()))
        await _until_waiting(north, 0)
        assert await value_of(url, "SELECT ended_by FROM calls WHERE id = 'call1'") == "lost"
        assert await value_of(url, "SELECT outcome FROM runs") == "lost"
        assert await value_of(url, "SELECT is_lost FROM entries WHERE id = 'call1:1'")


async def test_a_change_of_the_workspace_reaches_every_node(url: str, tmp_path: Path) -> None:
    async with (
        company(url, tmp_path, "north", is_first=True) as north,
        company(url, tmp_path, "south") as south,
    ):
        text = FILES["skipline.yaml"].replace("queues: [{name: vip}]", "queues: [{name: vip}, {name: general}]")
        assert (await south.room.workspace.apply({**FILES, "skipline.yaml": text})).is_applied
        for one in (north, south):
            await _until_waiting(one, 0, "general")


async def _until_waiting(firm: Company, count: int, queue: str = "vip") -> None:
    async with asyncio.timeout(10):
        while (figures := await firm.room.host.office.figures(queue)) is None or figures.waiting != count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
