"""What callers and targets really hear, through a real worker: straight, relayed, and after we answered ourselves."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from fake_centre import CARRIER, NUMBER, FakeCentre, WorkerProcess, configuration, connected

from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import ForwardCall, HangUp, PlayAudio, SayText
from skipline.model.configuration import Media, VoiceConfiguration
from skipline.model.events import CallArrived, CallConnected, CallEnded, ForwardEnded, PromptEnded, TargetRang
from skipline.model.ids import CallId
from skipline.voice.pcm import Pcm
from skipline.voice.phone import Manners, Phone, PhoneCall, hear, loudness
from skipline.voice.sdp import read_sdp
from skipline.voice.tones import tone
from skipline.voice.wav import write_wav

CALLER_HZ, TARGET_HZ, PROMPT_HZ, RINGING_HZ = 1000, 550, 700, 425


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    started = WorkerProcess.start(tmp_path_factory.mktemp("worker"))
    yield started
    assert started.stop() == 0
    assert "call_task_failed" not in started.log.read_text()


@pytest.fixture(scope="module")
def audio_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audio")
    (folder / "notice.wav").write_bytes(write_wav(Pcm(tone(PROMPT_HZ, 0.8), 8000)))
    return folder


@pytest.fixture
async def target() -> AsyncIterator[Phone]:
    phone = Phone(manners=Manners(ring_seconds=0.2, sound=tone(TARGET_HZ, 1.0)))
    await phone.start()
    yield phone
    await phone.stop()


@asynccontextmanager
async def calling(centre: FakeCentre, sound: "array[int] | None" = None) -> AsyncIterator[tuple[PhoneCall, CallId]]:
    """A caller with a tone of its own; the call is at the centre when this begins."""
    phone = Phone()
    await phone.start()
    host, port = centre.sip[0]
    try:
        call = phone.call(f"sip:{NUMBER}@{host}:{port}", caller="+31611111111", sound=sound or tone(CALLER_HZ, 1.0))
        arrived = await centre.next(CallArrived)
        yield call, arrived.call.id
    finally:
        await phone.stop()
    await centre.next(CallEnded)


async def until(is_true: Callable[[], bool], what: str) -> None:
    for _ in range(300):
        if is_true():
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"never happened: {what}")


def is_near(heard: float | None, wanted: float) -> bool:
    return heard is not None and abs(heard - wanted) < 15


async def hear_each_other(caller: PhoneCall, callee: PhoneCall) -> None:
    await until(lambda: is_near(caller.heard_hz, TARGET_HZ), f"the caller hears the target ({caller.heard_hz})")
    await until(lambda: is_near(callee.heard_hz, CALLER_HZ), f"the target hears the caller ({callee.heard_hz})")


@pytest.mark.parametrize("media", [Media.DIRECT, Media.RELAY])
async def test_caller_and_target_hear_each_other(worker: WorkerProcess, target: Phone, media: Media) -> None:
    settings = configuration(msgspec.structs.replace(CARRIER, media=media))
    async with connected(worker, settings) as centre, calling(centre) as (caller, call):
        centre.do(call, ForwardCall(targets=(target.uri,)))
        await centre.next(CallConnected)
        await hear_each_other(caller, target.calls[0])
        own = read_sdp(caller.leg.local_sdp or "").port if caller.leg else 0
        offered = read_sdp(target.calls[0].invite.sdp or "").port if target.calls[0].invite else 0
        assert (offered == own) == (media is Media.DIRECT)
        caller.hold()
        await until(lambda: target.calls[0].heard_hz is not None and not caller.ended.is_set(), "the talk is held")
        caller.resume()
        await hear_each_other(caller, target.calls[0])
        target.calls[0].hang_up()
        assert (await centre.next(ForwardEnded)).end is TryEnd.ANSWERED
        assert (await centre.next(CallEnded)).by is EndedBy.TARGET


async def test_a_prompt_then_ringing_then_the_target(worker: WorkerProcess, target: Phone, audio_folder: Path) -> None:
    settings = configuration(audio_folder=str(audio_folder))
    target.manners = Manners(ring_seconds=2.0, sound=tone(TARGET_HZ, 1.0))
    async with connected(worker, settings) as centre, calling(centre) as (caller, call):
        centre.do(call, PlayAudio(audio="notice"))
        assert (await centre.next(PromptEnded)).problem == ""
        centre.do(call, ForwardCall(targets=(target.uri,)))
        await centre.next(TargetRang)
        await centre.next(CallConnected)
        await hear_each_other(caller, target.calls[0])
        heard = [stretch.hz for stretch in hear(caller.heard) if stretch.hz]
        places = [next((i for i, hz in enumerate(heard) if is_near(hz, one)), -1) for one in (PROMPT_HZ, RINGING_HZ)]
        assert 0 <= places[0] < places[1] < len(heard) - 1
        assert is_near(heard[-1], TARGET_HZ)
        assert [moment.code for moment in caller.timeline if moment.code >= 180] == [180, 200]
        centre.do(call, HangUp())
        assert (await centre.next(CallEnded)).by is EndedBy.FLOW
        await asyncio.wait_for(target.calls[0].ended.wait(), 5)


async def test_speech_is_heard_and_its_end_is_told(worker: WorkerProcess) -> None:
    async with connected(worker) as centre, calling(centre) as (caller, call):
        command = centre.do(call, SayText(text="One moment please, we are looking for you.", language="en"))
        ended = await centre.next(PromptEnded, call=call)
        assert (ended.command, ended.problem) == (command, "")
        assert loudness(caller.heard) > 300
        assert len(caller.heard) > 8000
        caller.hang_up()
        assert (await centre.next(CallEnded)).by is EndedBy.CALLER


async def test_a_prompt_that_cannot_be_made_says_why_and_the_caller_only_hears_ringing(worker: WorkerProcess) -> None:
    async with connected(worker) as centre, calling(centre) as (caller, call):
        centre.do(call, PlayAudio(audio="missing"))
        assert "'missing'" in (await centre.next(PromptEnded, call=call)).problem
        assert not caller.answered.is_set()
        centre.do(call, HangUp(code=480))
        await asyncio.wait_for(caller.ended.wait(), 5)
        assert caller.code == 480


async def test_a_caller_who_leaves_during_a_prompt_ends_the_call_once(
    worker: WorkerProcess, audio_folder: Path
) -> None:
    settings = configuration(audio_folder=str(audio_folder))
    async with connected(worker, settings) as centre, calling(centre) as (caller, call):
        centre.do(call, PlayAudio(audio="notice"))
        await asyncio.wait_for(caller.answered.wait(), 5)
        caller.hang_up()
        await centre.next(CallEnded, call=call)
        centre.do(call, PlayAudio(audio="notice"))
        await asyncio.sleep(0.2)
        assert [type(event) for event in centre.events] == [CallArrived, CallEnded]


async def test_early_audio_of_a_target_is_heard_by_a_caller_who_was_answered(
    worker: WorkerProcess, target: Phone, audio_folder: Path
) -> None:
    settings: VoiceConfiguration = configuration(audio_folder=str(audio_folder))
    target.manners = Manners(ring_seconds=3.0, sound=tone(TARGET_HZ, 1.0), has_early_audio=True)
    async with connected(worker, settings) as centre, calling(centre) as (caller, call):
        centre.do(call, PlayAudio(audio="notice"))
        await centre.next(PromptEnded)
        centre.do(call, ForwardCall(targets=(target.uri,)))
        await until(lambda: is_near(caller.heard_hz, TARGET_HZ), "early audio is heard")
        assert not target.calls[0].answered.is_set()
        caller.hang_up()
        assert (await centre.next(CallEnded)).by is EndedBy.CALLER
        await asyncio.wait_for(target.calls[0].ended.wait(), 5)


@pytest.mark.parametrize("media", [Media.DIRECT, Media.RELAY])
async def test_after_a_talk_the_flow_may_go_on_with_a_prompt_and_another_target(
    worker: WorkerProcess, target: Phone, audio_folder: Path, media: Media
) -> None:
    settings = configuration(msgspec.structs.replace(CARRIER, media=media), audio_folder=str(audio_folder))
    async with connected(worker, settings) as centre, calling(centre) as (caller, call):
        centre.do(call, ForwardCall(targets=(target.uri,)))
        await centre.next(CallConnected)
        await hear_each_other(caller, target.calls[0])
        target.calls[0].hang_up()
        await centre.next(ForwardEnded)
        centre.do(call, PlayAudio(audio="notice"))
        await until(lambda: is_near(caller.heard_hz, PROMPT_HZ), "the prompt is heard after the talk")
        assert (await centre.next(PromptEnded)).problem == ""
        centre.do(call, ForwardCall(targets=(target.uri,)))
        await centre.next(CallConnected, nth=2)
        await hear_each_other(caller, target.calls[1])
        caller.hang_up()
        assert (await centre.next(CallEnded)).by is EndedBy.CALLER
        await asyncio.wait_for(target.calls[1].ended.wait(), 5)
