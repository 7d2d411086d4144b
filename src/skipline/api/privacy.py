"""Who contacts are, for those who may not see contacts: numbers and names become masks that tell one from another."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from skipline.flow.masks import MASK
from skipline.model.access import Actor, Permission, Reach, reach_of
from skipline.model.contact import Contact
from skipline.model.record import RunSummary
from skipline.model.run import Run

_SHORTEST = 3
"""Shorter names are not looked for in texts: they would be found in the middle of others."""


def sees_contacts(actor: Actor) -> bool:
    """Whether somebody may see who every contact is."""
    return reach_of(actor.role, Permission.CONTACTS_READ) is Reach.ALL


def masked_number(number: str) -> str:
    """`+316•••11` for a whole number; nothing stays nothing."""
    return f"{number[:4]}{MASK}{number[-2:]}" if len(number) > 8 else MASK if number else ""


def masked_name(name: str) -> str:
    """The mask where there is a name."""
    return MASK if name else ""


def masked_summary(summary: RunSummary, actor: Actor) -> RunSummary:
    """A run in a list, as somebody may see it."""
    if sees_contacts(actor):
        return summary
    phone, name = masked_number(summary.phone), masked_name(summary.contact_name)
    return msgspec.structs.replace(summary, phone=phone, contact_name=name)


def masked_contact(contact: Contact) -> Contact:
    """A contact without name, and with the ends of number and address."""
    masked = {"name": masked_name(contact.name), "address": masked_number(contact.address)}
    return msgspec.structs.replace(contact, phone=masked_number(contact.phone), **masked)


def masked_call(call: Mapping[str, Any]) -> dict[str, Any]:
    """A call's details without who called."""
    masked = {name: masked_number(str(call.get(name) or "")) for name in ("from", "diverted_from")}
    named = masked_name(str(call.get("caller_name") or ""))
    return {**call, **masked, "caller_name": named, "headers": dict.fromkeys(call.get("headers") or {}, MASK)}


def without_contact(value: Any, run: Run) -> Any:
    """Plain data of a run with the contact's number, address and name masked wherever a text has them."""
    contact, call = run.contact, run.call
    numbers = (contact.phone, contact.address, call.from_ if call else "", call.diverted_from if call else "")
    return without(value, numbers, (contact.name, call.caller_name if call else ""))


def without(value: Any, numbers: Iterable[str], names: Iterable[str]) -> Any:
    """Plain data with these masked wherever a text has them."""
    masks = dict(_masks_of(set(numbers), set(names)))
    if not masks:
        return value
    pattern = re.compile("|".join(map(re.escape, sorted(masks, key=len, reverse=True))))
    return _replaced(value, pattern, masks)


def masked_fact(told: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """What the live socket tells of a fact, as somebody may hear it: a call that arrived names who called."""
    call = told.get("call")
    return told if sees_contacts(actor) or not isinstance(call, Mapping) else {**told, "call": masked_call(call)}


def _masks_of(numbers: set[str], names: set[str]) -> Iterator[tuple[str, str]]:
    for number in numbers:
        # In an address of a look-up the + stands as %2B; and some systems leave it out.
        bare = number.lstrip("+")
        if len(bare) >= _SHORTEST:
            yield bare, masked_number(number).lstrip("+")
    yield from ((name, MASK) for name in names if len(name) >= _SHORTEST)


def _replaced(value: Any, pattern: re.Pattern[str], masks: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda found: masks[found[0]], value)
    if isinstance(value, Mapping):
        return {key: _replaced(part, pattern, masks) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(part, pattern, masks) for part in value]
    return value
