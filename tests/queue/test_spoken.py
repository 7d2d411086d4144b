"""Sentences about a wait: right numbers, right forms, in every language."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from skipline.model.ids import EntryId
from skipline.model.queueing import Entry, Estimate, Place
from skipline.queue.spoken import sentences
from skipline.queue.spoken.sentences import LANGUAGES

FOLDER = Path(sentences.__file__).parent
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def _entry(tier: str = "gold", name: str = "Ana de Vries", *, is_call_back: bool = False) -> Entry:
    place = Place(queue="vip", tier=tier)
    return Entry(id=EntryId("call1:1"), joined_at=NOON, place=place, contact_name=name, is_call_back=is_call_back)


def _band(low: float, high: float) -> Estimate:
    return Estimate(seconds=(low + high) / 2, low=low, high=high)


def _shape(words: Any) -> Any:
    """The keys at every depth but for the forms of a number, and the holes in each text."""
    if isinstance(words, str):
        return sorted(re.findall(r"{\w+}", words))
    if "other" in words:
        return _shape(words["other"])
    return {key: _shape(value) for key, value in words.items()}


def test_every_language_says_the_same_things() -> None:
    assert sorted(file.name for file in FOLDER.glob("*.json")) == sorted(f"words.{one}.json" for one in LANGUAGES)
    shapes = [_shape(json.loads((FOLDER / f"words.{one}.json").read_text(encoding="utf-8"))) for one in LANGUAGES]
    assert shapes == [shapes[0]] * len(LANGUAGES)


@pytest.mark.parametrize(
    ("place", "language", "said"),
    [
        (1, "en", "You are next in line."),
        (3, "en", "You are number 3 in line."),
        (2, "es-MX", "Está en el lugar número 2 de la fila."),
        (1, "pt_BR", "A sua chamada é a próxima."),
        (12, "zh", "您目前排在第12位。"),
        (4, "id", "Anda berada di urutan ke-4 dalam antrean."),
        (4, "nl", "You are number 4 in line."),
        (1, "", "You are next in line."),
    ],
)
def test_a_place_in_line_is_told(place: int, language: str, said: str) -> None:
    assert sentences.position(place, language) == said


@pytest.mark.parametrize(
    ("low", "high", "language", "said"),
    [
        (0, 12, "en", "Your wait is less than half a minute."),
        (0, 30, "en", "Your wait is less than half a minute."),
        (20, 31, "en", "Your wait is less than a minute."),
        (20, 61, "en", "Your wait is between 1 and 2 minutes."),
        (0, 80, "en", "Your wait is between 1 and 2 minutes."),
        (61, 118, "en", "Your wait is about 2 minutes."),
        (130, 250, "en", "Your wait is between 3 and 5 minutes."),
        (3600, 5000, "en", "Your wait is more than an hour."),
        (130, 250, "es", "Su espera es de entre 3 y 5 minutos."),
        (61, 118, "pt", "Sua espera é de aproximadamente 2 minutos."),
        (61, 118, "zh", "预计等待时间约2分钟。"),
        (130, 250, "id", "Waktu tunggu Anda antara 3 dan 5 menit."),
    ],
)
def test_a_band_is_rounded_up_and_told(low: float, high: float, language: str, said: str) -> None:
    assert sentences.wait(_band(low, high), language) == said


@pytest.mark.parametrize(
    ("seconds", "language", "said"),
    [
        (40.9, "en", "Gold: Ana de Vries, waiting 40 seconds."),
        (1.2, "en", "Gold: Ana de Vries, waiting 1 second."),
        (0.4, "en", "Gold: Ana de Vries."),
        (90, "en", "Gold: Ana de Vries, waiting 2 minutes."),
        (200, "es", "Gold: Ana de Vries, espera desde hace 3 minutos."),
        (1, "pt", "Gold: Ana de Vries, esperando há 1 segundo."),
        (40, "zh", "Gold：Ana de Vries，已等待40秒。"),  # noqa: RUF001
        (40, "id", "Gold: Ana de Vries, sudah menunggu 40 detik."),
    ],
)
def test_an_agent_hears_who_comes(seconds: float, language: str, said: str) -> None:
    assert sentences.whisper(_entry(), seconds, language) == said


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (_entry("", ""), "A caller, waiting 5 seconds."),
        (_entry("", "Ana"), "Ana, waiting 5 seconds."),
        (_entry("very_important", ""), "Very important, waiting 5 seconds."),
        (_entry(is_call_back=True), "Call-back: Gold: Ana de Vries, waiting 5 seconds."),
    ],
)
def test_what_is_not_known_of_a_contact_is_left_out(entry: Entry, said: str) -> None:
    assert sentences.whisper(entry, 5) == said


def test_comfort_is_the_queues_own_where_it_has_the_language() -> None:
    own = {"en": "Hold on.", "pt-BR": "Um momento."}
    assert sentences.comfort(own, "en-GB") == ("Hold on.", "en-GB")
    assert sentences.comfort(own, "pt_br") == ("Um momento.", "pt_br")
    assert sentences.comfort(own, "es-MX") == ("Gracias por esperar. Le atenderemos lo antes posible.", "es")
    assert sentences.comfort({**own, "nl": "Een moment."}, "nl") == ("Een moment.", "nl")
    assert sentences.comfort({}, "en") is None


def test_the_language_of_a_sentence_can_be_known_before() -> None:
    assert [sentences.language_for(tag) for tag in ("pt-BR", "ZH_hans", "nl", "", "en")] == [
        "pt",
        "zh",
        "en",
        "en",
        "en",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_goodbyes_and_greetings_are_sentences(language: str) -> None:
    for text in (sentences.call_back_taken(language), sentences.voicemail_greeting(language)):
        assert text.endswith((".", "。"))
        assert "{" not in text
