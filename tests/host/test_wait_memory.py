"""After a restart, or on another leader, waits are estimated from the first caller on."""

from datetime import timedelta
from pathlib import Path

from api_client import client_of
from inside_server import inside
from postgres_server import PostgresServer
from queue_company import FILES, Company
from shared_room import Node, eventually, working
from visit_values import make_visit

from skipline.base.clock import system_clock
from skipline.host.wait_memory import recall_waits
from skipline.model.ids import EntryId
from skipline.model.queueing import Visit
from skipline.store import Database, visits


def _of_the_last_hour() -> list[Visit]:
    now = system_clock()
    times = (now - timedelta(minutes=minute) for minute in range(60, 10, -1))
    return [make_visit(number, joined_at=at, left_at=at, waited=30.0) for number, at in enumerate(times)]


async def test_a_server_that_starts_again_knows_how_long_contacts_take(tmp_path: Path) -> None:
    async with await Database.open(tmp_path) as database:
        await database.write(visits.add_all, _of_the_last_hour())
    async with inside(tmp_path, FILES) as room, client_of(room) as client:
        firm = Company(room)
        firm.sign_in("ana")
        await firm.call("call1")
        await firm.ring()
        await firm.call("call2")
        seen = await client.get("/entries/call2:1")
        state = await client.get("/queues/vip/state")
    assert 0 <= seen["estimated_wait"]["low"] < 30 < seen["estimated_wait"]["high"] < 150
    gold = next(tier for tier in state["tiers"] if tier["tier"] == "gold")
    assert gold["estimated_wait"]["high"] > 0


async def test_a_server_that_never_had_callers_tells_no_wait(tmp_path: Path) -> None:
    async with inside(tmp_path, FILES) as room, client_of(room) as client:
        firm = Company(room)
        await firm.call("call1")
        assert (await client.get("/entries/call1:1"))["estimated_wait"] is None


async def test_a_leader_knows_what_the_one_before_knew(postgres: PostgresServer, migrated: str, tmp_path: Path) -> None:
    url = postgres.make_database(template=migrated)
    async with await Database.open(url, folder=tmp_path) as database:
        await database.write(visits.add_all, _of_the_last_hour())
        node = Node(url, "first", answers=False)
        node.office.on_lead = lambda: recall_waits(database, node.office.learn, system_clock())
        async with working(node, "ana"):
            await eventually(lambda: node.office.leads)
            node.come("ana")
            node.join("a1", "a2")
            await eventually(node.offers)
            estimate = None
            while estimate is None:
                estimate = await node.office.estimate(EntryId("a2"))
    assert 0 < estimate.seconds < 200
