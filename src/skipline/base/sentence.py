"""Sentences for people: written in English where they arise, and said in the language of whoever reads them.

A sentence remembers its pattern and what stands in it. Translations are found by the pattern, in files
`sentences.LANGUAGE.json` beside the code that says it; the tests hold that every pattern has one in every language.
"""

import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

ENGLISH = "en"


class Sentence(str):
    """An English text that can be said in other languages, see `say` and `in_language`."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, Any]

    @classmethod
    def made_of(cls, pattern: str, values: Mapping[str, Any]) -> Self:
        """The sentence in English."""
        sentence = cls(pattern.format_map(values))
        sentence.pattern, sentence.values = pattern, values
        return sentence


class Named(str):
    """A name that its owner has in several languages, such as the title of a step; the text itself is English."""

    __slots__ = ("others",)
    others: Mapping[str, str]

    @classmethod
    def with_others(cls, name: str, others: Mapping[str, str]) -> Self:
        """The name, and what it is in other languages; English where one is missing."""
        named = cls(name)
        named.others = others
        return named


def say(pattern: str, /, **values: Any) -> Sentence:
    """A sentence by its English `pattern`, a literal in the form of `str.format`. Values are data, whatever stands in
    them; those that are sentences themselves are said in the same language as the whole."""
    return Sentence.made_of(pattern, values)


def either(choice: Iterable[object]) -> str:
    """`a, b or c`."""
    *others, last = map(_as_it_is, choice)
    return say("{others} or {last}", others=chained(others), last=last) if others else last


def all_of(several: Iterable[object]) -> str:
    """`a, b and c`."""
    *others, last = map(_as_it_is, several)
    return say("{others} and {last}", others=chained(others), last=last) if others else last


def chained(parts: Iterable[object], between: str = ", ") -> Sentence:
    """Several sentences, or words, one after the other."""
    values = {f"part{number}": _as_it_is(part) for number, part in enumerate(parts)}
    pattern = between.replace("{", "{{").replace("}", "}}").join(f"{{{name}}}" for name in values)
    return Sentence.made_of(pattern, values)


def sentence_of(error: Exception) -> str:
    """What an exception says, in a form that can still be told in other languages."""
    return error.args[0] if error.args and isinstance(error.args[0], str) else str(error)


def in_language(text: str, language: str) -> str:
    """`text` in another language, as far as it is a sentence and somebody has translated it; else as it is."""
    if isinstance(text, Named) and language != ENGLISH:
        return text.others.get(language, str(text))
    if language == ENGLISH or not isinstance(text, Sentence):
        return str(text)
    values = {name: in_language(one, language) if isinstance(one, str) else one for name, one in text.values.items()}
    return translations(language).get(text.pattern, text.pattern).format_map(values)


@cache
def translations(language: str) -> Mapping[str, str]:
    """What every pattern is in a language; nothing for one that nobody speaks here."""
    found: dict[str, str] = {}
    name = f"sentences.{language}.json"
    for folder, inner, names in os.walk(str(files("skipline"))):
        inner[:] = sorted(one for one in inner if not one.startswith("_"))
        if name in names:
            found |= json.loads(Path(folder, name).read_text(encoding="utf-8"))
    return found


def _as_it_is(part: object) -> str:
    return part if isinstance(part, str) else str(part)
