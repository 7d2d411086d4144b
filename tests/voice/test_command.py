from skipline.voice.command import read_arguments, settings_of, speech_of
from skipline.voice.speech.espeak import Espeak
from skipline.voice.speech.http import HttpSpeech


async def test_a_speech_engine_of_ones_own_takes_the_place_of_the_one_that_comes_along() -> None:
    given = read_arguments(["--socket=s", "--cache=c", "--sip=[::1]:0", "--speech-url=http://127.0.0.1:1/speak"])
    assert settings_of(given).media_addresses == ["::1"]
    speech = speech_of(given.speech_url)
    assert isinstance(speech, HttpSpeech)
    assert speech.name.startswith("http http://127.0.0.1:1/speak")
    assert isinstance(speech_of(""), Espeak)
