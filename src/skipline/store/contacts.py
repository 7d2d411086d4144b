"""Contacts and the addresses by which accounts know them.

An address is known by account, channel and the provider's id; a contact has as many as were found to be theirs. A new
address with a number that a contact has belongs to that contact, however the network writes it. Who was merged into
somebody stays there, with their addresses and conversations, so that it can be undone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.asking.number_keys import number_key
from skipline.asking.number_variants import number_variants
from skipline.model.audit import AuditEntry, Deed
from skipline.model.conversation import Address, ContactRecord
from skipline.model.ids import ContactId
from skipline.model.message import Channel
from skipline.model.messaging import Sender
from skipline.store import audit
from skipline.store.clock import read_clock
from skipline.store.exclusion import exclude_others
from skipline.store.message_schema import addresses, contact_changes, contacts
from skipline.store.prepared import Changes, Prepared, insertion

ADDRESS = tuple(one.label("contact") if one is addresses.c.contact_id else one for one in addresses.c)
"""What a query asks for that wants addresses."""
_given = sa.bindparam
_on_account = (addresses.c.account == _given("account"), addresses.c.channel == _given("channel"))
_FIND = Prepared(sa.select(*ADDRESS).where(*_on_account, addresses.c.provider_id == _given("provider_id")))
_READ = Prepared(sa.select(contacts).where(contacts.c.id == _given("contact")))
_NOTE = insertion(contact_changes, "contact_id", "at", "deed", "author", "body")
_CREATE = insertion(contacts, "id", "created_at", "name", "phone", "tags")
_OF_ADDRESS = ("account", "provider_id", "phone", "name", "first_seen_at", "opted_out_at")
_ADD_ADDRESS = insertion(addresses, *_OF_ADDRESS, "channel", "contact_id")
_CHANGES, _ADDRESS_CHANGES = Changes(contacts), Changes(addresses)
LONGEST_CHAIN = 16
"""Merges that follow each other from one contact to another; nobody comes near it."""


def find_address(transaction: sa.Connection, account: str, channel: Channel, provider_id: str) -> Address | None:
    """An address as it is known; None: it is not."""
    row = _FIND.first(transaction, account=account, channel=channel.value, provider_id=provider_id)
    return None if row is None else address_of(row)


def meet(transaction: sa.Connection, account: str, channel: Channel, sender: Sender, new: ContactId) -> Address:
    """The address of somebody who wrote; when it is not known yet, it becomes one of a contact with the same number, or
    of a new contact `new`."""
    known = find_address(transaction, account, channel, sender.id)
    # Two accounts may hear from the same person at the same moment.
    if known is None and exclude_others(transaction, "contacts"):
        known = find_address(transaction, account, channel, sender.id)
    if known is not None:
        return _with_news(transaction, known, sender)
    now, phone = read_clock(transaction), number_key(sender.phone)
    contact = _find_by_phone(transaction, phone) or _create(transaction, new, sender, phone, now)
    return _add_address(transaction, account, channel, sender, contact, phone, now)


def link(transaction: sa.Connection, account: str, channel: Channel, sender: Sender, to: Address) -> Address:
    """Give the contact of `to` one address more; one that is known stays whose it is."""
    exclude_others(transaction, "contacts")
    known = find_address(transaction, account, channel, sender.id)
    if known is not None:
        return known
    now, phone = read_clock(transaction), number_key(sender.phone)
    linked = _add_address(transaction, account, channel, sender, to.contact, phone, now)
    note(transaction, to.contact, "address_added", now, body={"account": account, "before": to.provider_id})
    return linked


def find_by_number(transaction: sa.Connection, account: str, channel: Channel, written: str) -> Address | None:
    """The address on an account that has this id, or else this number, in whatever way it is written."""
    known = find_address(transaction, account, channel, written)
    numbers = number_variants(number_key(written))
    if known is not None or not numbers:
        return known
    wanted = sa.select(*ADDRESS).filter_by(account=account, channel=channel.value)
    row = transaction.execute(wanted.where(addresses.c.phone.in_(numbers)).limit(1)).one_or_none()
    return None if row is None else address_of(row)


def read(transaction: sa.Connection, contact: ContactId) -> ContactRecord | None:
    """A contact as it stands, merged or not; None: there is none."""
    row = _READ.first(transaction, contact=contact)
    return None if row is None else record_of(row)


def read_root(transaction: sa.Connection, contact: ContactId) -> ContactRecord | None:
    """Who a contact turned out to be: itself, unless it was merged into another."""
    found = read(transaction, contact)
    for _ in range(LONGEST_CHAIN):
        if found is None or not found.merged_into:
            return found
        found = read(transaction, found.merged_into)
    return found


def update(transaction: sa.Connection, contact: ContactId, **values: Any) -> None:
    """Change columns of a contact."""
    _CHANGES.do(transaction, (contact,), values)


def set_opt_out(
    transaction: sa.Connection, address: Address, *, is_stopped: bool, word: str, message: str = ""
) -> None:
    """Keep that the contact wants no more, or again, messages from this account on this channel, by whichever of their
    addresses with this number they said so. Nothing when they said so before."""
    now, is_known = read_clock(transaction), (address.opted_out_at is not None) == is_stopped
    until_now = addresses.c.opted_out_at.is_(None) if is_stopped else addresses.c.opted_out_at.is_not(None)
    where = sa.or_(_is(address), sa.and_(*_same_number(address))) if address.phone else _is(address)
    changed = sa.update(addresses).where(until_now, where).values(opted_out_at=now if is_stopped else None)
    transaction.execute(changed)
    if is_known:
        return
    body = {"account": address.account, "channel": address.channel.value, "address": address.provider_id, "word": word}
    told = body | {"message": message} if message else body
    note(transaction, address.contact, "opted_out" if is_stopped else "opted_in", now, body=told)
    deed = Deed.CONTACT_OPTED_OUT if is_stopped else Deed.CONTACT_OPTED_IN
    detail = {"account": address.account, "channel": address.channel.value}
    audit.append(
        transaction, AuditEntry(at=now, deed=deed, who_id=address.contact, about=address.contact, detail=detail)
    )


def was_heard(transaction: sa.Connection, address: Address, message: str) -> bool:
    """Whether it was this message by which the contact wanted messages again."""
    named = {"contact_id": address.contact, "deed": "opted_in"}
    bodies = transaction.scalars(sa.select(contact_changes.c.body).filter_by(**named))
    return any(body.get("message") == message for body in bodies)


def note(
    transaction: sa.Connection,
    contact: ContactId,
    deed: str,
    at: datetime,
    author: str = "",
    body: dict[str, Any] | None = None,
) -> None:
    """Write down what was done about a contact."""
    _NOTE.do(transaction, contact_id=contact, at=at, deed=deed, author=author, body=body or {})


def address_of(row: Any) -> Address:
    """A row of `ADDRESS`."""
    return msgspec.convert(row, Address, from_attributes=True)


def record_of(row: Any) -> ContactRecord:
    """A row of `contacts`."""
    return msgspec.convert(row, ContactRecord, from_attributes=True)


def _find_by_phone(transaction: sa.Connection, phone: str) -> ContactId | None:
    """Who has a number, as their own or by an address; the one known longest."""
    numbers = number_variants(phone)
    if not numbers:
        return None
    found = _who_has(len(numbers)).value(transaction, **_numbered(numbers))
    return None if found is None else ContactId(found)


@cache
def _who_has(count: int) -> Prepared:
    """Who has one of so many numbers: networks write a number in one way or in a few."""
    numbers: list[sa.BindParameter[str]] = [_given(name) for name in _numbered(range(count))]
    by_address = sa.select(addresses.c.contact_id).where(addresses.c.phone.in_(numbers))
    has_it = sa.or_(contacts.c.phone.in_(numbers), contacts.c.id.in_(by_address))
    return Prepared(sa.select(contacts.c.id).where(has_it).order_by(contacts.c.created_at).limit(1))


@cache
def _opted_out_with(count: int) -> Prepared:
    """Since when an account writes no more to one of so many numbers."""
    numbers: list[sa.BindParameter[str]] = [_given(name) for name in _numbered(range(count))]
    is_one = (*_on_account, addresses.c.phone.in_(numbers), addresses.c.opted_out_at.is_not(None))
    return Prepared(sa.select(addresses.c.opted_out_at).where(*is_one).order_by(addresses.c.opted_out_at).limit(1))


def _numbered(numbers: Iterable[Any]) -> dict[str, Any]:
    return {f"number_{place}": number for place, number in enumerate(numbers)}


def _create(transaction: sa.Connection, new: ContactId, sender: Sender, phone: str, now: datetime) -> ContactId:
    _CREATE.do(transaction, id=new, created_at=now, name=sender.name, phone=phone, tags=[])
    return new


def _add_address(
    transaction: sa.Connection,
    account: str,
    channel: Channel,
    sender: Sender,
    contact: ContactId,
    phone: str,
    now: datetime,
) -> Address:
    """A new address. A number that wanted no more messages wants none under another id of the provider's either."""
    found = Address(
        account=account,
        channel=channel,
        provider_id=sender.id,
        contact=contact,
        phone=phone,
        name=sender.name,
        first_seen_at=now,
    )
    found = msgspec.structs.replace(found, opted_out_at=_opted_out_at(transaction, found))
    row = {one: getattr(found, one) for one in _OF_ADDRESS}
    _ADD_ADDRESS.do(transaction, **row, channel=channel.value, contact_id=contact)
    return found


