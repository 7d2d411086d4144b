"""Queues that several nodes share on one PostgreSQL."""

import pytest
from postgres_server import PostgresServer
from shared_room import Node, eventually, value_of, working

from skipline.model.ids import EntryId
from skipline.model.queue_events import EntryClosed


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
