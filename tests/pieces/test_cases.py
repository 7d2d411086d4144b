"""Every case of every piece, and every file that a piece's folder must have."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest
from piece_cases import PACKAGE, Case, all_cases, pieces_by_folder, play_case

from skipline.base.yaml_lines import read_yaml
from skipline.flow.drawing import exits_of
from skipline.workspace.reading import all_pieces
from skipline.workspace.sources import read_source

LANGUAGES = ("en", "es", "pt", "zh", "id")
CASES = list(all_cases())
FOLDERS = list(pieces_by_folder())


@pytest.mark.parametrize(("folder", "case"), CASES, ids=[f"{folder}: {case['case']}" for folder, case in CASES])
def test_case(folder: str, case: Case) -> None:
    play_case(folder, case)


def test_every_folder_of_a_room_is_a_piece() -> None:
    folders = {
        f"{room}/{path.name}"
        for room in ("steps", "triggers", "sources")
        for path in (PACKAGE / room).iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    assert folders == set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_piece_has_a_page_that_shows_how_it_is_written(folder: str) -> None:
    page = (PACKAGE / folder / "page.md").read_text(encoding="utf-8")
    assert page.startswith("# ")
    assert "```yaml" in page


@pytest.mark.parametrize("folder", FOLDERS)
def test_example_of_the_page_is_right(folder: str) -> None:
    page = (PACKAGE / folder / "page.md").read_text(encoding="utf-8")
    example = read_yaml(page.split("```yaml\n")[1].split("```")[0]).data
    room, name = folder.split("/")
    if room == "sources":
        assert [read_source(entry).type for entry in example["sources"]] == [name] * len(example["sources"])
    elif room == "triggers":
        written = {key: value for key, value in example["triggers"][0].items() if key != "type"}
        assert all_pieces().triggers[name].make(written)
    else:
        (step,) = example.values()
        assert set(step.get("next", ())) <= set(exits_of(pieces_by_folder()[folder].make(step["with"])))


@pytest.mark.parametrize("folder", FOLDERS)
def test_page_names_every_key_and_exit(folder: str) -> None:
    piece = pieces_by_folder()[folder]
    page = (PACKAGE / folder / "page.md").read_text(encoding="utf-8")
    words = [*piece.keys[()], *getattr(piece.made_class, "exits", ())]
    assert [word for word in words if f"`{word}`" not in page] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", FOLDERS)
def test_words_of_five_languages_travel_together(folder: str, language: str) -> None:
    words = json.loads((PACKAGE / folder / f"words.{language}.json").read_text(encoding="utf-8"))
    assert set(words) == _needed_words(pieces_by_folder()[folder].made_class)
    assert all(text.strip() for text in words.values())


def _needed_words(piece_class: type[Any]) -> set[str]:
    exits = {f"exit.{name}" for name in getattr(piece_class, "exits", ())}
    return {"title", "about"} | exits | set(_labels(piece_class))


def _labels(of: Any) -> Iterator[str]:
    if dataclasses.is_dataclass(of):
        yield from (one.metadata["label"] for one in dataclasses.fields(of) if one.metadata.get("label"))
        for hint in get_type_hints(of).values():
            yield from _labels(hint)
    for inner in get_args(of):
        yield from _labels(inner)
