"""What to keep of an answer: the parts of the step's settings that say so."""

from dataclasses import dataclass
from typing import Any

from skipline.base.json_pointer import JsonPointer
from skipline.base.value_types import ValueType, check_default
from skipline.flow.fields import Template, VariableName, field


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepValue:
    """Keep what the JSON pointer `from` leads to (RFC 6901, such as `/orders/0/total`) under a variable name.

    `default` counts when nobody was found, when the look-up failed, and when the value is missing or of another type.
    """

    from_: JsonPointer = field(label="from", kind="pointer")
    as_: VariableName = field(label="as", kind="variable")
    type: ValueType = field(label="type", kind="choice", default=ValueType.ANY)
    default: Any = field(label="default", kind="value", default=None)

    def __post_init__(self) -> None:
        check_default(self.default, self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepColumn:
    """Keep column `from` of the fallback table under a variable name; its type is the one it has in the step's own
    `keep`."""

    from_: str = field(label="column")
    as_: VariableName = field(label="as", kind="variable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """The table to look in when the source fails and no last known answer stands in for it."""

    table: str = field(label="fallback_table", kind="table")
    key: Template = field(label="fallback_key", default="{{ contact.phone }}")
    keep: tuple[KeepColumn, ...] = field(label="fallback_keep", kind="keep")
