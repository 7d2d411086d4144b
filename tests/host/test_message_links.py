"""Accounts over connections that stay open: a whole server with a carrier on loopback, and how connections follow the
workspace."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api_client import client_of
from inside_server import Inside, inside
from letters_room import count, rows, transcript, until, until_handled
from smpp_carrier import AwkwardCarrier, Carrier, Inbox, settings, sms
from smpp_carrier import until as until_so

from skipline.channels.smpp.driver import Driver
from skipline.host.messages.accounts import LiveAccount
from skipline.host.messages.links import Links
from skipline.model.configuration import Account
from skipline.model.conversation import Direction
from skipline.model.message import SendState
from skipline.model.messaging import Accepted, Refused, Remedy
from skipline.store import channel_events as store_events
from skipline.store.errors import StorageFailed
from skipline.store.message_schema import channel_events, conversations

ENVIRON = {"SKIPLINE_SECRET_CARRIER_PASSWORD": "s3cret"}
SECRETS = {"carrier_password": "s3cret"}.__getitem__
ECHO = """
format: 1
name: Echo
triggers: [{type: incoming_message, accounts: [sms]}]
start: answer
steps:
  answer: {type: send_message, with: {text: "You wrote: {{ message.text }}"}}
"""


def files(port: int) -> dict[str, str]:
    account = (
        f"{{name: sms, type: smpp, host: 127.0.0.1, port: {port}, system_id: shop, secret: carrier_password,"
        ' sender: "+31201234567", per_second: 200}'
    )
    return {"skipline.yaml": f"channels: [{account}]", "flows/echo.yaml": ECHO}


@asynccontextmanager
async def shop(folder: Path, carrier: Any, place: Path | str | None = None) -> AsyncIterator[Inside]:
    async with inside(folder, files(carrier.port), place=place, environ=ENVIRON) as room:
        yield room


async def test_a_contact_writes_an_sms_and_the_flow_answers_it_once(tmp_path: Path, place: Path | str) -> None:
    async with Carrier().serving() as carrier, shop(tmp_path / "data", carrier, place) as room:
        await until_so(lambda: bool(carrier.esmes))
        assert await carrier.deliver(b"Where is my order?") == 0
        assert await count(room.database, channel_events) == 1

        async def is_delivered() -> bool:
            return any(one.state is SendState.DELIVERED for one in await transcript(room.database))

        await until(is_delivered)
        theirs, ours = await transcript(room.database)
        assert (theirs.direction, theirs.text) == (Direction.IN, "Where is my order?")
        assert (ours.direction, ours.text, ours.provider_id) == (Direction.OUT, "You wrote: Where is my order?", "m1")
        (sent,) = carrier.taken
        assert (sent.destination_addr, sent.short_message) == ("31612345678", b"You wrote: Where is my order?")
        (conversation,) = await rows(room.database, conversations)
        assert (conversation["channel"], conversation["provider_id"]) == ("sms", "+31612345678")


async def test_an_account_says_whether_its_carrier_took_it_in_and_why_not(tmp_path: Path) -> None:
    async with Carrier().serving() as carrier, shop(tmp_path / "up", carrier) as room, client_of(room) as client:
        await until_so(lambda: bool(carrier.esmes))
        up = await client.get("/channels/sms/state")
        assert (up["is_connected"], up["webhook"]) == (True, None)
        assert [one["code"] for one in up["findings"]] == ["link_up", "waiting_for_message", "sending_well"]
        port = carrier.port
    async with inside(tmp_path / "down", files(port), environ=ENVIRON) as room, client_of(room) as client:

        async def is_told() -> bool:
            findings = (await client.get("/channels/sms/state"))["findings"]
            return "cannot be reached" in findings[0]["sentence"]

        await until(is_told)
        down = await client.get("/channels/sms/state")
        assert (down["is_connected"], down["verdict"], down["findings"][0]["code"]) == (False, "bad", "link_down")


async def test_what_the_store_refuses_is_refused_to_the_carrier_and_counts_once_when_it_comes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, refusals = store_events.keep_all, 2

    def refusing(*arguments: Any) -> Any:
        nonlocal refusals
        if refusals:
            refusals -= 1
            raise StorageFailed("the disk is full")
        return keep(*arguments)

    async with Carrier().serving() as carrier, shop(tmp_path, carrier) as room:
        await until_so(lambda: bool(carrier.esmes))
        monkeypatch.setattr(store_events, "keep_all", refusing)
        assert [await carrier.deliver(b"Hello") for _ in range(3)] == [0x64, 0x64, 0]
        await until_handled(room.database)
        assert [one.text for one in await transcript(room.database) if one.direction is Direction.IN] == ["Hello"]


async def test_parts_of_a_long_text_are_kept_one_by_one_and_are_one_message(tmp_path: Path) -> None:
    async with Carrier().serving() as carrier, shop(tmp_path, carrier) as room:
        await until_so(lambda: bool(carrier.esmes))
        for number, words in ((2, b" about my order"), (1, b"A long question"), (3, b", please.")):
            assert await carrier.deliver(bytes([5, 0, 3, 9, 3, number]) + words, esm_class=0x40) == 0
        await until_handled(room.database)
        theirs = [one for one in await transcript(room.database) if one.direction is Direction.IN]
        assert [one.text for one in theirs] == ["A long question about my order, please."]


async def test_a_connection_that_breaks_leaves_messages_open_and_sends_none_of_them_twice(tmp_path: Path) -> None:
    carrier = AwkwardCarrier()
    silent = True
    carrier.on_submit = lambda sequence, _: None if silent else carrier.accept(sequence, f"id{sequence}")
    async with carrier.serving(), shop(tmp_path, carrier) as room:
        await until_so(lambda: carrier.binds == 1)
        assert await carrier.deliver(b"one") == 0
        await until_so(lambda: len(carrier.submits) == 1)
        silent = False
        carrier.hang_up()

        async def is_open() -> bool:
            return any(one.state is SendState.UNCERTAIN for one in await transcript(room.database))

        await until(is_open)
        await until_so(lambda: carrier.binds == 2)
        assert await carrier.deliver(b"two") == 0
        await until_so(lambda: len(carrier.submits) == 2)
        states = {one.text: one.state for one in await transcript(room.database) if one.direction is Direction.OUT}
        assert states["You wrote: one"] is SendState.UNCERTAIN
        assert len(carrier.submits) == 2


class Accounts(list[LiveAccount]):
    """The accounts of a test, changed at will."""

    def add(self, name: str, type_: str, made: Any) -> None:
        self.append(LiveAccount(Account(name=name, type=type_), made, f"https://x.example/hooks/{type_}/{name}"))


@asynccontextmanager
async def linking(accounts: Accounts, inbox: Inbox) -> AsyncIterator[Links]:
    links = Links(accounts=accounts, secrets=SECRETS, receive=lambda _, events: inbox.receive(events))
    async with links.serving():
        yield links


def is_connected(links: Links, name: str) -> Callable[[], bool]:
    return lambda: isinstance(driver := links.find(name), Driver) and driver.is_connected


async def test_connections_follow_the_accounts() -> None:
    accounts, inbox, carrier, other = Accounts(), Inbox(), AwkwardCarrier(), AwkwardCarrier()
    async with carrier.serving(), other.serving():
        async with linking(accounts, inbox) as links:
            assert links.find("sms") is None
            accounts.add("sms", "smpp", settings(carrier.port))
            accounts.add("web", "bird", object())
            assert links.find("web") is None
            await until_so(is_connected(links, "sms"))
            before = links.find("sms")
            links.follow()
            assert links.find("sms") is before
            accounts.clear()
            accounts.add("sms", "smpp", settings(other.port))
            await until_so(is_connected(links, "sms"))
            assert carrier.commands[-1] == 0x06
            link = links.find("sms")
            assert link is not None
            assert link is not before
            assert isinstance(await link.send(sms("Hi")), Accepted)
            accounts.clear()
            links.follow()
            await until_so(lambda: other.commands[-1] == 0x06)
        assert links.find("sms") is None


async def test_an_account_signs_out_before_it_signs_in_with_other_settings() -> None:
    accounts, carrier = Accounts(), AwkwardCarrier()
    async with carrier.serving(), linking(accounts, Inbox()) as links:
        accounts.add("sms", "smpp", settings(carrier.port))
        await until_so(is_connected(links, "sms"))
        accounts.clear()
        accounts.add("sms", "smpp", settings(carrier.port, system_type="VMA"))
        links.follow()
        await until_so(lambda: carrier.binds == 2)
        assert carrier.commands == [0x09, 0x06, 0x09]


async def test_a_driver_that_fails_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []

    async def broken(*_: Any) -> None:
        runs.append("run")
        raise ZeroDivisionError

    monkeypatch.setattr(Driver, "run", broken)
    monkeypatch.setattr("skipline.host.messages.links.back_off", lambda _: timedelta(seconds=0.01))
    accounts = Accounts()
    accounts.add("sms", "smpp", settings(1))
    async with linking(accounts, Inbox()):
        await until_so(lambda: len(runs) > 3)


async def test_without_its_package_an_account_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.startswith(("smpp34", "skipline.channels.smpp."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "smpp34", None)
    accounts = Accounts()
    accounts.add("sms", "smpp", settings(1))
    async with linking(accounts, Inbox()) as links:
        link = links.find("sms")
        assert link is not None
        result = await link.send(sms("Hi"))
        assert isinstance(result, Refused)
        assert (result.remedy, result.code) == (Remedy.ALARM, "not_installed")
        assert "pip install 'skipline[smpp]'" in result.reason
        await asyncio.sleep(0)


def test_nothing_of_smpp_is_imported_before_an_account_needs_it() -> None:
    code = "import sys, skipline.host.messages.node as _; sys.exit(any('smpp' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
