"""What is kept of calls and runs once they happened, as lists and pages show it."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from skipline.model.call import Call, EndedBy, TargetTry
from skipline.model.durable import RunStatus
from skipline.model.ids import CallId, RunId, VoicemailId
from skipline.model.queueing import Entry, EntryState
from skipline.model.run import Outcome

INCOMING_CALL = "incoming_call"
"""The type of the trigger of every run that serves a call."""


class PassedStep(NamedTuple):
    """A step that a run went through, and the way out that it took; empty: it ended there, or is there still."""

    step: str
    type: str
    exit: str


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A run in a list: all but its variables and the details of its trace. `trigger` is the type of what started it;
    `ended_at` and `outcome` are None while it goes on. `status` and `problem` are those of a durable run, None and
    empty else. `waited_seconds` is the time in queues, all stays together. `channel` is that of who wrote."""

    id: RunId
    flow: str
    version: int
    phone: str
    contact_name: str
    tier: str
    call: CallId | None
    started_at: datetime
    trigger: str = INCOMING_CALL
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    status: RunStatus | None = None
    problem: str = ""
    channel: str = ""
    steps: tuple[PassedStep, ...] = ()
    waited_seconds: float = 0.0


class RunPage(msgspec.Struct, frozen=True, kw_only=True):
    """Runs, newest first. `next_cursor` asks for the page after this one; None: there is none."""

    runs: tuple[RunSummary, ...]
    next_cursor: str | None = None


class CallRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A call with its end, if it has ended. `tries` is empty in lists; ask for the one call to see them."""

    call: Call
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    code: int = 0
    reason: str = ""
    tries: tuple[TargetTry, ...] = ()


class CallPage(msgspec.Struct, frozen=True, kw_only=True):
    """Calls, newest first. `next_cursor` asks for the page after this one; None: there is none."""

    calls: tuple[CallRecord, ...]
    next_cursor: str | None = None


class EntryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as it is kept: while it goes on, and with its reasons once it is over. `left_at` is None until then.

    `why` are sentences with their figures; `passed_over` tells of those who were taken before it or after it,
    `agents_considered` of each agent who could have been chosen. `call_back` is what was promised to a contact who does
    not wait on a call.
    """

    entry: Entry
    state: EntryState
    left_at: datetime | None = None
    is_lost: bool = False
    agent: str = ""
    waited_seconds: float = 0.0
    why: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    agents_considered: tuple[str, ...] = ()
    call_back: dict[str, Any] | None = None


class VoicemailRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a caller left: who, when it was kept, and in the run of which flow. `queue` is the one that they
    waited in last before, empty when they waited in none. `file` is its name in the folder `voicemail` of the server
    that took the call, `kept_by` that server and its folder; empty: nobody wrote down which."""

    id: VoicemailId
    at: datetime
    call: CallId
    run: RunId
    flow: str
    version: int
    phone: str
    contact_name: str
    queue: str
    seconds: float
    file: str
    kept_by: str = ""


class VoicemailPage(msgspec.Struct, frozen=True, kw_only=True):
    """Voicemails, newest first. `next_cursor` asks for the page after this one; None: there is none."""

    voicemails: tuple[VoicemailRecord, ...]
    next_cursor: str | None = None