def _opted_out_at(transaction: sa.Connection, address: Address) -> datetime | None:
    """Since when the account writes no more to an address's number."""
    if not address.phone:
        return None
    numbers = number_variants(address.phone)
    place = {"account": address.account, "channel": address.channel.value}
    found: datetime | None = _opted_out_with(len(numbers)).value(transaction, **place, **_numbered(numbers))
    return found


def _same_number(address: Address) -> tuple[sa.ColumnElement[bool], ...]:
    """An account's addresses on this channel that have the same number, however networks write it: WhatsApp tells one
    person by their number at times, and by an id of its own at others."""
    return (
        addresses.c.account == address.account,
        addresses.c.channel == address.channel.value,
        addresses.c.phone.in_(number_variants(address.phone)),
    )


def _with_news(transaction: sa.Connection, known: Address, sender: Sender) -> Address:
    """An address with what its owner newly says of themselves: a name, a number that was hidden before."""
    told = {"name": sender.name, "phone": number_key(sender.phone)}
    news = {name: value for name, value in told.items() if value and value != getattr(known, name)}
    if not news:
        return known
    _set(transaction, known, **news)
    return msgspec.structs.replace(known, **news)


def _set(transaction: sa.Connection, address: Address, **values: Any) -> None:
    _ADDRESS_CHANGES.do(transaction, (address.account, address.channel.value, address.provider_id), values)


def _is(address: Address) -> sa.ColumnElement[bool]:
    key: Sequence[str] = (address.account, address.channel.value, address.provider_id)
    return sa.and_(*(one == value for one, value in zip(addresses.primary_key, key, strict=True)))
