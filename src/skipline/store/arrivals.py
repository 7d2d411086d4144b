"""What contacts do, as it changes their conversations. Everything here may be done again and then changes nothing: a
message is written once, by the provider's id of it, and the rest follows from whether it was new.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.asking.language_guess import guess_language
from skipline.asking.opt_out import Wish, read_wish
from skipline.model.contact import Contact
from skipline.model.conversation import Address, ContactRecord, Conversation, ConversationState, Direction, Message
from skipline.model.ids import ContactId, ConversationId, MessageId
from skipline.model.intake import Arrived, NewIds
from skipline.model.message import Channel, MessageKind
from skipline.model.messaging import ContactMoved, PreferenceTold, Received
from skipline.store import contacts, conversations, messages
from skipline.store.clock import read_clock

ALBUM = timedelta(seconds=5)
"""Files that a contact sends together come as messages of their own; no more than this lies between two of them."""
TOO_OLD = timedelta(hours=24)
"""What was written longer ago than this when it reaches us is shown, but nobody answers it unasked."""

_FREE_TIME = {
    Channel.WHATSAPP: timedelta(hours=24),
    Channel.INSTAGRAM: timedelta(hours=24),
    Channel.MESSENGER: timedelta(hours=24),
}
"""For how long after a contact's last message providers let us write freely."""

_CHANGES = frozenset({MessageKind.EDIT, MessageKind.REVOKE, MessageKind.REACTION})
_SILENT = frozenset({ConversationState.PAUSED})


def take_in(transaction: sa.Connection, account: str, event: Received, received_at: datetime, new: NewIds) -> Arrived:
    """Keep a contact's message, or what it changes of another one."""
    address = contacts.meet(transaction, account, event.channel, event.sender, ContactId(new.contact))
    conversation = conversations.enter(transaction, address, ConversationId(new.conversation), received_at)
    person = _person(transaction, address, received_at)
    changed = _changed(transaction, account, event)
    if changed is not None:
        contact = _contact_of(person, address)
        return Arrived(conversation=conversation, contact=contact, message=changed, is_new=False)
    message = messages.find_one(transaction, account, provider_id=event.id)
    is_new = message is None
    wish = _wish_of(transaction, address, event, message)
    if message is None:
        message = _written(conversation, event, MessageId(new.message))
        messages.add(transaction, message, account)
        if event.attachments:
            messages.add_media(transaction, message, account, event.attachments, read_clock(transaction))
        is_first = conversation.last_received_at is None
        conversation = _received(transaction, conversation, event, received_at)
        person = _learn(transaction, person, address, event, message, wish)
    else:
        is_first = not messages.has_received_before(transaction, message)
    return Arrived(
        conversation=conversation,
        contact=_contact_of(person, address),
        message=message,
        is_new=is_new,
        is_first_contact=is_first,
        **_hearers(transaction, conversation, event, message, received_at, wish),
    )


def take_preference(transaction: sa.Connection, account: str, event: PreferenceTold, new: NewIds) -> None:
    """Keep that a contact told the provider to stop, or to resume, our messages."""
    address = contacts.meet(transaction, account, event.channel, event.sender, ContactId(new.contact))
    contacts.set_opt_out(transaction, address, is_stopped=event.is_stopped, word="told the provider")


def take_move(transaction: sa.Connection, account: str, event: ContactMoved, new: NewIds) -> None:
    """Keep that a contact has another id from now on, without forgetting the old one."""
    before = contacts.find_address(transaction, account, event.channel, event.before)
    if before is None:
        contacts.meet(transaction, account, event.channel, event.after, ContactId(new.contact))
    else:
        contacts.link(transaction, account, event.channel, event.after, before)


def _changed(transaction: sa.Connection, account: str, event: Received) -> Message | None:
    """The message that an edit, a revocation or a reaction is about, changed; None when it stands for itself."""
    if event.kind not in _CHANGES or not event.refers_to:
        return None
    found = messages.find_one(transaction, account, provider_id=event.refers_to)
    if found is None:
        return None
    changes: dict[MessageKind, dict[str, Any]] = {
        MessageKind.EDIT: {"text": event.text, "is_edited": True},
        MessageKind.REVOKE: {"is_revoked": True},
        MessageKind.REACTION: {"reaction": event.text},
    }
    return messages.change(transaction, found, **changes[event.kind])


