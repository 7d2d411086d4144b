"""What to keep of an answer, and under which names."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from skipline.base.json_pointer import MISSING, JsonPointer, find, split_pointer
from skipline.base.value_types import ValueType, check_default, take
from skipline.flow.fields import VariableName, field


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepValue:
    """Keep what the JSON pointer `from` leads to (RFC 6901, such as `/orders/0/total`) under a variable name.

    `default` counts when there is no answer, and when the value is missing or of another type.
    A `personal` value is masked wherever the run is written down.
    """

    from_: JsonPointer = field(label="from", kind="pointer")
    as_: VariableName = field(label="as", kind="variable")
    type: ValueType = field(label="type", kind="choice", default=ValueType.ANY)
    default: Any = field(label="default", kind="value", default=None)
    personal: bool = field(label="personal", kind="switch", default=False)

    def __post_init__(self) -> None:
        check_default(self.default, self.type)

    def found_in(self, value: Any) -> Any:
        """The part of `value` that is meant; None when there is none."""
        found = find(value, split_pointer(self.from_))
        return None if found is MISSING else found


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepNamed:
    """Keep what is called `from` there under a variable name here; `default` counts when it is missing or does not
    fit."""

    from_: str = field(label="from")
    as_: VariableName = field(label="as", kind="variable")
    type: ValueType = field(label="type", kind="choice", default=ValueType.ANY)
    default: Any = field(label="default", kind="value", default=None)
    personal: bool = field(label="personal", kind="switch", default=False)

    def __post_init__(self) -> None:
        check_default(self.default, self.type)


def pick_values(keep: Iterable[KeepValue], pick: Callable[[KeepValue], Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What `pick` gives for each of `keep`, as its type, by its name; and why some took their defaults."""
    values: dict[str, Any] = {}
    problems = []
    for one in keep:
        values[one.as_], problem = take(pick(one), one.type, one.default)
        if problem:
            problems.append(default_taken(one, problem))
    return values, tuple(problems)


def default_taken(one: KeepValue | KeepNamed, problem: str) -> str:
    """Says that a default counts, and why; what was there instead is told of no personal value."""
    why = f"what was there is not of type {one.type}" if one.personal else problem
    return f"{one.as_} took its default, because {why}"


def default_values(keep: Iterable[KeepValue]) -> dict[str, Any]:
    """The defaults, for when there is no answer."""
    return pick_values(keep, lambda _: None)[0]
