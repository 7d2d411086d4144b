"""What caller and target really hear through a whole server: straight, relayed, and after words and a jingle."""

import asyncio

import pytest
from e2e_room import (
    CALLER_HZ,
    JINGLE_HZ,
    RELAYED,
    RINGING_HZ,
    STRAIGHT,
    TARGET_HZ,
    Room,
    eventually,
    hear_each_other,
    is_near,
)
from e2e_workspace import VOICEMAIL, WELCOME, WORDS

from skipline.voice.phone import Manners, Phone, PhoneCall, Stretch, hear, pitch
from skipline.voice.sdp import read_sdp
from skipline.voice.tones import tone
from skipline.voice.wav import read_wav

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def called(phone: Phone) -> PhoneCall:
    return await eventually(lambda: phone.calls and phone.calls[-1], "the target is called")  # type: ignore[no-any-return]


async def falls_silent(call: PhoneCall) -> None:
    """No packet comes any more."""

    async def look() -> bool:
        before = call.packets_heard
        await asyncio.sleep(0.2)
        return call.packets_heard == before

    await eventually(look, "it falls silent")


def is_straight(caller: PhoneCall, callee: PhoneCall) -> bool:
    assert caller.leg is not None and callee.invite is not None
    return read_sdp(caller.leg.local_sdp or "").port == read_sdp(callee.invite.sdp or "").port


@pytest.mark.parametrize("host", [STRAIGHT, RELAYED])
async def test_both_sides_hear_each_other_and_hold_falls_silent(room: Room, host: str) -> None:
    target = await room.phone()
    room.send_to(target.uri)
    caller = room.call(await room.phone(host))
    await asyncio.wait_for(caller.answered.wait(), 5)
    callee = await called(target)
    assert is_straight(caller, callee) == (host == STRAIGHT)
    await hear_each_other(caller, callee)
    caller.hold()
    await eventually(lambda: any("put on hold" in one.what for one in callee.timeline), "the target is put on hold")
    await falls_silent(caller)
    caller.resume()
    await hear_each_other(caller, callee)
    callee.hang_up()
    await asyncio.wait_for(caller.ended.wait(), 5)
    assert any("the other side hung up" in one.what for one in caller.timeline)


@pytest.mark.parametrize("host", [STRAIGHT, RELAYED])
async def test_words_then_a_jingle_then_ringing_then_the_target(room: Room, host: str) -> None:
    target = await room.phone(manners=Manners(ring_seconds=1.6, sound=tone(TARGET_HZ, 1.0)))
    room.send_to(target.uri)
    number = room.new_caller()
    caller = room.call(await room.phone(host), WELCOME, caller=number)
    await asyncio.wait_for(caller.answered.wait(), 15)
    callee = await called(target)
    await asyncio.wait_for(callee.answered.wait(), 15)
    everything = caller.heard
    await hear_each_other(caller, callee)
    tones = [one for one in hear(everything) if one.end_seconds - one.begin_seconds > 0.3]
    jingle = next(one for one in tones if is_near(one.hz, JINGLE_HZ))
    ringing = next(one for one in tones if is_near(one.hz, RINGING_HZ))
    assert seconds_of_words(hear(everything), jingle) > 1.5
    assert jingle.end_seconds <= ringing.begin_seconds
    assert [one.code for one in caller.timeline if one.code >= 180] == [180, 200]
    caller.hang_up()
    run = await room.run_of(number)
    why = {entry["step"]: entry["detail"]["why"] for entry in run["trace"]}
    assert [entry["step"] for entry in run["trace"]] == ["look_up", "hello", "jingle", "forward"]
    assert WORDS[:20] in why["hello"]
    assert "spoken to its end" in why["hello"]
    assert "played to its end" in why["jingle"]
    assert run["outcome"] == "answered"


def seconds_of_words(stretches: tuple[Stretch, ...], jingle: Stretch) -> float:
    """How long something other than silence or the tones was heard before the jingle."""
    before = [one for one in stretches if one.end_seconds <= jingle.begin_seconds and one.hz != 0]
    return sum(one.end_seconds - one.begin_seconds for one in before)


@pytest.mark.parametrize("host", [STRAIGHT, RELAYED])
async def test_a_callers_message_is_kept_and_played_back_and_their_run_says_where(room: Room, host: str) -> None:
    number = room.new_caller()
    caller = room.call(await room.phone(host), VOICEMAIL, caller=number)
    await asyncio.wait_for(caller.answered.wait(), 5)
    await asyncio.sleep(2.0)
    caller.hang_up()
    run = await room.run_of(number)
    [passed] = run["trace"]
    assert (passed["step"], passed["exit"]) == ("message", "recorded"), passed
    kept = read_wav((room.server.data / "voicemail" / run["variables"]["voicemail"]).read_bytes())
    assert is_near(pitch(kept.samples), CALLER_HZ)
    assert run["outcome"] == "voicemail"
    (left,) = (await room.server.ask("GET", f"/voicemails?run={run['id']}"))["voicemails"]
    assert (left["phone"], left["file"], left["whereabouts"]) == (number, run["variables"]["voicemail"], "here")
    assert left["seconds"] == run["variables"]["voicemail_seconds"]
    heard = read_wav(await room.server.fetch(f"/voicemails/{left['id']}/audio"))
    assert is_near(pitch(heard.samples), CALLER_HZ)
    assert heard.seconds == pytest.approx(left["seconds"], abs=0.06)


async def test_keys_arrive_at_the_target(room: Room) -> None:
    for host in (STRAIGHT, RELAYED):
        target = await room.phone()
        room.send_to(target.uri)
        caller = room.call(await room.phone(host))
        callee = await called(target)
        await hear_each_other(caller, callee)
        await caller.press("42#")
        await eventually(lambda callee=callee: "".join(callee.digits) == "42#", f"the keys arrive from {host}")
        caller.hang_up()


async def test_early_audio_is_heard_before_the_answer(room: Room) -> None:
    for host in (STRAIGHT, RELAYED):
        manners = Manners(ring_seconds=1.8, has_early_audio=True, sound=tone(TARGET_HZ, 1.0))
        room.send_to((target := await room.phone(manners=manners)).uri)
        caller = room.call(await room.phone(host))
        await eventually(lambda caller=caller: is_near(caller.heard_hz, TARGET_HZ), f"early audio is heard by {host}")
        assert not caller.answered.is_set()
        await asyncio.wait_for(caller.answered.wait(), 5)
        await hear_each_other(caller, await called(target))
        caller.hang_up()


@pytest.mark.parametrize(("host", "target_host"), [(STRAIGHT, "::1"), (RELAYED, "::1"), ("::1", STRAIGHT)])
async def test_ipv4_and_ipv6_hear_each_other(room: Room, host: str, target_host: str) -> None:
    target = await room.phone(target_host)
    room.send_to(target.uri)
    caller = room.call(await room.phone(host))
    await asyncio.wait_for(caller.answered.wait(), 5)
    await hear_each_other(caller, await called(target))


async def test_a_busy_target_of_the_other_ip_version_is_followed_by_one_of_our_own(room: Room) -> None:
    for host in (STRAIGHT, RELAYED):
        busy, target = await room.phone("::1", manners=Manners(refuse_code=486)), await room.phone()
        room.send_to(busy.uri, target.uri)
        caller = room.call(await room.phone(host))
        await asyncio.wait_for(caller.answered.wait(), 5)
        callee = await called(target)
        assert is_straight(caller, callee) == (host == STRAIGHT)
        await hear_each_other(caller, callee)
        caller.hang_up()
