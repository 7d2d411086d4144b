"""Guesses the language of a short text, without a model: scripts tell most languages of their own, and the smallest
words tell the others. It says nothing rather than something wrong."""

import re
from collections import Counter
from collections.abc import Mapping

_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 400
"""Characters that are looked at."""

_SCRIPTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\u3040-\u30ff]"), "ja"),  # kana: before Han, which Japanese has as well
    (re.compile(r"[\uac00-\ud7af]"), "ko"),
    (re.compile(r"[\u4e00-\u9fff]"), "zh"),
    (re.compile(r"[\u0e00-\u0e7f]"), "th"),
    (re.compile(r"[\u0590-\u05ff]"), "he"),
    (re.compile(r"[\u0370-\u03ff]"), "el"),
)

_SMALL_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and is are you my for what how with have can please hello hi thanks thank where when i this that "
        "not",
        "es": "el los las una y es está estoy mi por para qué cómo con tengo puedo favor hola gracias dónde cuándo "
        "quiero muy pero su buenas buenos días tardes pedido",
        "pt": "os as uma e é está estou meu minha por para quê com tenho posso favor olá oi obrigado obrigada onde "
        "quando quero não muito mas você bom boa dia tarde noite pedido",
        "id": "yang dan di ini itu saya anda tidak bisa mohon tolong halo selamat pagi siang sore malam terima kasih "
        "dengan untuk apa bagaimana kapan dimana sudah belum mau",
        "nl": "de het een en is ben ik je mijn voor wat hoe met heb kan graag hallo hoi bedankt dank waar wanneer niet "
        "dat dit goedemorgen",
        "fr": "le les une et est suis je mon ma pour quoi comment avec puis bonjour salut merci où quand pas vous mais "
        "dans commande",
        "de": "der die das ein eine und ist bin ich mein meine für was wie mit habe kann bitte hallo danke wo wann "
        "nicht guten",
        "it": "il gli una e è sono mio mia per che come con ho posso favore ciao buongiorno grazie dove quando non ma "
        "vorrei",
    }.items()
}


def guess_language(text: str) -> str:
    """The language of `text` (two letters); empty when it is not plain."""
    shown = text[:_LONGEST]
    for script, language in _SCRIPTS:
        if len(script.findall(shown)) >= 2:
            return language
    words = _WORD.findall(shown.casefold())
    points = Counter({language: sum(word in small for word in words) for language, small in _SMALL_WORDS.items()})
    (first, most), (_, next_most) = points.most_common(2)
    return first if most >= 2 and most > next_most else ""
