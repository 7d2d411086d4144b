"""Messages of ours on their way to the provider. Five rules keep each from being sent twice:

1. A message and its row here are written together (`posting`). The message's id is the run's command, so a repeat
   writes nothing.
2. `due_at` drives everything: an unsent message is due now or after a failure, one that somebody holds at the end of
   the lease, one that is settled never (NULL). Of each conversation only the first unsent message can be taken.
3. `begun_at` is set before the request leaves. A row whose lease ended with `begun_at` set is uncertain: it is settled
   as such, and never sent again.
4. Whether a contact still wants messages is looked up in the transaction that sets `begun_at`.
5. What came of a request is written down by whoever made it, by `begun_at`, even when the lease was lost meanwhile; a
   message's state only ever climbs.

An account is in the hands of one node at a time, so that its pace is one pace: nobody takes messages of an account of
which another node holds some. Times are the database's own, so nodes whose clocks differ agree.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.centre.sending import Unsendable, judge
from skipline.model.conversation import Conversation, Direction
from skipline.model.ids import ConversationId, MessageId
from skipline.model.message import MessageBody, SendState
from skipline.model.sending import Answering, Arrived, Begun, Content, Sending
from skipline.store.clock import read_clock
from skipline.store.contacts import find_address
from skipline.store.conversations import CONVERSATION, conversation_of
from skipline.store.message_schema import conversations, messages, sendings
from skipline.store.prepared import Prepared

HOLD = timedelta(seconds=15)
"""How long a message is held before its request begins."""
LEASE = timedelta(seconds=40)
"""How long it is held then: longer than any request may take."""

_UNTOLD = frozenset({SendState.QUEUED.value, SendState.FAILED.value})
_UNTOLD_AGAIN = _UNTOLD | {SendState.SENT.value, SendState.UNCERTAIN.value}  # which may be told late of an earlier try
_given = sa.bindparam
_earlier = sendings.alias("earlier")
_IS_FIRST = ~sa.exists().where(
    _earlier.c.conversation_id == sendings.c.conversation_id,
    _earlier.c.id < sendings.c.id,
    _earlier.c.due_at.is_not(None),
)
_TAKE_ACCOUNT = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended('skipline sendings ' || :account, 0))")


def has_due(transaction: sa.Connection, account: str) -> bool:
    """Whether a message of an account is due: looking costs others nothing, claiming stands in line with them."""
    return bool(_HAS_DUE.value(transaction, account=account, present=read_clock(transaction)))


def has_hopeless(transaction: sa.Connection) -> bool:
    """Whether there is a message that nobody will send any more."""
    return bool(_HAS_HOPELESS.value(transaction, present=read_clock(transaction)))


def claim(
    transaction: sa.Connection, account: str, owner: str, most: int, resting: Collection[str] = ()
) -> list[Sending]:
    """Up to `most` messages of an account that may leave now, the first of each conversation, now held by `owner`;
    none of the conversations in `resting`, and none at all while another node has some."""
    present = read_clock(transaction)
    if transaction.dialect.name == "postgresql" and not _has_account(transaction, account, owner, present):
        return []
    # Of each conversation only the first is found, so no more of them than those in `resting` are passed over.
    due = _DUE.all(transaction, account=account, present=present, most=most + len(resting))
    free = [row for row in due if row.conversation_id not in resting]
    return _take(transaction, free[:most], owner, present)


def claim_hopeless(transaction: sa.Connection, owner: str, most: int) -> list[Sending]:
    """Up to `most` messages that nobody will send any more, now held by `owner`: their holder died after the request
    began, or their time is over. Of any account, also of one that is gone."""
    present = read_clock(transaction)
    return _take(transaction, _HOPELESS.all(transaction, present=present, most=most), owner, present)


def begin(transaction: sa.Connection, sending: Sending) -> Begun | Unsendable | Arrived | None:
    """Say that the request leaves now, or why it must not. None: it is not ours any more."""
    conversation = _conversation(transaction, sending.conversation)
    state = _STATE.value(transaction, message=sending.message)
    if state is not None and state not in (_UNTOLD_AGAIN if sending.content.is_again else _UNTOLD):
        return Arrived(state=SendState(state))
    present = read_clock(transaction)
    verdict = judge(
        sending,
        conversation,
        find_address(transaction, conversation.account, conversation.channel, conversation.provider_id),
        _latest_received(transaction, conversation.id),
        present,
    )
    if isinstance(verdict, Unsendable):
        return verdict
    ours = {"sending": sending.id, "holder": sending.owner}
    if _BEGIN.first(transaction, **ours, present=present, lease_end=present + LEASE) is None:
        return None
    held = msgspec.structs.replace(sending, attempts=sending.attempts + 1, begun_at=present)
    return Begun(sending=held, outbound=verdict, at=present)


def put_off(
    transaction: sa.Connection, sending: Sending, delay: timedelta, problem: str, body: MessageBody | None = None
) -> bool:
    """The provider did not take it: it may leave again after `delay`, as `body` when that is given. Whether it was
    still ours."""
    later: dict[str, Any] = {"begun_at": None, "owner": None, "due_at": read_clock(transaction) + delay}
    if body is not None:
        later["body"] = msgspec.to_builtins(msgspec.structs.replace(sending.content, body=body))
    return transaction.execute(_held(sending).values(**later, problem=problem)).rowcount > 0


def reclaim(transaction: sa.Connection) -> None:
    """Let everything that is held be due now, in a folder that is ours alone: whoever held it is dead. Call it before
    anything is claimed."""
    if transaction.dialect.name == "postgresql":
        return  # shared with others, who live
    is_held = (sendings.c.due_at.is_not(None), sendings.c.owner.is_not(None))
    transaction.execute(sa.update(sendings).where(*is_held).values(due_at=read_clock(transaction)))


def _has_account(transaction: sa.Connection, account: str, owner: str, present: datetime) -> bool:
    """Whether an account is ours until this transaction ends; a data folder has no other nodes."""
    if not transaction.scalar(_TAKE_ACCOUNT, {"account": account}):
        return False
    of_others = (sendings.c.account == account, sendings.c.owner != owner, sendings.c.due_at > present)
    return not transaction.scalar(sa.select(sa.exists().where(*of_others)))


def _hopeless() -> tuple[sa.ColumnElement[bool], ...]:
    present = _given("present", type_=sendings.c.due_at.type)
    is_free = sa.or_(sendings.c.owner.is_(None), sendings.c.due_at <= present)
    is_interrupted = sa.and_(sendings.c.begun_at.is_not(None), sendings.c.due_at <= present)
    is_late = sa.and_(sendings.c.begun_at.is_(None), sendings.c.expires_at <= present, is_free)
    return (sendings.c.due_at.is_not(None), sa.or_(is_interrupted, is_late))


def _locked(*wanted: sa.ColumnElement[bool]) -> Prepared:
    """What is wanted, the longest due first, locked by us and by nobody else."""
    found = sa.select(sendings).where(*wanted).order_by(sendings.c.due_at, sendings.c.id)
    return Prepared(found.limit(_given("most", type_=sa.Integer)).with_for_update(of=sendings, skip_locked=True))


def _take(transaction: sa.Connection, found: Sequence[Any], owner: str, present: datetime) -> list[Sending]:
    """Hold rows that were found just now."""
    held = {"owner": owner, "due_at": present + HOLD}
    _HOLD.do_all(transaction, [{"sending": row.id, **held} for row in found])
    return [_sending(row, owner) for row in sorted(found, key=lambda row: row.id)]


def _held(sending: Sending) -> sa.Update:
    is_held = (sendings.c.id == sending.id, sendings.c.owner == sending.owner, sendings.c.due_at.is_not(None))
    return sa.update(sendings).where(*is_held)


def _sending(row: Any, owner: str) -> Sending:
    return Sending(
        id=row.id,
        owner=owner,
        message=MessageId(row.message_id),
        conversation=ConversationId(row.conversation_id),
        account=row.account,
        content=msgspec.convert(row.body, Content),
        expires_at=row.expires_at,
        attempts=row.attempts,
        begun_at=row.begun_at,
        answering=None if row.command is None else msgspec.convert(row.command, Answering),
    )


def _conversation(transaction: sa.Connection, conversation: ConversationId) -> Conversation:
    """As it stands; it stays so until this transaction ends."""
    return conversation_of(_CONVERSATION.first(transaction, conversation=conversation))


def _latest_received(transaction: sa.Connection, conversation: ConversationId) -> str:
    """The provider's id of the contact's latest message, where there is one."""
    return _LATEST_RECEIVED.value(transaction, conversation=conversation) or ""


_due = (sendings.c.account == _given("account"), sendings.c.due_at <= _given("present"), sendings.c.begun_at.is_(None))
_unsent = (sendings.c.due_at.is_not(None), sendings.c.expires_at > _given("present"), _IS_FIRST)
_DUE = _locked(*_due, *_unsent)
_HOPELESS = _locked(*_hopeless())
_HAS_HOPELESS = Prepared(sa.select(sa.exists().where(*_hopeless()).label("has_hopeless")))
_HOLD = Prepared(
    sa.update(sendings).where(sendings.c.id == _given("sending")).values(owner=_given("owner"), due_at=_given("due_at"))
)
_HAS_DUE = Prepared(sa.select(sa.exists().where(*_due).label("has_due")))
_STATE = Prepared(sa.select(messages.c.state).where(messages.c.id == _given("message")))
_CONVERSATION = Prepared(sa.select(*CONVERSATION).where(conversations.c.id == _given("conversation")).with_for_update())
_LATEST_RECEIVED = Prepared(
    sa.select(messages.c.provider_id)
    .where(messages.c.conversation_id == _given("conversation"), messages.c.direction == Direction.IN.value)
    .order_by(messages.c.at.desc(), messages.c.position.desc())
    .limit(1)
)
_is_held = (sendings.c.id == _given("sending"), sendings.c.owner == _given("holder"), sendings.c.due_at.is_not(None))
_BEGIN = Prepared(
    sa.update(sendings)
    .where(*_is_held)
    .values(begun_at=_given("present"), due_at=_given("lease_end"), attempts=sendings.c.attempts + 1)
    .returning(sendings.c.id)
)
