"""What Meta's error codes mean for a message. The code decides, never the HTTP status or the title, which Meta words
anew now and then (Cloud API, "Error codes"; Messenger Platform, "Error codes").
"""

from typing import Any

import msgspec

from skipline.asking.payload import Unreadable, found, id_in, read_json, text_in
from skipline.asking.refusals import remedy_by_status, wait_of
from skipline.model.lookup import HttpResponse
from skipline.model.message import Channel
from skipline.model.messaging import Accepted, Refused, Remedy, SendResult, Uncertain

_RECIPIENT_RESTS_SECONDS = 6.0
"""WhatsApp takes a message every 6 s for one contact."""
_SIGN_IN = "Meta does not accept our access token: make a new one and put it into the secret"
_PERMISSION = "our access token may not do this: give it the permission in Meta's app settings"
_BUSY = "Meta asks us to send more slowly"
_TEMPORARY = "Meta had trouble of its own"
_WINDOW = "the contact wrote too long ago: only an approved template may be sent until they write again"
_STOPPED = "the contact does not want marketing messages from us, or gets too many of them"
_TEMPLATE = "the template does not fit: compare its name, language and values with what Meta approved"

_WHATSAPP: dict[int, tuple[Remedy, str]] = {
    0: (Remedy.ALARM, _SIGN_IN),
    190: (Remedy.ALARM, _SIGN_IN),
    1: (Remedy.RETRY_ONCE, _TEMPORARY),
    2: (Remedy.RETRY, _TEMPORARY),
    4: (Remedy.RETRY, _BUSY),
    80007: (Remedy.RETRY, _BUSY),
    130429: (Remedy.RETRY, _BUSY),
    131000: (Remedy.RETRY, _TEMPORARY),
    131016: (Remedy.RETRY, _TEMPORARY),
    131056: (Remedy.RETRY, "this contact got too many messages in too short a time"),
    131057: (Remedy.RETRY, "the account is in maintenance at Meta"),
    133016: (Remedy.RETRY, "the number was registered too often; Meta lets it rest"),
    3: (Remedy.ALARM, _PERMISSION),
    10: (Remedy.ALARM, _PERMISSION),
    131005: (Remedy.ALARM, _PERMISSION),
    131031: (Remedy.ALARM, "Meta has locked the account: see the notice in its business settings"),
    368: (Remedy.ALARM, "Meta has blocked the account for a while for breaking its rules"),
    131047: (Remedy.TEMPLATE, _WINDOW),
    131048: (Remedy.SLOW_DOWN, "too many people marked our messages as spam: Meta limits the number"),
    100: (Remedy.NEVER, "Meta did not understand the request"),
    131008: (Remedy.NEVER, "something that Meta needs is missing in the message"),
    131009: (Remedy.NEVER, "something in the message has a value that Meta does not take"),
    131021: (Remedy.NEVER, "the message is for our own number"),
    131026: (Remedy.NEVER, "the message cannot be delivered: no WhatsApp there, an old version, or terms not accepted"),
    131030: (Remedy.NEVER, "the number is not in the list of those that a test account may write to"),
    131049: (Remedy.NEVER, _STOPPED),
    131050: (Remedy.NEVER, _STOPPED),
    131063: (Remedy.NEVER, _STOPPED),
    131051: (Remedy.NEVER, "WhatsApp does not have this kind of message"),
    131062: (Remedy.NEVER, "this message can only be sent to a telephone number, and the contact shows none"),
    130472: (Remedy.NEVER, "the contact is in an experiment of Meta's that holds messages back"),
    130497: (Remedy.NEVER, "the account may not write to people in this country"),
}
_PAGE: dict[int, tuple[Remedy, str]] = {
    0: (Remedy.ALARM, _SIGN_IN),
    190: (Remedy.ALARM, _SIGN_IN),
    1: (Remedy.RETRY, _TEMPORARY),
    2: (Remedy.RETRY, _TEMPORARY),
    4: (Remedy.RETRY, _BUSY),
    17: (Remedy.RETRY, _BUSY),
    32: (Remedy.RETRY, _BUSY),
    613: (Remedy.RETRY, _BUSY),
    1200: (Remedy.RETRY, _TEMPORARY),
    3: (Remedy.ALARM, _PERMISSION),
    10: (Remedy.ALARM, _PERMISSION),
    200: (Remedy.ALARM, _PERMISSION),
    230: (Remedy.ALARM, _PERMISSION),
    368: (Remedy.ALARM, "Meta has blocked the account for a while for breaking its rules"),
    100: (Remedy.NEVER, "Meta did not understand the request, or knows nobody with this id"),
    551: (Remedy.NEVER, "the person cannot be reached now: they blocked us or closed their account"),
}
_OUT_OF_WINDOW = 2018278
"""The subcode of error 10 when a message comes too late."""


