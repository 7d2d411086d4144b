"""Tables from sheets, as different programs write them."""

import pytest

from skipline.model.configuration import Table
from skipline.workspace.csv_rows import read_lines
from skipline.workspace.reading import read_workspace
from skipline.workspace.writing import write_workspace

ENTRY = "tables: [{name: vip, key: phone, columns: {tier: text, points: number, since: time}, rows_from: vip.csv}]"
ROWS = ({"phone": "+31611111111", "tier": "gold, old", "points": 12, "since": "2020-05-01"}, {"phone": "0612"})


def _table(sheet: str, entry: str = ENTRY) -> Table:
    reading = read_workspace({"skipline.yaml": entry, "vip.csv": sheet})
    assert reading.workspace is not None, reading.issues
    (table,) = reading.workspace.configuration.tables
    return table


@pytest.mark.parametrize(
    "sheet",
    [
        'phone,tier,points,since\n+31611111111,"gold, old",12,2020-05-01\n0612,,,\n',
        "phone;tier;points;since\r\n+31611111111;gold, old;12;2020-05-01\r\n0612;;;\r\n",
        "sep=;\r\nphone;tier;points;since;\r\n+31611111111;gold, old;12;2020-05-01;\r\n0612;;;;\r\n",
        "\ufeffphone\ttier\tpoints\tsince\n+31611111111\tgold, old\t12\t2020-05-01\n0612\t\t\t\n",
    ],
    ids=["commas", "semicolons", "a delimiter that is told and nothing in a last column", "tabs and a mark"],
)
def test_sheets_of_many_programs_give_the_same_rows(sheet: str) -> None:
    assert _table(sheet).rows == ROWS


def test_a_comma_in_the_name_of_a_column_stands_between_no_cells() -> None:
    any_columns = "tables: [{name: vip, key: phone, rows_from: vip.csv}]"
    (row,) = _table('"phone";"name, first and last"\n0612;"Ruiz; Ana"\n', any_columns).rows
    assert row == {"phone": "0612", "name, first and last": "Ruiz; Ana"}


def test_a_number_keeps_its_leading_nought_and_its_plus() -> None:
    assert [row["phone"] for row in _table("phone\n0031612345678\n+31612345678\n").rows] == [
        "0031612345678",
        "+31612345678",
    ]


@pytest.mark.parametrize("sign", ['"', "\r"])
def test_what_stands_around_cells_or_lines_is_told_as_no_delimiter(sign: str) -> None:
    names, _ = read_lines(f"sep={sign}\r\nphone,tier\r\n")
    assert names[0].startswith("sep=")


def test_lines_with_nothing_in_them_are_no_rows() -> None:
    assert _table("phone,tier,points,since\n,,,\n0612,gold,,\n\n,,,\n").rows == ({"phone": "0612", "tier": "gold"},)


def test_every_line_that_is_wrong_is_told_by_its_number() -> None:
    sheet = "phone,tier,points\n0611,gold,1\n,silver,2\n0612,gold,many\n0611,old,3\n3.16E+10,gold,4\n0613,gold,5,6\n"
    issues = read_workspace({"skipline.yaml": ENTRY, "vip.csv": sheet}).issues
    assert [f"{issue.sentence} ({issue.fix})" for issue in issues] == [
        "vip.csv:3: this line has no `phone`, which is the key (write a `phone`)",
        "vip.csv:4: points: 'many' is not a number (column `points` is number)",
        "vip.csv:5: 0611 is in line 2 already (remove one of them)",
        "vip.csv:6: 3.16E+10 was shortened by a spreadsheet (have the column as text there, and write it anew)",
        "vip.csv:7: this line has more cells than columns (quote the comma)",
    ]


def test_rows_that_could_not_be_written_out_and_read_again_are_refused() -> None:
    rows = "".join(f"+31611{number:05},{'x' * 9_000}\n" for number in range(120))
    (issue,) = read_workspace({"skipline.yaml": ENTRY, "vip.csv": f"phone,tier\n{rows}"}).issues
    assert (issue.line, issue.fix) == (1, "ask a source instead of a table")
    assert issue.sentence.endswith("KiB, and 1024 KiB are the most")
    assert read_workspace({"skipline.yaml": ENTRY, "vip.csv": f"phone,tier\n{rows[:1_000_000]}"}).workspace is not None


def test_applying_after_export_changes_nothing() -> None:
    reading = read_workspace({"skipline.yaml": ENTRY, "vip.csv": "phone,tier\n+31611111111,gold\n"})
    assert reading.workspace is not None
    again = read_workspace(write_workspace(reading.workspace.configuration, ()))
    assert again.workspace == reading.workspace
