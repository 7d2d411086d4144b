"""What editors are told of the sections, and the words beside it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import skipline.workspace
from skipline.flow.describing import LANGUAGES, FieldDescription, describe_fields
from skipline.workspace.describing import FORMS, describe_sections, words_of
from skipline.workspace.sections import SECTIONS

_PLACE = Path(skipline.workspace.__file__).parent
_HINT = ".about"


def test_every_section_of_the_file_has_a_form() -> None:
    assert set(FORMS) == set(SECTIONS)
    assert {one.section: one.key for one in describe_sections()}["numbers"] == "number"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_each_language_are_those_of_english_and_say_something(language: str) -> None:
    english, words = (json.loads((_PLACE / f"words.{one}.json").read_text("utf-8")) for one in ("en", language))
    assert list(words) == list(english)
    assert all(text.strip() for text in words.values())
    assert {key.partition(".")[0] for key in words} == set(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_each_field_choice_and_part_of_a_section_has_its_word_and_no_word_is_left_over(section: str) -> None:
    found = next(one for one in describe_sections() if one.section == section)
    needed = {"title", "about", "one", "new", *_needed(found.fields)}
    words = set(words_of(section)["en"])
    hints = {word for word in words - needed if word.endswith(_HINT)}
    assert words - hints == needed
    assert {word.removesuffix(_HINT) for word in hints} <= needed


def test_the_types_of_sources_and_channels_stand_beside_the_common_fields() -> None:
    for one in describe_sections():
        common = set(_labels(one.fields))
        for piece in one.types:
            fields = describe_fields(piece.made_class)
            assert not common & set(_labels(fields)), f"{one.section} {piece.type}: one word would mean two fields"
            assert not {field.name for field in one.fields} & {field.name for field in fields}
    assert {one.section for one in describe_sections() if one.types} == {"sources", "channels"}


def test_what_only_a_folder_of_files_can_say_is_in_no_form() -> None:
    tables = next(one for one in describe_sections() if one.section == "tables")
    assert [field.name for field in tables.fields] == ["name", "key", "columns", "rows"]


def _needed(fields: tuple[FieldDescription, ...]) -> Iterator[str]:
    for field in fields:
        yield field.label
        yield from (f"{field.label}.{choice}" for choice in field.choices if field.kind == "choice")
        if "part" in field.more:
            yield f"part.{field.more['part']}"
        yield from _needed(field.parts)


def _labels(fields: tuple[FieldDescription, ...]) -> Iterator[str]:
    for field in fields:
        yield field.label
        yield from _labels(field.parts)
