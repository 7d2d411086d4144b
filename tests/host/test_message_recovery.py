"""After an outage the provider is asked for what it could not deliver, and each message is known once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from fake_providers import RESETS, Fault, faults_of, open_fakes

from skipline.cli.demo.providers.meta import MetaAccount
from skipline.cli.demo.providers.server import Providers
from skipline.host.lookups.wire import Wire
from skipline.host.messages.accounts import Accounts
from skipline.host.messages.recovery import FURTHEST_BACK, LOOK_EVERY, Recovery
from skipline.model.configuration import Account, Configuration
from skipline.model.intake import DeliveredEvent, TakenDelivery
from skipline.model.message import Channel
from skipline.model.messaging import AnyChannelEvent, Received, Sender
from skipline.store import Database, channel_events

META = MetaAccount(name="social")
SECRETS = {"app": META.app_secret, "token": META.token, "verify": META.verify_token}


@dataclass(slots=True)
class Now:
    """A clock that a test sets."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass(slots=True)
class Room:
    """A recovery at the stand-in of Meta, and the database in which it keeps what was missed."""

    database: Database
    providers: Providers
    recovery: Recovery
    clock: Now

    async def keep(self, *events: AnyChannelEvent, at: datetime | None = None) -> None:
        await keep(self.database, "social", events, at or self.clock())

    async def kept(self) -> list[DeliveredEvent]:
        return await self.database.read(channel_events.find_recent, "social", 100)

    def write(self, text: str, contact: str = "24915") -> str:
        return self.providers.meta.write(META, contact, text, channel="messenger")

    def asked(self, path: str) -> int:
        return sum(path in str(one.request.path) for one in faults_of(self.providers).asked)


async def keep(database: Database, account: str, events: Sequence[AnyChannelEvent], at: datetime) -> None:
    taken = TakenDelivery(id=f"d{at.timestamp()}", account=account, received_at=at, events=tuple(events))
    await database.write(channel_events.keep_all, [taken], timedelta())


@asynccontextmanager
async def open_room(database: Database, **more: str) -> AsyncIterator[Room]:
    clock = Now(datetime.now(UTC))
    async with open_fakes(meta=META) as providers, Wire() as wire:
        providers.office.hooks["social"] = "http://127.0.0.1:9/nobody/is/there"
        ids = {"page_id": META.page, "app_id": "670843887433847"} | more
        settings = {
            **ids,
            "app_secret": "app",
            "verify_token": "verify",
            "access_token": "token",
            "base_url": providers.url,
            "allow_private": True,
        }
        account = Account(name="social", type="meta", settings=settings)
        configuration = Configuration(channels=(account,))

        async def receive(name: str, events: Sequence[AnyChannelEvent]) -> None:
            await keep(database, name, events, clock())

        recovery = Recovery(
            database=database,
            accounts=Accounts(lambda: configuration, "https://example.org"),
            wire=wire,
            secrets=SECRETS.__getitem__,
            receive=receive,
            clock=clock,
            pause_seconds=0.0,
        )
        yield Room(database, providers, recovery, clock)


def before(room: Room, age: timedelta) -> Received:
    """Something that was told before the outage."""
    return Received(
        key="message/m_before",
        at=room.clock() - age,
        id="m_before",
        channel=Channel.MESSENGER,
        sender=Sender(id="24915"),
        text="before",
    )


async def test_what_could_not_be_delivered_is_asked_for_and_known_once(database: Database) -> None:
    async with open_room(database) as room:
        await room.keep(before(room, timedelta(hours=1)), at=room.clock() - timedelta(hours=1))
        missed = [room.write("are you there?"), room.write("hello?")]
        await room.recovery.look()
        assert {one.text for one in await room.kept()} == {"before", "are you there?", "hello?"}
        assert room.providers.meta.subscribed == {META.page: 1}
        late = room.write("delivered after all")
        (known,) = [one for one in await room.kept() if one.text == "hello?"]
        room.clock.at += LOOK_EVERY
        await room.recovery.look()
        texts = [one.text for one in await room.kept()]
        assert sorted(texts) == ["are you there?", "before", "delivered after all", "hello?"]
        assert known.id in {one.id for one in await room.kept()}
        assert len({late, *missed}) == 3


async def test_what_was_delivered_meanwhile_counts_once(database: Database) -> None:
    async with open_room(database) as room:
        await room.keep(before(room, timedelta(hours=1)), at=room.clock() - timedelta(hours=1))
        mid = room.write("twice told")
        told = Received(
            key=f"message/{mid}",
            at=room.clock(),
            id=mid,
            channel=Channel.MESSENGER,
            sender=Sender(id="24915"),
            text="twice told",
        )
        await room.keep(told)
        await room.recovery.look()
        assert [one.text for one in await room.kept()].count("twice told") == 1


async def test_an_account_that_never_told_anything_is_subscribed_and_its_past_is_left_alone(database: Database) -> None:
    async with open_room(database) as room:
        room.write("written to somebody else before us")
        await room.recovery.look()
        assert await room.kept() == []
        assert room.providers.meta.subscribed == {META.page: 1}
        assert room.asked("/conversations") == 0


async def test_an_account_is_looked_after_every_half_hour_and_not_more_often(database: Database) -> None:
    async with open_room(database) as room:
        for _ in range(3):
            await room.recovery.look()
        assert room.asked("/subscribed_apps") == 1
        room.clock.at += LOOK_EVERY
        await room.recovery.look()
        assert room.asked("/subscribed_apps") == 2


@pytest.mark.parametrize("fault", [RESETS, Fault(status=500, body={}), Fault(garbage=True)])
async def test_what_the_provider_does_not_tell_now_is_asked_for_from_the_same_time_on(
    database: Database, fault: Fault
) -> None:
    async with open_room(database) as room:
        await room.keep(before(room, timedelta(hours=3)), at=room.clock() - timedelta(hours=3))
        room.write("missed")
        faults = faults_of(room.providers)
        faults.where = lambda asked: "/conversations" in str(asked.request.path)
        faults.always = fault
        await room.recovery.look()
        assert [one.text for one in await room.kept()] == ["before"]
        faults.always = None
        room.clock.at += LOOK_EVERY
        await room.recovery.look()
        assert {one.text for one in await room.kept()} == {"before", "missed"}


async def test_a_refused_subscription_does_not_keep_us_from_asking(database: Database) -> None:
    async with open_room(database) as room:
        await room.keep(before(room, timedelta(hours=1)), at=room.clock() - timedelta(hours=1))
        room.write("missed")
        faults = faults_of(room.providers)
        faults.where = lambda asked: "/subscribed_apps" in str(asked.request.path)
        faults.always = Fault(status=403, body={"error": {"code": 200, "message": "no permission"}})
        await room.recovery.look()
        assert {one.text for one in await room.kept()} == {"before", "missed"}


async def test_nothing_older_than_what_keys_are_known_for_is_asked_for(database: Database) -> None:
    async with open_room(database) as room:
        await room.keep(before(room, timedelta(days=30)), at=room.clock() - timedelta(days=30))
        room.write("long ago")
        room.clock.at += FURTHEST_BACK + timedelta(hours=1)
        await room.recovery.look()
        assert [one.text for one in await room.kept()] == ["before"]


async def test_stopping_does_not_wait_for_a_provider_that_hangs(database: Database) -> None:
    async with open_room(database) as room:
        faults = faults_of(room.providers)
        faults.always = Fault(hangs=True)
        running = asyncio.create_task(room.recovery.run())
        while not faults.asked:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        room.recovery.stop()
        await asyncio.wait_for(running, 10)
