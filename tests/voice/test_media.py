"""Audio through the real relay, judged by what arrives."""

import asyncio
import random

import pytest
from rtp_party import RtpParty, frequency

from skipline.voice.media import MediaError, Relay, Side
from skipline.voice.prompt_folder import PromptFolder
from skipline.voice.sdp import Audio
from skipline.voice.tones import tone


@pytest.fixture
async def relay():
    relay = Relay(("127.0.0.1", "::1"), port_range=(21000, 24998))
    yield relay
    await relay.stop()


@pytest.fixture
async def parties():
    made = []

    def make(*args, **more):
        made.append(RtpParty(*args, **more))
        return made[-1]

    yield make
    for party in made:
        party.close()


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - sockets of a test party have no event to wait for
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(("caller_ip", "target_ip"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("127.0.0.1", "::1")])
async def test_each_party_hears_the_other(relay, parties, caller_ip, target_ip):
    caller, target = parties(caller_ip), parties(target_ip)
    session = relay.session()
    for_target = await session.update(Side.CALLER, caller.audio(), other_is_ipv6=":" in target_ip)
    for_caller = await session.update(Side.TARGET, target.audio())
    assert (":" in for_target.ip, ":" in for_caller.ip) == (":" in target_ip, ":" in caller_ip)
    await asyncio.gather(caller.send_tone(for_caller, 440, 0.5), target.send_tone(for_target, 1000, 0.5))
    assert frequency(caller.samples()) == pytest.approx(1000, rel=0.03)
    assert frequency(target.samples()) == pytest.approx(440, rel=0.03)
    stats = await session.stats()
    assert (stats.from_caller, stats.from_target, stats.relayed) == (25, 25, 50)
    await session.close()


@pytest.mark.parametrize("payload", [0, 8])
async def test_a_prompt_is_heard_in_the_callers_own_law_until_it_is_stopped(relay, parties, tmp_path, payload):
    folder = tmp_path / "a folder with spaces"
    prompt = PromptFolder(folder).keep("a440", tone(440, 0.4))
    caller = parties(payload=payload)
    session = relay.session()
    await session.update(Side.CALLER, caller.audio())
    await session.update(Side.TARGET, None)
    await session.play(Side.CALLER, prompt, times=0)
    await until(lambda: len(caller.heard) > 30)
    assert frequency(caller.samples()) == pytest.approx(440, rel=0.03)
    assert {len(packet) for packet in caller.heard} == {172}
    await session.stop(Side.CALLER)
    await asyncio.sleep(0.1)
    heard = len(caller.heard)
    await asyncio.sleep(0.2)
    assert len(caller.heard) == heard
    await session.close()


async def test_a_prompt_played_once_lasts_as_long_as_it_says(relay, parties, tmp_path):
    prompt = PromptFolder(tmp_path).keep("once", tone(600, 0.3))
    caller = parties()
    session = relay.session()
    await session.update(Side.CALLER, caller.audio())
    await session.update(Side.TARGET, None)
    await session.play(Side.CALLER, prompt)
    await asyncio.sleep(prompt.seconds + 0.4)
    assert len(caller.samples()) == pytest.approx(prompt.seconds * 8000, abs=320)
    await session.close()


async def test_keys_are_told_once_each_and_by_side(relay, parties):
    caller, target, pressed = parties(), parties(), []
    session = relay.session(lambda side, digit: pressed.append((side, digit)))
    for_target = await session.update(Side.CALLER, caller.audio())
    for_caller = await session.update(Side.TARGET, target.audio())
    for event in (1, 10, 11):
        await caller.press(for_caller, event)
    await until(lambda: len(pressed) == 3)
    await target.press(for_target, 5)
    await until(lambda: len(pressed) == 4)
    assert pressed == [(Side.CALLER, "1"), (Side.CALLER, "*"), (Side.CALLER, "#"), (Side.TARGET, "5")]
    await session.close()


async def test_a_target_that_is_found_late_joins_a_caller_who_heard_a_prompt(relay, parties, tmp_path):
    prompt = PromptFolder(tmp_path).keep("wait", tone(440, 0.2))
    caller, target = parties(), parties()
    session = relay.session()
    for_target = await session.update(Side.CALLER, caller.audio())
    for_caller = await session.update(Side.TARGET, None)
    await session.play(Side.CALLER, prompt, times=0)
    await until(lambda: len(caller.heard) > 5)
    assert await session.update(Side.TARGET, target.audio()) == for_caller
    await session.stop(Side.CALLER)
    caller.heard.clear()
    await asyncio.gather(caller.send_tone(for_caller, 700, 0.4), target.send_tone(for_target, 1200, 0.4))
    assert frequency(target.samples()) == pytest.approx(700, rel=0.03)
    assert frequency(caller.samples()) == pytest.approx(1200, rel=0.03)
    await session.close()


