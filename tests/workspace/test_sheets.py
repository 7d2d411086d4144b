"""Sheets that somebody brings, whatever is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipline.base.value_types import ValueType
from skipline.workspace.csv_rows import MOST_COLUMNS, MOST_ROWS
from skipline.workspace.sheets import MOST_PROBLEMS, read_sheet, text_of


@given(st.text(st.sampled_from("a1;,\t\n\r\"' +-"), max_size=60) | st.text(max_size=40))
def test_any_text_is_read_or_told_what_is_wrong_with_it(text: str) -> None:
    sheet = read_sheet(text)
    assert sheet.key in sheet.columns or sheet.problems
    for row in sheet.rows:
        assert set(row) <= set(sheet.columns)
    for one in sheet.problems:
        assert one.sentence
        assert one.row is None or one.row < len(sheet.rows)


@given(st.binary(max_size=60))
def test_any_file_is_a_text(file: bytes) -> None:
    read_sheet(text_of(file))


def test_a_type_is_guessed_from_most_cells_and_never_from_numbers_that_would_lose_something() -> None:
    lines = [f"{n},{n}.5,{'yes' if n % 2 else 'no'},2026-01-0{n},0{n},+31{n},{n}" for n in range(1, 10)]
    sheet = read_sheet("id,price,vip,since,code,phone,free\n" + "\n".join(lines) + "\n10,x,y,z,010,06,words\n")
    assert dict(sheet.columns) == {
        "id": ValueType.TEXT,
        "price": ValueType.NUMBER,
        "vip": ValueType.BOOLEAN,
        "since": ValueType.TIME,
        "code": ValueType.TEXT,
        "phone": ValueType.TEXT,
        "free": ValueType.NUMBER,
    }
    assert [one.column for one in sheet.problems] == ["price", "vip", "since", "free"]


def test_what_is_too_much_is_told_and_the_rest_is_read() -> None:
    long = read_sheet("id\n" + "".join(f"{number}\n" for number in range(MOST_ROWS + 5)))
    assert len(long.rows) == MOST_ROWS
    assert [one.sentence for one in long.problems] == [f"it has more than {MOST_ROWS} rows"]
    wide = read_sheet(",".join(f"c{number}" for number in range(MOST_COLUMNS + 1)) + "\n1\n")
    assert [one.sentence for one in wide.problems] == [f"it has more than {MOST_COLUMNS} columns"]
    wrong = read_sheet("id,n\n" + "1,1\n" * (MOST_PROBLEMS + 50))
    assert len(wrong.problems) == MOST_PROBLEMS


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("PK\x03\x04\0\0", 0, "this is a file of another kind than CSV"),
        ("phone,tier,tier\n", 1, "the first line names `tier` twice"),
        ("phone,,tier\n", 1, "column 2 has no name in the first line"),
        ("sep=;\nphone;tier\n3,1612E+10;gold\n", 3, "3,1612E+10 was shortened by a spreadsheet"),
    ],
)
def test_what_spreadsheets_do_to_sheets_is_told_where_it_is(text: str, line: int, sentence: str) -> None:
    assert [(one.line, one.sentence) for one in read_sheet(text).problems] == [(line, sentence)]