class GraphError(msgspec.Struct, frozen=True, kw_only=True):
    """An error as Meta tells it."""

    code: int
    subcode: int
    said: str


def remedy_of(error: GraphError, channel: Channel) -> tuple[Remedy, str] | None:
    """What to do about an error and how people read it; None for a code that nobody listed."""
    code = error.code
    if channel is not Channel.WHATSAPP:
        is_late = error.subcode == _OUT_OF_WINDOW or "outside of allowed window" in error.said.lower()
        return (Remedy.TEMPLATE, _WINDOW) if code == 10 and is_late else _PAGE.get(code)
    if 200 <= code <= 299:
        return Remedy.ALARM, _PERMISSION
    if 132000 <= code <= 132999:
        return Remedy.NEVER, _TEMPLATE
    return _WHATSAPP.get(code)


def error_in(told: Any) -> GraphError | None:
    """The error in an object with a `code`, as in a response or in a failed status; None when there is none."""
    code = _number(id_in(told, "code"))
    if code is None:
        return None
    parts = (text_in(told, *path, longest=500) for path in (("error_data", "details"), ("message",), ("title",)))
    said = next((part for part in parts if part), "")
    return GraphError(code=code, subcode=_number(id_in(told, "error_subcode")) or 0, said=said)


def understand(response: HttpResponse | None, channel: Channel) -> SendResult:
    """What came of sending a message."""
    if response is None:
        return Uncertain(reason="Meta did not answer, and may have taken the message all the same")
    answer = _read(response)
    error = error_in(found(answer, "error"))
    if error is not None:
        return _refused(error, response, channel)
    is_fine = 200 <= response.status < 300
    return _accepted(answer, response.status) if is_fine else _by_status(response)


def _accepted(answer: Any, status: int) -> SendResult:
    messages = found(answer, "messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    taken_as = id_in(first, "id") or id_in(answer, "message_id")
    if not taken_as:
        return Uncertain(reason=f"Meta answered {status} without saying which message it took")
    return Accepted(id=taken_as)


def _refused(error: GraphError, response: HttpResponse, channel: Channel) -> Refused:
    listed = remedy_of(error, channel)
    remedy, reason = listed or (Remedy.RETRY if response.status >= 500 else Remedy.NEVER, "Meta refused it")
    said = f" (Meta says: {error.said})" if error.said else ""
    rests = _RECIPIENT_RESTS_SECONDS if error.code == 131056 else None
    return Refused(
        remedy=remedy, code=str(error.code), reason=f"{reason}{said}", after_seconds=wait_of(response) or rests
    )


def _by_status(response: HttpResponse) -> SendResult:
    remedy = remedy_by_status(response.status)
    # A gateway's 502 says nothing of whether Meta behind it took the message.
    if remedy is None or response.status == 502:
        return Uncertain(reason=f"Meta answered {response.status}, and may have taken the message all the same")
    return Refused(
        remedy=remedy,
        code=str(response.status),
        reason=f"Meta answered {response.status} without a reason",
        after_seconds=wait_of(response),
    )


def _read(response: HttpResponse) -> Any:
    try:
        return read_json(response.body)
    except Unreadable:
        return None


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else None
