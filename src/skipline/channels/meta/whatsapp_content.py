"""What a WhatsApp message says, by its `type` (Cloud API, "Messages webhook reference")."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

import msgspec

from skipline.asking.payload import found, id_in, items_in, text_in, url_in
from skipline.model.message import MessageKind
from skipline.model.messaging import Attachment

_MEDIA = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "voice": "audio",
    "document": "document",
    "sticker": "sticker",
}
_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_MOST_PARTS = 50


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """The part of `Received` that a message's type decides."""

    kind: MessageKind
    text: str = ""
    choice: str = ""
    attachments: tuple[Attachment, ...] = ()
    refers_to: str = ""
    detail: str = ""


def content_of(message: Any) -> Content:
    """What a message says; one of an unknown type, or without its body, is unsupported and says so."""
    type_ = text_in(message, "type", longest=100)
    told = found(message, type_)
    if type_ in _MEDIA:
        return _media(type_, told)
    read = _READERS.get(type_)
    if read is None or not isinstance(told, dict | list):
        return Content(kind=MessageKind.UNSUPPORTED, detail=_why(message, type_))
    return read(told) or Content(kind=MessageKind.UNSUPPORTED, detail=type_)


def hex_digest(written: str) -> str:
    """A SHA-256 in lower-case hex: Meta writes it in base64, its pages in hex too."""
    if _HEX.fullmatch(written):
        return written.lower()
    try:
        digest = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == 32 else ""


def _why(message: Any, type_: str) -> str:
    errors = items_in(message, "errors") or items_in(message, "unsupported", "errors")
    first = errors[0] if errors else None
    parts = (type_ or "without a type", text_in(first, "title", longest=200), text_in(message, "unsupported", "type"))
    return ": ".join(part for part in parts if part)


def _text(told: Any) -> Content | None:
    body = text_in(told, "body")
    return Content(kind=MessageKind.TEXT, text=body) if body else None


def _media(type_: str, told: Any) -> Content:
    one = Attachment(
        kind=_MEDIA[type_],
        id=id_in(told, "id"),
        url=url_in(told, "url") or url_in(told, "link"),
        type=text_in(told, "mime_type", longest=200),
        name=text_in(told, "filename", longest=255),
        sha256=hex_digest(id_in(told, "sha256")),
    )
    caption = text_in(told, "caption")
    if not one.id and not one.url:
        return Content(kind=MessageKind.UNSUPPORTED, text=caption, detail=f"{type_} without a file")
    return Content(kind=MessageKind.MEDIA, text=caption, attachments=(one,))


def _location(told: Any) -> Content:
    place = f"{text_in(told, 'latitude', longest=40)}, {text_in(told, 'longitude', longest=40)}"
    parts = (text_in(told, "name", longest=500), text_in(told, "address", longest=500), place)
    return Content(
        kind=MessageKind.LOCATION, text="\n".join(part for part in parts if part), detail=url_in(told, "url")
    )


def _contacts(told: Any) -> Content | None:
    people = told if isinstance(told, list) else [told]
    lines = [_contact_line(one) for one in people[:_MOST_PARTS]]
    text = "\n".join(line for line in lines if line)
    return Content(kind=MessageKind.CONTACTS, text=text) if text else None


def _contact_line(one: Any) -> str:
    name = text_in(one, "name", "formatted_name", longest=200)
    phones = [text_in(phone, "phone", longest=40) or id_in(phone, "wa_id") for phone in items_in(one, "phones")]
    return ", ".join(part for part in (name, *phones[:_MOST_PARTS]) if part)


def _reaction(told: Any) -> Content | None:
    to = id_in(told, "message_id")
    return Content(kind=MessageKind.REACTION, text=text_in(told, "emoji", longest=50), refers_to=to) if to else None


def _interactive(told: Any) -> Content | None:
    for type_ in ("button_reply", "list_reply"):
        reply = found(told, type_)
        if isinstance(reply, dict) and id_in(reply, "id"):
            return Content(
                kind=MessageKind.CHOICE, text=text_in(reply, "title"), choice=text_in(reply, "id", longest=500)
            )
    form = found(told, "nfm_reply")
    if isinstance(form, dict):
        return Content(
            kind=MessageKind.CHOICE,
            text=text_in(form, "body"),
            choice=text_in(form, "name", longest=500),
            detail=text_in(form, "response_json"),
        )
    return None


def _button(told: Any) -> Content | None:
    """The quick reply of a template. It is the only choice whose question we may not know."""
    text, payload = text_in(told, "text"), text_in(told, "payload", longest=500)
    return Content(kind=MessageKind.CHOICE, text=text or payload, choice=payload or text) if text or payload else None


def _order(told: Any) -> Content:
    lines = [_order_line(item) for item in items_in(told, "product_items")[:_MOST_PARTS]]
    return Content(
        kind=MessageKind.ORDER,
        text="\n".join(part for part in (text_in(told, "text"), *lines) if part),
        detail=id_in(told, "catalog_id"),
    )


def _order_line(item: Any) -> str:
    price = f"{text_in(item, 'item_price', longest=40)} {text_in(item, 'currency', longest=10)}".strip()
    quantity, product = text_in(item, "quantity", longest=40), text_in(item, "product_retailer_id", longest=200)
    return f"{quantity or '1'} x {product}{f' ({price})' if price else ''}"


def _edit(told: Any) -> Content | None:
    original, inner = id_in(told, "original_message_id"), found(told, "message")
    if not original or text_in(inner, "type") == "edit":
        return None
    new = content_of(inner)
    return Content(kind=MessageKind.EDIT, text=new.text, attachments=new.attachments, refers_to=original)


def _revoke(told: Any) -> Content | None:
    original = id_in(told, "original_message_id")
    return Content(kind=MessageKind.REVOKE, refers_to=original) if original else None


_READERS: dict[str, Callable[[Any], Content | None]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "edit": _edit,
    "revoke": _revoke,
}
