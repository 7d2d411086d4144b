"""The music that comes along, and music that goes on where it was interrupted."""

from pathlib import Path

import pytest

from skipline.voice.pcm import Pcm
from skipline.voice.phone import loudness
from skipline.voice.prompts import STEP_SECONDS, Prompts
from skipline.voice.tones import tone
from skipline.voice.tune import tune


class NoSpeech:
    name = "none"

    async def render(self, text: str, language: str) -> Pcm:
        raise AssertionError(text)

    async def close(self) -> None:
        pass


@pytest.fixture
def prompts(tmp_path: Path) -> Prompts:
    return Prompts(tmp_path / "cache", speech=NoSpeech())


def test_the_tune_is_never_silent_never_harsh_and_ends_where_it_begins() -> None:
    samples = tune()
    assert len(samples) == 48 * 8000
    assert max(abs(one) for one in samples) < 16_000
    parts = [loudness(samples[start : start + 1600]) for start in range(0, len(samples), 1600)]
    assert min(parts) > 500
    assert max(parts) < 5_000
    assert abs(samples[-1] - samples[0]) < 1_000


async def test_it_is_made_once_and_kept(prompts: Prompts, tmp_path: Path) -> None:
    made = await prompts.tune()
    assert made.seconds == 48.0
    assert await Prompts(tmp_path / "cache", speech=NoSpeech()).tune() == made
    assert len(list((tmp_path / "cache").iterdir())) == 2


async def test_music_goes_on_from_the_step_before_the_interruption_and_keeps_its_length(prompts: Prompts) -> None:
    half = STEP_SECONDS
    music = await prompts.tone(tone(440, half) + tone(600, half))
    turned = await prompts.from_second(music, 3 * half + 1.0)
    assert turned.seconds == music.seconds
    coded = turned.path.with_name(turned.path.name + ".0").read_bytes()
    original = music.path.with_name(music.path.name + ".0").read_bytes()
    assert coded == original[len(original) // 2 :] + original[: len(original) // 2]
    assert await prompts.from_second(music, half + 3.9) == turned
    assert await prompts.from_second(music, 1.0) == music
