"""Contacts as people look for them, and all that is known of one: how they are reached, what was said where, and what
was done about them."""

import json
from datetime import datetime
from typing import Any, TypedDict

import sqlalchemy as sa

from skipline.asking.number_keys import number_key
from skipline.asking.number_variants import number_variants
from skipline.model.conversation import Address, ContactChange, ContactFile, ContactRecord, Conversation
from skipline.model.ids import ContactId
from skipline.store.contacts import ADDRESS, LONGEST_CHAIN, address_of, read, record_of
from skipline.store.conversations import CONVERSATION, conversation_of
from skipline.store.message_schema import addresses, contact_changes, contacts, conversations
from skipline.store.paging import newest_first, page_size, write_cursor

_MOST_CHANGES = 200


class Wanted(TypedDict, total=False):
    """Contacts that are all of this; what is left out or None does not matter. `text` is a part of a name, a number or
    an address; `phone` a number in any of the ways that networks write it."""

    text: str | None
    phone: str | None
    tag: str | None
    tier: str | None


def find(
    transaction: sa.Connection, wanted: Wanted, *, cursor: str | None = None, limit: int = 50
) -> tuple[list[ContactRecord], str | None]:
    """Contacts, newest first, without those who turned out to be somebody else, and the cursor of the next page. Raises
    `CursorUnreadable`."""
    found = sa.select(contacts).where(contacts.c.merged_into == "", *_conditions(wanted))
    page = newest_first(found, contacts.c.created_at, contacts.c.id, cursor=cursor, limit=limit)
    rows = transaction.execute(page).all()
    size = page_size(limit)
    last = rows[size - 1] if len(rows) > size else None
    following = None if last is None else write_cursor(last.created_at, last.id)
    return [record_of(row) for row in rows[:size]], following


def open_file(transaction: sa.Connection, contact: ContactId) -> ContactFile | None:
    """All that is known of a contact, with what is known of those who were merged into them; None: there is none."""
    record = read(transaction, contact)
    if record is None:
        return None
    people = merged_people(transaction, contact)
    return ContactFile(
        contact=record,
        merged=tuple(people[1:]),
        addresses=_addresses(transaction, people),
        conversations=_conversations(transaction, people),
        changes=_changes(transaction, people),
    )


def merged_people(transaction: sa.Connection, contact: ContactId) -> list[ContactId]:
    """A contact and everybody who was merged into them, by whatever way."""
    people, newest = [contact], [contact]
    for _ in range(LONGEST_CHAIN):
        into = sa.select(contacts.c.id).where(contacts.c.merged_into.in_(newest)).order_by(contacts.c.id)
        newest = [ContactId(one) for one in transaction.scalars(into)] if newest else []
        people += newest
    return people


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    asked = {name: value for name, value in wanted.items() if value}
    found: list[sa.ColumnElement[bool]] = []
    if text := asked.get("text"):
        found.append(_is_called(str(text)))
    if phone := asked.get("phone"):
        numbers = number_variants(number_key(str(phone))) or (str(phone),)
        found.append(sa.or_(contacts.c.phone.in_(numbers), _has_address(addresses.c.phone.in_(numbers))))
    if tag := asked.get("tag"):
        found.append(sa.cast(contacts.c.tags, sa.Text).contains(json.dumps(tag), autoescape=True))
    if tier := asked.get("tier"):
        found.append(contacts.c.tier == tier)
    return found


def _is_called(part: str) -> sa.ColumnElement[bool]:
    in_address = sa.or_(
        addresses.c.provider_id.contains(part, autoescape=True), addresses.c.name.icontains(part, autoescape=True)
    )
    in_contact = contacts.c.name.icontains(part, autoescape=True) | contacts.c.phone.contains(part, autoescape=True)
    return sa.or_(in_contact, _has_address(in_address))


def _has_address(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return contacts.c.id.in_(sa.select(addresses.c.contact_id).where(condition))


def _addresses(transaction: sa.Connection, people: list[ContactId]) -> tuple[Address, ...]:
    wanted = sa.select(*ADDRESS).where(addresses.c.contact_id.in_(people)).order_by(addresses.c.first_seen_at)
    return tuple(address_of(row) for row in transaction.execute(wanted))


def _conversations(transaction: sa.Connection, people: list[ContactId]) -> tuple[Conversation, ...]:
    wanted = sa.select(*CONVERSATION).where(conversations.c.contact_id.in_(people))
    newest = wanted.order_by(conversations.c.last_message_at.desc(), conversations.c.id)
    return tuple(conversation_of(row) for row in transaction.execute(newest))


def _changes(transaction: sa.Connection, people: list[ContactId]) -> tuple[ContactChange, ...]:
    wanted = sa.select(contact_changes).where(contact_changes.c.contact_id.in_(people))
    newest = wanted.order_by(contact_changes.c.id.desc()).limit(_MOST_CHANGES)
    return tuple(_change_of(row) for row in transaction.execute(newest))


def _change_of(row: Any) -> ContactChange:
    at: datetime = row.at
    return ContactChange(contact=ContactId(row.contact_id), at=at, deed=row.deed, author=row.author, detail=row.body)