def _written(conversation: Conversation, event: Received, id_: MessageId) -> Message:
    return Message(
        id=id_,
        conversation=conversation.id,
        direction=Direction.IN,
        at=event.at,
        kind=event.kind,
        text=event.text,
        choice=event.choice,
        provider_id=event.id,
        problem=event.detail if event.kind is MessageKind.UNSUPPORTED else "",
        media=tuple(messages.media_of(one) for one in event.attachments),
        refers_to=event.refers_to,
    )


def _received(
    transaction: sa.Connection, conversation: Conversation, event: Received, received_at: datetime
) -> Conversation:
    """The conversation after one more message of the contact."""
    values: dict[str, Any] = {
        "unread": conversation.unread + 1,
        "last_message_at": _later(conversation.last_message_at, event.at),
        "last_received_at": _later(conversation.last_received_at, event.at),
    }
    if event.channel in _FREE_TIME:
        values["window_ends_at"] = _later(conversation.window_ends_at, event.at + _FREE_TIME[event.channel])
    is_over = conversation.paused_until is not None and conversation.paused_until <= read_clock(transaction)
    if conversation.state is ConversationState.CLOSED:
        values |= {"state": ConversationState.BOT, "opened_at": received_at, "closed_at": None, "paused_until": None}
    elif conversation.state is ConversationState.PAUSED and is_over:
        values |= {"state": ConversationState.BOT, "paused_until": None}
    return conversations.change(transaction, conversation, **values)


def _wish_of(transaction: sa.Connection, address: Address, event: Received, known: Message | None) -> Wish | None:
    """What a message wishes, also when it is taken in again after it had its wish."""
    is_opted_out = address.opted_out_at is not None
    if known is not None and not is_opted_out:
        is_opted_out = contacts.was_heard(transaction, address, known.id)
    return read_wish(event.text, event.channel, is_opted_out=is_opted_out)


def _person(transaction: sa.Connection, address: Address, received_at: datetime) -> ContactRecord:
    """Who the contact of an address turned out to be."""
    known = contacts.read_root(transaction, address.contact)
    return known or ContactRecord(id=address.contact, created_at=received_at)


def _learn(
    transaction: sa.Connection,
    person: ContactRecord,
    address: Address,
    event: Received,
    message: Message,
    wish: Wish | None,
) -> ContactRecord:
    """Keep what a message tells of its contact; gives them as they are known then."""
    if wish in (Wish.STOP, Wish.RESUME):
        word = event.text.strip()[:40]
        contacts.set_opt_out(transaction, address, is_stopped=wish is Wish.STOP, word=word, message=message.id)
    told = {"name": address.name, "phone": address.phone}
    if event.kind is MessageKind.TEXT and wish is None and not person.language:
        told["language"] = guess_language(event.text)
    news = {name: value for name, value in told.items() if value and not getattr(person, name)}
    if not news:
        return person
    contacts.update(transaction, person.id, **news)
    return msgspec.structs.replace(person, **news)


def _hearers(
    transaction: sa.Connection,
    conversation: Conversation,
    event: Received,
    message: Message,
    received_at: datetime,
    wish: Wish | None,
) -> dict[str, bool]:
    """Who is to hear of a message: nobody unasked where a person took over, where another app has the contact, or
    where it comes too late."""
    is_silent = conversation.state in _SILENT or event.is_standby or event.kind in _CHANGES
    is_told = not is_silent and wish is None and received_at - event.at <= TOO_OLD
    is_with_agent = conversation.state is ConversationState.AGENT
    return {
        "is_told": is_told,
        "may_begin": is_told and not is_with_agent and not messages.continues_album(transaction, message, ALBUM),
        "wants_help": wish is Wish.HELP,
    }


def _contact_of(person: ContactRecord, address: Address) -> Contact:
    """The contact as runs see them: the person, reached at this address."""
    return Contact(
        phone=address.phone or person.phone,
        name=person.name or address.name,
        address=address.provider_id,
        language=person.language,
        tags=person.tags,
        tier=person.tier,
    )


def _later(known: datetime | None, told: datetime) -> datetime:
    return told if known is None else max(known, told)
