"""Rows of a table from a CSV file beside `skipline.yaml`, as spreadsheets write them."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from skipline.base.sentence import Sentence, say
from skipline.base.sheet_cells import as_meant
from skipline.base.spelling import advice
from skipline.base.value_types import ValueType, conform
from skipline.base.wrong_value import WrongValue
from skipline.flow.mistakes import Mistake, PieceMistakes

MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_TOLD = 20
"""Mistakes of a file: who sees these knows what the others are."""

ROWS_FROM = "rows_from"
_DELIMITERS = ",;\t"
_DELIMITER_TOLD = re.compile(r'"?sep=([^"\r])"?\r?\n', re.IGNORECASE)
"""A first line by which Excel is told, and tells, what stands between cells."""

_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
"""A long number as spreadsheets show it, and save it: its last digits are lost."""

_IN_QUOTES = re.compile(r'"[^"]*"')


class SheetMistake(Exception):
    """A line of a sheet that cannot be read; `line` counts from 1, 0: the sheet as a whole."""

    def __init__(self, line: int, sentence: str, fix: str, code: str = "wrong_value") -> None:
        super().__init__(sentence)
        self.line, self.sentence, self.fix, self.code = line, sentence, fix, code


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a sheet: its cells by column, empty ones left out, and how many cells stand beyond the columns."""

    number: int
    cells: Mapping[str, str]
    surplus: int


def with_rows(entry: Mapping[str, Any], files: Mapping[str, str]) -> Mapping[str, Any]:
    """A table's entry with the rows of the file that it names in place of the name.

    The first line names the columns; cells take the type of their column, and empty ones are left out. Raises
    `PieceMistakes` with the lines of the file.
    """
    if isinstance(named := entry.get("rows"), str):
        fix = say("to have those of a file write {key}: {file}", key=ROWS_FROM, file=named)
        raise _mistake(say("`rows` are written here, each a map of columns"), fix, "rows")
    if ROWS_FROM not in entry:
        return entry
    path = str(entry[ROWS_FROM])
    if entry.get("rows"):
        raise _mistake(say("a table has its rows here or in a file, not both"), say("remove `rows` or `rows_from`"))
    if path not in files:
        sheets = [name for name in files if name.endswith(".csv")]
        fix = advice(path, sheets) if sheets else say("put it beside skipline.yaml, with a name that ends with .csv")
        raise _mistake(say("there is no file {file}", file=path), fix)
    columns = entry.get("columns")
    types = columns if isinstance(columns, Mapping) else {}
    written = {str(name): str(type_) for name, type_ in types.items()}
    rows = _read_rows(files[path], path, str(entry.get("key", "")), written)
    return {**{key: value for key, value in entry.items() if key != ROWS_FROM}, "rows": rows}


def read_lines(text: str) -> tuple[Sequence[str], Iterator[SheetLine]]:
    """The names of a sheet's columns, and its lines. Either may raise `SheetMistake`."""
    if "\0" in text:
        raise SheetMistake(0, say("this is a file of another kind than CSV"), say("save the sheet as CSV"))
    text = text.removeprefix("\ufeff")
    told = _DELIMITER_TOLD.match(text)
    header, _, _ = text.partition("\n")
    delimiter = told[1] if told else max(_DELIMITERS, key=_IN_QUOTES.sub("", header).count)
    lines = "\n" + text[told.end() :] if told else text  # lines keep their numbers
    reader = csv.DictReader(StringIO(lines, newline=""), delimiter=delimiter, strict=True)
    if told:
        next(reader.reader)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
    except csv.Error as trouble:
        raise _not_csv(reader.line_num, trouble) from None
    while names and not names[-1]:
        names.pop()  # spreadsheets write what is empty beyond the last column, too
    reader.fieldnames = names
    _check_names(names)
    if len(names) > MOST_COLUMNS:
        sentence = say("it has more than {most} columns", most=MOST_COLUMNS)
        raise SheetMistake(0, sentence, say("leave out those that no flow asks for"))
    return names, _lines(reader)


def _check_names(names: Sequence[str]) -> None:
    if not names:
        sentence = say("the first line should name each column once")
        raise SheetMistake(0, sentence, say("write such as: phone,tier"))
    for place, name in enumerate(names):
        if not name:
            sentence = say("column {number} has no name in the first line", number=place + 1)
            raise SheetMistake(1, sentence, say("name it, or leave it out"))
        if name in names[:place]:
            sentence = say("the first line names `{column}` twice", column=name)
            raise SheetMistake(1, sentence, say("call one of them otherwise"))


