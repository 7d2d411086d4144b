"""What people do about contacts: correct what is known of them, and say that two are the same person, or are not.

Merging copies nothing and moves nothing: addresses and conversations stay with whom they were, so that it can be
undone. Everything is written down with who did it and why.
"""

from typing import Any

import sqlalchemy as sa

from skipline.model.conversation import ContactRecord
from skipline.model.ids import ContactId
from skipline.store import contacts
from skipline.store.clock import read_clock
from skipline.store.contact_search import merged_people
from skipline.store.errors import ContactUnknown, NotMergeable
from skipline.store.exclusion import exclude_others


def change(transaction: sa.Connection, /, contact: ContactId, author: str, **values: Any) -> ContactRecord:
    """Change what is known of a contact; gives them as they are then. Raises `ContactUnknown`."""
    exclude_others(transaction, "contacts")
    known = _read(transaction, contact)
    news = {name: value for name, value in values.items() if value != getattr(known, name)}
    if news:
        before = {name: getattr(known, name) for name in news}
        contacts.update(transaction, contact, **news)
        contacts.note(transaction, contact, "changed", read_clock(transaction), author, {"before": before})
    return _read(transaction, contact)


def merge(transaction: sa.Connection, contact: ContactId, into: ContactId, author: str, why: str = "") -> None:
    """Say that a contact is the person `into`. Raises `ContactUnknown` and `NotMergeable`."""
    exclude_others(transaction, "contacts")
    known, other = _read(transaction, contact), _read(transaction, into)
    if known.merged_into:
        raise NotMergeable(f"contact {contact} is part of {known.merged_into} already: undo that first")
    if other.merged_into:
        raise NotMergeable(f"contact {into} is part of {other.merged_into}: merge into that one")
    if into in merged_people(transaction, contact):
        raise NotMergeable("a contact cannot be merged into itself")
    contacts.update(transaction, contact, merged_into=into)
    _note_both(transaction, "merged", contact, into, author, why)


def unmerge(transaction: sa.Connection, contact: ContactId, author: str, why: str = "") -> None:
    """Say that a contact is themselves after all. Raises `ContactUnknown` and `NotMergeable`."""
    exclude_others(transaction, "contacts")
    known = _read(transaction, contact)
    if not known.merged_into:
        raise NotMergeable(f"contact {contact} is not part of anybody else")
    contacts.update(transaction, contact, merged_into="")
    _note_both(transaction, "unmerged", contact, known.merged_into, author, why)


def _note_both(
    transaction: sa.Connection, deed: str, contact: ContactId, into: ContactId, author: str, why: str
) -> None:
    now = read_clock(transaction)
    for one in (contact, into):
        contacts.note(transaction, one, deed, now, author, {"contact": contact, "into": into, "why": why})


def _read(transaction: sa.Connection, contact: ContactId) -> ContactRecord:
    found = contacts.read(transaction, contact)
    if found is None:
        raise ContactUnknown(contact)
    return found
