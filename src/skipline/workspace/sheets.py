"""A sheet that somebody brings as CSV, laid out as the rows of a table: types guessed, mistakes told line by line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skipline.base.value_types import ValueType, conform
from skipline.base.wrong_value import WrongValue
from skipline.base.yaml_lines import LARGEST_FILE_BYTES
from skipline.workspace.csv_rows import (
    SheetLine,
    SheetMistake,
    key_mistake,
    read_cell,
    read_lines,
    too_many_cells,
    type_of_column,
)

LARGEST_SHEET_BYTES = LARGEST_FILE_BYTES
"""A table stands in `skipline.yaml`, which holds no more."""

MOST_PROBLEMS = 200
_GUESSED = (ValueType.NUMBER, ValueType.BOOLEAN, ValueType.TIME)
_ENOUGH = 0.8
"""The share of a column's cells that have to be of a type for the others to be taken for slips."""

_CODE = re.compile(r"[+-]?0\d|\+|\d{16}", re.ASCII)
"""What looks like a number and loses something as one: leading noughts, a plus, more digits than a number keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetProblem:
    """What is wrong in a sheet. `line` counts from 1 and is 0 for the sheet as a whole; `row` is the place among the
    rows, None where there is none; `column` is empty for the line as a whole."""

    line: int
    row: int | None
    column: str
    sentence: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet as a table would have it. `columns` are all of its own with their types, the key among them as text. A
    cell that is not of its type stays the text that it is, and a problem tells of it."""

    key: str
    columns: Mapping[str, ValueType]
    rows: tuple[Mapping[str, Any], ...]
    problems: tuple[SheetProblem, ...]


def text_of(sheet: bytes) -> str:
    """The text of a file: UTF-8 with or without a mark, UTF-16 with one, else as spreadsheets on Windows write."""
    if sheet.startswith((b"\xff\xfe", b"\xfe\xff")):
        return sheet.decode("utf-16", errors="replace")
    try:
        return sheet.decode("utf-8-sig")
    except UnicodeDecodeError:
        return sheet.decode("cp1252", errors="replace")


def read_sheet(text: str, key: str = "", types: Mapping[str, ValueType] | None = None) -> Sheet:
    """The sheet, whatever is wrong with it. `key` is the column that rows are found by, empty or unknown: the first;
    `types` are those that somebody chose in place of the guesses."""
    problems: list[SheetProblem] = []
    names, lines = _read(text, problems)
    key = key if key in names else next(iter(names), "")
    guessed = {name: _guess([line.cells[name] for line in lines if name in line.cells]) for name in names}
    columns = {**guessed, **{name: type_ for name, type_ in (types or {}).items() if name in guessed}}
    if key:
        columns[key] = ValueType.TEXT
    rows = tuple(_row(line, place, columns, problems) for place, line in enumerate(lines))
    problems += _key_problems(lines, key)
    shown = sorted(problems, key=lambda one: one.line)[:MOST_PROBLEMS]
    return Sheet(key=key, columns=columns, rows=rows, problems=tuple(shown))


def _read(text: str, problems: list[SheetProblem]) -> tuple[Sequence[str], list[SheetLine]]:
    """The columns, and the lines with something in them, as far as they can be read."""
    names: Sequence[str] = ()
    lines: list[SheetLine] = []
    try:
        names, found = read_lines(text)
        lines.extend(line for line in found if line.cells or line.surplus)
    except SheetMistake as mistake:
        problems.append(_problem(mistake.line, None, "", mistake.sentence, mistake.fix))
    return names, lines


def _guess(cells: Sequence[str]) -> ValueType:
    if not cells or any(_CODE.match(cell) for cell in cells):
        return ValueType.TEXT
    fitting = (one for one in _GUESSED if sum(_is(cell, one) for cell in cells) >= _ENOUGH * len(cells))
    return next(fitting, ValueType.TEXT)


def _is(cell: str, wanted: ValueType) -> bool:
    try:
        conform(cell, wanted)
    except ValueError:
        return False
    return True


def _row(
    line: SheetLine, place: int, columns: Mapping[str, ValueType], problems: list[SheetProblem]
) -> Mapping[str, Any]:
    if line.surplus:
        surplus = too_many_cells(line.number)
        problems.append(_problem(line.number, place, "", surplus.sentence, surplus.fix))
    row: dict[str, Any] = {}
    for name, cell in line.cells.items():
        try:
            row[name] = read_cell(cell, columns[name])
        except WrongValue as mistake:
            row[name] = cell
            fix = type_of_column(name, columns[name])
            problems.append(_problem(line.number, place, name, mistake.sentence, fix))
    return row


def _key_problems(lines: Sequence[SheetLine], key: str) -> Iterator[SheetProblem]:
    first: dict[str, int] = {}
    for place, line in enumerate(lines):
        if (mistake := key_mistake(line, key, first)) is not None:
            yield _problem(mistake.line, place, key, mistake.sentence, mistake.fix)


def _problem(line: int, row: int | None, column: str, sentence: str, fix: str) -> SheetProblem:
    return SheetProblem(line=line, row=row, column=column, sentence=sentence, fix=fix)
