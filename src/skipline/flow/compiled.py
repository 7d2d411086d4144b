"""A flow ready to be walked: steps that know where each exit leads, and expressions compiled once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from skipline.expr.formulas import Formula
from skipline.expr.texts import Text
from skipline.flow.document import FlowInput
from skipline.flow.outcome import Step, Trigger
from skipline.flow.plain import Warn
from skipline.model.configuration import Hours, Table
from skipline.model.ids import StepId
from skipline.model.queueing import Agent

Condition = Callable[[Mapping[str, Any], Warn], bool]
"""A row ready to be asked; what goes wrong becomes a warning and the answer is no."""


@dataclass(frozen=True, slots=True)
class Expressions:
    """Every text and formula that stands in a flow, compiled, by how it was written; rows by their identity, because
    Python takes a row about 1 and a row about True for equal."""

    texts: Mapping[str, Text]
    formulas: Mapping[str, Formula]
    conditions: Mapping[int, Condition]


@dataclass(frozen=True, slots=True)
class CompiledStep:
    """One box: what it does, and for each of its exits the step that follows (None: the run ends). `name` is what
    people call it, empty when it has no name."""

    id: StepId
    type: str
    step: Step
    next: Mapping[str, StepId | None]
    name: str = ""


class FlowShelf(Protocol):
    """The flows that a flow may run inside itself."""

    def newest(self, flow: str) -> "CompiledFlow | None":
        """The published version of a flow, by its key."""

    def version(self, flow: str, version: int) -> "CompiledFlow | None":
        """A version of a flow that a run is on."""


class EmptyShelf:
    """No flows at all."""

    def newest(self, flow: str) -> "CompiledFlow | None":
        """None."""
        return None

    def version(self, flow: str, version: int) -> "CompiledFlow | None":
        """None."""
        return None


@dataclass(frozen=True, slots=True)
class CompiledFlow:
    """One version of a flow, shared by all its runs. `tables`, `hours` and `agents` may be live views of the
    workspace's; `personal` names the variables whose values are masked in traces."""

    name: str
    version: int
    start: StepId
    steps: Mapping[StepId, CompiledStep]
    triggers: tuple[Trigger, ...]
    expressions: Expressions
    tables: Mapping[str, Table]
    hours: Mapping[str, Hours] = field(default_factory=dict)
    inputs: tuple[FlowInput, ...] = ()
    shelf: FlowShelf = field(default_factory=EmptyShelf)
    personal: tuple[str, ...] = ()
    agents: Mapping[str, Agent] = field(default_factory=dict)
