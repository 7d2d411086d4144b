"""Sentences about a wait, to be spoken.

Each language is a file beside this one, `words.<language>.json`. A word that depends on a number has the forms of its
language (Unicode CLDR plural rules, cardinal): `one` and `other`, or `other` alone. `language_for` says in which
language a sentence comes when the wanted one is not among ours.
"""

import json
from collections.abc import Mapping
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from skipline.model.queueing import Entry, Estimate

LANGUAGES = ("en", "es", "pt", "zh", "id")
_HALF_A_MINUTE, _MINUTE, _HOUR = 30.0, 60.0, 3600.0
_AS_MANY_SECONDS = 90.0
"""Up to here a time is told in seconds, beyond in whole minutes."""

# CLDR 46: Portuguese has one form for 0 and 1, English and Spanish for 1; Chinese and Indonesian have no forms.
_ONES: Mapping[str, frozenset[int]] = {"en": frozenset({1}), "es": frozenset({1}), "pt": frozenset({0, 1})}


class Sentence(NamedTuple):
    """Words with the language in which to say them."""

    text: str
    language: str


def language_for(wanted: str) -> str:
    """The one of our languages that fits a language tag (RFC 5646) best: `pt` for `pt-BR`, English when none does."""
    own = _plain_tag(wanted).partition("-")[0]
    return own if own in LANGUAGES else "en"


def position(position: int, language: str) -> str:
    """A caller's place in line; 1 is next."""
    words = _words(language)
    return str(words["next"]) if position <= 1 else words["position"].format(position=position)


def wait(estimate: Estimate, language: str) -> str:
    """The wait to be expected, as a band: its ends are rounded up, to half a minute and to whole minutes."""
    words = _words(language)["wait"]
    low, high = ceil(estimate.low / _MINUTE), ceil(estimate.high / _MINUTE)
    if estimate.high <= _MINUTE:
        return str(words["half_a_minute" if estimate.high <= _HALF_A_MINUTE else "a_minute"])
    if estimate.low >= _HOUR:
        return str(words["an_hour"])
    if low >= high:
        return _form(words["about"], high, language).format(minutes=high)
    return _form(words["between"], high, language).format(low=max(1, low), high=high)


def comfort(own: Mapping[str, str], language: str) -> Sentence | None:
    """The queue's own words of comfort in this language; ours when it has them in other languages alone. None when it
    has none at all."""
    if not own:
        return None
    texts = {_plain_tag(tag): text for tag, text in own.items()}
    wanted = _plain_tag(language)
    text = texts.get(wanted) or texts.get(wanted.partition("-")[0])
    return Sentence(text, language) if text else Sentence(str(_words(language)["comfort"]), language_for(language))


def whisper(entry: Entry, waited_seconds: float, language: str = "en") -> str:
    """What an agent hears before the contact: `Gold: Ana de Vries, waiting 40 seconds.`"""
    words = _words(language)["whisper"]
    parts = (words["call_back"] if entry.is_call_back else "", _capital(entry.place.tier), entry.contact_name.strip())
    who = words["between"].join(part for part in parts if part) or words["somebody"]
    if waited_seconds < 1:
        return str(words["at_once"].format(who=who))
    return str(words["waited"].format(who=who, wait=_duration(waited_seconds, language)))


def call_back_taken(language: str) -> str:
    """What a caller hears who will be called back."""
    return str(_words(language)["call_back_taken"])


def voicemail_greeting(language: str) -> str:
    """What a caller hears before the beep, when the flow has no words of its own."""
    return str(_words(language)["voicemail_greeting"])


def _duration(seconds: float, language: str) -> str:
    words = _words(language)["duration"]
    if seconds < _AS_MANY_SECONDS:
        count = max(1, int(seconds))
        return _form(words["seconds"], count, language).format(count=count)
    count = round(seconds / _MINUTE)
    return _form(words["minutes"], count, language).format(count=count)


def _form(forms: Mapping[str, str], count: int, language: str) -> str:
    """The form of a word for this number."""
    is_one = count in _ONES.get(language_for(language), frozenset())
    return forms["one"] if is_one and "one" in forms else forms["other"]


def _capital(tier: str) -> str:
    plain = " ".join(tier.replace("_", " ").split())
    return plain[:1].upper() + plain[1:]


def _plain_tag(language: str) -> str:
    return language.strip().lower().replace("_", "-")


def _words(language: str) -> dict[str, Any]:
    return _read(language_for(language))


@cache
def _read(language: str) -> dict[str, Any]:
    text = (Path(__file__).parent / f"words.{language}.json").read_text(encoding="utf-8")
    words: dict[str, Any] = json.loads(text)
    return words
