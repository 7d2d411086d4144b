"""Deliveries of Messenger and Instagram, which have the same shape (Messenger Platform, "Webhook Events").

`messaging` is for us, `standby` is what happens while another app has the thread: recorded, never answered.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from skipline.asking.payload import clean, fingerprint, found, id_in, items_in, key_of, moment_in, text_in
from skipline.channels.meta.page_content import content_of
from skipline.model.message import Channel, MessageKind, SendState
from skipline.model.messaging import (
    AnyChannelEvent,
    Echoed,
    Noted,
    PreferenceTold,
    Received,
    Sender,
    StateTold,
)

_ENVELOPE = frozenset({"sender", "recipient", "timestamp", "id", "time"})
_NOTICES = {"STOP_NOTIFICATIONS": True, "STOP NOTIFICATIONS": True, "RESUME_NOTIFICATIONS": False}
_MOST_STATES = 1_000


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Whose messages are read, and when they came. `app_id` is of the app that sends for us."""

    channel: Channel
    app_id: str
    now: datetime
    is_standby: bool = False


def read_messaging(told: Any, of: Page) -> Iterator[AnyChannelEvent]:
    """The events in one entry of `messaging` or `standby`: at least one."""
    name = next((name for name in _READERS if isinstance(found(told, name), dict)), "")
    if not name:
        kind = next((name for name in told if name not in _ENVELOPE), "") if isinstance(told, dict) else ""
        yield _note(clean(kind, 100) or "unknown", told, of)
        return
    yield from _READERS[name](told, found(told, name), of)


def _message(told: Any, message: Any, of: Page) -> Iterator[AnyChannelEvent]:
    if found(message, "is_echo") is True:
        yield from _echo(told, message, of)
        return
    sender = id_in(told, "sender", "id")
    if not sender:
        yield _note("message_of_nobody", told, of)
        return
    content, mid = content_of(message), id_in(message, "mid")
    is_revoked = content.kind is MessageKind.REVOKE
    key = key_of("revoke" if is_revoked else "message", mid or fingerprint(told))
    yield Received(
        key=key,
        at=_at(told, of),
        # What revokes a message has no id of its own.
        id=key if is_revoked else mid or fingerprint(told),
        channel=of.channel,
        sender=Sender(id=sender),
        kind=content.kind,
        text=content.text,
        choice=content.choice,
        attachments=content.attachments,
        refers_to=mid if is_revoked else id_in(message, "reply_to", "mid"),
        referral=referral_of(found(message, "referral")) or content.referral,
        detail=content.detail,
        is_standby=of.is_standby,
    )


def _echo(told: Any, message: Any, of: Page) -> Iterator[AnyChannelEvent]:
    """What our account wrote: by our app, which shows that it was sent, or by anybody else."""
    mid, to = id_in(message, "mid"), id_in(told, "recipient", "id")
    is_ours = bool(of.app_id) and id_in(message, "app_id") == of.app_id
    if not to:
        yield _note("echo_to_nobody", told, of)
        return
    content = content_of(message)
    shown = content.text or (content.attachments[0].kind if content.attachments else "")
    key = key_of("echo", mid or fingerprint(told))
    yield Echoed(key=key, at=_at(told, of), id=mid or key, channel=of.channel, to=to, text=shown, is_ours=is_ours)
    if is_ours and mid:
        yield _stated(mid, SendState.SENT, told, of, reference=id_in(message, "metadata"), to=to)


def _postback(told: Any, postback: Any, of: Page) -> Iterator[AnyChannelEvent]:
    sender, mid = id_in(told, "sender", "id"), id_in(postback, "mid")
    if not sender:
        yield _note("postback_of_nobody", told, of)
        return
    title, payload = text_in(postback, "title"), text_in(postback, "payload", longest=1_000)
    yield Received(
        key=key_of("message", mid or fingerprint(told)),
        at=_at(told, of),
        id=mid or fingerprint(told),
        channel=of.channel,
        sender=Sender(id=sender),
        kind=MessageKind.CHOICE,
        text=title or payload,
        choice=payload or title,
        referral=referral_of(found(postback, "referral")),
        is_standby=of.is_standby,
    )


