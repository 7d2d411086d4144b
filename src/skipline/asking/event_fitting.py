"""Makes what a provider told fit to be kept: databases take no NUL and no half of a character, index no key of any
length, and know no time that is far off. Nothing is dropped for it: what does not fit otherwise becomes a note."""

import hashlib
import unicodedata
from datetime import datetime, timedelta
from typing import Any

import msgspec

from skipline.model.messaging import AnyChannelEvent, ContactMoved, Echoed, Noted, PreferenceTold, Received, StateTold

LONGEST_KEY = 500
"""Characters. PostgreSQL indexes 2704 bytes at most (its manual, B-Tree behaviour)."""
FURTHEST_AHEAD = timedelta(minutes=5)
FURTHEST_BACK = timedelta(days=366)
_NUL, _UNKNOWN = "\x00", "\ufffd"
_JOINERS = "\u200c\u200d"
"""Persian and Hindi names and many emoji need them."""


def fit_event(event: AnyChannelEvent, received_at: datetime) -> AnyChannelEvent:
    """`event` as it can be kept. A time that cannot be right counts as the time at which we heard of it."""
    plain = _named_in_one_line(event if _is_plain(event) else _made_plain(event))
    if not received_at - FURTHEST_BACK <= plain.at <= received_at + FURTHEST_AHEAD:
        plain = msgspec.structs.replace(plain, at=received_at)
    if len(plain.key) > LONGEST_KEY:
        plain = msgspec.structs.replace(plain, key=f"sha256:{hashlib.sha256(plain.key.encode()).hexdigest()}")
    if any(len(one) > LONGEST_KEY for one in _names_in(plain)):
        return Noted(key=plain.key, at=plain.at, kind="name_too_long", text=repr(plain)[:LONGEST_KEY])
    return plain


def _is_plain(event: AnyChannelEvent) -> bool:
    try:
        return b"\\u0000" not in msgspec.json.encode(event)
    except UnicodeEncodeError:
        return False


def _made_plain(event: AnyChannelEvent) -> AnyChannelEvent:
    made: AnyChannelEvent = msgspec.convert(_cleaned(msgspec.to_builtins(event)), type(event))
    return made


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace(_NUL, _UNKNOWN)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list | tuple) else value


def _named_in_one_line(event: AnyChannelEvent) -> AnyChannelEvent:
    """What people call themselves goes into lists, terminals and templates: no line breaks, no signs that steer."""
    match event:
        case Received() | PreferenceTold() if not event.sender.name.isprintable():
            sender = msgspec.structs.replace(event.sender, name=_one_line(event.sender.name))
            return msgspec.structs.replace(event, sender=sender)
        case ContactMoved() if not event.after.name.isprintable():
            after = msgspec.structs.replace(event.after, name=_one_line(event.after.name))
            return msgspec.structs.replace(event, after=after)
        case _:
            return event


def _one_line(name: str) -> str:
    kept = "".join(sign for sign in " ".join(name.split()) if sign in _JOINERS or not _steers(sign))
    return kept.strip()


def _steers(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp")


def _names_in(event: AnyChannelEvent) -> tuple[str, ...]:
    """What databases know things by."""
    match event:
        case Received():
            return event.id, event.sender.id, event.refers_to
        case StateTold():
            return event.id, event.reference, event.to
        case Echoed():
            return event.id, event.to
        case PreferenceTold():
            return (event.sender.id,)
        case ContactMoved():
            return event.before, event.after.id
        case Noted():
            return (event.kind,)
