"""Writes plain data as YAML in one stable, readable style: the same data always gives the same text."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

WIDEST_LINE = 110
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_ ./+@()<>=-]*|[0-9]+(ms|s|m|h|d)")
# Words that other YAML readers (YAML 1.1) take for something else than a text.
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"})


def dump_yaml(data: Any) -> str:
    """`data` as YAML; `read_yaml` gives the same data back. `format` comes first at the top, all other keys keep
    their order. Small maps and lists stand on one line.

    Raises `TypeError` for what is not plain data.
    """
    if isinstance(data, Mapping) and "format" in data:
        data = {"format": data["format"], **data}
    return "\n".join(_block(data, 0)) + "\n"


def _block(value: Any, indent: int) -> list[str]:
    """The lines of `value`, at `indent` spaces."""
    if isinstance(value, Mapping) and value and _inline(value, indent) is None:
        return [line for key, item in value.items() for line in entry_lines(key, item, indent)]
    if isinstance(value, list | tuple) and value and _inline(value, indent) is None:
        return [line for item in value for line in item_lines(item, indent)]
    return [" " * indent + (_inline(value, indent) or inline_text(value))]


def entry_lines(key: str, value: Any, indent: int) -> list[str]:
    """The lines of one entry of a map that stands at `indent` spaces."""
    head = f"{' ' * indent}{_scalar(key)}:"
    if is_long_text(value):
        return [f"{head} |{_chomping(value)}", *_text_lines(value, indent + 2)]
    inline = _inline(value, len(head) + 1)
    return [f"{head} {inline}"] if inline is not None else [head, *_block(value, indent + 2)]


def item_lines(value: Any, indent: int) -> list[str]:
    """The lines of one item of a list that stands at `indent` spaces."""
    inline = _inline(value, indent + 2)
    if inline is not None:
        return [f"{' ' * indent}- {inline}"]
    first, *others = _block(value, indent + 2)
    return [f"{' ' * indent}- {first.lstrip()}", *others]


def _inline(value: Any, indent: int) -> str | None:
    """`value` on one line, or None when it needs more: it is too wide, or a map at the top or of maps."""
    if not isinstance(value, Mapping | list | tuple):
        return _scalar(value)
    if not value:
        return inline_text(value)
    if (indent == 0 and isinstance(value, Mapping)) or _depth(value) > 2:
        return None
    written = inline_text(value)
    return written if indent + len(written) <= WIDEST_LINE else None


def inline_text(value: Any) -> str:
    """`value` on one line, however long that is."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {inline_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline_text(item) for item in value) + "]"
    return _scalar(value)


def _depth(value: Any) -> int:
    """How many maps and lists stand inside each other, counting up to 3."""
    children = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else None
    if children is None:
        return 0
    return 1 + max((min(_depth(child), 2) for child in children), default=0)


def is_long_text(value: Any) -> bool:
    """Whether a text reads better as a block: several printable lines, none of which a block would change."""
    if not isinstance(value, str) or "\n" not in value.strip("\n") or value[0] in " \n":
        return False
    return all(line.isprintable() and line == line.rstrip() for line in value.split("\n"))


def _chomping(text: str) -> str:
    return "" if text.endswith("\n") and not text.endswith("\n\n") else "+" if text.endswith("\n") else "-"


def _text_lines(text: str, indent: int) -> list[str]:
    lines = text.removesuffix("\n").split("\n")
    return [" " * indent + line if line else "" for line in lines]


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return str(value) if _is_plain(value) else _quoted(value)
    raise TypeError(f"{type(value).__name__} is not plain data")


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise TypeError(f"{value} is not plain data")
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def _is_plain(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text)) and not text.endswith(" ") and text.lower() not in _RESERVED


def _quoted(text: str) -> str:
    """A double-quoted text (YAML 1.2 section 7.3.1): as in JSON, and everything invisible is escaped."""
    return "".join(char if char.isprintable() else _escaped(char) for char in json.dumps(text, ensure_ascii=False))


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
