"""How runs and commands are written into rows, the same on every database."""

from dataclasses import dataclass

import msgspec

from skipline.model.commands import Issued
from skipline.model.durable import Claim, DurableRun, Verdict


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of an arrival, and the run to take a turn of when it was claimed at once."""

    verdict: Verdict
    claim: Claim | None = None


def write_run(kept: DurableRun) -> str:
    """A run as the text of its row."""
    return msgspec.json.encode(kept).decode()


def read_run(state: str) -> DurableRun:
    """The run that `write_run` wrote."""
    return msgspec.json.decode(state, type=DurableRun)


def write_issued(issued: Issued) -> str:
    """A command as the text of its row."""
    return msgspec.json.encode(issued).decode()


def read_issued(command: str) -> Issued:
    """The command that `write_issued` wrote."""
    return msgspec.json.decode(command, type=Issued)
