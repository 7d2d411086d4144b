"""What a Messenger or Instagram message says."""

from typing import Any

import msgspec

from skipline.asking.payload import clean, found, id_in, items_in, text_in, url_in
from skipline.model.message import MessageKind
from skipline.model.messaging import Attachment

_FILES = {
    "image": "image",
    "animated_image": "image",
    "video": "video",
    "audio": "audio",
    "file": "document",
    "sticker": "sticker",
    # A story that names us; its address holds a picture or a film.
    "story_mention": "image",
}
_LINKS = frozenset({"share", "fallback", "ig_reel", "reel", "ig_post", "ig_story", "post", "template", "product"})
_MOST_ATTACHMENTS = 50


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """The part of `Received` that the message itself decides."""

    kind: MessageKind
    text: str = ""
    choice: str = ""
    attachments: tuple[Attachment, ...] = ()
    referral: dict[str, str] = {}
    detail: str = ""


def content_of(message: Any) -> Content:
    """What a message says; one with nothing that we know in it is unsupported and says what it has."""
    if found(message, "is_deleted") is True:
        return Content(kind=MessageKind.REVOKE)
    text, story = text_in(message, "text"), _story(message)
    told = items_in(message, "attachments")[:_MOST_ATTACHMENTS]
    choice = text_in(message, "quick_reply", "payload", longest=1_000)
    if choice:
        return Content(kind=MessageKind.CHOICE, text=text or choice, choice=choice)
    files, lines, unknown = _files(told), [line for line in map(_line, told) if line], _unknown(told)
    kind = _kind(files, [text, *lines], told)
    if found(message, "is_unsupported") is True and kind is not MessageKind.MEDIA:
        kind, unknown = MessageKind.UNSUPPORTED, unknown or ["is_unsupported"]
    return Content(
        kind=kind,
        text="\n".join(part for part in (text, *lines) if part),
        attachments=files,
        referral=story,
        detail=", ".join(unknown or _types(told, files) or (["story_reply"] if story else [])),
    )


def _kind(files: tuple[Attachment, ...], lines: list[str], told: list[Any]) -> MessageKind:
    if files:
        return MessageKind.MEDIA
    if any(text_in(one, "type") == "location" for one in told):
        return MessageKind.LOCATION
    return MessageKind.TEXT if any(lines) else MessageKind.UNSUPPORTED


def _files(told: list[Any]) -> tuple[Attachment, ...]:
    """The files, each once: older deliveries bring a sticker as an image as well."""
    found_by_url: dict[str, Attachment] = {}
    for one in told:
        kind = _FILES.get(text_in(one, "type"), "")
        url = url_in(one, "payload", "url")
        if not kind or not url:
            continue
        if kind == "image" and found(one, "payload", "sticker_id") is not None:
            kind = "sticker"
        if url not in found_by_url or kind == "sticker":
            found_by_url[url] = Attachment(kind=kind, url=url, name=text_in(one, "name", longest=255))
    return tuple(found_by_url.values())


def _line(one: Any) -> str:
    """What is shown of an attachment that is no file."""
    type_ = text_in(one, "type")
    if type_ == "location":
        place = found(one, "payload", "coordinates")
        at = f"{text_in(place, 'lat', longest=40)}, {text_in(place, 'long', longest=40)}"
        return " ".join(part for part in (text_in(one, "title", longest=500), at) if part)
    if type_ not in _LINKS:
        return ""
    titles = (text_in(one, "title", longest=500), text_in(one, "payload", "title", longest=500))
    url = url_in(one, "payload", "url") or url_in(one, "url")
    return " ".join(part for part in (next((title for title in titles if title), ""), url) if part)


def _unknown(told: list[Any]) -> list[str]:
    known = {*_FILES, *_LINKS, "location"}
    types = (text_in(one, "type", longest=100) or clean(one, 100) or "without a type" for one in told)
    return [type_ for type_ in dict.fromkeys(types) if type_ not in known]


def _types(told: list[Any], files: tuple[Attachment, ...]) -> list[str]:
    """What kind of share or mention it is, where a picture alone does not say so."""
    types = dict.fromkeys(text_in(one, "type", longest=100) for one in told)
    plain = {"image", "video", "audio", "file", "sticker", "location"}
    return [type_ for type_ in types if type_ and type_ not in plain] if files or told else []


def _story(message: Any) -> dict[str, str]:
    story = found(message, "reply_to", "story")
    parts = {"story_id": id_in(story, "id"), "story_url": url_in(story, "url")}
    return {name: value for name, value in parts.items() if value}
