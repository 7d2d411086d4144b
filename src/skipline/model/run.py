"""One journey of one contact through a flow, as it is kept and shown."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from skipline.model.call import Call
from skipline.model.contact import Contact
from skipline.model.events import MessageReceived
from skipline.model.ids import CommandId, RunId, StepId


class Outcome(StrEnum):
    """How a run ended. `lost`: by our own fault."""

    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    CALL_BACK = "call_back"
    VOICEMAIL = "voicemail"
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


class OuterFlow(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run goes on once the flow that it walks inside another one ends: the outer flow's step and variables.

    `inner_flow` and `inner_version` are the flow inside; the run stays on that version until it ends.
    """

    inner_flow: str
    inner_version: int
    step: StepId
    step_entered_at: datetime
    step_detail: dict[str, Any] = {}
    variables: dict[str, Any] = {}


class StartedBy(msgspec.Struct, frozen=True, kw_only=True):
    """What started a run that no call did: the trigger's type, and what tells this start from its others, such as a
    webhook's name and the delivery's id."""

    type: str
    details: dict[str, str] = {}


class Run(msgspec.Struct, kw_only=True):
    """A run between two turns: plain data that survives a trip through JSON. `step` is where it waits.

    `call` is the call that it serves, `started_by` what started it when there is none. `message` is the latest message
    that it went by: the one that started it, then each answer; `asked_at` is when it asked the question in writing
    whose answer it waits for.

    `outer` holds the flows that wait for an inner one to end, the outermost first.
    `outcome_so_far` and `final_code` (a SIP status) are what the latest forward or queue came to; they hold if the run
    ends now.
    `personal` names the variables whose values are masked wherever the run is written down.
    """

    id: RunId
    flow: str
    version: int
    started_at: datetime
    contact: Contact
    call: Call | None = None
    started_by: StartedBy | None = None
    message: MessageReceived | None = None
    variables: dict[str, Any] = {}
    step: StepId | None = None
    step_type: str = ""
    step_entered_at: datetime | None = None
    step_detail: dict[str, Any] = {}
    waiting_for: CommandId | None = None
    wait_until: datetime | None = None
    asked_at: datetime | None = None
    commands_issued: int = 0
    steps_taken: int = 0
    outer: list[OuterFlow] = []
    trace: list[TraceEntry] = []
    outcome_so_far: Outcome = Outcome.ENDED
    final_code: int = 0
    personal: tuple[str, ...] = ()
    ended_at: datetime | None = None
    outcome: Outcome | None = None
