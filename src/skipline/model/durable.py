"""Runs that have no call to hold them: what is kept of them between their turns, for days and across restarts."""

from datetime import datetime
from enum import StrEnum

import msgspec

from skipline.model.commands import Issued
from skipline.model.ids import RunId, StepId
from skipline.model.run import Run


class RunStatus(StrEnum):
    """Where a durable run stands. `ready`: a turn is due; `running`: somebody holds its lease; `waiting`: for an event
    or its time-out; `parked`: it failed again and again and waits for a person; `done`: it is over."""

    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting"
    PARKED = "parked"
    DONE = "done"


class DurableRun(msgspec.Struct, kw_only=True):
    """A run as it is kept. `asked` is a command that was begun in the middle of a turn and must not be forgotten, such
    as a request that pays: who takes the run up after a crash sends it again under the same id."""

    run: Run
    asked: Issued | None = None


_SEPARATOR = "/"


def conversation_on(channel: str, *names: str) -> str:
    """The key of a conversation: its channel, and what tells it from the channel's others."""
    return _SEPARATOR.join((channel, *names))


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """An event for a conversation. `channel` and `dedup` (the sender's own id of it) tell a second delivery.

    `payload` is JSON. `begins` is the run that starts with it when none is live in the conversation; None: then nobody
    wants it.
    """

    channel: str
    dedup: str
    conversation: str
    payload: str = "null"
    begins: Run | None = None


class Verdict(StrEnum):
    """What became of an arrival: its run began, woke, or gets to it after its present turn; it was delivered before;
    or no run wants it."""

    STARTED = "started"
    RESUMED = "resumed"
    QUEUED = "queued"
    REPEATED = "repeated"
    UNWANTED = "unwanted"


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A run in the hands of `owner`, until its lease ends.

    `at` is the database's time of the claim; `event` (JSON) is what woke the run, None when its time has come; `rev`
    counts its saved turns, `attempts` the tries at this one.
    """

    run: RunId
    owner: str
    conversation: str
    flow: str
    version: int
    state: str
    rev: int
    at: datetime
    event_id: int | None = None
    event: str | None = None
    attempts: int = 1


class TurnEnd(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn came to, to be saved whole or not at all. `due_at` is the run's time-out when it waits (None: it
    waits for an event alone); `commands` go to the outbox. A `running` turn goes on: it was only saved so far."""

    kept: DurableRun
    status: RunStatus
    due_at: datetime | None = None
    commands: tuple[Issued, ...] = ()
    event_id: int | None = None


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A command of the outbox in the hands of `owner`. `attempts` counts this try; more than one means that an earlier
    one failed, or that nobody knows what became of it. `is_awaited`: the run waits for what comes of it."""

    id: int
    owner: str
    conversation: str
    issued: Issued
    attempts: int
    is_awaited: bool = True

    @property
    def channel(self) -> str:
        """The channel on which the run's conversation is."""
        return self.conversation.partition(_SEPARATOR)[0]


class DurableSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A durable run in a list for people: where it stands and what is wrong with it."""

    id: RunId
    conversation: str
    flow: str
    version: int
    status: RunStatus
    attempts: int
    problem: str
    changed_at: datetime
    due_at: datetime | None = None


class RunDeed(StrEnum):
    """What can become of a run that fails again and again."""

    PARKED = "parked"
    RELEASED = "released"
    GIVEN_UP = "given_up"


class RunCare(msgspec.Struct, frozen=True, kw_only=True):
    """What was done about a run. `author` is the name of who did it, empty when nobody did: it parked itself."""

    deed: RunDeed
    at: datetime
    author: str = ""
    why: str = ""


class OpenCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A command of the outbox that is not carried out yet; `problem` is why its last try failed, empty before."""

    issued: Issued
    attempts: int
    problem: str
    due_at: datetime
    is_awaited: bool = True


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a durable run stands, for the person who looks after it. `step` is where its turn begins, None before its
    first one."""

    summary: DurableSummary
    step: StepId | None
    commands: tuple[OpenCommand, ...] = ()
    care: tuple[RunCare, ...] = ()
