"""The source `sql` against real databases: bound, capped, in time, and read only."""

import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing

import pytest
from lookup_room import look_up, open_lookups, these_secrets
from postgres_server import find_program, running_postgres

from skipline.host.lookups import Lookups
from skipline.model.configuration import Source
from skipline.model.events import LookupStatus

_MADE = """
create table customers (phone text, tier text, points integer);
insert into customers values ('+31611111111', 'gold', 12), ('+31611111111', 'silver', 1), ('+31622222222', 'gold', 3);
"""
QUESTIONS = {
    "customer": "select tier, points from customers where phone = :phone order by points desc",
    "everybody": "select * from customers",
    "points": "select phone from customers where points = cast(:points as integer)",
    "counting": "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as n from n",
    "writing": "with gone as (delete from customers returning 1) select * from gone",
    "texts": "select tier from customers where phone = :phone and 'at 12:30 :not a::parameter' like '%:not%'",
    "broken": "select nothing from nowhere",
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("sql") / "crm.db"
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(_MADE)
        yield f"sqlite:///{file}"
        return
    with running_postgres() as server:
        url = server.make_database()
        subprocess.run([find_program("psql"), "-q", url, "-c", _MADE], check=True, capture_output=True)
        yield url


@asynccontextmanager
async def _asking(address: str, **settings: int) -> AsyncIterator[Lookups]:
    whole = {"database": "crm", "questions": QUESTIONS, **settings}
    source = Source(
        name="loyalty", type="sql", settings=whole, time_limit_seconds=1.0, cache_seconds=0, stale_if_error_seconds=0
    )
    async with open_lookups(source, secrets=these_secrets(crm=address)) as lookups:
        yield lookups


async def test_the_first_row_and_all_rows_come_back(address: str) -> None:
    async with _asking(address) as lookups:
        answer = await look_up(lookups, "customer?phone=%2B31611111111")
    rows = [{"tier": "gold", "points": 12}, {"tier": "silver", "points": 1}]
    assert (answer.status, answer.value) == (LookupStatus.OK, {**rows[0], "rows": rows, "matches": 2})


async def test_what_a_caller_brings_stays_a_value(address: str) -> None:
    async with _asking(address) as lookups:
        answer = await look_up(lookups, "customer?phone=%27%20or%20%271%27=%271")
    assert answer.status is LookupStatus.NOT_FOUND


async def test_a_colon_inside_a_text_is_no_parameter(address: str) -> None:
    async with _asking(address) as lookups:
        answer = await look_up(lookups, "texts?phone=%2B31622222222")
    assert (answer.status, answer.value["tier"]) == (LookupStatus.OK, "gold"), answer.reason


async def test_rows_beyond_the_cap_are_not_read(address: str) -> None:
    async with _asking(address, most_rows=2) as lookups:
        assert (await look_up(lookups, "everybody")).value["matches"] == 2


async def test_a_statement_that_runs_on_is_ended(address: str) -> None:
    async with _asking(address) as lookups:
        answer = await look_up(lookups, "counting")
        again = await look_up(lookups, "everybody")
    assert answer.status in (LookupStatus.TIMEOUT, LookupStatus.ERROR)
    assert again.status is LookupStatus.OK


async def test_a_statement_that_writes_is_refused(address: str) -> None:
    async with _asking(address) as lookups:
        assert (await look_up(lookups, "writing")).status is LookupStatus.ERROR
        assert (await look_up(lookups, "everybody")).value["matches"] == 3


async def test_a_statement_that_is_wrong_shows_nothing_of_itself(address: str) -> None:
    async with _asking(address) as lookups:
        answer = await look_up(lookups, "broken")
    assert answer.status is LookupStatus.ERROR
    assert "did not take the statement" in answer.reason
    assert "nowhere" not in answer.reason


@pytest.mark.parametrize("address", ["sqlite:////nowhere/crm.db", "postgresql://nobody@127.0.0.1:1/none"])
async def test_a_database_that_is_not_there_is_told(address: str) -> None:
    async with _asking(address) as lookups:
        answer = await look_up(lookups, "everybody")
    assert answer.status is LookupStatus.ERROR
    assert "cannot be opened" in answer.reason
