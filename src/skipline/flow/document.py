"""A flow as it is written down: plain values, not yet checked against the pieces there are."""

from typing import Any

import msgspec

from skipline.model.ids import StepId

FORMAT = 1
"""The number of the saved format that this release writes."""


class StepDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One box as written. `settings` is what stands under `with`; `next` maps an exit to the step it leads to;
    `at` is the box's place on the canvas."""

    id: StepId
    type: str
    name: str = ""
    settings: dict[str, Any] = {}
    next: dict[str, StepId] = {}
    at: tuple[float, float] | None = None


class TriggerDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What starts the flow, as written: the settings stand beside `type`."""

    type: str
    settings: dict[str, Any] = {}


class FlowInput(msgspec.Struct, frozen=True, kw_only=True):
    """A variable that a flow is given when another flow runs it; `default` counts when it is not."""

    name: str
    type: str = "any"
    default: Any = None


class FlowDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A whole flow file."""

    name: str
    start: StepId
    steps: dict[StepId, StepDocument]
    triggers: tuple[TriggerDocument, ...] = ()
    description: str = ""
    inputs: tuple[FlowInput, ...] = ()
