"""Checks that the entries of `skipline.yaml` agree with each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from skipline.base.sentence import Sentence, say
from skipline.base.spelling import advice
from skipline.base.value_types import ValueType, conform, write_plain
from skipline.base.wrong_value import WrongValue
from skipline.flow.mistakes import Mistake
from skipline.model.configuration import Table
from skipline.workspace.sections import ReadSections

_TWICE: Mapping[str, Callable[[str], Sentence]] = {
    "tiers": lambda name: say("the tier `{name}` is there twice", name=name),
    "trunks": lambda name: say("the trunk `{name}` is there twice", name=name),
    "sources": lambda name: say("the source `{name}` is there twice", name=name),
    "tables": lambda name: say("the table `{name}` is there twice", name=name),
    "hours": lambda name: say("the hours `{name}` are there twice", name=name),
    "queues": lambda name: say("the queue `{name}` is there twice", name=name),
    "skills": lambda name: say("the skill `{name}` is there twice", name=name),
    "agents": lambda name: say("the agent `{name}` is there twice", name=name),
    "channels": lambda name: say("the channel `{name}` is there twice", name=name),
    "numbers": lambda number: say("the number {number} is there twice", number=number),
}


def find_disagreements(read: ReadSections) -> Iterator[Mistake]:
    """Everything that does not fit together, with the path of the entry it is about."""
    configuration = read.configuration
    for section in _TWICE:
        key = "number" if section == "numbers" else "name"
        names = [getattr(entry, key) for entry in getattr(configuration, section)]
        yield from _twice(section, key, names, read.positions.get(section, ()))
    yield from _unknown_trunks(read)
    yield from _unknown_default_numbers(read)
    for position, table in zip(read.positions.get("tables", ()), configuration.tables, strict=True):
        yield from _table_mistakes(table, ("tables", position), read)


def _twice(section: str, key: str, values: Sequence[str], positions: Iterable[int]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for value, position in zip(values, positions, strict=True):
        if value in seen:
            is_number = key == "number"
            fix = say("remove one of them") if is_number else say("remove one of them, or give it another name")
            yield Mistake((section, position, key), f"duplicate_{key}", _TWICE[section](value), fix)
        seen.add(value)


def _unknown_trunks(read: ReadSections) -> Iterator[Mistake]:
    trunks = written_names(read, "trunks")
    for position, number in zip(read.positions.get("numbers", ()), read.configuration.numbers, strict=True):
        if number.trunk and trunks is not None and number.trunk not in trunks:
            sentence = say("there is no trunk `{trunk}`", trunk=number.trunk)
            yield Mistake(("numbers", position, "trunk"), "unknown_trunk", sentence, advice(number.trunk, trunks))


def _unknown_default_numbers(read: ReadSections) -> Iterator[Mistake]:
    numbers = {number.number for number in read.configuration.numbers}
    for position, trunk in zip(read.positions.get("trunks", ()), read.configuration.trunks, strict=True):
        if trunk.default_number and trunk.default_number not in numbers:
            sentence = say("{number} is none of our numbers", number=trunk.default_number)
            fix = say("{advice}, or add it under `numbers`", advice=advice(trunk.default_number, numbers))
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
            names = {"table": table.name, "key": table.key}
            sentence = say("this row of table `{table}` has no `{key}`, which is the table's key", **names)
            yield Mistake(where, "missing_key", sentence, say("add `{key}:`", key=table.key))
            continue
        key = write_plain(row[table.key]).strip().casefold()
        if key in seen:
            value = write_plain(row[table.key])
            sentence = say("table `{table}` has two rows for {value}", table=table.name, value=value)
            yield Mistake(where, "duplicate_row", sentence, say("remove one of them"))
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
            fix = say('write "{typed}", else YAML reads it as an amount', typed=typed)
            yield Mistake(here, "unquoted_number", say("{typed} needs quotes", typed=typed), fix)
        elif table.columns and column not in columns:
            sentence = say("table `{table}` has no column `{column}`", table=table.name, column=column)
            yield Mistake(here, "unknown_column", sentence, advice(column, columns))
        elif column in table.columns and (problem := _misfit(value, ValueType(table.columns[column]))):
            yield Mistake(
                here,
                "wrong_value",
                problem,
                say("column `{column}` is {type}", column=column, type=table.columns[column]),
            )


def _misfit(value: Any, wanted: ValueType) -> str:
    try:
        conform(value, wanted) if value is not None else None
    except WrongValue as mistake:
        return mistake.sentence
    return ""
