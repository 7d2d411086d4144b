"""Contacts: the people who write and call, how they are reached, and what was done about them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from skipline.api.access import Author, allows
from skipline.api.audit import Audited
from skipline.api.errors import Refused
from skipline.api.own import nothing, own_contact
from skipline.api.queries import Phone
from skipline.api.services import Running
from skipline.asking.number_keys import number_key
from skipline.base.patterns import is_language_tag
from skipline.base.sentence import say
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.model.conversation import ContactFile, ConversationState
from skipline.model.ids import ContactId
from skipline.model.message import Channel
from skipline.store import contact_care, contact_search
from skipline.store.audit import told

router = APIRouter(prefix="/contacts", tags=["contacts"])

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


def _check_phone(written: str) -> str:
    if written and not number_key(written):
        raise ValueError("write the number with + and its country code")
    return number_key(written)


def _check_language(written: str) -> str:
    if written and not is_language_tag(written):
        raise ValueError("write the language's short name, such as en or pt-BR")
    return written


class ContactSummaryView(BaseModel):
    """A contact in a list. `merged_into` names who they turned out to be; empty: they are themselves."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    created_at: datetime
    name: str
    phone: str
    language: str
    tags: list[str]
    tier: str
    merged_into: str


class ContactPageView(BaseModel):
    """Contacts, newest first. Ask again with `cursor=next_cursor` for the page after; null: there is none."""

    contacts: list[ContactSummaryView]
    next_cursor: str | None


class AddressView(BaseModel):
    """How an account reaches the contact. `provider_id` is the provider's own key of them; after `opted_out_at` they
    want nothing more from this account on this channel."""

    model_config = ConfigDict(from_attributes=True)

    account: str
    channel: Channel
    provider_id: str
    contact: str
    phone: str
    name: str
    first_seen_at: datetime | None
    opted_out_at: datetime | None


class ThreadView(BaseModel):
    """A conversation with the contact."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    account: str
    channel: Channel
    state: ConversationState
    agent: str
    last_message_at: datetime | None


class ContactChangeView(BaseModel):
    """What was done about a contact, when and by whom: changed, merged, unmerged, opted_out, opted_in or
    address_added."""

    model_config = ConfigDict(from_attributes=True)

    contact: str
    at: datetime
    deed: str
    author: str
    detail: dict[str, Any]


class ContactFileView(BaseModel):
    """All that is known of a contact, newest first. `merged` are those who turned out to be them; their addresses and
    conversations are here too."""

    model_config = ConfigDict(from_attributes=True)

    contact: ContactSummaryView
    merged: list[str]
    addresses: list[AddressView]
    conversations: list[ThreadView]
    changes: list[ContactChangeView]


class ContactWish(BaseModel):
    """What is to be known of the contact from now on; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Short | None = None
    phone: Annotated[str, AfterValidator(_check_phone)] | None = None
    language: Annotated[str, AfterValidator(_check_language)] | None = None
    tags: Annotated[list[Tag], Field(max_length=50)] | None = None
    tier: Short | None = None


class MergeWish(BaseModel):
    """Who the contact turned out to be, and why, for the record."""

    model_config = ConfigDict(extra="forbid")

    into: str
    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class UnmergeWish(BaseModel):
    """Why the contact is themselves after all, for the record."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


@router.get("")
@allows(Permission.CONTACTS_READ, own=nothing)
async def list_contacts(
    services: Running,
    text: Annotated[str | None, Query(description="a part of a name, a number or an address")] = None,
    phone: Phone | None = None,
    tag: str | None = None,
    tier: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> ContactPageView:
    """Contacts that are all that is asked for, newest first; those who turned out to be somebody else are left out."""
    wanted = contact_search.Wanted(text=text, phone=phone, tag=tag, tier=tier)
    found, next_cursor = await services.database.read(contact_search.find, wanted, cursor=cursor, limit=limit)
    shown = [ContactSummaryView.model_validate(one) for one in found]
    return ContactPageView(contacts=shown, next_cursor=next_cursor)


@router.get("/{contact}")
@allows(Permission.CONTACTS_READ, own=own_contact)
async def read_contact(services: Running, contact: str) -> ContactFileView:
    """All that is known of a contact."""
    found: ContactFile | None = await services.database.read(contact_search.open_file, ContactId(contact))
    if found is None:
        raise Refused(404, "contact_unknown", say("There is no contact {contact}.", contact=contact))
    return ContactFileView.model_validate(found)


@router.patch("/{contact}")
@allows(Permission.CONTACTS_CHANGE, own=own_contact)
async def change_contact(
    services: Running, author: Author, trail: Audited, contact: str, wish: ContactWish
) -> ContactFileView:
    """Correct what is known of a contact."""
    values = {name: value for name, value in wish.model_dump(exclude_unset=True).items() if value is not None}
    if tier := values.get("tier"):
        _check_tier(services, tier)
    if "tags" in values:
        values["tags"] = tuple(dict.fromkeys(values["tags"]))
    work = told(trail.entry(Deed.CONTACT_CHANGED, contact, fields=sorted(values)), contact_care.change)
    await services.database.write(work, ContactId(contact), author.name, **values)
    return await read_contact(services, contact)


@router.post("/{contact}/merge")
@allows(Permission.CONTACTS_MERGE)
async def merge_contact(
    services: Running, author: Author, trail: Audited, contact: str, wish: MergeWish
) -> ContactFileView:
    """Say that a contact is somebody else we know. Nothing is copied or moved, so it can be undone. Gives the other."""
    work = told(trail.entry(Deed.CONTACT_MERGED, contact, into=wish.into, why=wish.why), contact_care.merge)
    await services.database.write(work, ContactId(contact), ContactId(wish.into), author.name, wish.why)
    return await read_contact(services, wish.into)


@router.post("/{contact}/unmerge")
@allows(Permission.CONTACTS_MERGE)
async def unmerge_contact(
    services: Running, author: Author, trail: Audited, contact: str, wish: UnmergeWish | None = None
) -> ContactFileView:
    """Say that a contact is themselves after all."""
    why = "" if wish is None else wish.why
    work = told(trail.entry(Deed.CONTACT_UNMERGED, contact, why=why), contact_care.unmerge)
    await services.database.write(work, ContactId(contact), author.name, why)
    return await read_contact(services, contact)


def _check_tier(services: Running, tier: str) -> None:
    known = [one.name for one in services.workspace.configuration.tiers]
    if tier not in known:
        why = (
            say("There is no tier {tier}: there are {tiers}.", tier=tier, tiers=", ".join(known))
            if known
            else say("There is no tier {tier}: there are none.", tier=tier)
        )
        raise Refused(422, "unknown_tier", why)