def _reaction(told: Any, reaction: Any, of: Page) -> Iterator[AnyChannelEvent]:
    sender, mid, at = id_in(told, "sender", "id"), id_in(reaction, "mid"), _at(told, of)
    if not sender or not mid:
        yield _note("reaction", told, of)
        return
    key = key_of("reaction", mid, fingerprint(told))
    is_taken_back = text_in(reaction, "action") == "unreact"
    emoji = text_in(reaction, "emoji", longest=50) or text_in(reaction, "reaction", longest=50)
    yield Received(
        key=key,
        at=at,
        id=key,
        channel=of.channel,
        sender=Sender(id=sender),
        kind=MessageKind.REACTION,
        text="" if is_taken_back else emoji,
        refers_to=mid,
        is_standby=of.is_standby,
    )


def _edit(told: Any, edit: Any, of: Page) -> Iterator[AnyChannelEvent]:
    sender, mid = id_in(told, "sender", "id"), id_in(edit, "mid")
    if not sender or not mid:
        yield _note("message_edit", told, of)
        return
    key = key_of("edit", mid, id_in(edit, "num_edit") or fingerprint(told))
    yield Received(
        key=key,
        at=_at(told, of),
        id=key,
        channel=of.channel,
        sender=Sender(id=sender),
        kind=MessageKind.EDIT,
        text=text_in(edit, "text"),
        refers_to=mid,
        is_standby=of.is_standby,
    )


def _progress(state: SendState) -> Callable[[Any, Any, Page], Iterator[AnyChannelEvent]]:
    """Reads what came so far: named one by one, or all up to a time, the watermark."""

    def read(told: Any, progress: Any, of: Page) -> Iterator[AnyChannelEvent]:
        mids = [clean(one, 500) for one in items_in(progress, "mids")[:_MOST_STATES]]
        named = [mid for mid in (*mids, id_in(progress, "mid")) if mid]
        contact, watermark = id_in(told, "sender", "id"), id_in(progress, "watermark")
        for mid in dict.fromkeys(named):
            yield _stated(mid, state, told, of, to=contact)
        if not named and contact and watermark:
            until = moment_in(progress, of.now, "watermark")
            key = key_of("status", "until", contact, watermark, state)
            yield StateTold(key=key, at=_at(told, of), id="", state=state, to=contact, until=until)
        elif not named:
            yield _note(str(state), told, of)

    return read


def _optin(told: Any, optin: Any, of: Page) -> Iterator[AnyChannelEvent]:
    sender, word = id_in(told, "sender", "id"), text_in(optin, "notification_messages_status", longest=100)
    stopped = _NOTICES.get(word)
    if not sender or stopped is None:
        yield _note("optin", told, of, text_in(optin, "ref", longest=500))
        return
    key = key_of("preference", sender, fingerprint(told))
    yield PreferenceTold(key=key, at=_at(told, of), channel=of.channel, sender=Sender(id=sender), is_stopped=stopped)


def _referral(told: Any, referral: Any, of: Page) -> Iterator[AnyChannelEvent]:
    yield _note("referral", told, of, text_in(referral, "ref", longest=2_000))


def referral_of(told: Any) -> dict[str, str]:
    """Where they came from, in the ad's or link's own words."""
    if not isinstance(told, dict):
        return {}
    parts = {clean(name, 100): text_in(told, name, longest=2_000) for name in list(told)[:20]}
    return {name: text for name, text in parts.items() if name and text}


def _stated(mid: str, state: SendState, told: Any, of: Page, *, reference: str = "", to: str = "") -> StateTold:
    key = key_of("status", mid, state)
    return StateTold(key=key, at=_at(told, of), id=mid, state=state, reference=reference, to=to)


def _at(told: Any, of: Page) -> datetime:
    return moment_in(told, of.now, "timestamp")


def _note(kind: str, told: Any, of: Page, text: str = "") -> Noted:
    return Noted(key=key_of("note", kind, fingerprint(told)), at=_at(told, of), kind=kind, text=text)


_READERS: dict[str, Callable[[Any, Any, Page], Iterator[AnyChannelEvent]]] = {
    "message": _message,
    "postback": _postback,
    "reaction": _reaction,
    "message_edit": _edit,
    "read": _progress(SendState.READ),
    "delivery": _progress(SendState.DELIVERED),
    "optin": _optin,
    "referral": _referral,
}
