"""Markdown tables of the fields of a dataclass."""

import dataclasses
from collections.abc import Iterable, Iterator
from inspect import isclass
from typing import Any, get_args, get_type_hints

from reference_parts.kinds import default_of, kind_of
from skipline.flow.pieces import written_name


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def field_rows(made_class: type[Any]) -> Iterator[tuple[str, str, str, str]]:
    """Each field's key, what may be written, its default, and what it says about itself."""
    hints = get_type_hints(made_class, include_extras=True)
    for one in dataclasses.fields(made_class):
        hint = hints[one.name]
        yield f"`{written_name(one.name)}`", kind_of(hint), default_of(one, hint), one.metadata.get("about", "")


def dataclasses_within(made_class: type[Any]) -> Iterator[tuple[str, type[Any]]]:
    """The dataclasses that a class's fields hold, at any depth, each with the key it stands under."""
    for name, hint in get_type_hints(made_class).items():
        for found in _dataclasses_in(hint):
            yield written_name(name), found
            yield from dataclasses_within(found)


def _dataclasses_in(hint: Any) -> Iterator[type[Any]]:
    if isclass(hint) and dataclasses.is_dataclass(hint):
        yield hint
    for inner in get_args(hint):
        yield from _dataclasses_in(inner)
