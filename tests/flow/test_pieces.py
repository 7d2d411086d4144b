"""Pieces: found by walking, made from settings, described for the editor."""

from types import ModuleType

import pytest
from flow_pieces import small_catalogue
from flow_room import real_catalogue

from skipline import steps, triggers
from skipline.flow.mistakes import PieceMistakes
from skipline.flow.pieces import read_catalogue


def test_the_shipped_pieces_are_found_by_walking() -> None:
    catalogue = real_catalogue()
    assert {"fetch_variables", "branch", "say", "forward_call", "hang_up"} <= set(catalogue.steps)
    assert "incoming_call" in catalogue.triggers


def test_each_shipped_piece_describes_itself() -> None:
    catalogue = real_catalogue()
    for piece in [*catalogue.steps.values(), *catalogue.triggers.values()]:
        names = [one["name"] for one in piece.fields()]
        assert names == list(piece.schema().get("properties", {}))
        assert all(one["label"] and one["kind"] for one in piece.fields()), piece.type


def test_a_folder_without_a_step_is_refused() -> None:
    empty = ModuleType("empty")
    empty.__path__ = []
    assert read_catalogue(empty, empty).steps == {}
    with pytest.raises(ModuleNotFoundError):
        read_catalogue(triggers, triggers)
    with pytest.raises(ModuleNotFoundError):
        read_catalogue(steps, steps)


def test_a_step_is_made_from_what_was_written() -> None:
    made = small_catalogue().steps["tell"].make({"text": "Hi", "patience": "2m"})
    assert made == small_catalogue().steps["tell"].made_class(text="Hi", patience=120.0)


def test_names_that_are_python_words_are_written_plainly() -> None:
    piece = small_catalogue().steps["keep"]
    assert [one["name"] for one in piece.fields()] == ["as", "value"]
    assert piece.make({"as": "tier", "value": "gold"}) == piece.made_class(as_="tier", value="gold")
    assert piece.schema()["required"] == ["as", "value"]


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(PieceMistakes) as told:
        small_catalogue().steps["tell"].make({"txt": "Hi", "patience": 5})
    found = {(one.path, one.code, one.fix) for one in told.value.mistakes}
    assert found == {
        (("txt",), "unknown_key", "did you mean text?"),
        (("text",), "missing_key", "add `text:`"),
        (("patience",), "wrong_value", "write a number and a unit, such as 20s, 2m or 24h"),
    }


def test_a_mistake_deep_inside_has_its_path() -> None:
    row = {"variable": "tier", "operator": "is", "valu": "gold"}
    with pytest.raises(PieceMistakes) as told:
        real_catalogue().steps["branch"].make({"paths": [{"id": "vip", "all": [row]}]})
    (mistake,) = told.value.mistakes
    assert (mistake.path, mistake.fix) == (("paths", 0, "all", 0, "valu"), "did you mean value?")


@pytest.mark.parametrize("name", ["contact", "now", "2nd", "_hidden", "a-b", ""])
def test_some_names_cannot_be_variables(name: str) -> None:
    with pytest.raises(PieceMistakes, match="cannot name a variable"):
        small_catalogue().steps["keep"].make({"as": name, "value": "x"})
