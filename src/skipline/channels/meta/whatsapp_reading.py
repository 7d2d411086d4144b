"""Deliveries of the WhatsApp Cloud API: messages, states, echoes of the phone app, preferences.

Since 2026 a contact's key is the business-scoped user id (`user_id`, such as `US.1349...`); the number is told only
when they share it. Accounts of before have the number alone.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from skipline.asking.number_keys import number_key
from skipline.asking.payload import clean, fingerprint, found, id_in, items_in, key_of, moment_in, text_in
from skipline.channels.meta.errors import error_in, remedy_of
from skipline.channels.meta.whatsapp_content import Content, content_of
from skipline.model.message import Channel, MessageKind, SendState
from skipline.model.messaging import (
    AnyChannelEvent,
    ContactMoved,
    Echoed,
    Noted,
    PreferenceTold,
    Received,
    Remedy,
    Sender,
    StateTold,
)

_STATES = {
    "sent": SendState.SENT,
    "delivered": SendState.DELIVERED,
    "read": SendState.READ,
    "played": SendState.PLAYED,
    "failed": SendState.FAILED,
}
_PREFERENCES = {"stop": True, "resume": False}
_MOST_REFERRAL_PARTS = 20


def read_value(value: Any, now: datetime) -> list[AnyChannelEvent]:
    """The events in the `value` of a change; empty when it is none that tells of messages."""
    events: list[AnyChannelEvent] = []
    for name, read in _PARTS.items():
        events += [read(one, value, now) for one in items_in(value, name)]
    # Beside what we know, a list of something new is noted; a plain word would be noted with every message.
    lists = value.items() if events and isinstance(value, dict) else ()
    unknown = [(name, told) for name, told in lists if isinstance(told, list) and name not in _KNOWN]
    return events + [_note(clean(name, 100) or "unknown", told, now) for name, told in unknown]


def sender_of(told: Any, value: Any) -> Sender | None:
    """Who wrote: told beside the message, or in the delivery's list of contacts. None when nobody is named."""
    number, user = id_in(told, "from") or id_in(told, "wa_id"), id_in(told, "from_user_id") or id_in(told, "user_id")
    contact = _contact(number, user, items_in(value, "contacts"))
    user, number = user or id_in(contact, "user_id"), number or id_in(contact, "wa_id")
    if not user and not number:
        return None
    name = text_in(contact, "profile", "name", longest=200) or text_in(contact, "profile", "username", longest=200)
    return Sender(id=user or number, phone=number_key(number), name=name)


def _contact(number: str, user: str, contacts: Sequence[Any]) -> Any:
    for one in contacts:
        if (user and id_in(one, "user_id") == user) or (number and id_in(one, "wa_id") == number):
            return one
    return contacts[0] if len(contacts) == 1 else None


def _message(told: Any, value: Any, now: datetime) -> AnyChannelEvent:
    sender, at = sender_of(told, value), moment_in(told, now, "timestamp")
    if text_in(told, "type") == "system":
        return _system(found(told, "system"), told, sender, at)
    if sender is None:
        return _note("message_of_nobody", told, at)
    content = content_of(told)
    return _received(told, sender, content, at)


def _received(told: Any, sender: Sender, content: Content, at: datetime) -> Received:
    id_ = id_in(told, "id")
    return Received(
        key=key_of("message", id_ or fingerprint(told)),
        at=at,
        id=id_ or fingerprint(told),
        channel=Channel.WHATSAPP,
        sender=sender,
        kind=content.kind,
        text=content.text,
        choice=content.choice,
        attachments=content.attachments,
        refers_to=content.refers_to or id_in(told, "context", "id"),
        referral=_referral(found(told, "referral")),
        detail=content.detail or _forwarded(told),
    )


def _forwarded(told: Any) -> str:
    context = found(told, "context")
    is_forwarded = found(context, "forwarded") is True or found(context, "frequently_forwarded") is True
    return "forwarded" if is_forwarded else ""


def _referral(told: Any) -> dict[str, str]:
    """Where they came from: the ad's or post's own words, those that are texts."""
    if not isinstance(told, dict):
        return {}
    parts = {clean(name, 100): text_in(told, name, longest=2_000) for name in list(told)[:_MOST_REFERRAL_PARTS]}
    return {name: text for name, text in parts.items() if name and text}


