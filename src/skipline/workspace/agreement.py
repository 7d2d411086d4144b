"""Checks that the entries of `skipline.yaml` agree with each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from skipline.base.spelling import advice
from skipline.base.value_types import ValueType, conform, write_plain
from skipline.flow.mistakes import Mistake
from skipline.model.configuration import Table
from skipline.workspace.sections import ReadSections

_NAMED = {
    "tiers": "tier",
    "trunks": "trunk",
    "sources": "source",
    "tables": "table",
    "hours": "hours",
    "queues": "queue",
    "skills": "skill",
    "agents": "agent",
    "channels": "channel",
}


def find_disagreements(read: ReadSections) -> Iterator[Mistake]:
    """Everything that does not fit together, with the path of the entry it is about."""
    configuration = read.configuration
    for section, word in _NAMED.items():
        names = [entry.name for entry in getattr(configuration, section)]
        yield from _twice(section, "name", names, read.positions.get(section, ()), f"{word} `{{}}`", "duplicate_name")
    numbers = [entry.number for entry in configuration.numbers]
    yield from _twice("numbers", "number", numbers, read.positions.get("numbers", ()), "number {}", "duplicate_number")
    yield from _unknown_trunks(read)
    yield from _unknown_default_numbers(read)
    for position, table in zip(read.positions.get("tables", ()), configuration.tables, strict=True):
        yield from _table_mistakes(table, ("tables", position), read)


def _twice(
    section: str, key: str, values: Sequence[str], positions: Iterable[int], shown: str, code: str
) -> Iterator[Mistake]:
    seen: set[str] = set()
    for value, position in zip(values, positions, strict=True):
        if value in seen:
            sentence = f"the {shown.format(value)} is there twice"
            fix = "remove one of them" if key == "number" else "remove one of them, or give it another name"
            yield Mistake((section, position, key), code, sentence, fix)
        seen.add(value)


def _unknown_trunks(read: ReadSections) -> Iterator[Mistake]:
    trunks = written_names(read, "trunks")
    for position, number in zip(read.positions.get("numbers", ()), read.configuration.numbers, strict=True):
        if number.trunk and trunks is not None and number.trunk not in trunks:
            sentence = f"there is no trunk `{number.trunk}`"
            yield Mistake(("numbers", position, "trunk"), "unknown_trunk", sentence, advice(number.trunk, trunks))


def _unknown_default_numbers(read: ReadSections) -> Iterator[Mistake]:
    numbers = {number.number for number in read.configuration.numbers}
    for position, trunk in zip(read.positions.get("trunks", ()), read.configuration.trunks, strict=True):
        if trunk.default_number and trunk.default_number not in numbers:
            sentence = f"{trunk.default_number} is none of our numbers"
            fix = f"{advice(trunk.default_number, numbers)}, or add it under `numbers`"
            yield Mistake(("trunks", position, "default_number"), "unknown_number", sentence, fix)


def written_names(read: ReadSections, section: str) -> set[str] | None:
    """The names in a section, those of mistaken entries included, because calling them unknown too would only confuse;
    None when the section as a whole could not be read."""
    data = read.places.data if read.places is not None else None
    entries = data.get(section, []) if isinstance(data, Mapping) else None
    if not isinstance(entries, list):
        return None
    return {str(one.get("name")) for one in entries if isinstance(one, Mapping)}


def _table_mistakes(table: Table, path: tuple[str | int, ...], read: ReadSections) -> Iterator[Mistake]:
    seen: set[str] = set()
    for number, row in enumerate(table.rows):
        where = (*path, "rows", number)
        if row.get(table.key) in (None, ""):
            sentence = f"this row of table `{table.name}` has no `{table.key}`, which is the table's key"
            yield Mistake(where, "missing_key", sentence, f"add `{table.key}:`")
            continue
        key = write_plain(row[table.key]).strip().casefold()
        if key in seen:
            sentence = f"table `{table.name}` has two rows for {write_plain(row[table.key])}"
            yield Mistake(where, "duplicate_row", sentence, "remove one of them")
        seen.add(key)
        yield from _row_mistakes(table, row, where, read)


def _row_mistakes(
    table: Table, row: Mapping[str, Any], where: tuple[str | int, ...], read: ReadSections
) -> Iterator[Mistake]:
    columns = {table.key, *table.columns}
    for column, value in row.items():
        here = (*where, column)
        typed = read.places.written.get(here, "") if read.places is not None else ""
        if typed.startswith("+"):
            fix = f'write "{typed}", else YAML reads it as an amount'
            yield Mistake(here, "unquoted_number", f"{typed} needs quotes", fix)
        elif table.columns and column not in columns:
            sentence = f"table `{table.name}` has no column `{column}`"
            yield Mistake(here, "unknown_column", sentence, advice(column, columns))
        elif column in table.columns and (problem := _misfit(value, ValueType(table.columns[column]))):
            yield Mistake(here, "wrong_value", problem, f"column `{column}` is {table.columns[column]}")


def _misfit(value: Any, wanted: ValueType) -> str:
    try:
        conform(value, wanted) if value is not None else None
    except ValueError as mistake:
        return str(mistake)
    return ""
