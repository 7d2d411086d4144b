"""What may become of an entry, a reservation and an agent: tables from (state, move) to state.

Reports cross on the wire: a caller hangs up while the agent answers, two agents answer the same offer, a late ring is
refused after it was withdrawn. What may come late or twice is listed as harmless and changes nothing; whatever is in
neither list cannot happen, and raises `ImpossibleMove`.
"""

from collections.abc import Mapping
from enum import StrEnum

from skipline.model.queueing import AgentState, EntryState, ReservationState


class ImpossibleMove(Exception):
    """Something was said to happen that cannot, in the state it was said of: a fault of whoever told us."""


class EntryMove(StrEnum):
    """What happens to an entry."""

    OFFER = "offered to an agent"
    TAKE = "taken by an agent"
    LET_GO = "not taken"
    RETURN = "agent's side lost"
    LEAVE = "contact left"
    OVERFLOW = "gave up on the queue"
    WRAP_UP = "contact over, wrap-up begins"
    CLOSE = "all done"


class ReservationMove(StrEnum):
    """What happens to a reservation."""

    ACCEPT = "accepted"
    DECLINE = "declined"
    EXPIRE = "time is up"
    WITHDRAW = "taken back"


ENTRY_TABLE: Mapping[tuple[EntryState, EntryMove], EntryState] = {
    (EntryState.WAITING, EntryMove.OFFER): EntryState.RESERVED,
    (EntryState.WAITING, EntryMove.TAKE): EntryState.CONNECTED,  # by an answer that came after its time
    (EntryState.WAITING, EntryMove.LEAVE): EntryState.ABANDONED,
    (EntryState.WAITING, EntryMove.OVERFLOW): EntryState.OVERFLOWED,
    (EntryState.RESERVED, EntryMove.TAKE): EntryState.CONNECTED,
    (EntryState.RESERVED, EntryMove.LET_GO): EntryState.WAITING,
    (EntryState.RESERVED, EntryMove.RETURN): EntryState.WAITING,
    (EntryState.RESERVED, EntryMove.LEAVE): EntryState.ABANDONED,
    (EntryState.RESERVED, EntryMove.OVERFLOW): EntryState.OVERFLOWED,
    (EntryState.CONNECTED, EntryMove.RETURN): EntryState.WAITING,
    (EntryState.CONNECTED, EntryMove.WRAP_UP): EntryState.WRAPPING,
    (EntryState.CONNECTED, EntryMove.CLOSE): EntryState.CLOSED,
    (EntryState.WRAPPING, EntryMove.CLOSE): EntryState.CLOSED,
}
ENTRY_HARMLESS = frozenset(
    {
        (EntryState.WAITING, EntryMove.RETURN),
        (EntryState.CONNECTED, EntryMove.TAKE),
        (EntryState.CONNECTED, EntryMove.LEAVE),
        (EntryState.CONNECTED, EntryMove.OVERFLOW),
        (EntryState.WRAPPING, EntryMove.TAKE),
        (EntryState.WRAPPING, EntryMove.LEAVE),
        (EntryState.WRAPPING, EntryMove.OVERFLOW),
        (EntryState.WRAPPING, EntryMove.RETURN),
        (EntryState.WRAPPING, EntryMove.WRAP_UP),
    }
)

RESERVATION_TABLE: Mapping[tuple[ReservationState, ReservationMove], ReservationState] = {
    (ReservationState.PENDING, ReservationMove.ACCEPT): ReservationState.ACCEPTED,
    (ReservationState.PENDING, ReservationMove.DECLINE): ReservationState.DECLINED,
    (ReservationState.PENDING, ReservationMove.EXPIRE): ReservationState.EXPIRED,
    (ReservationState.PENDING, ReservationMove.WITHDRAW): ReservationState.WITHDRAWN,
    # An answer on its way when the time was up: it counts while nobody else has the entry.
    (ReservationState.DECLINED, ReservationMove.ACCEPT): ReservationState.ACCEPTED,
    (ReservationState.EXPIRED, ReservationMove.ACCEPT): ReservationState.ACCEPTED,
    (ReservationState.WITHDRAWN, ReservationMove.ACCEPT): ReservationState.ACCEPTED,
}
RESERVATION_HARMLESS = frozenset(
    {
        (ReservationState.ACCEPTED, ReservationMove.ACCEPT),
        (ReservationState.ACCEPTED, ReservationMove.DECLINE),
        (ReservationState.DECLINED, ReservationMove.DECLINE),
        (ReservationState.EXPIRED, ReservationMove.DECLINE),
        (ReservationState.WITHDRAWN, ReservationMove.DECLINE),
    }
)