async def test_many_sessions_begun_at_once_do_not_mix_their_answers(relay):
    sessions = [relay.session() for _ in range(60)]
    endpoints = await asyncio.gather(
        *(one.update(Side.CALLER, Audio(ip="127.0.0.1", port=4000, payloads=(0,))) for one in sessions)
    )
    assert len({endpoint.port for endpoint in endpoints}) == 60
    assert all(endpoint.ip == "127.0.0.1" for endpoint in endpoints)
    await asyncio.gather(*(one.close() for one in sessions))


async def test_garbage_into_open_ports_hurts_nobody(relay, parties):
    caller, target, noise = parties(), parties(), parties()
    session = relay.session(lambda side, digit: None)
    for_target = await session.update(Side.CALLER, caller.audio())
    for_caller = await session.update(Side.TARGET, target.audio())
    await asyncio.gather(caller.send_tone(for_caller, 440, 0.1), target.send_tone(for_target, 440, 0.1))
    rng = random.Random(7)
    for number in range(4000):
        head = b"\x80" + bytes([rng.choice((0, 101, 200))]) if number % 2 else b""
        ip, port = rng.choice((for_target, for_caller))
        noise.socket.sendto(head + rng.randbytes(rng.randrange(1400)), (ip, port + rng.randrange(2)))
        if number % 200 == 0:
            await asyncio.sleep(0.002)
    await asyncio.sleep(0.1)
    caller.heard.clear(), target.heard.clear()
    await asyncio.gather(caller.send_tone(for_caller, 500, 0.4), target.send_tone(for_target, 900, 0.4))
    assert frequency(target.samples()) == pytest.approx(500, rel=0.05)
    assert frequency(caller.samples()) == pytest.approx(900, rel=0.05)
    await session.close()


async def test_a_bad_command_is_refused_and_the_next_one_answered(relay):
    relay.start()
    for command in ("U", "U x", "P1 a b", "Uzz c 1.2.3.4 x y", "D nosuch a b", "S nosuch a b", "Q", "V\nV", "V" * 901):
        with pytest.raises(MediaError):
            await relay._link.ask(command)
        assert (await relay._link.ask("V")).isdecimal()


async def test_a_caller_who_leaves_in_the_middle_of_a_command_does_not_disturb_the_next_one(relay):
    left, stayed = relay.session(), relay.session()
    audio = Audio(ip="127.0.0.1", port=4000, payloads=(0,))
    leaving = asyncio.create_task(left.update(Side.CALLER, audio))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await stayed.update(Side.CALLER, audio)).port in range(21000, 24999)
    assert (await relay._link.ask("V")).isdecimal()
    await left.close()
    with pytest.raises(MediaError):
        await left.stats()
    await stayed.close()


async def test_silence_from_both_sides_is_told():
    relay, told = Relay(port_range=(21000, 24998), silence_seconds=1), asyncio.Event()
    session = relay.session(on_silence=told.set)
    await session.update(Side.CALLER, Audio(ip="127.0.0.1", port=4000, payloads=(0,)))
    await session.update(Side.TARGET, None)
    async with asyncio.timeout(10):
        await told.wait()
    await session.close()
    await relay.stop()


async def test_a_session_needs_an_audio_first_and_none_after_its_end(relay):
    session = relay.session()
    with pytest.raises(MediaError):
        await session.update(Side.TARGET, None)
    await session.close()
    await session.close()
    with pytest.raises(MediaError):
        await session.update(Side.CALLER, Audio(ip="127.0.0.1", port=4000, payloads=(0,)))


async def test_an_address_of_the_other_ip_version_is_refused_with_a_sentence(relay):
    session = relay.session()
    await session.update(Side.CALLER, Audio(ip="127.0.0.1", port=4000, payloads=(0,)))
    with pytest.raises(MediaError, match="IP version"):
        await session.update(Side.TARGET, Audio(ip="::1", port=4000, payloads=(0,)))
    await session.close()


async def test_an_address_that_is_not_ours_is_told():
    with pytest.raises(MediaError, match=r"192\.0\.2\.1"):
        Relay(("192.0.2.1",)).start()
