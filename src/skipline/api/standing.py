"""Where durable runs stand, as the API shows it: what is wrong with them, what is left to do, what was done."""

from datetime import datetime

import msgspec
from pydantic import BaseModel

from skipline.api.told import Told
from skipline.base.sentence import say
from skipline.model.durable import DurableSummary, OpenCommand, RunDeed, RunStatus, Standing
from skipline.stories.judging import command_name


class OpenCommandView(BaseModel):
    """A command that is not carried out yet. `problem` is why its last try failed; the next one is at `due_at`. With
    `is_awaited` the run waits for what comes of it."""

    id: str
    command: str
    attempts: int
    problem: str
    due_at: datetime
    is_awaited: bool


class CareView(BaseModel):
    """What was done about a run. `author` is empty when it parked itself."""

    deed: RunDeed
    at: datetime
    author: str
    why: str


class StandingView(BaseModel):
    """Where a durable run stands. `why` says in a sentence what keeps it; `step` is where its turn begins, null before
    its first one; `attempts` counts the tries at this turn; `due_at` is when it goes on by itself, null: when something
    happens."""

    status: RunStatus
    why: Told
    conversation: str
    step: str | None
    attempts: int
    problem: str
    changed_at: datetime
    due_at: datetime | None
    commands: list[OpenCommandView]
    care: list[CareView]


def standing_view(standing: Standing) -> StandingView:
    """A standing as the API shows it."""
    summary = standing.summary
    return StandingView(
        status=summary.status,
        why=_why(summary),
        conversation=summary.conversation,
        step=standing.step,
        attempts=summary.attempts,
        problem=summary.problem,
        changed_at=summary.changed_at,
        due_at=summary.due_at,
        commands=[_command(one) for one in standing.commands],
        care=[CareView(**msgspec.structs.asdict(one)) for one in standing.care],
    )


def _why(summary: DurableSummary) -> str:
    last = summary.problem.rstrip(".")
    match summary.status:
        case RunStatus.PARKED:
            if summary.attempts <= 1:
                return say(
                    "It failed once and waits for a person to release it or give it up. The last time: {problem}.",
                    problem=last,
                )
            return say(
                "It failed {number} times and waits for a person to release it or give it up. The last time: "
                "{problem}.",
                number=summary.attempts,
                problem=last,
            )
        case RunStatus.READY if last:
            return say("It failed and is tried again. The last time: {problem}.", problem=last)
        case RunStatus.WAITING:
            return say("It waits for an event or for its time to come.")
        case RunStatus.READY | RunStatus.RUNNING:
            return say("Its turn is being taken, or is the next one.")
    return say("It is over.")


def _command(one: OpenCommand) -> OpenCommandView:
    return OpenCommandView(
        id=one.issued.id,
        command=command_name(one.issued.body),
        attempts=one.attempts,
        problem=one.problem,
        due_at=one.due_at,
        is_awaited=one.is_awaited,
    )
