"""What became of messages of ours, written down with the message itself."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skipline.model.conversation import ConversationState
from skipline.model.ids import MessageId
from skipline.model.message import SendState, furthest
from skipline.model.sending import AccountWork, Sending, SendingOutcome, Settlement
from skipline.store.clock import read_clock
from skipline.store.message_schema import contact_changes, conversations, messages, sendings

REFUSED = "message_refused"
"""The deed of `contact_changes` that a message to somebody who opted out leaves."""

MOST_LOOKED_AT = 10_000
"""Of how many messages, the latest of all accounts, the uncertain ones are counted."""


def settle(transaction: sa.Connection, sending: Sending, settlement: Settlement) -> SendingOutcome | None:
    """A message is on its way, uncertain, or given up. None: somebody else settled it, and knew as much.

    Who made the request knows best what came of it: by `begun_at` it may still say so after its lease was lost and the
    message was called uncertain.
    """
    is_ours = sa.and_(sendings.c.owner == sending.owner, sendings.c.due_at.is_not(None))
    if settlement.begun_at is not None:
        is_ours = sa.or_(is_ours, sendings.c.begun_at == settlement.begun_at)
    over = sa.update(sendings).where(sendings.c.id == sending.id, is_ours)
    if not transaction.execute(over.values(due_at=None, owner=None, problem=settlement.problem)).rowcount:
        return None
    if settlement.is_audited:
        _audit(transaction, sending, settlement, read_clock(transaction))
    tell(transaction, sending.message, settlement)
    return _outcome(transaction, sending)


def tell(transaction: sa.Connection, message: MessageId, told: Settlement) -> None:
    """Write down how far a message came, unless more is known of it already."""
    row = transaction.execute(sa.select(messages).where(messages.c.id == message).with_for_update()).one()
    before = None if row.state is None else SendState(row.state)
    state = furthest(before, told.state)
    changed: dict[str, Any] = {"state": state.value}
    if told.id and row.provider_id is None and not _is_known(transaction, row.account, told.id):
        changed["provider_id"] = told.id
    if state is told.state:
        changed["problem"] = told.problem
        changed["body"] = {**row.body, "code": told.code}
    transaction.execute(sa.update(messages).where(messages.c.id == message).values(changed))


def work_of(transaction: sa.Connection, account: str) -> AccountWork:
    """What an account has still to send, and what nobody knows of."""
    of_account = sa.select(sa.func.count(), sa.func.min(sendings.c.id)).where(sendings.c.account == account)
    waiting, oldest = transaction.execute(of_account.where(sendings.c.due_at.is_not(None))).one()
    of_oldest = sa.select(messages.c.at).join(sendings, sendings.c.message_id == messages.c.id)
    return AccountWork(
        waiting=waiting,
        oldest_waiting_at=transaction.scalar(of_oldest.where(sendings.c.id == oldest)),
        uncertain=_count_uncertain(transaction, account),
    )


def _count_uncertain(transaction: sa.Connection, account: str) -> int:
    latest = sa.select(sa.func.max(sendings.c.id)).scalar_subquery()
    joined = sendings.join(messages, messages.c.id == sendings.c.message_id)
    is_uncertain = (sendings.c.account == account, messages.c.state == SendState.UNCERTAIN.value)
    wanted = sa.select(sa.func.count()).select_from(joined).where(sendings.c.id > latest - MOST_LOOKED_AT)
    return transaction.scalar(wanted.where(*is_uncertain)) or 0


def _is_known(transaction: sa.Connection, account: str, provider_id: str) -> bool:
    """Whether another message has this id already: a provider's echo of it may be here before its answer."""
    named = (messages.c.account == account, messages.c.provider_id == provider_id)
    return bool(transaction.scalar(sa.select(sa.exists().where(*named))))


def _audit(transaction: sa.Connection, sending: Sending, settlement: Settlement, present: datetime) -> None:
    of_conversation = conversations.c.id == sending.conversation
    contact = transaction.scalar(sa.select(conversations.c.contact_id).where(of_conversation))
    body = {"account": sending.account, "message": sending.message, "why": settlement.problem}
    written = {"contact_id": contact, "at": present, "deed": REFUSED, "author": sending.content.author, "body": body}
    transaction.execute(sa.insert(contact_changes).values(written))


def _outcome(transaction: sa.Connection, sending: Sending) -> SendingOutcome:
    columns = (conversations.c.state, conversations.c.agent)
    wanted = sa.select(*columns).where(conversations.c.id == sending.conversation)
    row = transaction.execute(wanted).one()
    return SendingOutcome(state=ConversationState(row.state), agent=row.agent)
