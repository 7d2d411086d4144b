"""How a piece describes its fields, so that loader, checks and editor need to know no piece.

A piece is a frozen, slotted, keyword-only dataclass. Each field is made by `field(...)`; its annotation says what may
be written there. The marker types below are plain strings (or rows) that the flow compiles once when it is loaded.
"""

import dataclasses
from typing import Annotated, Any, NewType

from pydantic import AfterValidator, BeforeValidator

from skipline.base.durations import parse_duration

Template = NewType("Template", str)
"""A text with `{{ holes }}`; a step reads it with `ctx.text(...)` or, keeping a lone hole's type, `ctx.value(...)`."""

Formula = NewType("Formula", str)
"""A CEL expression; read with `ctx.formula(...)`."""


_CONTACT_FIELDS = frozenset({"contact.name", "contact.tier", "contact.language"})


def _variable_name(written: str) -> str:
    if written in _CONTACT_FIELDS or (written.isidentifier() and not written.startswith("_")):
        return written
    raise ValueError(f"{written!r} cannot name a variable: use letters, digits and _, beginning with a letter")


VariableName = Annotated[str, AfterValidator(_variable_name)]
"""Where a value is kept: a name of the run's own, or `contact.name`, `contact.tier`, `contact.language`."""

Duration = Annotated[float, BeforeValidator(parse_duration)]
"""Seconds, written `20s`, `2m`, `24h`."""


def field(*, label: str = "", kind: str = "text", default: Any = dataclasses.MISSING, **more: Any) -> Any:
    """Declare a field of a piece.

    `label` is a key of the piece's words file, `kind` the editor's field kind (text, long_text, duration, number,
    choice, source, table, targets, rows, ...), `more` goes to the editor as it is. Without `default` it is required.
    """
    return dataclasses.field(default=default, metadata={"label": label, "kind": kind, **more})
