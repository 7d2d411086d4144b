"""What the worker does by itself towards targets and carriers, with real phones on the other side."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest
from raw_sip import RawParty, header

from skipline.base.clock import system_clock
from skipline.model.configuration import Registration, Trunk, VoiceConfiguration
from skipline.model.events import TargetHealthChanged, TrunkRegistrationChanged, VoiceEvent
from skipline.voice import outside as room
from skipline.voice.outside import Outside
from skipline.voice.phone import Phone
from skipline.voice.sip.stack import SipStack
from skipline.voice.targets import parse_target


@asynccontextmanager
async def outside(events: "asyncio.Queue[object]") -> AsyncIterator[Outside]:
    stack = SipStack([("127.0.0.1", 0)], on_invite=lambda leg: None)
    await stack.start()

    def on_names(found: Mapping[str, Sequence[str]]) -> None:
        events.put_nowait(dict(found))

    found = Outside(stack, tell=events.put_nowait, clock=system_clock, on_names=on_names)
    found.start()
    try:
        yield found
    finally:
        await found.stop()
        await stack.stop()


@pytest.fixture
def events() -> "asyncio.Queue[object]":
    return asyncio.Queue()


async def next_event(events: "asyncio.Queue[object]") -> object:
    return await asyncio.wait_for(events.get(), 15)


async def test_all_targets_behind_one_address_go_down_together(events: "asyncio.Queue[VoiceEvent]") -> None:
    phone = Phone()
    await phone.start()
    port = phone.address[1]
    texts = (f"sip:vip@127.0.0.1:{port}", f"sip:general@127.0.0.1:{port}")
    async with outside(events) as found:
        found.configure(VoiceConfiguration(watched_targets=texts))
        key = parse_target(texts[0], []).key
        assert not found.is_down(key)
        await phone.stop()
        for _ in range(3):
            await found._health.ask_once(texts[0])
        told = [await next_event(events) for _ in texts]
        assert [(one.target, one.is_up) for one in told if isinstance(one, TargetHealthChanged)] == [
            (text, False) for text in texts
        ]
        assert found.is_down(key)
        assert not found.is_down("192.0.2.1:5060;udp")


async def test_a_registration_that_fails_is_told_with_its_reason(events: "asyncio.Queue[VoiceEvent]") -> None:
    phone = Phone()
    _, port = await phone.start()
    register = Registration(server=f"127.0.0.1:{port}", user="us", password_secret="p")
    async with outside(events) as found:
        trunk = Trunk(name="carrier", register=register)
        found.configure(VoiceConfiguration(trunks=(trunk,), passwords={"p": "x"}))
        told = await next_event(events)
        assert isinstance(told, TrunkRegistrationChanged)
        assert (told.trunk, told.is_registered) == ("carrier", False)
        assert told.reason.startswith("405")
        found.configure(VoiceConfiguration())
        assert found._registrations == {}
    await phone.stop()


async def test_host_names_of_trunks_are_looked_up(events: "asyncio.Queue[object]") -> None:
    async with outside(events) as found:
        found.configure(VoiceConfiguration(trunks=(Trunk(name="near", hosts=("localhost",)),)))
        names = await next_event(events)
        assert isinstance(names, dict)
        assert "127.0.0.1" in names["localhost"]


async def test_a_name_that_is_unknown_for_a_while_keeps_its_addresses(
    events: "asyncio.Queue[object]", monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [["192.0.2.7"], [], ["192.0.2.8"]]

    async def addresses(_: str) -> list[str]:
        return answers.pop(0)

    monkeypatch.setattr(room, "addresses_of", addresses)
    async with outside(events) as found:
        told = []
        for _ in range(3):
            found.configure(VoiceConfiguration(trunks=(Trunk(name="far", hosts=("sip.carrier.example",)),)))
            told.append(await next_event(events))
    assert told == [{"sip.carrier.example": [one]} for one in ("192.0.2.7", "192.0.2.7", "192.0.2.8")]


async def test_a_changed_registration_waits_until_the_one_before_is_taken_back(
    events: "asyncio.Queue[object]",
) -> None:
    carrier = RawParty(("127.0.0.1", 9))

    def trunk(expires_seconds: float) -> VoiceConfiguration:
        register = Registration(
            server=f"127.0.0.1:{carrier.port}", user="us", password_secret="p", expires_seconds=expires_seconds
        )
        return VoiceConfiguration(trunks=(Trunk(name="carrier", register=register),))

    async with outside(events) as found:
        found.configure(trunk(600))
        carrier.reply(await carrier.expect("REGISTER"), 200, "OK")
        await next_event(events)
        for seconds in (700, 800):
            found.configure(trunk(seconds))
        leaving = await carrier.expect("REGISTER")
        assert header(leaving, "Expires") == "0"
        await carrier.expect_silence(0.3)
        carrier.reply(leaving, 200, "OK")
        renewed = await carrier.expect("REGISTER")
        assert header(renewed, "Expires") == "800"
        carrier.reply(renewed, 200, "OK")
        await next_event(events)
        assert found._leaving == set()
    carrier.close()
