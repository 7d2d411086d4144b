"""Facts that are told to those who watch, and to nobody else: no step waits for them, and no report counts them. What
they tell of is kept where it is kept; whoever missed one reads it there."""

from datetime import datetime
from typing import Any

from skipline.model.events import Event
from skipline.model.ids import CallId, ConversationId, EntryId, MessageId, ReservationId
from skipline.model.queueing import AgentState, EntryState


class RunStarted(Event, frozen=True, kw_only=True, tag=True):
    """A flow version began to serve a call."""

    run: str
    call: CallId
    flow: str
    version: int


class RunEnded(Event, frozen=True, kw_only=True, tag=True):
    """A run is over; `outcome` is one of `model.run.Outcome`."""

    run: str
    call: CallId
    outcome: str


class ConversationChanged(Event, frozen=True, kw_only=True, tag=True):
    """A conversation has news: a message, another state, another agent. It says no more, so that everybody who watches
    may see it; who may read the conversation asks for it."""

    conversation: ConversationId
    state: str
    agent: str = ""
    message: MessageId = MessageId("")


class ConversationOffered(Event, frozen=True, kw_only=True, tag=True):
    """A waiting conversation is offered to an agent, who may accept or decline it `until` then. `why` are the sentences
    of the decision; who it is with is for those to read who ask for the conversation."""

    conversation: ConversationId
    entry: EntryId
    reservation: ReservationId
    agent: str
    queue: str
    tier: str
    until: datetime
    why: tuple[str, ...] = ()


class OfferEnded(Event, frozen=True, kw_only=True, tag=True):
    """A conversation is not offered to this agent any more: they declined, time was up, or somebody else took it."""

    conversation: ConversationId
    reservation: ReservationId
    agent: str
    reason: str = ""


class EntryChanged(Event, frozen=True, kw_only=True, tag=True):
    """An entry stands elsewhere than before. It names no contact, so that everybody who watches queues may see it."""

    entry: EntryId
    queue: str
    tier: str
    state: EntryState
    call: CallId = CallId("")
    agent: str = ""
    waited_seconds: float = 0.0


class AgentStateChanged(Event, frozen=True, kw_only=True, tag=True):
    """An agent does something else than before; `reason` is theirs, or the queue's."""

    agent: str
    state: AgentState
    before: AgentState
    reason: str = ""


class DraftPatched(Event, frozen=True, kw_only=True, tag=True):
    """A flow's draft came to a new revision by these patches; None: too much of it changed to tell, so whoever has it
    open opens it again. `by` is who did it, `id` their own name for it."""

    flow: str
    revision: int
    patches: list[dict[str, Any]] | None
    by: str
    id: str = ""


class EditorMoved(Event, frozen=True, kw_only=True, tag=True):
    """Somebody who has a flow open is at a step of it (empty: at none), or has left. `editor` tells one open page of
    theirs from another."""

    flow: str
    user: str
    editor: str
    step: str = ""
    is_here: bool = True
