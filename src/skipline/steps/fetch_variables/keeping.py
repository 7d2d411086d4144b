"""The table to look in when a source fails: the part of the step's settings that says so."""

from dataclasses import dataclass

from skipline.flow.fields import Template, VariableName, field


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
