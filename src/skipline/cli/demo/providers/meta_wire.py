"""What Meta tells in webhooks: WhatsApp's envelope, and that of Messenger and Instagram."""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

from skipline.cli.demo.providers.handsets import Bubble, Choice
from skipline.cli.demo.providers.meta_rules import USER_ID
from skipline.cli.demo.providers.office import File


def whatsapp_envelope(waba: str, phone_id: str, display_phone: str, value: dict[str, Any]) -> dict[str, Any]:
    """The body of a WhatsApp webhook around what it tells."""
    metadata = {"display_phone_number": display_phone, "phone_number_id": phone_id}
    told = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": waba, "changes": [{"value": told, "field": "messages"}]}],
    }


def whatsapp_contact(wa_id: str, name: str) -> dict[str, Any]:
    """Who wrote, with the business-scoped id that comes along since 2026."""
    return {"profile": {"name": name or wa_id}, "wa_id": wa_id, "user_id": f"{USER_ID}{wa_id}"}


def whatsapp_message(
    wa_id: str,
    id_: str,
    at: datetime,
    *,
    text: str,
    choice: Choice | None,
    refers_to: str,
    file: File | None,
) -> dict[str, Any]:
    """One message of a customer's."""
    message: dict[str, Any] = {
        "from": wa_id,
        "from_user_id": f"{USER_ID}{wa_id}",
        "id": id_,
        "timestamp": str(int(at.timestamp())),
    }
    if refers_to:
        message["context"] = {"id": refers_to}
    if choice is not None:
        kind = "list_reply" if choice.is_row else "button_reply"
        told = {"id": choice.id, "title": choice.title}
        if choice.is_row and choice.description:
            told["description"] = choice.description
        return message | {"type": "interactive", "interactive": {"type": kind, kind: told}}
    if file is not None:
        return message | _file(file, text)
    return message | {"type": "text", "text": {"body": text}}


def _file(file: File, caption: str) -> dict[str, Any]:
    kind = {"image": "image", "video": "video", "audio": "audio"}.get(file.type.partition("/")[0], "document")
    told = {
        "id": file.id,
        "mime_type": file.type,
        "sha256": base64.b64encode(hashlib.sha256(file.data).digest()).decode(),
    }
    if caption:
        told["caption"] = caption
    if kind == "document":
        told["filename"] = file.name
    return {"type": kind, kind: told}


def whatsapp_status(bubble: Bubble, wa_id: str, state: str, at: datetime) -> dict[str, Any]:
    """How far a message came; our own reference comes back with it."""
    told: dict[str, Any] = {
        "id": bubble.id,
        "status": state,
        "timestamp": str(int(at.timestamp())),
        "recipient_id": wa_id,
        "recipient_user_id": f"{USER_ID}{wa_id}",
    }
    if bubble.reference:
        told["biz_opaque_callback_data"] = bubble.reference
    if state == "failed":
        told["errors"] = [{"code": 131026, "title": "Message undeliverable", "message": "Message undeliverable"}]
    return told


def messaging_envelope(object_: str, account: str, at: datetime, *events: dict[str, Any]) -> dict[str, Any]:
    """The body of a Messenger (`page`) or Instagram (`instagram`) webhook."""
    entry = {"id": account, "time": _milliseconds(at), "messaging": list(events)}
    return {"object": object_, "entry": [entry]}


def messaging_message(
    contact: str,
    account: str,
    id_: str,
    at: datetime,
    *,
    text: str,
    choice: Choice | None,
    file_url: str,
    file_type: str,
) -> dict[str, Any]:
    """One message of a customer's on Messenger or Instagram."""
    message: dict[str, Any] = {"mid": id_}
    if text or choice is not None:
        message["text"] = text or (choice.title if choice is not None else "")
    if choice is not None:
        message["quick_reply"] = {"payload": choice.id}
    if file_url:
        kind = file_type.partition("/")[0]
        kind = kind if kind in ("image", "video", "audio") else "file"
        message["attachments"] = [{"type": kind, "payload": {"url": file_url}}]
    return _between(contact, account, at) | {"message": message}


def messaging_state(contact: str, account: str, id_: str, state: str, at: datetime) -> dict[str, Any] | None:
    """How far a message came; None for what Meta does not tell there."""
    between, watermark = _between(contact, account, at), _milliseconds(at)
    if state == "delivered":
        return between | {"delivery": {"mids": [id_], "watermark": watermark}}
    if state == "read":
        return between | {"read": {"watermark": watermark, "mid": id_}}
    return None


def _between(contact: str, account: str, at: datetime) -> dict[str, Any]:
    return {"sender": {"id": contact}, "recipient": {"id": account}, "timestamp": _milliseconds(at)}


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def as_meta_writes(body: object) -> bytes:
    """JSON as Meta puts it on the wire: nothing but ASCII, slashes escaped."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()
