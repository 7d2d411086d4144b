"""Whatever is wrong with the settings of a piece, its refusal can be told in the language of whoever reads it."""

from typing import Any

import pytest
from channel_cases import channel_pieces
from piece_cases import pieces_by_folder
from told_sentences import assert_told

from skipline.flow.mistakes import PieceMistakes
from skipline.flow.pieces import Piece

PIECES: dict[str, Piece[Any]] = {
    **pieces_by_folder(),
    **{f"channels/{name}": piece for name, piece in channel_pieces().items()},
}
WRONG: list[Any] = [
    *(None, 1, 2, 1.5, -1, 10**9, float("nan"), True, "", "x", "a b", "else", "1s", "99h", "{{", "a" * 400),
    *("http://u:p@x", "http://x?", "x:y", [], {}, [1], ["x"], [None], ["a"] * 40, {"a": 1}, {"a": "b"}, [{"a": 1}]),
    *({"1": "q"}, {"type": "bearer"}, {"type": "x"}, [{"id": "else"}], [{"id": "x"}], [{"id": "x", "share": 40}] * 3),
    *([{"id": "a", "title": "t"}] * 14, [{"variable": "x", "operator": "is"}], [{"skill": "a", "level": 9}]),
]


@pytest.mark.parametrize("folder", PIECES)
def test_a_refusal_can_be_told_in_other_languages(folder: str) -> None:
    piece, count = PIECES[folder], 0
    for settings in ({field["name"]: wrong} for field in piece.fields() for wrong in WRONG):
        try:
            piece.make(settings)
        except PieceMistakes as found:
            count += len(found.mistakes)
            assert_told(*(text for one in found.mistakes for text in (one.sentence, one.fix)))
    assert count > len(piece.fields())