def _system(system: Any, told: Any, sender: Sender | None, at: datetime) -> AnyChannelEvent:
    type_ = text_in(system, "type", longest=100)
    number, user = id_in(system, "wa_id") or id_in(system, "new_wa_id"), id_in(system, "user_id")
    if type_ == "user_changed_number" and sender is not None and (number or user):
        return ContactMoved(
            key=key_of("moved", id_in(told, "id") or fingerprint(told)),
            at=at,
            channel=Channel.WHATSAPP,
            before=sender.id,
            after=Sender(id=user or number, phone=number_key(number), name=sender.name),
        )
    stopped = _PREFERENCES.get(text_in(system, "marketing"))
    if type_ == "user_preference_changed" and sender is not None and stopped is not None:
        return _preferred(told, sender, stopped, at)
    return _note(f"system: {type_}" if type_ else "system", told, at, text_in(system, "body", longest=1_000))


def _state(told: Any, _: Any, now: datetime) -> AnyChannelEvent:
    at, word, id_ = moment_in(told, now, "timestamp"), text_in(told, "status", longest=100), id_in(told, "id")
    state = _STATES.get(word)
    if state is None or not id_:
        return _note(f"status: {word}" if word else "status", told, at)
    errors = items_in(told, "errors")
    error = error_in(errors[0]) if errors and state is SendState.FAILED else None
    remedy, reason = (remedy_of(error, Channel.WHATSAPP) if error else None) or (Remedy.NEVER, "")
    return StateTold(
        key=key_of("status", id_, state),
        at=at,
        id=id_,
        state=state,
        reference=id_in(told, "biz_opaque_callback_data"),
        code=str(error.code) if error else "",
        reason=" ".join(
            part for part in (reason, f"(Meta says: {error.said})" if error and error.said else "") if part
        ),
        remedy=remedy,
        to=id_in(told, "recipient_user_id") or id_in(told, "recipient_id"),
    )


def _echo(told: Any, _: Any, now: datetime) -> AnyChannelEvent:
    """A message that a person typed in the phone app of our number."""
    at, id_ = moment_in(told, now, "timestamp"), id_in(told, "id")
    to = id_in(told, "to_user_id") or id_in(told, "to")
    if not to:
        return _note("echo_to_nobody", told, at)
    content = content_of(told)
    shown = content.text or (content.attachments[0].kind if content.attachments else "")
    is_said = content.kind not in (MessageKind.EDIT, MessageKind.REVOKE, MessageKind.REACTION)
    return Echoed(
        key=key_of("echo", id_ or fingerprint(told)),
        at=at,
        id=id_ or fingerprint(told),
        channel=Channel.WHATSAPP,
        to=to,
        text=shown if is_said else f"{content.kind}: {content.text}",
    )


def _preference(told: Any, value: Any, now: datetime) -> AnyChannelEvent:
    at, sender = moment_in(told, now, "timestamp"), sender_of(told, value)
    stopped = _PREFERENCES.get(text_in(told, "value"))
    if sender is None or stopped is None:
        return _note("preference", told, at, text_in(told, "detail", longest=500))
    return _preferred(told, sender, stopped, at)


def _preferred(told: Any, sender: Sender, is_stopped: bool, at: datetime) -> PreferenceTold:
    return PreferenceTold(
        key=key_of("preference", sender.id, fingerprint(told)),
        at=at,
        channel=Channel.WHATSAPP,
        sender=sender,
        is_stopped=is_stopped,
    )


def _new_id(told: Any, value: Any, now: datetime) -> AnyChannelEvent:
    """A contact's user id changed, as it does with their number."""
    at = moment_in(told, now, "timestamp")
    before, after = id_in(told, "user_id", "previous"), id_in(told, "user_id", "current")
    if not before or not after:
        return _note("user_id_update", told, at, text_in(told, "detail", longest=500))
    number = id_in(told, "wa_id")
    return ContactMoved(
        key=key_of("moved", before, after),
        at=at,
        channel=Channel.WHATSAPP,
        before=before,
        after=Sender(id=after, phone=number_key(number)),
    )


def _problem(told: Any, _: Any, now: datetime) -> Noted:
    error = error_in(told)
    return _note("errors", told, now, f"{error.code}: {error.said}" if error else "")


def _note(kind: str, told: Any, at: datetime, text: str = "") -> Noted:
    return Noted(key=key_of("note", kind, fingerprint(told)), at=at, kind=kind, text=text)


_PARTS: dict[str, Callable[[Any, Any, datetime], AnyChannelEvent]] = {
    "messages": _message,
    "statuses": _state,
    "message_echoes": _echo,
    "user_preferences": _preference,
    "user_id_update": _new_id,
    "errors": _problem,
}
_KNOWN = frozenset({*_PARTS, "contacts"})
