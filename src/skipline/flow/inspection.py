"""Runs every check over a drawing. A check is a module in `flow/checks` with one function `check`; adding one is
adding a file there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from skipline.flow import checks
from skipline.flow.drawing import Drawing
from skipline.flow.expressions import CompiledValues
from skipline.flow.graph import Lines, lines_of
from skipline.flow.issue import Issue
from skipline.model.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a check may look at. `workspace` is None when a flow is checked by itself."""

    drawing: Drawing
    values: CompiledValues
    lines: Lines
    workspace: Configuration | None

    def kind_of(self, variable: str) -> str:
        """The type of a variable, as far as it is known; `any` else."""
        return self.values.types.get(variable, "any")


Check = Callable[[Inspection], Iterator[Issue]]


def inspect_drawing(drawing: Drawing, values: CompiledValues, workspace: Configuration | None) -> list[Issue]:
    """Everything that the checks find."""
    inspection = Inspection(drawing, values, lines_of(drawing), workspace)
    return [issue for check in all_checks().values() for issue in check(inspection)]


@cache
def all_checks() -> dict[str, Check]:
    """Every check by the name of its module."""
    names = sorted(found.name for found in iter_modules(checks.__path__))
    return {name: import_module(f"{checks.__name__}.{name}").check for name in names}
