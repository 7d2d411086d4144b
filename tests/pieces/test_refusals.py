"""Whatever is wrong with the settings of a piece, its refusal can be told in the language of whoever reads it."""

from collections.abc import Iterator
from typing import Any

import channel_cases
import piece_cases
import pytest
from told_sentences import assert_told

from skipline.flow.mistakes import PieceMistakes
from skipline.flow.pieces import Piece

PIECES: dict[str, Piece[Any]] = {
    **piece_cases.pieces_by_folder(),
    **{f"channels/{name}": piece for name, piece in channel_cases.channel_pieces().items()},
}
WRONG: list[Any] = [
    *(None, 1, 2, 1.5, -1, 10**9, float("nan"), True, "", "x", "a b", "else", "1s", "99h", "{{", "a" * 400),
    *("http://u:p@x", "http://x?", "x:y", [], {}, [1], ["x"], [None], ["a"] * 40, {"a": 1}, {"a": "b"}, [{"a": 1}]),
    *({"1": "q"}, {"type": "bearer"}, {"type": "x"}, [{"id": "else"}], [{"id": "x"}], [{"id": "x", "share": 40}] * 3),
    *([{"id": "a", "title": "t"}] * 14, [{"variable": "x", "operator": "is"}], [{"skill": "a", "level": 9}]),
]


def _wrong(folder: str) -> Iterator[dict[str, Any]]:
    """Settings that are mistaken in one field, and those of the cases that are refused."""
    yield from ({field["name"]: wrong} for field in PIECES[folder].fields() for wrong in WRONG)
    channels = ((f"channels/{name}", case) for name, case in channel_cases.all_cases())
    for whose, case in (*piece_cases.all_cases(), *channels):
        if whose == folder and "mistakes" in case:
            yield case["with"]


@pytest.mark.parametrize("folder", PIECES)
def test_a_refusal_can_be_told_in_other_languages(folder: str) -> None:
    count = 0
    for settings in _wrong(folder):
        try:
            PIECES[folder].make(settings)
        except PieceMistakes as found:
            count += len(found.mistakes)
            assert_told(*(text for one in found.mistakes for text in (one.sentence, one.fix)))
    assert count > len(PIECES[folder].fields())
