"""Rows of a table from a CSV file beside `skipline.yaml`, as spreadsheets write them."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from skipline.base.spelling import advice
from skipline.base.value_types import ValueType, conform
from skipline.flow.mistakes import Mistake, PieceMistakes

MOST_ROWS = 50_000
_KEY = "rows_from"
_DELIMITERS = ",;\t"


def with_rows(entry: Mapping[str, Any], files: Mapping[str, str]) -> Mapping[str, Any]:
    """A table's entry with the rows of the file that it names in place of the name.

    The first line names the columns; cells take the type of their column, and empty ones are left out. Raises
    `PieceMistakes` with the line of the file.
    """
    if _KEY not in entry:
        return entry
    path = str(entry[_KEY])
    if entry.get("rows"):
        raise _mistake("a table has its rows here or in a file, not both", "remove `rows` or `rows_from`")
    if path not in files:
        sheets = [name for name in files if name.endswith(".csv")]
        fix = advice(path, sheets) if sheets else "put it beside skipline.yaml, with a name that ends with .csv"
        raise _mistake(f"there is no file {path}", fix)
    columns = entry.get("columns")
    types = columns if isinstance(columns, Mapping) else {}
    rows = tuple(_read_rows(files[path], path, {str(name): str(type_) for name, type_ in types.items()}))
    return {**{key: value for key, value in entry.items() if key != _KEY}, "rows": rows}


def _read_rows(text: str, path: str, types: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    text = text.removeprefix("\ufeff")
    header, _, _ = text.partition("\n")
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        if not names or len(set(names)) != len(names) or "" in names:
            raise _mistake(f"{path}: the first line should name each column once", "write such as: phone,tier")
        for number, row in enumerate(reader):
            if number >= MOST_ROWS:
                raise _mistake(f"{path} has more than {MOST_ROWS} rows", "ask a source instead of a table")
            if None in row:
                raise _mistake(f"{path}:{reader.line_num}: this line has more cells than columns", "quote the comma")
            yield _read_row(row, f"{path}:{reader.line_num}", types)
    except csv.Error as trouble:
        raise _mistake(f"{path}:{reader.line_num}: this is not CSV: {trouble}", "save the sheet as CSV") from None


def _read_row(row: Mapping[str, Any], place: str, types: Mapping[str, str]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, cell in row.items():
        if cell is None or not cell.strip():
            continue
        try:
            read[name] = _plain(cell.strip(), types.get(name, "text"))
        except ValueError as mistake:
            raise _mistake(f"{place}: {name}: {mistake}", f"column `{name}` is {types[name]}") from None
    return read


def _plain(cell: str, type_: str) -> Any:
    """The cell as it would stand in YAML: a time stays the text that it is, once it can be read."""
    if type_ not in {one.value for one in ValueType} or type_ in ("list", "any"):
        return cell
    value = conform(cell, ValueType(type_))
    return cell if type_ == "time" else value


def _mistake(sentence: str, fix: str) -> PieceMistakes:
    return PieceMistakes([Mistake((_KEY,), "wrong_value", sentence, fix)])