def read_cell(cell: str, type_: str) -> Any:
    """The cell as it would stand in YAML: a time stays the text that it is, once it can be read. Raises `WrongValue`
    that says why it is not of its type."""
    if type_ not in {one.value for one in ValueType} or type_ in ("list", "any"):
        return cell
    value = conform(cell, ValueType(type_))
    return cell if type_ == "time" else value


def _lines(reader: "csv.DictReader[str]") -> Iterator[SheetLine]:
    try:
        for count, row in enumerate(reader):
            if count >= MOST_ROWS:
                sentence = say("it has more than {most} rows", most=MOST_ROWS)
                raise SheetMistake(0, sentence, say("ask a source instead of a table"))
            cells = {
                name: as_meant(cell.strip()) for name, cell in row.items() if isinstance(cell, str) and cell.strip()
            }
            beyond: Any = row.get(None, ())
            yield SheetLine(reader.line_num, cells, sum(1 for cell in beyond if cell.strip()))
    except csv.Error as trouble:
        raise _not_csv(reader.line_num, trouble) from None


def _not_csv(line: int, trouble: csv.Error) -> SheetMistake:
    return SheetMistake(line, say("this is not CSV: {trouble}", trouble=trouble), say("save the sheet as CSV"))


def too_many_cells(line: int) -> SheetMistake:
    """What is wrong with a line that has cells beyond the columns."""
    return SheetMistake(line, say("this line has more cells than columns"), say("quote the comma"))


def type_of_column(name: str, type_: str) -> Sentence:
    """What to do about a cell that is not of its column's type."""
    return say("column `{column}` is {type}", column=name, type=type_)


def key_mistake(line: SheetLine, key: str, first: dict[str, int]) -> SheetMistake | None:
    """What is wrong with the key of a line; `first` holds where each key was seen first, and learns of this one."""
    cell = line.cells.get(key, "")
    if not cell:
        sentence = say("this line has no `{key}`, which is the key", key=key)
        return SheetMistake(line.number, sentence, say("write a `{key}`", key=key), "missing_key")
    if _SHORTENED.fullmatch(cell):
        fix = say("have the column as text there, and write it anew")
        return SheetMistake(line.number, say("{value} was shortened by a spreadsheet", value=cell), fix)
    if (earlier := first.setdefault(cell.casefold(), line.number)) != line.number:
        sentence = say("{value} is in line {line} already", value=cell, line=earlier)
        return SheetMistake(line.number, sentence, say("remove one of them"), "duplicate_row")
    return None


def _read_rows(text: str, path: str, key: str, types: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """The rows of the lines with something in them."""
    rows: list[dict[str, Any]] = []
    wrong: list[SheetMistake] = []
    first: dict[str, int] = {}
    try:
        for line in read_lines(text)[1]:
            if line.cells or line.surplus:
                wrong += _line_mistakes(line, key, first)
                rows.append(_row(line, types, wrong))
    except SheetMistake as found:
        wrong.append(found)
    if wrong:
        raise PieceMistakes([_told(path, one) for one in wrong[:MOST_TOLD]])
    return tuple(rows)


def _line_mistakes(line: SheetLine, key: str, first: dict[str, int]) -> Iterator[SheetMistake]:
    if line.surplus:
        yield too_many_cells(line.number)
    if key and (mistake := key_mistake(line, key, first)) is not None:
        yield mistake


def _row(line: SheetLine, types: Mapping[str, str], wrong: list[SheetMistake]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, cell in line.cells.items():
        try:
            row[name] = read_cell(cell, types.get(name, "text"))
        except WrongValue as mistake:
            sentence = say("{outer}: {inner}", outer=name, inner=mistake.sentence)
            wrong.append(SheetMistake(line.number, sentence, type_of_column(name, types[name])))
    return row


def _told(path: str, found: SheetMistake) -> Mistake:
    place = f"{path}:{found.line}" if found.line else path
    return Mistake((ROWS_FROM,), found.code, say("{outer}: {inner}", outer=place, inner=found.sentence), found.fix)


def _mistake(sentence: str, fix: str, key: str = ROWS_FROM) -> PieceMistakes:
    return PieceMistakes([Mistake((key,), "wrong_value", sentence, fix)])
