"""Says in words what may be written for a field, from its annotation."""

import dataclasses
from datetime import datetime
from enum import StrEnum
from inspect import isclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from skipline.base.durations import write_duration
from skipline.base.json_pointer import JsonPointer
from skipline.base.phone_number import PhoneNumber
from skipline.expr.rows import Row
from skipline.flow.fields import Duration, Formula, Template, VariableName
from skipline.flow.pieces import written_name

_NAMED: tuple[tuple[Any, str], ...] = (
    (Template, "text with holes"),
    (Formula, "formula"),
    (Duration, "duration"),
    (VariableName, "variable name"),
    (PhoneNumber, "phone number in quotes"),
    (JsonPointer, "JSON pointer"),
    (Row, "condition row"),
    (bool, "true or false"),
    (int, "whole number"),
    (float, "number"),
    (str, "text"),
    (bytes, "bytes"),
    (datetime, "time"),
    (Path, "path"),
    (Any, "anything"),
)


def kind_of(hint: Any) -> str:
    """For example `list of text with holes`, or `direct or relay`."""
    for known, words in _NAMED:
        if hint is known or hint == known:
            return words
    origin = get_origin(hint)
    if origin is Annotated:
        return "duration" if _is_duration(hint) else kind_of(hint.__origin__)
    if origin is Literal:
        return _either(get_args(hint))
    if origin in (Union, UnionType):
        return _either([kind_of(one) for one in get_args(hint) if one is not NoneType])
    if origin is tuple:
        return f"list of {kind_of(get_args(hint)[0])}"
    if origin is dict:
        return f"map of {kind_of(get_args(hint)[1])}"
    return _kind_of_class(hint)


def _kind_of_class(hint: Any) -> str:
    if hasattr(hint, "__supertype__"):
        return _spaced(hint.__name__)
    if isclass(hint) and issubclass(hint, StrEnum):
        return _either([one.value for one in hint])
    if isclass(hint) and dataclasses.is_dataclass(hint):
        return "{" + ", ".join(written_name(one.name) for one in dataclasses.fields(hint)) + "}"
    return f"`{hint.__name__}`" if isclass(hint) else str(hint)


def _either(words: Any) -> str:
    *first, last = [str(word) for word in words]
    return f"{', '.join(first)} or {last}" if first else last


def _spaced(name: str) -> str:
    """`CallId` as `call id`."""
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()


def default_of(field: "dataclasses.Field[Any]", hint: Any) -> str:
    """The default as it would be written, `required`, or nothing for an empty one."""
    if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
        return "required"
    default = field.default
    if default is dataclasses.MISSING or default is None or default in ("", ()):
        return ""
    return f"`{written_default(default, is_duration=kind_of(hint) == 'duration')}`"


def written_default(default: Any, *, is_duration: bool = False) -> str:
    """A default as it would be written in YAML."""
    if is_duration:
        return write_duration(default)
    if isinstance(default, bool):
        return "true" if default else "false"
    return str(default.value) if isinstance(default, StrEnum) else str(default)


def _is_duration(hint: Any) -> bool:
    """Whether `hint` is `Duration`, or narrows it with bounds of its own."""
    return Duration.__metadata__[0] in hint.__metadata__  # type: ignore[attr-defined]
