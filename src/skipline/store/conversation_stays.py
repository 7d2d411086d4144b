"""Conversations that wait in queues or are with agents: the one place that says how each stands, on whatever node.

Whoever changes a stay locks its conversation first, so that of two who accept at the same moment one is first. What the
conversation shows (who is to answer the contact) is written in the same transaction, and so are the entry's records.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.centre.conversation_stays import ConversationStay, StayState
from skipline.centre.conversations import Step
from skipline.model.conversation import ConversationState, Direction
from skipline.model.events import QueueEnd
from skipline.model.ids import ConversationId, EntryId
from skipline.store import entries
from skipline.store.message_schema import conversation_stays, conversations, messages
from skipline.store.queue_schema import queue_nodes

_STAY = (conversation_stays.c.body, conversation_stays.c.node)
Move = Callable[[ConversationStay], Step | None]
"""What happens to a stay, as `centre.conversations` has it."""


def find(transaction: sa.Connection, entry: EntryId) -> ConversationStay | None:
    """A stay by its entry; None: it is over, or never was."""
    row = transaction.execute(sa.select(*_STAY).where(conversation_stays.c.entry == entry)).one_or_none()
    return None if row is None else _read(row)


def present(transaction: sa.Connection, conversation: ConversationId) -> ConversationStay | None:
    """The stay that a conversation is in; None: it waits for nobody, and nobody has it."""
    is_it = (conversation_stays.c.conversation_id == conversation, conversation_stays.c.state != StayState.ENDED.value)
    row = transaction.execute(sa.select(*_STAY).where(*is_it)).one_or_none()
    return None if row is None else _read(row)


def offered_to(transaction: sa.Connection, agent: str) -> tuple[ConversationStay, ...]:
    """What is offered to an agent, the oldest entry first."""
    is_offered = conversation_stays.c.state == StayState.OFFERED.value
    rows = transaction.execute(sa.select(*_STAY).where(is_offered))
    return _in_order(stay for stay in map(_read, rows) if stay.agent == agent)


def enter(transaction: sa.Connection, step: Step, replace: Move) -> tuple[Step, ...]:
    """Have a conversation begin to wait; gives what happened, nothing when this entry was here before. One that waits
    already, for a run that is gone, is replaced by `replace`; raises what that raises."""
    stay = step.stay
    lock(transaction, stay.conversation)
    if find(transaction, stay.entry.id) is not None or entries.read(transaction, stay.entry.id) is not None:
        return ()
    before = present(transaction, stay.conversation)
    replaced = None if before is None else replace(before)
    steps = (step,) if replaced is None else (replaced, step)
    for one in steps:
        _write(transaction, one)
    _show(transaction, stay)
    return steps


def change(transaction: sa.Connection, entry: EntryId, move: Move) -> Step | None:
    """Have something happen to a stay; None when it is gone, or when that changes nothing.

    Raises what `move` raises, and then nothing is written.
    """
    known = find(transaction, entry)
    return None if known is None else _change(transaction, known.conversation, lambda: find(transaction, entry), move)


def change_present(transaction: sa.Connection, conversation: ConversationId, move: Move) -> Step | None:
    """The same for the stay that a conversation is in."""
    return _change(transaction, conversation, lambda: present(transaction, conversation), move)


def keep(transaction: sa.Connection, stay: ConversationStay) -> None:
    """Write a stay as it is now; one that is over is forgotten."""
    is_it = conversation_stays.c.entry == stay.entry.id
    if stay.is_over:
        transaction.execute(sa.delete(conversation_stays).where(is_it))
        return
    values = {"state": stay.state.value, "body": msgspec.to_builtins(stay)}
    if not transaction.execute(sa.update(conversation_stays).where(is_it).values(values)).rowcount:
        # Who carries it is in its column alone, and changes by `adopt`: nothing that happens meanwhile undoes that.
        values |= {"entry": stay.entry.id, "conversation_id": stay.conversation, "node": stay.entry.node}
        transaction.execute(sa.insert(conversation_stays).values(values))


def lock(transaction: sa.Connection, conversation: ConversationId) -> bool:
    """Let nobody else change a conversation until this transaction ends; whether there is one."""
    wanted = sa.select(conversations.c.id).where(conversations.c.id == conversation).with_for_update()
    return transaction.scalar(wanted) is not None


def of_node(
    transaction: sa.Connection, node: str, states: Collection[StayState] = tuple(StayState)
) -> tuple[ConversationStay, ...]:
    """The stays that a node carries."""
    is_there = (conversation_stays.c.node == node, conversation_stays.c.state.in_([one.value for one in states]))
    return tuple(map(_read, transaction.execute(sa.select(*_STAY).where(*is_there))))


def adopt(transaction: sa.Connection, node: str, *, of: str | None = None) -> tuple[ConversationStay, ...]:
    """Have `node` carry the stays of another one (None: of every other); gives them, in their order of joining."""
    is_meant = conversation_stays.c.node != node if of is None else conversation_stays.c.node == of
    return _adopt(transaction, node, is_meant)


def adopt_orphans(transaction: sa.Connection, node: str) -> tuple[ConversationStay, ...]:
    """Have `node` carry the stays of nodes that nobody knows any more, where several share a database."""
    is_orphan = conversation_stays.c.node.not_in(sa.select(queue_nodes.c.node))
    return _adopt(transaction, node, is_orphan)


def _adopt(transaction: sa.Connection, node: str, is_meant: sa.ColumnElement[bool]) -> tuple[ConversationStay, ...]:
    adopting = sa.update(conversation_stays).where(is_meant).values(node=node)
    return _in_order(map(_read, transaction.execute(adopting.returning(*_STAY))))


def unanswered_since(transaction: sa.Connection, stay: ConversationStay) -> datetime | None:
    """Since when the contact waits for an answer of the agent who has them; None when the agent wrote last, here or in
    the provider's own app."""
    if stay.connected_at is None:
        return None
    of_it = messages.c.conversation_id == stay.conversation
    is_echo = (messages.c.direction == Direction.OUT.value, messages.c.author == "")
    echoed = sa.select(sa.func.max(messages.c.at)).where(of_it, *is_echo, messages.c.at > stay.connected_at)
    answered = [at for at in (stay.answered_at, transaction.scalar(echoed)) if at is not None]
    if not answered:
        return stay.connected_at
    is_theirs = (messages.c.direction == Direction.IN.value, messages.c.at > max(answered))
    first: datetime | None = transaction.scalar(sa.select(sa.func.min(messages.c.at)).where(of_it, *is_theirs))
    return first