AGENT_TABLE: Mapping[tuple[AgentState, AgentState], str] = {
    (AgentState.OFFLINE, AgentState.AVAILABLE): "phone or desk is there",
    (AgentState.OFFLINE, AgentState.AWAY): "is there, but on a break",
    (AgentState.OFFLINE, AgentState.RESERVED): "is there, and offered an entry at once",
    (AgentState.OFFLINE, AgentState.ENGAGED): "has a contact after a restart, or answered late",
    (AgentState.OFFLINE, AgentState.WRAP_UP): "wraps up after a restart",
    (AgentState.AVAILABLE, AgentState.OFFLINE): "phone and desk gone",
    (AgentState.AVAILABLE, AgentState.AWAY): "break, or set aside",
    (AgentState.AVAILABLE, AgentState.RESERVED): "offered an entry",
    (AgentState.AVAILABLE, AgentState.ENGAGED): "answered late",
    (AgentState.RESERVED, AgentState.AVAILABLE): "offer over",
    (AgentState.RESERVED, AgentState.ENGAGED): "took it",
    (AgentState.RESERVED, AgentState.WRAP_UP): "offer over, an earlier contact wraps up",
    (AgentState.RESERVED, AgentState.AWAY): "break, or set aside",
    (AgentState.RESERVED, AgentState.OFFLINE): "phone and desk gone",
    (AgentState.ENGAGED, AgentState.WRAP_UP): "contact over",
    (AgentState.ENGAGED, AgentState.AVAILABLE): "contact over, no wrap-up",
    (AgentState.ENGAGED, AgentState.RESERVED): "contact over, another is offered",
    (AgentState.ENGAGED, AgentState.AWAY): "contact over, break",
    (AgentState.ENGAGED, AgentState.OFFLINE): "contact over, phone and desk gone",
    (AgentState.WRAP_UP, AgentState.AVAILABLE): "time is up, or ready early",
    (AgentState.WRAP_UP, AgentState.RESERVED): "room for another, offered",
    (AgentState.WRAP_UP, AgentState.ENGAGED): "answered late",
    (AgentState.WRAP_UP, AgentState.AWAY): "time is up, break",
    (AgentState.WRAP_UP, AgentState.OFFLINE): "time is up, phone and desk gone",
    (AgentState.AWAY, AgentState.AVAILABLE): "ready again",
    (AgentState.AWAY, AgentState.RESERVED): "ready again, and offered an entry at once",
    (AgentState.AWAY, AgentState.ENGAGED): "answered late, or after a restart",
    (AgentState.AWAY, AgentState.OFFLINE): "phone and desk gone",
}
"""An agent's state follows from what is known of them (`Seat.state`). These are the changes that an event may bring,
taken as a whole: who comes free and is offered the next entry goes from engaged to reserved."""


def move_entry(state: EntryState, move: EntryMove) -> EntryState | None:
    """The state after `move`; None when it is late or repeated, and changes nothing."""
    after = ENTRY_TABLE.get((state, move))
    if after is None and (state, move) not in ENTRY_HARMLESS:
        raise ImpossibleMove(f"an entry that is {state} cannot be {move}")
    return after


def move_reservation(state: ReservationState, move: ReservationMove) -> ReservationState | None:
    """The state after `move`; None when it is late or repeated, and changes nothing."""
    after = RESERVATION_TABLE.get((state, move))
    if after is None and (state, move) not in RESERVATION_HARMLESS:
        raise ImpossibleMove(f"a reservation that is {state} cannot be {move}")
    return after


def check_agent_change(before: AgentState, after: AgentState) -> None:
    """Raise `ImpossibleMove` when no agent can come from `before` to `after`."""
    if (before, after) not in AGENT_TABLE:
        raise ImpossibleMove(f"an agent who is {before} cannot become {after}")
