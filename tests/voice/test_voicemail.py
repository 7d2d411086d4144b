"""Callers leave messages: a real worker, real audio, and the files judged by what they sound like."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
from fake_centre import FakeCentre, WorkerProcess, configuration, connected
from waiting_room import calling, is_near, music_folder, until

from skipline.model.commands import HangUp, PlayAudio, RecordVoicemail
from skipline.model.events import CallEnded, PromptEnded, VoicemailRecorded
from skipline.voice.phone import hear, pitch
from skipline.voice.tones import silence, tone
from skipline.voice.wav import read_wav

VOICE_HZ = 700


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    started = WorkerProcess.start(tmp_path_factory.mktemp("worker"))
    yield started
    assert started.stop() == 0
    assert "call_task_failed" not in started.log.read_text(), started.log.read_text()


@pytest.fixture
async def centre(worker: WorkerProcess, tmp_path: Path) -> AsyncIterator[FakeCentre]:
    settings = configuration(audio_folder=str(music_folder(tmp_path / "audio")))
    settings = msgspec.structs.replace(settings, voicemail_folder=str(tmp_path / "voice mail"))
    async with connected(worker, settings) as found:
        yield found


def message(tmp_path: Path, recorded: VoicemailRecorded) -> "tuple[float, float | None]":
    """The length of a message, and the pitch in its middle."""
    pcm = read_wav((tmp_path / "voice mail" / recorded.file).read_bytes())
    assert pcm.rate == 8000
    return pcm.seconds, pitch(pcm.samples)


async def test_a_message_ended_by_hanging_up_is_kept_and_told_before_the_calls_end(
    centre: FakeCentre, tmp_path: Path
) -> None:
    async with calling(centre, tone(VOICE_HZ, 1.0)) as (caller, call):
        command = centre.do(call, RecordVoicemail())
        await until(lambda: any(is_near(one.hz, 1000) for one in hear(caller.heard)), "a beep is heard")
        await asyncio.sleep(2.0)
        caller.hang_up()
        recorded = await centre.next(VoicemailRecorded)
        assert (recorded.call, recorded.command, recorded.problem) == (call, command, "")
        seconds, hz = message(tmp_path, recorded)
        assert is_near(hz, VOICE_HZ)
        assert 1.0 < seconds < 4.0
        assert recorded.seconds == pytest.approx(seconds)
        await centre.next(CallEnded)
        kinds = [type(event) for event in centre.events]
        assert kinds[-2:] == [VoicemailRecorded, CallEnded]
        assert [file.name for file in (tmp_path / "voice mail").iterdir()] == [recorded.file]


async def test_the_beep_is_not_in_the_message_and_the_caller_is_sent_silence(
    centre: FakeCentre, tmp_path: Path
) -> None:
    async with calling(centre, tone(VOICE_HZ, 1.0)) as (caller, call):
        centre.do(call, RecordVoicemail())
        await asyncio.wait_for(caller.answered.wait(), 5)
        await asyncio.sleep(1.5)
        assert [round(one.hz or 0, -2) for one in hear(caller.heard)][-1] == 0
        before = caller.packets_heard
        await asyncio.sleep(0.5)
        assert caller.packets_heard > before + 10
        await caller.press("1#")
        recorded = await centre.next(VoicemailRecorded)
        assert not caller.ended.is_set()
        pcm = read_wav((tmp_path / "voice mail" / recorded.file).read_bytes())
        assert {round(one.hz or 0, -2) for one in hear(pcm.samples)} <= {VOICE_HZ, 0}
        centre.do(call, PlayAudio(audio="tone"))
        assert (await centre.next(PromptEnded)).problem == ""


async def test_silence_ends_a_message_and_is_cut_off(centre: FakeCentre, tmp_path: Path) -> None:
    async with calling(centre, tone(VOICE_HZ, 1.0)) as (caller, call):
        centre.do(call, RecordVoicemail(silence_seconds=1.0))
        await until(lambda: any(is_near(one.hz, 1000) for one in hear(caller.heard)), "a beep is heard")
        await asyncio.sleep(1.5)
        caller.play(silence(1.0))
        recorded = await centre.next(VoicemailRecorded)
        assert not caller.ended.is_set()
        assert message(tmp_path, recorded)[0] < 3.0
        centre.do(call, HangUp())


async def test_a_message_is_no_longer_than_it_may_be(centre: FakeCentre, tmp_path: Path) -> None:
    async with calling(centre, tone(VOICE_HZ, 1.0)) as (_, call):
        centre.do(call, RecordVoicemail(most_seconds=1.0))
        recorded = await centre.next(VoicemailRecorded)
        assert message(tmp_path, recorded)[0] == pytest.approx(1.0)


@pytest.mark.parametrize("hangs_up", [True, False])
async def test_a_caller_who_says_nothing_leaves_no_file(centre: FakeCentre, tmp_path: Path, hangs_up: bool) -> None:
    async with calling(centre, silence(1.0)) as (caller, call):
        centre.do(call, RecordVoicemail(silence_seconds=1.0))
        await asyncio.wait_for(caller.answered.wait(), 5)
        if hangs_up:
            caller.hang_up()
        recorded = await centre.next(VoicemailRecorded)
        assert (recorded.file, recorded.seconds, recorded.problem) == ("", 0.0, "")
        assert not (tmp_path / "voice mail").exists()


async def test_a_message_that_cannot_be_kept_says_why(worker: WorkerProcess, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for folder, problem in (("", "no voicemail folder is set"), (str(tmp_path / "file"), "could not be written")):
        settings = msgspec.structs.replace(configuration(), voicemail_folder=folder)
        async with connected(worker, settings) as centre, calling(centre, tone(VOICE_HZ, 1.0)) as (_, call):
            centre.do(call, RecordVoicemail(most_seconds=0.5))
            recorded = await centre.next(VoicemailRecorded, call=call)
            assert problem in recorded.problem
            assert recorded.file == ""
