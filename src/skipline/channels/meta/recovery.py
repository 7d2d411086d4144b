"""What is done after an outage: Messenger and Instagram stop delivering after about an hour of failures, so the app
subscribes again and asks what was written meanwhile (Messenger Platform, "Webhooks" and "Conversations").

A cursor is `<channel>:<Meta's own cursor>`: the channels are gone through one after the other.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from skipline.asking.payload import (
    Unreadable,
    clean,
    fingerprint,
    found,
    id_in,
    items_in,
    key_of,
    moment_in,
    read_json,
    text_in,
    url_in,
)
from skipline.channels.meta.errors import error_in
from skipline.channels.meta.graph import Graph
from skipline.model.lookup import HttpRequest, HttpResponse, Secrets
from skipline.model.message import Channel, MessageKind
from skipline.model.messaging import AnyChannelEvent, Attachment, CannotWrite, Received, Sender

_SUBSCRIBED = {
    Channel.MESSENGER: (
        "messages,messaging_postbacks,message_echoes,message_reads,message_deliveries,message_reactions,"
        "message_edits,messaging_optins,messaging_referrals,messaging_handovers,standby"
    ),
    Channel.INSTAGRAM: "messages,messaging_postbacks,messaging_seen,message_reactions,messaging_referral,standby",
}
_PER_PAGE = 10
_MESSAGES_EACH = 50
_FIELDS = (
    f"id,updated_time,messages.limit({_MESSAGES_EACH})"
    "{id,created_time,from,to,message,sticker,attachments{id,mime_type,name,image_data,video_data,file_url}}"
)
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""Stands for a time that cannot be read."""
_FILE_ADDRESSES = (("image_data", "url"), ("video_data", "url"), ("file_url",))


class Place(msgspec.Struct, frozen=True):
    """How far the asking has come."""

    channel: Channel
    after: str = ""


def place_of(cursor: str, channels: Sequence[Channel]) -> Place | None:
    """The place that a cursor means; the first one for an empty cursor, None when there is nothing to ask."""
    name, _, after = cursor.partition(":")
    if not cursor:
        return Place(channels[0]) if channels else None
    return Place(Channel(name), after) if name in channels else None


def resubscribe(channel: Channel, id_: str, graph: Graph, secrets: Secrets) -> HttpRequest:
    """The request that subscribes our app again: for Messenger to a page and the Instagram account that is linked to
    it, for Instagram to an account without a page."""
    request = graph.post(f"{id_}/subscribed_apps", {"subscribed_fields": _SUBSCRIBED[channel]}, secrets)
    return msgspec.structs.replace(request, is_repeatable=True)


def list_missed(place: Place, id_: str, graph: Graph, secrets: Secrets) -> HttpRequest:
    """The request for a page of conversations, latest first."""
    query = {"platform": str(place.channel), "fields": _FIELDS, "limit": str(_PER_PAGE)}
    return graph.get(f"{id_}/conversations", query | ({"after": place.after} if place.after else {}), secrets)


def read_missed(
    response: HttpResponse, since: datetime, cursor: str, channels: Sequence[Channel], ours: dict[Channel, str]
) -> tuple[Sequence[AnyChannelEvent], str | None]:
    """What contacts wrote since, and the next cursor. Raises `CannotWrite` when Meta did not tell."""
    place = place_of(cursor, channels)
    if place is None:
        return [], None
    told = _told(response)
    conversations = items_in(told, "data")
    events = [event for one in conversations for event in _written(one, place.channel, since, set(ours.values()))]
    after = id_in(told, "paging", "cursors", "after")
    is_more = found(told, "paging", "next") is not None and after and conversations
    if is_more and moment_in(conversations[-1], _NEVER, "updated_time") >= since:
        return events, f"{place.channel}:{after}"
    return events, _next_channel(place.channel, channels)


def _told(response: HttpResponse) -> Any:
    try:
        told = read_json(response.body)
    except Unreadable as wrong:
        raise CannotWrite(f"Meta answered {response.status}, and {wrong}") from None
    if response.status != 200:
        error = error_in(found(told, "error"))
        raise CannotWrite(f"Meta answered {response.status}{f': {error.said}' if error else ''}")
    return told


def _next_channel(channel: Channel, channels: Sequence[Channel]) -> str | None:
    later = channels[channels.index(channel) + 1 :]
    return f"{later[0]}:" if later else None


def _written(conversation: Any, channel: Channel, since: datetime, ours: set[str]) -> Iterator[Received]:
    """The contact's own messages since, oldest first."""
    messages = found(conversation, "messages")
    told = items_in(messages, "data") if isinstance(messages, dict) else items_in(conversation, "messages")
    for one in reversed(told[: _MESSAGES_EACH * 2]):
        sender, at = id_in(one, "from", "id"), moment_in(one, _NEVER, "created_time")
        if sender and sender not in ours and since <= at < _NEVER:
            yield _received(one, sender, channel, at)


def _received(told: Any, sender: str, channel: Channel, at: datetime) -> Received:
    id_, text = id_in(told, "id") or fingerprint(told), text_in(told, "message")
    files = tuple(_file(one) for one in items_in(told, "attachments", "data")[:50])
    files = tuple(one for one in files if one.url)
    kind = MessageKind.MEDIA if files else MessageKind.TEXT if text else MessageKind.UNSUPPORTED
    name = text_in(told, "from", "name", longest=200) or text_in(told, "from", "username", longest=200)
    return Received(
        key=key_of("message", id_),
        at=at,
        id=id_,
        channel=channel,
        sender=Sender(id=sender, name=name),
        kind=kind,
        text=text,
        attachments=files,
        detail="" if kind is not MessageKind.UNSUPPORTED else "missed",
    )


def _file(told: Any) -> Attachment:
    type_ = text_in(told, "mime_type", longest=200)
    kind = type_.partition("/")[0]
    url = next((url for url in (url_in(told, *path) for path in _FILE_ADDRESSES) if url), "")
    return Attachment(
        kind=kind if kind in ("image", "video", "audio") else "document",
        url=url,
        type=type_,
        name=clean(found(told, "name"), 255),
    )
