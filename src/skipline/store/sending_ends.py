"""What became of messages of ours, written down with the message itself."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.model.conversation import ConversationState
from skipline.model.ids import MessageId
from skipline.model.message import MessageBody, SendState, furthest
from skipline.model.messaging import Remedy
from skipline.model.sending import AccountWork, Content, Sending, SendingOutcome, Settlement
from skipline.store import contacts, messages
from skipline.store.clock import read_clock
from skipline.store.message_schema import conversations, sendings
from skipline.store.message_schema import messages as rows
from skipline.store.prepared import Prepared

REFUSED = "message_refused"
"""The deed of `contact_changes` that a message to somebody who opted out leaves."""

MOST_LOOKED_AT = 10_000
"""Of how many messages, the latest of all accounts, the uncertain ones are counted."""

MOST_TRIES = 3
PAUSE = timedelta(seconds=15)
"""Between two tries of a message that the provider took each time and could not deliver, once for each of them."""
_REPEATED = frozenset({Remedy.RETRY, Remedy.RETRY_ONCE, Remedy.SLOW_DOWN})

_given = sa.bindparam
_is_held = sa.and_(sendings.c.owner == _given("holder"), sendings.c.due_at.is_not(None))
_SETTLE = Prepared(
    sa.update(sendings)
    .where(sendings.c.id == _given("sending"), sa.or_(_is_held, sendings.c.begun_at == _given("begun_at")))
    .values(due_at=None, owner=None, problem=_given("problem"))
    .returning(sendings.c.id)
)
_STANDING = Prepared(
    sa.select(conversations.c.state, conversations.c.agent).where(conversations.c.id == _given("conversation"))
)


def settle(transaction: sa.Connection, sending: Sending, settlement: Settlement) -> SendingOutcome | None:
    """A message is on its way, uncertain, or given up. None: somebody else settled it, and knew as much.

    Who made the request knows best what came of it: by `begun_at` it may still say so after its lease was lost and the
    message was called uncertain.
    """
    ours = {"sending": sending.id, "holder": sending.owner, "begun_at": settlement.begun_at}
    if _SETTLE.first(transaction, **ours, problem=settlement.problem) is None:
        return None
    if settlement.is_audited:
        _audit(transaction, sending, settlement, read_clock(transaction))
    tell(transaction, sending.message, sending.account, settlement)
    return _outcome(transaction, sending)


def tell(transaction: sa.Connection, message: MessageId, account: str, told: Settlement) -> None:
    """Write down how far a message came, unless more is known of it already."""
    before = messages.find_one(transaction, account, reference=message)
    if before is None:
        return
    state = furthest(before.state, told.state)
    changed: dict[str, Any] = {"state": state}
    if told.id and not before.provider_id and messages.find_one(transaction, account, provider_id=told.id) is None:
        changed["provider_id"] = told.id  # else a provider's echo of it was here before its answer
    if state is told.state:
        changed |= {"problem": told.problem, "code": told.code}
    messages.change(transaction, before, **changed)


def send_again(transaction: sa.Connection, message: MessageId, remedy: Remedy) -> bool:
    """Let a message leave again that the provider took and then could not deliver, if that may help: as its template,
    or as it is a few times. Whether it does."""
    row = transaction.execute(sa.select(sendings).where(sendings.c.message_id == message)).one_or_none()
    present = read_clock(transaction)
    if row is None or row.due_at is not None or row.expires_at <= present:
        return False
    content = msgspec.convert(row.body, Content)
    template = content.body.template
    has_words = bool(content.body.text or content.body.media_url)
    if remedy is Remedy.TEMPLATE and template is not None and has_words:
        content, due_at = msgspec.structs.replace(content, body=MessageBody(template=template)), present
    elif remedy in _REPEATED and row.attempts < MOST_TRIES:
        due_at = present + row.attempts * PAUSE
    else:
        return False
    content = msgspec.structs.replace(content, is_again=True)
    again = {"body": msgspec.to_builtins(content), "due_at": due_at, "begun_at": None, "owner": None, "problem": ""}
    transaction.execute(sa.update(sendings).where(sendings.c.id == row.id).values(again))
    return True


def work_of(transaction: sa.Connection, account: str) -> AccountWork:
    """What an account has still to send, and what nobody knows of."""
    of_account = sa.select(sa.func.count(), sa.func.min(sendings.c.id)).where(sendings.c.account == account)
    waiting, oldest = transaction.execute(of_account.where(sendings.c.due_at.is_not(None))).one()
    of_oldest = sa.select(rows.c.at).join(sendings, sendings.c.message_id == rows.c.id)
    return AccountWork(
        waiting=waiting,
        oldest_waiting_at=transaction.scalar(of_oldest.where(sendings.c.id == oldest)),
        uncertain=_count_uncertain(transaction, account),
    )


def _count_uncertain(transaction: sa.Connection, account: str) -> int:
    latest = sa.select(sa.func.max(sendings.c.id)).scalar_subquery()
    joined = sendings.join(rows, rows.c.id == sendings.c.message_id)
    is_uncertain = (sendings.c.account == account, rows.c.state == SendState.UNCERTAIN.value)
    wanted = sa.select(sa.func.count()).select_from(joined).where(sendings.c.id > latest - MOST_LOOKED_AT)
    return transaction.scalar(wanted.where(*is_uncertain)) or 0


def _audit(transaction: sa.Connection, sending: Sending, settlement: Settlement, present: datetime) -> None:
    of_conversation = conversations.c.id == sending.conversation
    contact = transaction.scalar(sa.select(conversations.c.contact_id).where(of_conversation))
    if contact is not None:
        body = {"account": sending.account, "message": sending.message, "why": settlement.problem}
        contacts.note(transaction, contact, REFUSED, present, sending.content.author, body)


def _outcome(transaction: sa.Connection, sending: Sending) -> SendingOutcome:
    row = _STANDING.first(transaction, conversation=sending.conversation)
    return SendingOutcome(state=ConversationState(row.state), agent=row.agent)
