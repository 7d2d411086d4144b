"""What Meta's Graph API refuses, with its own error codes: the shape and the sizes of what is sent to it."""

from collections.abc import Mapping, Sequence
from typing import Any

from skipline.cli.demo.providers.handsets import Choice
from skipline.cli.demo.providers.office import Refusal

_MEDIA = ("image", "video", "audio", "document", "sticker")
USER_ID = "NL."
"""What the business-scoped user ids of the customers here begin with; their number follows."""
_MOST_BUTTONS, _MOST_ROWS, _MOST_QUICK_REPLIES = 3, 10, 13


def graph_error(code: int, message: str, *, status: int = 400, details: str = "", subcode: int = 0) -> Refusal:
    """An error as the Graph API words it; who sends must go by `code`."""
    error: dict[str, Any] = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code}
    if subcode:
        error["error_subcode"] = subcode
    if details:
        error["error_data"] = {"messaging_product": "whatsapp", "details": details}
    return Refusal(status, {"error": {**error, "fbtrace_id": "AbSkIpLiNe"}}, str(code))


def check_whatsapp(body: Mapping[str, Any]) -> tuple[str, tuple[Choice, ...], str]:
    """The text, the answers to tap and the media address of a WhatsApp message. Raises `Refusal`."""
    _need(bool(whatsapp_contact_in(body)), 131009, "to is no phone number, and recipient no user id")
    reference = body.get("biz_opaque_callback_data", "")
    _need(isinstance(reference, str) and len(reference) <= 512, 131009, "biz_opaque_callback_data is too long")
    kind = body.get("type", "text")
    part = _part(body.get(kind), 131008, f"{kind} is missing")
    if kind == "text":
        return _text(part.get("body"), 4096, "text.body"), (), ""
    if kind == "interactive":
        return _interactive(part)
    if kind == "template":
        return _template(part), (), ""
    _need(kind in _MEDIA, 100, f"type {kind} is not supported")
    address = part.get("link", "") or part.get("id", "")
    _need(bool(address), 131008, f"{kind}.link or {kind}.id is missing")
    return str(part.get("caption", "")), (), str(address)


def whatsapp_contact_in(body: Mapping[str, Any]) -> str:
    """The customer whom a message is for, by number or by the user id that stands for it; empty: nobody."""
    to, user = body.get("to"), body.get("recipient")
    if isinstance(to, str) and to.lstrip("+").isdigit():
        return to.lstrip("+")
    return user.removeprefix(USER_ID) if isinstance(user, str) and user.startswith(USER_ID) and not to else ""


def _interactive(part: Mapping[str, Any]) -> tuple[str, tuple[Choice, ...], str]:
    text = _text(part.get("body", {}).get("text"), 1024, "interactive.body.text")
    for name in ("header", "footer"):
        if name in part:
            _text(part[name].get("text"), 60, f"interactive.{name}.text")
    action, kind = part.get("action", {}), part.get("type")
    if kind == "button":
        return text, _buttons(action.get("buttons", ())), ""
    _need(kind == "list", 131009, f"interactive.type {kind} is not supported")
    _text(action.get("button"), 20, "interactive.action.button")
    sections = action.get("sections", ())
    if len(sections) > 1:
        for section in sections:
            _text(section.get("title"), 24, "section.title")
    return text, _rows([row for section in sections for row in section.get("rows", ())]), ""


def _buttons(buttons: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    _need(1 <= len(buttons) <= _MOST_BUTTONS, 131009, "one to three buttons are allowed")
    found = [button.get("reply", {}) for button in buttons if button.get("type") == "reply"]
    _need(len(found) == len(buttons), 131009, "a button's type must be reply")
    return _choices(found, title=20, id_=256)


def _rows(rows: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    _need(1 <= len(rows) <= _MOST_ROWS, 131009, "one to ten rows are allowed")
    for row in rows:
        _need(len(row.get("description", "")) <= 72, 131009, "a row's description is too long")
    return _choices(rows, title=24, id_=200, is_row=True)


def _choices(found: Sequence[Mapping[str, Any]], *, title: int, id_: int, is_row: bool = False) -> tuple[Choice, ...]:
    chosen = tuple(
        Choice(
            id=_text(one.get("id"), id_, "id"),
            title=_text(one.get("title"), title, "title"),
            description=str(one.get("description", "")),
            is_row=is_row,
        )
        for one in found
    )
    for values in ([one.id for one in chosen], [one.title for one in chosen]):
        _need(len(set(values)) == len(values), 131009, "ids and titles must differ")
    return chosen


def _template(part: Mapping[str, Any]) -> str:
    name = _text(part.get("name"), 512, "template.name")
    _text(part.get("language", {}).get("code"), 20, "template.language.code")
    values = [
        str(one.get("text", ""))
        for component in part.get("components", ())
        if component.get("type") == "body"
        for one in component.get("parameters", ())
    ]
    return f"{name}: {', '.join(values)}"


def check_messenger(body: Mapping[str, Any], *, is_instagram: bool) -> tuple[str, tuple[Choice, ...], str]:
    """The text, the answers to tap and the media address of a Messenger or Instagram message. Raises `Refusal`."""
    _need(isinstance(body.get("recipient", {}).get("id"), str), 100, "recipient.id is missing")
    kind = body.get("messaging_type", "RESPONSE")
    _need(kind in ("RESPONSE", "UPDATE", "MESSAGE_TAG"), 100, f"messaging_type {kind} is unknown")
    _need(kind != "MESSAGE_TAG" or body.get("tag") == "HUMAN_AGENT", 100, "this tag is not allowed")
    message = _part(body.get("message"), 100, "message is missing")
    if "attachment" in message:
        return _attachment(message["attachment"])
    text = _text(message.get("text"), 2000, "message.text", code=100)
    _need(not is_instagram or len(text.encode()) <= 1000, 100, "message.text is longer than 1000 bytes")
    replies = message.get("quick_replies", ())
    _need(len(replies) <= _MOST_QUICK_REPLIES, 100, "at most 13 quick replies are allowed")
    _need(all(one.get("content_type") == "text" for one in replies), 100, "content_type must be text")
    return text, _payloads(replies), ""


def _attachment(attachment: Mapping[str, Any]) -> tuple[str, tuple[Choice, ...], str]:
    payload = attachment.get("payload", {})
    if attachment.get("type") == "template":
        _need(payload.get("template_type") == "button", 100, "only button templates are known here")
        buttons = payload.get("buttons", ())
        _need(1 <= len(buttons) <= _MOST_BUTTONS, 100, "one to three buttons are allowed")
        return _text(payload.get("text"), 640, "payload.text", code=100), _payloads(buttons), ""
    _need(attachment.get("type") in ("image", "video", "audio", "file"), 100, "attachment.type is unknown")
    _need(bool(payload.get("url") or payload.get("attachment_id")), 100, "payload.url is missing")
    return "", (), str(payload.get("url", ""))


def _payloads(found: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            id=_text(one.get("payload"), 1000, "payload", code=100),
            title=_text(one.get("title"), 20, "title", code=100),
        )
        for one in found
    )


def _text(found: object, most: int, name: str, *, code: int = 131009) -> str:
    _need(isinstance(found, str) and bool(found), 131008 if code == 131009 else code, f"{name} is missing")
    _need(len(str(found)) <= most, code, f"{name} is longer than {most}")
    return str(found)


def _part(found: object, code: int, why: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise graph_error(code, "Invalid parameter", details=why)
    return found


def _need(is_so: bool, code: int, why: str) -> None:
    if not is_so:
        raise graph_error(code, "Invalid parameter", details=why)
