"""The engine that comes with us, in its real process; and an HTTP engine on a real socket."""

import asyncio
import os
import signal

import pytest
from aiohttp import web

from skipline.voice.pcm import Pcm
from skipline.voice.speech import SpeechFailed
from skipline.voice.speech.espeak import Espeak
from skipline.voice.speech.http import HttpSpeech, HttpSpeechSettings
from skipline.voice.tones import tone
from skipline.voice.wav import write_wav

GREETINGS = {
    "en": "Good morning. You will be connected with your adviser.",
    "es": "Buenos días. Le comunicamos con su asesor.",
    "pt": "Bom dia. Vamos ligar para o seu consultor.",
    "zh": "您好,请稍候,正在为您转接您的顾问。",
    "id": "Selamat pagi. Anda akan dihubungkan dengan penasihat Anda.",
}


@pytest.fixture
async def espeak():
    engine = Espeak()
    yield engine
    await engine.close()


def loudness(pcm):
    return (sum(size * size for size in pcm.samples) / len(pcm.samples)) ** 0.5


async def test_the_five_languages_are_spoken_each_in_its_own_way(espeak):
    spoken = {language: await espeak.render(text, language) for language, text in GREETINGS.items()}
    for pcm in spoken.values():
        assert pcm.rate == 8000
        assert 1.5 < pcm.seconds < 8
        assert loudness(pcm) > 500
    english = await espeak.render(GREETINGS["es"], "en")
    assert english.samples != spoken["es"].samples


async def test_regional_tags_are_taken_and_unknown_ones_told(espeak):
    assert (await espeak.render("Bom dia", "pt-BR")).seconds > 0.3
    assert (await espeak.render("Bom dia", "pt-AO")).seconds > 0.3
    with pytest.raises(SpeechFailed, match="no voice for the language 'tlh'"):
        await espeak.render("nuqneH", "tlh")
    assert (await espeak.render("still here", "en")).seconds > 0.3


async def test_markup_quotes_and_line_ends_are_only_text(espeak):
    assert (await espeak.render('<speak rate="9"> "a"\n{"text": 1}\0[[h@l]] \ud800', "en")).seconds > 0.5


async def test_a_killed_child_is_replaced_without_a_lost_text(espeak):
    await espeak.render("one", "en")
    os.kill(espeak._child.pid, signal.SIGKILL)
    await espeak._child.wait()
    assert (await espeak.render("two", "en")).seconds > 0.2


async def test_a_child_that_hangs_is_given_up_in_time_and_replaced(espeak):
    await espeak.render("one", "en")
    hung = espeak._child
    os.kill(hung.pid, signal.SIGSTOP)
    espeak._render_seconds = 0.3
    with pytest.raises(SpeechFailed, match=r"within 0\.3 s"):
        await espeak.render("two", "en")
    espeak._render_seconds = 10
    assert (await espeak.render("three", "en")).seconds > 0.2
    assert await hung.wait() == -signal.SIGKILL


async def test_a_text_that_nobody_waits_for_any_more_is_not_taken_for_the_next(espeak):
    long, short = "one two three four five six seven eight nine ten " * 20, "one"
    expected = (await espeak.render(short, "en")).seconds
    leaving = asyncio.create_task(espeak.render(long, "en"))
    await asyncio.sleep(0.01)
    leaving.cancel()
    assert (await espeak.render(short, "en")).seconds == pytest.approx(expected)


@pytest.fixture
async def engine():
    """An HTTP speech engine that answers with a tone, or as the text orders."""
    asked = []

    async def speak(request):
        order = await request.json()
        asked.append((order, request.headers.get("x-key")))
        match order["text"]:
            case "slow":
                await asyncio.sleep(1.5)
            case "refused":
                return web.Response(status=401)
            case "elsewhere":
                raise web.HTTPFound("/")
            case "garbage":
                return web.Response(body=b"<html>")
            case "huge":
                return web.Response(body=bytes(21_000_000))
        return web.Response(body=write_wav(Pcm(tone(440, 0.2, rate=16000), 16000)))

    application = web.Application()
    application.router.add_post("/", speak)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/"
    speech = HttpSpeech(
        HttpSpeechSettings(url=url, headers={"x-key": "k"}, voices={"pt": "ines"}, time_limit_seconds=0.5)
    )
    speech.asked = asked
    yield speech
    await speech.close()
    await runner.cleanup()


async def test_an_http_engine_is_asked_with_its_key_and_voice(engine):
    pcm = await engine.render("Bom dia", "pt-BR")
    assert (pcm.rate, pcm.seconds) == (16000, pytest.approx(0.2))
    assert engine.asked == [({"text": "Bom dia", "language": "pt-BR", "voice": "ines"}, "k")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("slow", r"within 0\.5 s"),
        ("refused", "answered 401"),
        ("elsewhere", "answered 302"),
        ("garbage", "no sound"),
        ("huge", "larger than"),
    ],
)
async def test_each_trouble_of_an_http_engine_is_a_sentence(engine, text, says):
    with pytest.raises(SpeechFailed, match=says):
        await engine.render(text, "en")


async def test_an_http_engine_that_is_down_is_told():
    speech = HttpSpeech(HttpSpeechSettings(url="http://127.0.0.1:9/"))
    with pytest.raises(SpeechFailed, match="could not be reached"):
        await speech.render("hello", "en")
    await speech.close()