def _change(
    transaction: sa.Connection,
    conversation: ConversationId,
    read: Callable[[], ConversationStay | None],
    move: Move,
) -> Step | None:
    lock(transaction, conversation)
    before = read()
    step = None if before is None else move(before)
    if before is None or step is None:
        return None
    _write(transaction, step)
    if step.following is not None:
        _show(transaction, step.following)
    elif step.stay.state is not before.state:
        _show(transaction, step.stay)
    return step


def _write(transaction: sa.Connection, step: Step) -> None:
    keep(transaction, step.stay)
    if step.following is not None:
        keep(transaction, step.following)
    for record in step.records:
        entries.keep(transaction, record)


def _show(transaction: sa.Connection, stay: ConversationStay) -> None:
    """Write who is to answer the contact from now on."""
    is_it = conversations.c.id == stay.conversation
    values: dict[str, Any] = {"state": state_shown(stay).value, "agent": "", "entry": "", "closed_at": None}
    if stay.state is not StayState.ENDED:
        values["entry"] = stay.entry.id
    if stay.state is StayState.TALKING:
        values["agent"] = stay.agent
    if values["state"] == ConversationState.CLOSED.value:
        values |= {"closed_at": stay.left_at, "unread": 0}
    transaction.execute(sa.update(conversations).where(is_it).values(values))


_SHOWN = {
    StayState.WAITING: ConversationState.WAITING,
    StayState.OFFERED: ConversationState.WAITING,
    StayState.TALKING: ConversationState.AGENT,
}


def state_shown(stay: ConversationStay) -> ConversationState:
    """Who is to answer the contact: where a queue gave up, the flow goes on."""
    if stay.answer is not None and stay.answer.end is QueueEnd.OVERFLOWED:
        return ConversationState.BOT
    return _SHOWN.get(stay.state, ConversationState.CLOSED)


def _read(row: Any) -> ConversationStay:
    stay = msgspec.convert(row.body, ConversationStay)
    return msgspec.structs.replace(stay, entry=msgspec.structs.replace(stay.entry, node=row.node))


def _in_order(stays: Iterable[ConversationStay]) -> tuple[ConversationStay, ...]:
    """In the order in which they joined."""
    return tuple(sorted(stays, key=lambda stay: (stay.entry.joined_at, stay.entry.id)))
