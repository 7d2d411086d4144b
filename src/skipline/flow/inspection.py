"""Runs every check over a drawing. A check is a module in `flow/checks` with one function `check`; adding one is
adding a file there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from skipline.flow import checks
from skipline.flow.drawing import Drawing, channels_of
from skipline.flow.expressions import CompiledValues
from skipline.flow.graph import Lines, lines_of
from skipline.flow.issue import Issue
from skipline.flow.outcome import CALL, CARRIED, MESSAGE
from skipline.model.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a check may look at. `workspace` is None when a flow is checked by itself; `carried` are the channels on
    which runs can live."""

    drawing: Drawing
    values: CompiledValues
    lines: Lines
    workspace: Configuration | None
    carried: frozenset[str] = CARRIED

    @property
    def has_caller(self) -> bool:
        """Whether a caller may be waiting in this flow; one that nothing starts yet may get a number."""
        channels = set(channels_of(self.drawing).values())
        return not channels or CALL in channels

    @property
    def has_writer(self) -> bool:
        """Whether a message may start this flow."""
        return MESSAGE in channels_of(self.drawing).values()

    def kind_of(self, variable: str) -> str:
        """The type of a variable, as far as it is known; `any` else."""
        return self.values.types.get(variable, "any")


Check = Callable[[Inspection], Iterator[Issue]]


def inspect_drawing(
    drawing: Drawing,
    values: CompiledValues,
    workspace: Configuration | None,
    carried: frozenset[str] | None = None,
) -> list[Issue]:
    """Everything that the checks find, for runs on the channels `carried`; None: on those that the workspace has."""
    on = carried_in(workspace) if carried is None else carried
    inspection = Inspection(drawing, values, lines_of(drawing), workspace, on)
    return [issue for check in all_checks().values() for issue in check(inspection)]


def carried_in(workspace: Configuration | None) -> frozenset[str]:
    """The channels on which runs can live in a workspace; in one that nobody knows, on all there are."""
    return CARRIED | {MESSAGE} if workspace is None or workspace.channels else CARRIED


@cache
def all_checks() -> dict[str, Check]:
    """Every check by the name of its module."""
    names = sorted(found.name for found in iter_modules(checks.__path__))
    return {name: import_module(f"{checks.__name__}.{name}").check for name in names}
