"""One journey of one contact through a flow, as it is kept and shown."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from skipline.model.call import Call
from skipline.model.contact import Contact
from skipline.model.ids import CommandId, RunId, StepId


class Outcome(StrEnum):
    """How a run ended. `lost`: by our own fault."""

    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    ABANDONED = "abandoned"
    HUNG_UP = "hung_up"
    ENDED = "ended"
    FAILED = "failed"
    LOST = "lost"


class TraceEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One step's passage: which way out, when it began, how long it took, and why in `detail["why"]`."""

    step: StepId
    type: str
    exit: str
    at: datetime
    ms: float
    detail: dict[str, Any] = {}


class Run(msgspec.Struct, kw_only=True):
    """A run between two turns: plain data that survives a trip through JSON. `step` is where it waits.

    `outcome_so_far` and `final_code` (a SIP status) are what the latest forward came to; they hold if the run ends now.
    `personal` names the variables whose values are masked wherever the run is written down.
    """

    id: RunId
    flow: str
    version: int
    started_at: datetime
    contact: Contact
    call: Call | None = None
    variables: dict[str, Any] = {}
    step: StepId | None = None
    step_type: str = ""
    step_entered_at: datetime | None = None
    step_detail: dict[str, Any] = {}
    waiting_for: CommandId | None = None
    wait_until: datetime | None = None
    commands_issued: int = 0
    steps_taken: int = 0
    trace: list[TraceEntry] = []
    outcome_so_far: Outcome = Outcome.ENDED
    final_code: int = 0
    personal: tuple[str, ...] = ()
    ended_at: datetime | None = None
    outcome: Outcome | None = None
