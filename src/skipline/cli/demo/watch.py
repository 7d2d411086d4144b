"""Follows the calls of a running server and keeps one row of words for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from skipline.host.host import Host
from skipline.model.call import Call, TryEnd
from skipline.model.events import (
    CallArrived,
    CallConnected,
    CallEnded,
    Event,
    LookupAnswered,
    RunEnded,
    RunStarted,
    TargetRang,
    TargetTried,
)
from skipline.model.ids import CallId
from skipline.model.run import Run, TraceEntry

MOST_ROWS = 200


@dataclass(slots=True)
class Row:
    """One call in words. `why` holds the reasons of the steps passed so far, in order."""

    call: Call
    state: str = "ringing"
    lookup: str = ""
    targets: list[str] = field(default_factory=list)
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    run: Run | None = None

    @property
    def path(self) -> str:
        """The steps passed, each with the exit it was left by."""
        return " → ".join(_passage(entry) for entry in self.trace)

    @property
    def why(self) -> str:
        """What each step said; a forward that went well is told by the other columns."""
        telling = [entry for entry in self.trace if entry.exit != TryEnd.ANSWERED]
        return "\n".join(reason for entry in telling if (reason := str(entry.detail.get("why", ""))))

    @property
    def trace(self) -> list[TraceEntry]:
        """What the run has done so far."""
        return self.run.trace if self.run is not None else []


class Watch:
    """Rows of calls, oldest first. Feed it every fact by `take`."""

    def __init__(self, host: Host, target_names: Mapping[str, str]) -> None:
        self._host, self._target_names = host, target_names
        self.rows: dict[CallId, Row] = {}

    def take(self, fact: Event) -> None:
        """Bring the row of the fact's call up to date."""
        if isinstance(fact, CallArrived):
            self._add(fact)
            return
        row = self.rows.get(getattr(fact, "call", CallId("")))
        if row is not None:
            self._update(row, fact)

    @property
    def calls_over(self) -> int:
        """How many of the rows' calls have ended."""
        return sum(row.ended_at is not None for row in self.rows.values())

    def _add(self, fact: CallArrived) -> None:
        self.rows.setdefault(fact.call.id, Row(fact.call))
        while len(self.rows) > MOST_ROWS:
            del self.rows[next(iter(self.rows))]

    def _update(self, row: Row, fact: Event) -> None:
        match fact:
            case RunStarted():
                serving = self._host.centre.runs.get(fact.call)
                row.run = serving.run if serving is not None else None
            case LookupAnswered():
                row.lookup = fact.status.value
            case TargetRang():
                row.state = f"{self._name(fact.target)} rings"
            case TargetTried():
                row.targets.append(f"{self._name(fact.attempt.target)}: {fact.attempt.end.value}")
            case CallConnected():
                row.targets.append(self._name(fact.target))
                row.state, row.answered_at = f"talks with {self._name(fact.target)}", fact.at
            case RunEnded():
                row.outcome = fact.outcome
            case CallEnded():
                row.state, row.ended_at = "over", fact.at

    def _name(self, target: str) -> str:
        return next((name for address, name in self._target_names.items() if address in target), target)


def _passage(entry: TraceEntry) -> str:
    return f"{entry.step} ({entry.exit})" if entry.exit else entry.step
