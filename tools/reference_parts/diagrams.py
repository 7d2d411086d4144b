"""State diagrams, drawn from the queue's tables."""

from collections.abc import Iterable

from skipline.centre import conversation_stays
from skipline.model.queueing import AgentState, EntryState, ReservationState
from skipline.queue.tables import AGENT_TABLE, ENTRY_TABLE, RESERVATION_TABLE


def entry_diagram() -> str:
    """What becomes of an entry."""
    ends = (EntryState.CLOSED, EntryState.ABANDONED, EntryState.OVERFLOWED)
    return _diagram(EntryState.WAITING, [(a, b, move) for (a, move), b in ENTRY_TABLE.items()], ends)


def reservation_diagram() -> str:
    """What becomes of a reservation."""
    return _diagram(ReservationState.PENDING, [(a, b, move) for (a, move), b in RESERVATION_TABLE.items()])


def conversation_diagram() -> str:
    """What becomes of a conversation in a queue."""
    moves = [(a, b, move) for (a, move), b in conversation_stays.TABLE.items()]
    return _diagram(conversation_stays.StayState.WAITING, moves, [conversation_stays.StayState.ENDED])


def agent_diagram() -> str:
    """What an agent is seen to do."""
    return _diagram(AgentState.OFFLINE, [(a, b, why) for (a, b), why in AGENT_TABLE.items()])


def _diagram(start: str, moves: Iterable[tuple[str, str, str]], ends: Iterable[str] = ()) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {start}"]
    lines += [f"    {before} --> {after}: {why}" for before, after, why in moves]
    lines += [f"    {end} --> [*]" for end in ends]
    return "\n".join([*lines, "```"])
