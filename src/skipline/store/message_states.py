"""What providers tell of messages of ours: how far they came, and that somebody wrote in our place."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from skipline.model.conversation import Address, Conversation, ConversationState, Direction, Message
from skipline.model.ids import ContactId, ConversationId, MessageId
from skipline.model.intake import HeldEvent, NewIds, Settled
from skipline.model.message import SendState, furthest
from skipline.model.messaging import Echoed, Sender, StateTold
from skipline.store import channel_events, contacts, conversations, messages, sending_ends
from skipline.store.clock import read_clock

UNKNOWN = "no message of ours is known by this id"


def apply_all(
    transaction: sa.Connection, held: Sequence[HeldEvent], most_attempts: int, retry_after: timedelta
) -> list[Settled]:
    """Apply what was told of messages; gives those that changed, each in its conversation. One that is not known yet is
    looked for again a few times, `retry_after` and each time as much longer: the answer that names it may be on its way
    still."""
    changed: list[Message] = []
    known: list[HeldEvent] = []
    given_up: list[HeldEvent] = []
    early: defaultdict[int, list[HeldEvent]] = defaultdict(list)
    for one in held:
        assert isinstance(one.event, StateTold)  # noqa: S101  # the caller sorted them
        found = _messages_of(transaction, one.account, one.event)
        changed += [after for before in found if (after := _told(transaction, before, one.event)) is not before]
        is_known = found or one.event.until is not None
        (known if is_known else given_up if one.attempts >= most_attempts else early[one.attempts]).append(one)
    channel_events.settle(transaction, known)
    channel_events.settle(transaction, given_up, UNKNOWN)
    for attempts, several in early.items():
        channel_events.put_off(transaction, several, UNKNOWN, retry_after * attempts)
    return [settled for one in changed if (settled := _settled(transaction, one)) is not None]


def take_echo(
    transaction: sa.Connection, account: str, event: Echoed, new: NewIds, silence: timedelta
) -> Settled | None:
    """Keep that our account wrote: our own message is confirmed, and anybody else's has flows stay silent for a while.
    None when it may be one of ours that is not known by its id yet."""
    known = messages.find_one(transaction, account, provider_id=event.id)
    if known is not None and known.author:
        return _settled(transaction, _reached(transaction, known, SendState.SENT))
    if known is not None:
        return _settled(transaction, known)
    if event.is_ours:
        return None
    address = contacts.find_by_number(transaction, account, event.channel, event.to) or contacts.meet(
        transaction, account, event.channel, Sender(id=event.to), ContactId(new.contact)
    )
    now = read_clock(transaction)
    conversation = conversations.enter(transaction, address, ConversationId(new.conversation), now)
    if messages.is_leaving(transaction, conversation.id):
        return None  # it may be ours: the answer that would say so is on its way
    uncertain = messages.find_uncertain(transaction, conversation.id, event.text)
    if uncertain is not None:
        ours = _reached(transaction, uncertain, SendState.SENT)
        return _settled(transaction, messages.change(transaction, ours, provider_id=event.id))
    message = _echo(conversation, event, MessageId(new.message))
    messages.add(transaction, message, account)
    return Settled(conversation=_paused(transaction, conversation, event.at, now, silence), message=message)


def _messages_of(transaction: sa.Connection, account: str, event: StateTold) -> list[Message]:
    if event.until is None:
        found = messages.find_one(transaction, account, provider_id=event.id, reference=event.reference)
        return [] if found is None else [found]
    return [
        message
        for address in _addresses(transaction, account, event.to)
        if (conversation := conversations.lock(transaction, address)) is not None
        for message in messages.sent_until(transaction, conversation.id, event.until)
    ]


def _addresses(transaction: sa.Connection, account: str, provider_id: str) -> list[Address]:
    found = sa.select(*contacts.ADDRESS).filter_by(account=account, provider_id=provider_id)
    return [contacts.address_of(row) for row in transaction.execute(found)]


def _told(transaction: sa.Connection, message: Message, event: StateTold) -> Message:
    """The message after what was told; the same one when it was no news."""
    if event.until is not None and message.state in (SendState.QUEUED, SendState.FAILED, None):
        return message  # never reached the contact, whatever they read meanwhile
    is_lost = event.state is SendState.FAILED and furthest(message.state, event.state) is SendState.FAILED
    if (
        is_lost
        and message.state is not SendState.FAILED
        and sending_ends.send_again(transaction, message.id, event.remedy)
    ):
        return messages.change(transaction, message, state=SendState.QUEUED, provider_id="", problem="")
    reached = _reached(transaction, message, event.state)
    values: dict[str, Any] = {}
    if event.id and not message.provider_id:
        values["provider_id"] = event.id
    if reached.state is SendState.FAILED and event.state is SendState.FAILED and not message.code:
        values |= {"problem": event.reason or "the provider could not deliver it", "code": event.code}
    return messages.change(transaction, reached, **values) if values else reached


def _is_lost(message: Message, event: StateTold) -> bool:
    """Whether a message is told to have failed that nobody knew to have failed, or to have arrived."""
    is_news = event.state is SendState.FAILED and message.state is not SendState.FAILED
    return is_news and furthest(message.state, event.state) is SendState.FAILED


def _reached(transaction: sa.Connection, message: Message, told: SendState) -> Message:
    state = furthest(message.state, told)
    if state is message.state:
        return message
    problem = message.problem if state is SendState.FAILED else ""
    return messages.change(transaction, message, state=state, problem=problem)


def _settled(transaction: sa.Connection, message: Message) -> Settled | None:
    conversation = conversations.read(transaction, message.conversation)
    return None if conversation is None else Settled(conversation=conversation, message=message)


def _echo(conversation: Conversation, event: Echoed, id_: MessageId) -> Message:
    return Message(
        id=id_,
        conversation=conversation.id,
        direction=Direction.OUT,
        at=event.at,
        text=event.text,
        provider_id=event.id,
        state=SendState.SENT,
    )


def _paused(
    transaction: sa.Connection, conversation: Conversation, at: datetime, now: datetime, silence: timedelta
) -> Conversation:
    """The conversation after somebody wrote by another way; an agent of ours who has it keeps it."""
    last = conversation.last_message_at
    values: dict[str, Any] = {"last_message_at": at if last is None else max(last, at)}
    until = at + silence
    is_flows = conversation.state in (ConversationState.BOT, ConversationState.PAUSED)
    if is_flows and until > now:
        later = max(until, conversation.paused_until or until)
        values |= {"state": ConversationState.PAUSED, "paused_until": later}
    return conversations.change(transaction, conversation, **values)
