"""Events of providers as rows: kept once, taken in order by one, and found by an index however many were handled."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from skipline.model.intake import TakenDelivery, address_of
from skipline.model.message import Channel, SendState
from skipline.model.messaging import AnyChannelEvent, Noted, Received, Sender, StateTold
from skipline.store import Database, channel_events
from skipline.store.message_schema import channel_events as rows
from skipline.store.statements import driver_of

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
AT_ONCE, LATER, LEASE = timedelta(0), timedelta(hours=1), timedelta(seconds=30)


def wrote(key: str, seconds: float, who: str = "ana") -> Received:
    at = NOON + timedelta(seconds=seconds)
    return Received(key=key, at=at, id=key, channel=Channel.SMS, sender=Sender(id=who), text="hello")


async def keep(database: Database, *events: AnyChannelEvent, hold: timedelta = AT_ONCE, account: str = "shop") -> None:
    taken = TakenDelivery(id=f"d{events[0].key}", account=account, received_at=NOON, events=events)
    await database.write(channel_events.keep_all, [taken], hold)


async def take(database: Database, owner: str = "node", lease: timedelta = LEASE) -> list[str]:
    return [one.event.key for one in await database.write(channel_events.take, owner, 10, lease)]


async def test_what_is_told_again_is_one_event_but_not_of_another_account(database: Database) -> None:
    for account in ("shop", "shop", "other"):
        await keep(database, wrote("1", 0), account=account)
    assert await take(database) == ["1", "1"]


async def test_one_that_came_late_overtakes_those_that_wait(database: Database) -> None:
    await keep(database, wrote("third", 3))
    await keep(database, wrote("first", 1), wrote("fourth", 4), hold=LATER)
    assert await take(database) == ["first", "third"]


async def test_an_address_is_in_one_pair_of_hands_until_the_lease_ends(database: Database) -> None:
    await keep(database, wrote("1", 0), wrote("elsewhere", 0, who="ben"))
    held = await database.write(channel_events.take, "dead", 1, AT_ONCE - LEASE)
    assert len(held) == 1
    assert sorted(await take(database)) == ["1", "elsewhere"]
    await keep(database, wrote("2", 2))
    assert await take(database, "other") == []
    mine = await database.write(channel_events.settle, held)
    assert mine is None
    assert await take(database, "other") == [], "who lost the lease settles nothing"


async def test_what_is_settled_is_over_and_what_is_put_back_was_not_tried(database: Database) -> None:
    await keep(database, wrote("1", 0), wrote("2", 1))
    first, second = await database.write(channel_events.take, "node", 10, LEASE)
    await database.write(channel_events.settle, [first], "too odd")
    await database.write(channel_events.put_back, [second], AT_ONCE)
    (again,) = await database.write(channel_events.take, "node", 10, LEASE)
    assert (again.event.key, again.attempts) == ("2", 1)
    shown = await database.read(channel_events.find_recent, "shop", 10)
    assert [(one.is_handled, one.problem) for one in shown] == [(False, ""), (True, "too odd")]


async def test_it_is_known_how_long_nothing_is_due(database: Database) -> None:
    assert await database.read(channel_events.next_due) is None
    await keep(database, Noted(key="n", at=NOON, kind="quality"))
    assert await database.read(channel_events.next_due) is None
    await keep(database, wrote("1", 0), hold=LATER)
    soon = await database.read(channel_events.next_due)
    assert soon is not None
    assert AT_ONCE < soon <= LATER
    await keep(database, StateTold(key="s", at=NOON, id="p", state=SendState.SENT), hold=LATER)
    now = await database.read(channel_events.next_due)
    assert now is not None
    assert now <= AT_ONCE


def test_states_of_different_messages_do_not_wait_for_each_other() -> None:
    told = [StateTold(key="s", at=NOON, id=id_, state=SendState.SENT, reference="r", to="t") for id_ in ("p", "")]
    assert [address_of(one) for one in told] == ["state/p", "state/r"]
    assert address_of(Noted(key="n", at=NOON, kind="x")) == ""


@pytest.mark.parametrize("work", ["next_due", "take", "reclaim", "find_recent"])
async def test_nothing_walks_what_was_handled_long_ago(in_folder: Database, work: str) -> None:
    def plans(transaction: sa.Connection) -> list[str]:
        said: list[str] = []
        driver = driver_of(transaction)
        driver.set_trace_callback(said.append)
        arguments = {"take": ("node", 10, LEASE), "find_recent": ("shop", 10)}.get(work, ())
        getattr(channel_events, work)(transaction, *arguments)
        driver.set_trace_callback(None)
        asked = [one for one in said if "channel_events" in one]
        return [row[3] for one in asked for row in driver.execute(f"EXPLAIN QUERY PLAN {one}")]

    await keep(in_folder, *(wrote(str(number), number, who=f"p{number}") for number in range(50)))
    steps = await in_folder.write(plans)
    assert steps
    assert [one for one in steps if rows.name in one and "INDEX" not in one and "PRIMARY KEY" not in one] == []
