"""Follows the calls of a running server and keeps one row of words for each, and what the queues decided."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from skipline.host.host import Host
from skipline.model.call import Call, TryEnd
from skipline.model.events import CallArrived, CallConnected, CallEnded, Event, LookupAnswered, TargetRang, TargetTried
from skipline.model.ids import CallId, EntryId
from skipline.model.live_events import EntryChanged, RunEnded, RunStarted
from skipline.model.queueing import EntryState
from skipline.model.run import Run, TraceEntry

MOST_ROWS = 200
_MOST_DECISIONS = 50


@dataclass(slots=True)
class Row:
    """One call in words. `queue` and `agent` are those of its latest entry, the agent once they talk; `decided` is why
    the queue had them rung."""

    call: Call
    queue: str = ""
    agent: str = ""
    decided: tuple[str, ...] = ()
    state: str = "ringing"
    lookup: str = ""
    targets: list[str] = field(default_factory=list)
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    run: Run | None = None

    @property
    def medium(self) -> str:
        """How they came."""
        return "call"

    @property
    def came_at(self) -> datetime:
        """When they came."""
        return self.call.arrived_at

    @property
    def path(self) -> str:
        """The steps passed, each with the exit it was left by."""
        return " → ".join(_passage(entry) for entry in self.trace)

    @property
    def name(self) -> str:
        """Who calls: by name when that is known."""
        name = self.run.contact.name if self.run is not None else ""
        return name or self.call.from_ or "withheld"

    @property
    def tier(self) -> str:
        """The contact's tier; empty until one is known."""
        return self.run.contact.tier if self.run is not None else ""

    @property
    def why(self) -> list[str]:
        """What each step said; a forward that went well is told by the other columns. Of a queue that went well, why
        the agent was given this call at that moment."""
        return [reason for entry in self.trace for reason in self._reasons(entry)]

    def _reasons(self, entry: TraceEntry) -> Iterator[str]:
        if "queue_why" in entry.detail and self.agent:
            yield from self.decided
        elif entry.exit != TryEnd.ANSWERED and (reason := entry.detail.get("why")):
            yield str(reason)

    @property
    def trace(self) -> list[TraceEntry]:
        """What the run has done so far."""
        return self.run.trace if self.run is not None else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An offer of an entry to an agent, with the sentences that say why."""

    at: datetime
    agent: str
    who: str
    tier: str
    queue: str
    why: tuple[str, ...]


class Watch:
    """Rows of calls and decisions of queues, oldest first. Feed it every fact by `take`."""

    def __init__(self, host: Host, target_names: Mapping[str, str]) -> None:
        self._host, self._target_names = host, target_names
        self.rows: dict[CallId, Row] = {}
        self.decisions: deque[Decision] = deque(maxlen=_MOST_DECISIONS)

    async def take(self, fact: Event) -> None:
        """Bring the row of the fact's call up to date."""
        if isinstance(fact, EntryChanged) and fact.state is EntryState.RESERVED:
            await self._decide(fact)
        if isinstance(fact, CallArrived):
            self._add(fact)
            return
        row = self.rows.get(getattr(fact, "call", CallId("")))
        if row is None:
            return
        if isinstance(fact, EntryChanged):
            _stand(row, fact)
        else:
            self._update(row, fact)

    def latest(self, phone: str) -> Row | None:
        """The newest call from a number."""
        return next((row for row in reversed(self.rows.values()) if row.call.from_ == phone), None)

    def row_of(self, entry: EntryId) -> Row | None:
        """The call that an entry belongs to; its id is the call's, a colon and a number."""
        call, colon, _ = entry.rpartition(":")
        return self.rows.get(CallId(call)) if colon else None

    def in_words(self, sentence: str) -> str:
        """A sentence with callers' names where it has their entries, which nobody can read."""
        return " ".join(map(self._word, sentence.split(" ")))

    def _word(self, word: str) -> str:
        row = self.row_of(EntryId(word))
        return word if row is None else row.name

    async def _decide(self, fact: EntryChanged) -> None:
        explained = await self._host.office.explain(EntryId(fact.entry))
        row = self.rows.get(fact.call)
        if explained is None or row is None:
            return
        why = explained.why[len(explained.entry.reasons) :]
        row.decided = tuple(map(self.in_words, why))
        self.decisions.append(
            Decision(at=fact.at, agent=fact.agent, who=row.name, tier=fact.tier, queue=fact.queue, why=row.decided)
        )

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


def _stand(row: Row, fact: EntryChanged) -> None:
    """Where a call's entry stands now, in words."""
    row.queue = fact.queue
    match fact.state:
        case EntryState.WAITING:
            row.state = f"waits in {fact.queue}"
        case EntryState.RESERVED:
            row.state = f"{fact.agent} rings"
        case EntryState.CONNECTED if row.agent != fact.agent:  # told again when the talk is over
            row.agent, row.answered_at, row.state = fact.agent, fact.at, f"talks with {fact.agent}"
            row.targets.append(f"{fact.agent} ({fact.queue})")
        case EntryState.OVERFLOWED:
            row.targets.append(f"{fact.queue}: overflowed")


def _passage(entry: TraceEntry) -> str:
    return f"{entry.step} ({entry.exit})" if entry.exit else entry.step
