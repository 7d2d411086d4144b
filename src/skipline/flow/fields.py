"""How a piece describes its fields, so that loader, checks and editor need to know no piece.

A piece is a frozen, slotted, keyword-only dataclass. Each field is made by `field(...)`; its annotation says what may
be written there. The marker types below are plain strings (or rows) that the flow compiles once when it is loaded.

A field whose name ends with an underscore (`from_`, `as_`, `all_`) is written without it in the flow file.

Field kinds that the checks understand, whatever piece they are in: `source`, `table`, `hours`, `tier`, `trunk`,
`queue`, `skill` and `agent` name something of the workspace, `agents` and `accounts` (of messages) several; `numbers`
is a tuple of our numbers; `targets` a tuple of SIP URIs or numbers, at least one; `paths` a tuple of objects with
`id`, `all_`, `any_` and `formula`; `keys` maps what a caller may press to an exit; `skills` is a tuple of objects
with `skill`, `level` and `until`; `options` one of objects with `id`, `title` and `description`, where the field says
how many there may be (`most`) and how long (`longest`, `longest_description`); `keywords` are words that messages
begin with; `template_language` is the language of a provider's template. A duration may have `most_seconds=...`, or
`in_writing=True` when a writer may take it to answer, and a trunk `calls_out=True` when numbers are always called
over it.
"""

import dataclasses
from collections.abc import Callable
from typing import Annotated, Any, NewType

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from skipline.base.durations import parse_duration
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue

Template = NewType("Template", str)
"""A text with `{{ holes }}`; a step reads it with `ctx.text(...)` or, keeping a lone hole's type, `ctx.value(...)`."""

Formula = NewType("Formula", str)
"""A CEL expression; read with `ctx.formula(...)`."""


_CONTACT_FIELDS = frozenset({"contact.name", "contact.tier", "contact.language"})

RESERVED_NAMES = frozenset({"contact", "call", "message", "lookup", "queues", "now", "flow", "true", "false", "null"})
"""Names that a variable cannot have, because conditions and texts use them for something else."""


def _variable_name(written: str) -> str:
    if written in RESERVED_NAMES:
        raise WrongValue(
            say("{written!r} cannot name a variable", written=written), say("conditions use it for something else")
        )
    if written in _CONTACT_FIELDS or (written.isidentifier() and not written.startswith("_")):
        return written
    raise WrongValue(
        say("{written!r} cannot name a variable", written=written),
        say("use letters, digits and _, beginning with a letter"),
    )


VariableName = Annotated[str, AfterValidator(_variable_name)]
"""Where a value is kept: a name of the run's own, or `contact.name`, `contact.tier`, `contact.language`."""

Duration = Annotated[
    float, BeforeValidator(parse_duration), WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?(ms|s|m|h|d)$"})
]
"""Seconds, written `20s`, `2m`, `24h`."""


def field(
    *,
    label: str = "",
    kind: str = "text",
    default: Any = dataclasses.MISSING,
    default_factory: Callable[[], Any] | None = None,
    **more: Any,
) -> Any:
    """Declare a field of a piece.

    `label` is a key of the piece's words file, `kind` the editor's field kind (text, long_text, duration, number,
    choice, source, table, targets, paths, rows, ...), `more` goes to the editor as it is. Without `default` or
    `default_factory` (for a map) it is required.
    """
    metadata = {"label": label, "kind": kind, **more}
    if default_factory is not None:
        return dataclasses.field(default_factory=default_factory, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)
