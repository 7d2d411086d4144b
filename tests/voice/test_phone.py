"""Telephones that call each other over real SIP and RTP, and through the relay."""

import asyncio

import pytest

from skipline.voice.media import Relay, Side
from skipline.voice.phone import Manners, Phone, loudness
from skipline.voice.sdp import read_sdp, with_address
from skipline.voice.sip.stack import SipStack
from skipline.voice.speech.espeak import Espeak
from skipline.voice.tones import tone


@pytest.fixture
async def phones():
    started = []

    async def make(ip="127.0.0.1", **more):
        phone = Phone((ip, 0), **more)
        await phone.start()
        started.append(phone)
        return phone

    yield make
    for phone in started:
        await phone.stop()


async def until(condition):
    async with asyncio.timeout(8):
        while not condition():  # noqa: ASYNC110 - what a phone hears has no event to wait for
            await asyncio.sleep(0.02)


async def soon(event):
    async with asyncio.timeout(8):
        await event.wait()


def hears(call, hz):
    return lambda: call.heard_hz is not None and abs(call.heard_hz - hz) < 5


@pytest.mark.parametrize(("ip", "more"), [("127.0.0.1", ""), ("127.0.0.1", ";transport=tcp"), ("::1", "")])
async def test_two_phones_hear_each_other_until_one_hangs_up(phones, ip, more):
    alice = await phones(ip)
    bob = await phones(ip, manners=Manners(ring_seconds=0.1, sound=tone(1000, 1.0)))
    call = alice.call(bob.uri + more, caller="+31611111111", sound=tone(440, 1.0), headers={"X-Note": "hello"})
    await soon(call.answered)
    theirs = bob.calls[0]
    await until(hears(call, 1000))
    await until(hears(theirs, 440))
    assert "+31611111111" in theirs.invite.from_uri
    assert theirs.invite.headers["x-note"] == ["hello"]
    call.hang_up()
    await soon(theirs.ended)
    assert [moment.code for moment in call.timeline if moment.code] == [100, 180, 200]
    assert call.timeline.after_seconds(180) <= call.timeline.after_seconds(200)
    assert [moment.what for moment in theirs.timeline][-1] == "the other side hung up"


async def test_keys_are_heard_in_order_and_both_ways(phones):
    alice, bob = await phones(), await phones()
    call = alice.call(bob.uri)
    await soon(call.answered)
    await asyncio.gather(call.press("12#*"), bob.calls[0].press("9A"))
    await until(lambda: len(bob.calls[0].digits) == 4 and len(call.digits) == 2)
    assert bob.calls[0].digits == ["1", "2", "#", "*"]
    assert call.digits == ["9", "A"]


async def test_a_busy_phone_refuses_and_says_so(phones):
    alice, bob = await phones(), await phones(manners=Manners(refuse_code=486))
    call = alice.call(bob.uri)
    await soon(call.ended)
    assert (call.code, call.reason) == (486, "Busy Here")
    assert not call.answered.is_set()


async def test_a_phone_that_nobody_answers_is_given_up(phones):
    alice, bob = await phones(), await phones(manners=Manners(answers=False))
    call = alice.call(bob.uri)
    await until(lambda: call.timeline.after_seconds(180) is not None)
    call.hang_up()
    await soon(bob.calls[0].ended)
    assert bob.calls[0].timeline and "cancelled" in list(bob.calls[0].timeline)[-1].what
    assert not bob.calls[0].answered.is_set()


async def test_a_phone_hangs_up_by_itself_when_its_time_is_over(phones):
    alice, bob = await phones(), await phones(manners=Manners(talk_seconds=0.2))
    call = alice.call(bob.uri)
    await soon(call.ended)
    assert call.answered.is_set()


async def test_hold_stops_the_sound_of_the_held_side_and_resume_brings_it_back(phones):
    alice, bob = await phones(), await phones(manners=Manners(sound=tone(1000, 1.0)))
    call = alice.call(bob.uri, sound=tone(440, 1.0))
    await soon(call.answered)
    await until(hears(call, 1000))
    call.hold()
    await until(lambda: any("put on hold" in moment.what for moment in bob.calls[0].timeline))
    await asyncio.sleep(0.1)
    packets, theirs = call.packets_heard, bob.calls[0].packets_heard
    await asyncio.sleep(0.3)
    assert call.packets_heard == packets
    assert bob.calls[0].packets_heard > theirs
    call.resume()
    await until(lambda: call.packets_heard > packets)


async def test_early_audio_is_heard_before_the_answer(phones):
    manners = Manners(has_early_audio=True, answers=False, sound=tone(600, 1.0))
    alice, bob = await phones(), await phones(manners=manners)
    call = alice.call(bob.uri)
    await until(hears(call, 600))
    assert not call.answered.is_set()
    assert call.timeline.after_seconds(183) is not None


async def test_speech_is_heard_as_sound_of_no_single_tone(phones):
    engine = Espeak()
    spoken = await engine.render("Good morning. You will be connected with your adviser.", "en")
    await engine.close()
    alice, bob = await phones(), await phones(manners=Manners(sound=spoken.samples))
    call = alice.call(bob.uri)
    await until(lambda: len(call.heard) > 8000)
    assert loudness(call.heard) > 500


async def test_phones_hear_each_other_through_the_relay(phones):
    """A back-to-back call in its shortest form: both descriptions lead through the relay."""
    relay, joined = Relay(port_range=(25000, 27998)), []

    async def join(leg):
        session = relay.session()
        offer = await session.update(Side.CALLER, read_sdp(leg.invite.sdp))
        out = stack.dial(bob.uri, sdp=with_address(leg.invite.sdp, offer), caller_user="relay")
        event = await out.next_event()
        while (sdp := getattr(event, "sdp", None)) is None:
            event = await out.next_event()
        leg.answer(with_address(sdp, await session.update(Side.TARGET, read_sdp(sdp))))
        await leg.ended.wait()
        out.hang_up()
        return await session.stats()

    stack = SipStack([("127.0.0.1", 0)], on_invite=lambda leg: joined.append(asyncio.create_task(join(leg))))
    host, port = (await stack.start())[0]
    alice, bob = await phones(), await phones(manners=Manners(sound=tone(1000, 1.0)))
    call = alice.call(f"sip:line@{host}:{port}", sound=tone(440, 1.0))
    await soon(call.answered)
    await until(hears(call, 1000))
    await until(hears(bob.calls[0], 440))
    call.hang_up()
    await soon(bob.calls[0].ended)
    stats = await joined[0]
    assert stats.from_caller >= 7
    assert stats.from_target >= 7
    await stack.stop()
    await relay.stop()


async def test_an_address_that_cannot_be_called_is_told_at_once(phones):
    alice = await phones()
    with pytest.raises(ValueError, match="mailto"):
        alice.call("mailto:bob@example.com")
    assert alice.calls == []
