"""Steps, triggers, sources and channels: each piece's own page, with the keys as its code takes them."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, get_args, get_type_hints

from reference_parts.tables import dataclasses_within, field_rows, table
from skipline.expr.rows import Row
from skipline.flow.pieces import Piece
from skipline.workspace.channels import channel_types, find_channel
from skipline.workspace.reading import all_pieces
from skipline.workspace.sources import source_pieces

_HEAD = ("key", "what is written there", "default")


def pieces_of(kind: str) -> dict[str, type[Any]]:
    """The classes of all pieces of a kind (step, trigger, source or channel), by type."""
    catalogue = all_pieces()
    channels = {type_: piece for type_ in channel_types() if (piece := find_channel(type_)) is not None}
    found: dict[str, Mapping[str, Piece[Any]]] = {
        "step": catalogue.steps,
        "trigger": catalogue.triggers,
        "source": source_pieces(),
        "channel": channels,
    }
    return {type_: piece.made_class for type_, piece in sorted(found[kind].items())}


def pieces_block(kind: str) -> str:
    """All pieces of a kind."""
    return "\n\n".join(_piece(kind, type_, made_class) for type_, made_class in pieces_of(kind).items())


def _piece(kind: str, type_: str, made_class: type[Any]) -> str:
    folder = files(made_class.__module__.rpartition(".")[0])
    page = (folder / "page.md").read_text(encoding="utf-8").strip()
    words = json.loads((folder / "words.en.json").read_text(encoding="utf-8"))
    parts = [f"###{page.lstrip('#').rstrip()}" if page.startswith("# ") else page, _type_line(kind, type_, words)]
    return "\n\n".join([*parts, *_tables(made_class)])


def _type_line(kind: str, type_: str, words: dict[str, str]) -> str:
    exits = [f"`{key.removeprefix('exit.')}` ({said})" for key, said in words.items() if key.startswith("exit.")]
    told = f" Exits: {', '.join(exits)}." if exits else ""
    return f"Written as `type: {type_}`.{told} The keys of this {kind}:"


def _tables(made_class: type[Any]) -> Iterator[str]:
    yield table(_HEAD, (row[:3] for row in field_rows(made_class)))
    for key, inner in dataclasses_within(made_class):
        if inner is not Row:
            yield f"Under `{key}`{_which(inner)}:"
            yield table(_HEAD, (row[:3] for row in field_rows(inner)))


def _which(inner: type[Any]) -> str:
    """The `type` that an object of several kinds has."""
    choice = get_args(get_type_hints(inner).get("type"))
    return f", with `type: {choice[0]}`" if len(choice) == 1 else ""
