"""Prompts from real engines and real files, judged by what they sound like."""

import asyncio
import os
from array import array

import pytest
from rtp_party import frequency

from skipline.voice.g711 import law_for
from skipline.voice.pcm import Pcm
from skipline.voice.prompt_folder import PromptFolder
from skipline.voice.prompts import PromptFailed, Prompts
from skipline.voice.speech import SpeechFailed
from skipline.voice.tones import tone
from skipline.voice.wav import write_wav


class CountingSpeech:
    """Speaks a tone, counts how often, fails on demand."""

    name = "counting"

    def __init__(self):
        self.asked = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def render(self, text, language):
        self.asked.append((text, language))
        await self.may_go_on.wait()
        if text == "broken":
            raise SpeechFailed("the voice is hoarse")
        return Pcm(tone(440, 0.5, rate=8000), 8000)

    async def close(self):
        pass


@pytest.fixture
async def speech():
    return CountingSpeech()


@pytest.fixture
async def prompts(tmp_path, speech):
    (tmp_path / "audio").mkdir()
    made = Prompts(tmp_path / "cache", speech=speech, audio_folder=tmp_path / "audio")
    yield made
    await made.close()


def sound(prompt, payload=0):
    return law_for(payload).decode(prompt.path.with_name(f"{prompt.path.name}.{payload}").read_bytes())


@pytest.mark.parametrize("payload", [0, 8])
async def test_a_spoken_text_is_kept_in_both_laws(prompts, payload):
    prompt = await prompts.speech("hello")
    assert frequency(sound(prompt, payload)) == pytest.approx(440, rel=0.02)
    assert prompt.seconds == pytest.approx(0.5)


async def test_a_text_is_rendered_once_also_for_many_at_once_and_after_a_restart(prompts, speech, tmp_path):
    first, second, _ = await asyncio.gather(*(prompts.speech("hello") for _ in range(3)))
    assert first == second
    again = await Prompts(tmp_path / "cache", speech=speech).speech(" hello\n")
    assert again == first
    assert speech.asked == [("hello", "en")]
    await prompts.speech("hello", "es")
    assert speech.asked[1:] == [("hello", "es")]


async def test_a_caller_who_leaves_does_not_take_the_prompt_from_the_next(prompts, speech):
    speech.may_go_on.clear()
    leaving = asyncio.create_task(prompts.speech("hello"))
    staying = asyncio.create_task(prompts.speech("hello"))
    await asyncio.sleep(0.01)
    leaving.cancel()
    speech.may_go_on.set()
    assert (await staying).seconds == pytest.approx(0.5)
    assert len(speech.asked) == 1


@pytest.mark.parametrize(
    ("text", "says"), [("broken", "hoarse"), (" \n", "nothing to say"), ("x" * 2001, "2001 characters")]
)
async def test_a_text_that_cannot_be_spoken_is_told_and_the_next_one_goes_well(prompts, text, says):
    with pytest.raises(PromptFailed, match=says):
        await prompts.speech(text)
    assert (await prompts.speech("hello")).seconds > 0


@pytest.mark.parametrize("rate", [8000, 44100])
async def test_a_wav_of_any_rate_becomes_a_prompt(prompts, rate):
    (prompts.audio_folder / "welcome tune.wav").write_bytes(write_wav(Pcm(tone(600, 0.3, rate=rate), rate)))
    prompt = await prompts.audio("welcome tune")
    assert prompt.seconds == pytest.approx(0.3, abs=0.001)
    assert frequency(sound(prompt)) == pytest.approx(600, rel=0.02)


async def test_a_changed_file_is_heard_as_it_is_now(prompts):
    file = prompts.audio_folder / "tune.wav"
    file.write_bytes(write_wav(Pcm(tone(600, 0.3), 8000)))
    await prompts.audio("tune")
    file.write_bytes(write_wav(Pcm(tone(900, 0.3), 8000)))
    assert frequency(sound(await prompts.audio("tune"))) == pytest.approx(900, rel=0.02)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing", "No such file"),
        ("../secret", "without folder"),
        ("/etc/passwd", "without folder"),
        ("", "cannot name"),
    ],
)
async def test_an_audio_that_is_not_there_is_told(prompts, tmp_path, name, says):
    (tmp_path / "secret.wav").write_bytes(write_wav(Pcm(tone(600, 0.3), 8000)))
    with pytest.raises(PromptFailed, match=says):
        await prompts.audio(name)


async def test_an_audio_without_an_audio_folder_is_told(tmp_path, speech):
    with pytest.raises(PromptFailed, match="no audio folder is set"):
        await Prompts(tmp_path, speech=speech).audio("welcome")


async def test_an_unchanged_audio_is_made_again_when_its_prompt_made_room(prompts):
    (prompts.audio_folder / "tune.wav").write_bytes(write_wav(Pcm(tone(600, 0.5), 8000)))
    first = await prompts.audio("tune")
    first.path.with_name(f"{first.path.name}.8").unlink()
    again = await prompts.audio("tune")
    assert again == first
    assert frequency(sound(again, 8)) == pytest.approx(600, rel=0.02)


async def test_a_file_that_is_no_wav_is_told_by_the_child_that_read_it(prompts):
    (prompts.audio_folder / "song.wav").write_bytes(b"ID3 not really")
    with pytest.raises(PromptFailed, match="not a WAV file"):
        await prompts.audio("song")


async def test_ringback_is_ready_to_be_repeated(prompts):
    prompt = await prompts.ringback()
    assert prompt.seconds == 5
    assert frequency(sound(prompt)[:8000]) == pytest.approx(425, rel=0.02)


def test_half_a_prompt_is_not_found(tmp_path):
    folder = PromptFolder(tmp_path)
    prompt = folder.keep("whole", tone(440, 0.1))
    assert folder.find("whole") == prompt
    prompt.path.with_name("whole.8").unlink()
    assert folder.find("whole") is None


def test_the_least_recently_used_prompts_make_room(tmp_path):
    folder = PromptFolder(tmp_path, largest_bytes=5000)
    for number, name in enumerate(("old", "used", "new")):
        prompt = folder.keep(name, array("h", bytes(2000)))
        for law in (".0", ".8"):
            os.utime(prompt.path.with_name(name + law), (1000 + number, 1000 + number))
    assert folder.find("old") is None
    folder = PromptFolder(tmp_path, largest_bytes=5000)
    assert folder.find("used") is not None
    folder.keep("newest", array("h", bytes(2000)))
    assert folder.find("newest") is not None
    assert folder.find("used") is not None
    assert folder.find("new") is None
    assert len(list(tmp_path.iterdir())) == 4
