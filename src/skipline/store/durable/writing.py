"""How runs and commands are written into rows, the same on every database."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from skipline.model.commands import Issued
from skipline.model.durable import Arrival, Claim, DurableRun, Outgoing, TurnEnd, Verdict
from skipline.model.run import Run

Asked = tuple[Arrival, str | None]
"""An event that came in, and who takes the turn it makes due (None: whoever comes first)."""

Ended = tuple[Claim, TurnEnd]
"""A turn to be saved, and the claim that it was taken under."""

Settlement = tuple[Outgoing, str]
"""A command that is carried out, or given up because of a problem."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of an arrival, and the run to take a turn of when it was claimed at once."""

    verdict: Verdict
    claim: Claim | None = None


def begun_runs(asked: Sequence[Asked], ingested: Sequence[Ingested]) -> list[Run]:
    """The runs that began with these events, for their records: they are shown from now on."""
    pairs = zip(asked, ingested, strict=True)
    return [arrival.begins for (arrival, _), one in pairs if one.verdict is Verdict.STARTED and arrival.begins]


def write_run(kept: DurableRun) -> str:
    """A run as the text of its row."""
    return msgspec.json.encode(kept).decode()


def read_run(state: str) -> DurableRun:
    """The run that `write_run` wrote."""
    return msgspec.json.decode(state, type=DurableRun)


def write_command(issued: Issued, run: Run) -> str:
    """A command that `run` issued as the text of its row, with whether the run waits for it."""
    return msgspec.json.encode((issued, issued.id == run.waiting_for)).decode()


def read_command(command: str) -> tuple[Issued, bool]:
    """What `write_command` wrote."""
    return msgspec.json.decode(command, type=tuple[Issued, bool])


def read_outgoing(row: tuple[int, str, str, int], owner: str) -> Outgoing:
    """A row of the outbox (id, conversation, command, attempts) in the hands of `owner`."""
    id_, conversation, command, attempts = row
    issued, is_awaited = read_command(command)
    return Outgoing(
        id=id_, owner=owner, conversation=conversation, issued=issued, attempts=attempts, is_awaited=is_awaited
    )
