"""What a delivery of Meta's tells: which account each part is of, and who reads it.

A delivery holds up to a thousand updates of several accounts and channels. One that cannot be read does not hide the
others, and what nobody knows is noted: Meta adds fields all the time, and would deliver a refused one for days.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from skipline.asking.payload import (
    MOST_EVENTS,
    Unreadable,
    fingerprint,
    found,
    id_in,
    items_in,
    key_of,
    moment_in,
    read_json,
    text_in,
)
from skipline.channels.meta import page_reading, whatsapp_reading
from skipline.model.message import Channel
from skipline.model.messaging import AnyChannelEvent, Delivery, Noted

_OBJECTS = {
    "whatsapp_business_account": Channel.WHATSAPP,
    "page": Channel.MESSENGER,
    "instagram": Channel.INSTAGRAM,
}
_PAGE_FIELDS = frozenset({"messages", "messaging_postbacks", "message_reactions", "messaging_seen", "message_edit"})
"""Fields that come under `changes` with what otherwise comes under `messaging`."""


class Ours(msgspec.Struct, frozen=True, kw_only=True):
    """Which ids are ours: of each channel's account, and of the app that sends."""

    ids: dict[Channel, str]
    app_id: str


def read(delivery: Delivery, ours: Ours) -> list[AnyChannelEvent]:
    """The events of a delivery, in its order."""
    try:
        body = read_json(delivery.body)
    except Unreadable as wrong:
        key = key_of("unreadable", fingerprint(delivery.body.hex()))
        return [Noted(key=key, at=delivery.received_at, kind="unreadable", text=str(wrong))]
    events: list[AnyChannelEvent] = []
    for event in _events(body, ours, delivery.received_at):
        if len(events) == MOST_EVENTS - 1:
            key = key_of("too_many", fingerprint(body))
            return [*events, Noted(key=key, at=delivery.received_at, kind="too_many", text=f"only {MOST_EVENTS} read")]
        events.append(event)
    return events or [note("empty", body, delivery.received_at)]


def note(kind: str, told: Any, at: datetime, text: str = "") -> Noted:
    """Something that is kept and shown, nothing else."""
    return Noted(key=key_of("note", kind, fingerprint(told)), at=at, kind=kind, text=text)


def _events(body: Any, ours: Ours, now: datetime) -> Iterator[AnyChannelEvent]:
    channel = _OBJECTS.get(text_in(body, "object"))
    entries = items_in(body, "entry")
    for entry in entries:
        if channel is None:
            yield note(
                "unknown_object", {"object": found(body, "object"), "entry": entry}, now, text_in(body, "object")
            )
        elif not isinstance(entry, dict):
            yield note("unknown_entry", entry, now)
        else:
            yield from _of_entry(channel, entry, ours, now)


def _of_entry(channel: Channel, entry: dict[str, Any], ours: Ours, now: datetime) -> Iterator[AnyChannelEvent]:
    events = _of_whatsapp(entry, ours, now) if channel is Channel.WHATSAPP else _of_page(channel, entry, ours, now)
    is_told = False
    for event in events:
        is_told = True
        yield event
    if not is_told:
        yield note("empty_entry", entry, now)


def _of_whatsapp(entry: dict[str, Any], ours: Ours, now: datetime) -> Iterator[AnyChannelEvent]:
    for change in items_in(entry, "changes"):
        field, value = text_in(change, "field", longest=100), found(change, "value")
        number = id_in(value, "metadata", "phone_number_id")
        if number and number != ours.ids.get(Channel.WHATSAPP):
            yield note("other_account", change, now, f"of the number {number}")
        else:
            yield from whatsapp_reading.read_value(value, now) or [_unknown(field, change, now)]


def _of_page(channel: Channel, entry: dict[str, Any], ours: Ours, now: datetime) -> Iterator[AnyChannelEvent]:
    if id_in(entry, "id") != ours.ids.get(channel):
        yield note("other_account", entry, now, f"of the {channel} account {id_in(entry, 'id')}")
        return
    of = page_reading.Page(channel=channel, app_id=ours.app_id, now=now)
    for told in items_in(entry, "messaging"):
        yield from page_reading.read_messaging(told, of)
    for told in items_in(entry, "standby"):
        yield from page_reading.read_messaging(told, msgspec.structs.replace(of, is_standby=True))
    for change in items_in(entry, "changes"):
        field, value = text_in(change, "field", longest=100), found(change, "value")
        if field in _PAGE_FIELDS and found(value, "sender") is not None:
            yield from page_reading.read_messaging(value, of)
        else:
            yield _unknown(field, change, now)


def _unknown(field: str, change: Any, now: datetime) -> Noted:
    """A field that says nothing of messages, such as the state of a template; its text is what people can read."""
    value = found(change, "value")
    names = ("event", "message_template_name", "reason", "decision", "display_phone_number", "current_limit", "text")
    told = [text_in(value, name, longest=200) for name in names]
    at = moment_in(value, now, "timestamp")
    return note(field or "unknown_field", change, at, ", ".join(part for part in told if part))
