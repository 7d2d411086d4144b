"""Sentences are said in the language of whoever reads them, and every one that the code says can be."""

import ast
import json
import pickle
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import skipline
from skipline.base.sentence import Named, all_of, chained, either, in_language, say, translations

SOURCE = Path(skipline.__file__).parent
OTHERS = ("es", "pt", "zh", "id")


def said() -> Iterator[tuple[str, str]]:
    """Every pattern that the code says, with where it stands."""
    for file in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "say":
                place = f"{file.relative_to(SOURCE)}:{call.lineno}"
                pattern = call.args[0] if call.args else None
                if isinstance(pattern, ast.Name) and file.name == "sentence.py":
                    continue
                assert isinstance(pattern, ast.Constant), f"{place}: a pattern is written where it is said"
                yield str(pattern.value), place


PATTERNS = dict(said())


def holes(pattern: str) -> Counter[tuple[str, str]]:
    return Counter((name, form or "") for _, name, form, _ in string.Formatter().parse(pattern) if name is not None)


def test_patterns_are_found() -> None:
    assert any("never taken" in pattern for pattern in PATTERNS)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_can_be_said_in(language: str) -> None:
    known = translations(language)
    missing = [f"{place}: {pattern}" for pattern, place in PATTERNS.items() if pattern not in known]
    assert not missing, "\n".join(missing)
    assert not [pattern for pattern in known if pattern not in PATTERNS], "nobody says these any more"


@pytest.mark.parametrize("language", OTHERS)
def test_translations_hold_what_the_english_holds(language: str) -> None:
    other = {one: told for one, told in translations(language).items() if set(holes(one)) != set(holes(told))}
    assert not other
    assert not [told for told in translations(language).values() if not told.strip()]


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_that_is_said_in_several_places_has_one_translation(language: str) -> None:
    for file in sorted(SOURCE.rglob(f"sentences.{language}.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        differing = {one: other for one, other in told.items() if translations(language)[one] != other}
        assert not differing, file


def test_a_sentence_is_its_english_text() -> None:
    sentence = say("{what} is {how:.1f}", what="{what}", how=2)
    assert sentence == "{what} is 2.0"
    assert in_language(sentence, "en") == sentence
    assert in_language(sentence, "xx") == sentence


def test_what_stands_in_a_sentence_is_said_in_its_language_too() -> None:
    sentence = chained([say("{others} or {last}", others="a", last="b"), "c"], "; ")
    assert (sentence, in_language(sentence, "es")) == ("a or b; c", "a o b; c")


def test_lists_are_said_as_people_say_them() -> None:
    assert [either(["a"]), either("ab"), either("abc"), all_of("abc")] == ["a", "a or b", "a, b or c", "a, b and c"]
    assert in_language(either("abc"), "pt") == "a, b ou c"


def test_a_sentence_can_be_handed_to_another_process() -> None:
    assert in_language(pickle.loads(pickle.dumps(either("ab"))), "id") == "a atau b"


def test_a_name_is_what_its_owner_calls_it_in_a_language_and_english_else() -> None:
    name = pickle.loads(pickle.dumps(Named.with_others("Hang up", {"es": "Colgar"})))
    sentence = chained([name, "bye"], " ")
    assert [in_language(sentence, language) for language in ("en", "es", "zh")] == [
        "Hang up bye",
        "Colgar bye",
        "Hang up bye",
    ]
