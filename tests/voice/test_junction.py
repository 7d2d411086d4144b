"""A caller who meets one target after the other, through the real relay, judged by what arrives."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rtp_party import RtpParty, frequency

from skipline.voice.junction import Junction
from skipline.voice.media import MediaError, Relay, Side
from skipline.voice.prompt_folder import PromptFolder
from skipline.voice.sdp import Endpoint
from skipline.voice.tones import tone

CALLER_HZ, MUSIC_HZ = 1000, 440


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    relay = Relay(("127.0.0.1", "::1"), port_range=(25000, 27998))
    yield relay
    await relay.stop()


class Speaker:
    """A party that sends its tone all the time."""

    def __init__(self, hz: float, ip: str = "127.0.0.1") -> None:
        self.party = RtpParty(ip)  # type: ignore[no-untyped-call]
        self._hz = hz
        self._task: asyncio.Task[None] | None = None

    def send(self, endpoint: Endpoint) -> None:
        """Send from now on."""
        self._task = asyncio.create_task(self.party.send_tone(endpoint, self._hz, 30.0))  # type: ignore[no-untyped-call]

    async def heard(self, seconds: float = 0.4) -> float:
        """The pitch of what arrives from now on; 0 when nothing does."""
        await asyncio.sleep(0.06)
        self.party.heard.clear()
        await asyncio.sleep(seconds)
        return float(frequency(self.party.samples())) if len(self.party.heard) > 5 else 0.0  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Be gone."""
        if self._task is not None:
            self._task.cancel()
        self.party.close()  # type: ignore[no-untyped-call]


@pytest.fixture
async def caller() -> AsyncIterator[Speaker]:
    speaker = Speaker(CALLER_HZ)
    yield speaker
    speaker.stop()


@pytest.fixture
async def first() -> AsyncIterator[Speaker]:
    speaker = Speaker(600)
    yield speaker
    speaker.stop()


@pytest.fixture
async def second() -> AsyncIterator[Speaker]:
    speaker = Speaker(800)
    yield speaker
    speaker.stop()


async def opened(relay: Relay, caller: Speaker) -> Junction:
    """A junction whose caller sends into it, and is heard by nobody."""
    junction = Junction(relay)
    await junction.update(Side.CALLER, caller.party.audio())  # type: ignore[no-untyped-call]
    caller.send(await junction.drop_target())
    return junction


async def test_each_target_takes_the_place_of_the_one_before_though_that_one_sends_on(
    relay: Relay, caller: Speaker, first: Speaker, second: Speaker
) -> None:
    junction = await opened(relay, caller)
    first.send(await junction.begin_target())
    await asyncio.sleep(0.1)  # its packets are there before we know where it is, as early audio is
    await junction.update(Side.TARGET, first.party.audio())  # type: ignore[no-untyped-call]
    assert await caller.heard() == pytest.approx(600, rel=0.05)
    assert await first.heard() == pytest.approx(CALLER_HZ, rel=0.05)
    second.send(await junction.begin_target())
    await junction.update(Side.TARGET, second.party.audio())  # type: ignore[no-untyped-call]
    assert await caller.heard() == pytest.approx(800, rel=0.05)
    assert await second.heard() == pytest.approx(CALLER_HZ, rel=0.05)
    assert await first.heard() == 0.0
    await junction.close()


async def test_nobody_hears_a_caller_whose_target_was_let_go(relay: Relay, caller: Speaker, first: Speaker) -> None:
    junction = await opened(relay, caller)
    first.send(await junction.begin_target())
    await junction.update(Side.TARGET, first.party.audio())  # type: ignore[no-untyped-call]
    assert await first.heard() > 0
    await junction.drop_target()
    assert await first.heard() == 0.0
    assert await caller.heard() == 0.0
    await junction.close()


async def test_caller_and_target_may_be_of_different_ip_versions_and_change_it(
    relay: Relay, caller: Speaker, first: Speaker
) -> None:
    junction = await opened(relay, caller)
    other = Speaker(700, "::1")
    endpoint = await junction.begin_target(is_ipv6=True)
    assert ":" in endpoint.ip
    other.send(endpoint)
    await junction.update(Side.TARGET, other.party.audio())  # type: ignore[no-untyped-call]
    assert await caller.heard() == pytest.approx(700, rel=0.05)
    assert await other.heard() == pytest.approx(CALLER_HZ, rel=0.05)
    other.stop()
    first.send(await junction.begin_target(is_ipv6=False))
    await junction.update(Side.TARGET, first.party.audio())  # type: ignore[no-untyped-call]
    assert await caller.heard() == pytest.approx(600, rel=0.05)
    await junction.close()


async def test_a_prompt_for_one_side_is_not_heard_by_the_other_and_packets_are_counted(
    relay: Relay, caller: Speaker, first: Speaker, tmp_path: Path
) -> None:
    junction = await opened(relay, caller)
    prompt = PromptFolder(tmp_path).keep("a440", tone(MUSIC_HZ, 1.0))
    first.send(await junction.begin_target())
    await junction.update(Side.TARGET, first.party.audio())  # type: ignore[no-untyped-call]
    await junction.play(Side.TARGET, prompt, times=0)
    assert await first.heard() == pytest.approx(MUSIC_HZ, rel=0.05)
    assert await caller.heard() == pytest.approx(600, rel=0.05)
    await junction.stop(Side.TARGET)
    await junction.play(Side.CALLER, prompt, times=0)
    assert await caller.heard() == pytest.approx(MUSIC_HZ, rel=0.05)
    assert await first.heard() == pytest.approx(CALLER_HZ, rel=0.05)
    before = await junction.stats()
    await asyncio.sleep(0.3)
    after = await junction.stats()
    assert after.from_caller - before.from_caller > 5
    assert after.from_target - before.from_target > 5
    await junction.close()


async def test_a_socket_of_ours_may_hear_the_caller(relay: Relay, caller: Speaker, first: Speaker) -> None:
    junction = await opened(relay, caller)
    await junction.connect(Endpoint(first.party.ip, first.party.port))
    assert await first.heard() == pytest.approx(CALLER_HZ, rel=0.05)
    await junction.drop_target()
    assert await first.heard() == 0.0
    await junction.close()
    await junction.close()


async def test_without_a_callers_audio_nobody_can_be_met(relay: Relay) -> None:
    with pytest.raises(MediaError, match="caller's audio first"):
        await Junction(relay).begin_target()
