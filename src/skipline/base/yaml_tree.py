"""Where each part of a YAML text stands in it, so that one part can be written anew and the others left alone."""

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import yaml
from yaml.events import (
    CollectionStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REST_OF_LINE = re.compile(r"[ \t]*(#[^\n]*)?(?=\r?\n|\Z)")
BYTE_ORDER_MARK = "\ufeff"


class Kind(Enum):
    """What a part of a text is."""

    MAP = "map"
    LIST = "list"
    SCALAR = "scalar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a map: its text, and where it begins."""

    text: str
    start: int


@dataclass(slots=True, kw_only=True)
class Node:
    """A part of a text: `text[start:end]`. A map in block style has one key for each child. `is_inline`: written with
    braces or brackets, or a scalar on one line; `style` is the scalar's quote or `|` or `>`, empty when plain.
    A map or list in block style ends with the comment behind its last part."""

    kind: Kind
    start: int
    column: int
    end: int = 0
    is_inline: bool = True
    style: str = ""
    keys: list[Key] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    @property
    def starts(self) -> list[int]:
        """Where each child begins, its key included."""
        return [one.start for one in self.keys] or [one.start for one in self.children]


def read_tree(text: str) -> Node | None:
    """The tree of a text that `read_yaml` takes; None for an empty one, or one that is written in a way that cannot
    be changed in place."""
    if text.startswith(BYTE_ORDER_MARK):
        return None
    builder = _Builder(text)
    for event in yaml.parse(text, Loader=_LOADER):
        builder.take(event)
    return builder.root


def rest_of_line(text: str, end: int) -> int:
    """Where the line ends on which a part ends, when nothing but a comment follows; else `end` itself."""
    found = _REST_OF_LINE.match(text, end)
    return found.end() if found else end


@dataclass(slots=True)
class _Builder:
    text: str
    root: Node | None = None
    _open: list[Node] = field(default_factory=list)

    def take(self, event: Event) -> None:
        if isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, CollectionStartEvent):
            is_map = isinstance(event, MappingStartEvent)
            node = Node(
                kind=Kind.MAP if is_map else Kind.LIST,
                start=_start(event),
                column=_column(event),
                is_inline=bool(event.flow_style),
            )
            self._put(node)
            self._open.append(node)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._close(self._open.pop(), event)

    def _scalar(self, event: ScalarEvent) -> None:
        around = self._open[-1] if self._open else None
        if around is not None and around.kind is Kind.MAP and len(around.keys) == len(around.children):
            around.keys.append(Key(text=str(event.value), start=_start(event)))
            return
        style = event.style or ""
        node = Node(kind=Kind.SCALAR, start=_start(event), column=_column(event), end=_end(event), style=style)
        if style in ("|", ">"):
            node.is_inline = False
            node.end = node.start + len(self.text[node.start : node.end].rstrip())
        self._put(node)

    def _put(self, node: Node) -> None:
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node

    def _close(self, node: Node, event: Event) -> None:
        if node.is_inline:
            node.end = _end(event)
        else:
            node.end = rest_of_line(self.text, node.children[-1].end) if node.children else node.start


def _start(event: Event) -> int:
    mark: Any = event.start_mark
    return int(mark.index)


def _column(event: Event) -> int:
    mark: Any = event.start_mark
    return int(mark.column)


def _end(event: Event) -> int:
    mark: Any = event.end_mark
    return int(mark.index)
