"""Builds plain data from YAML parsing events, refusing what nobody needs to write by hand.

It works from events, without recursion and stopping at the first one too deep, so that a hostile file costs no more
than reading it.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from skipline.base.sentence import say
from skipline.base.yaml_document import Path, Place, YamlDocument, YamlMistake

DEEPEST_NESTING = 32
_LONGEST_INTEGER = 300

# YAML 1.2 section 10.3.2 (core schema), without hexadecimal, octal, infinity and not-a-number, which would only
# surprise: they stay texts.
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CONSTANTS = dict.fromkeys(("", "~", "null", "Null", "NULL")) | {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(slots=True)
class _Open:
    """A map or list that is being read. `key` is the map's key that waits for its value."""

    into: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None


@dataclass(slots=True)
class YamlBuilder:
    """Takes the events of one file in order, then gives the document."""

    _data: Any = None
    _open: list[_Open] = field(default_factory=list)
    _documents: int = 0
    _keys: dict[Path, Place] = field(default_factory=dict)
    _values: dict[Path, Place] = field(default_factory=dict)
    _written: dict[Path, str] = field(default_factory=dict)
    _mistakes: list[YamlMistake] = field(default_factory=list)

    def document(self) -> YamlDocument:
        """What the events have said."""
        return YamlDocument(self._data, self._keys, self._values, self._written, tuple(self._mistakes))

    def take(self, event: Event) -> None:
        """Read one event; raises `YamlMistake` for what is refused."""
        match event:
            case DocumentStartEvent():
                self._start_document(event)
            case NodeEvent():
                self._take_node(event)
            case MappingEndEvent() | SequenceEndEvent():
                self._open.pop()

    def _start_document(self, event: Event) -> None:
        self._documents += 1
        if self._documents > 1:
            raise YamlMistake(say("a second document begins here"), _place(event), say("keep one document per file"))

    def _take_node(self, event: NodeEvent) -> None:
        _refuse_extras(event)
        around = self._open[-1] if self._open else None
        if around is not None and isinstance(around.into, dict) and around.key is None:
            self._take_key(around, event)
            return
        path = () if around is None else _path_of_next(around)
        self._values[path] = _place(event)
        self._put(around, self._value(event, path))

    def _take_key(self, around: _Open, event: NodeEvent) -> None:
        if not isinstance(event, ScalarEvent):
            raise YamlMistake(
                say("a key should be a text, not a map or a list"), _place(event), say("quote texts with {{ or [")
            )
        key, place = _text(event), _place(event)
        path = (*around.path, key)
        if (before := self._keys.get(path)) is not None:
            twice = say("`{key}` is written twice (first in line {line})", key=key, line=before.line)
            self._mistakes.append(YamlMistake(twice, place, say("remove one of them")))
        self._keys[path] = place
        around.key = key

    def _value(self, event: NodeEvent, path: Path) -> Any:
        if isinstance(event, CollectionStartEvent):
            return self._begin(event, path)
        if not isinstance(event, ScalarEvent):
            raise YamlMistake(say("this cannot be read"), _place(event))
        is_plain = not event.style and event.implicit[0]
        value = _read_plain(_text(event)) if is_plain else _text(event)
        if isinstance(value, int | float) and not isinstance(value, bool):
            self._written[path] = str(event.value)
        return value

    def _begin(self, event: NodeEvent, path: Path) -> dict[str, Any] | list[Any]:
        if len(self._open) >= DEEPEST_NESTING:
            deep = say("there are more than {most} maps and lists inside each other", most=DEEPEST_NESTING)
            raise YamlMistake(deep, _place(event))
        into: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
        self._open.append(_Open(into, path))
        return into

    def _put(self, around: _Open | None, value: Any) -> None:
        if around is None:
            self._data = value
        elif isinstance(around.into, list):
            around.into.append(value)
        elif around.key is not None:
            around.into[around.key] = value
            around.key = None


def _path_of_next(around: _Open) -> Path:
    if isinstance(around.into, list):
        return (*around.path, len(around.into))
    return (*around.path, around.key or "")


def _refuse_extras(event: NodeEvent) -> None:
    if isinstance(event, AliasEvent):
        sentence = say("`*{anchor}` refers to another place", anchor=event.anchor)
        raise YamlMistake(sentence, _place(event), say("write the value out here"))
    if event.anchor is not None:
        sentence = say("`&{anchor}` names a place", anchor=event.anchor)
        raise YamlMistake(sentence, _place(event), say("remove it and write values out"))
    tag = getattr(event, "tag", None)
    if tag is not None and str(tag) != "!":
        raise YamlMistake(
            say("a tag (beginning with !) is not read here"), _place(event), say("remove it, or quote the text")
        )


def _text(event: ScalarEvent) -> str:
    """The scalar's text; escapes that write one character in two halves (as JSON does) are joined."""
    text = str(event.value)
    if text.isascii():
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise YamlMistake(
            say("half a character is escaped here"), _place(event), say("write the character itself")
        ) from None


def _read_plain(written: str) -> Any:
    if written in _CONSTANTS:
        return _CONSTANTS[written]
    if len(written) <= _LONGEST_INTEGER:
        if _INTEGER.fullmatch(written):
            return int(written)
        if _FLOAT.fullmatch(written) and abs(number := float(written)) != float("inf"):
            return number
    return written


def _place(event: Event) -> Place:
    mark: Any = event.start_mark
    return Place(mark.line + 1, mark.column + 1)
