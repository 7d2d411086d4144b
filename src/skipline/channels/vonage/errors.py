"""What Vonage's errors mean for a message: Vonage docs, "API errors" of the Messages API and of the SMS API, and
"Delivery receipts". Errors come at once, in the answer to a request, or later with a status."""

from collections.abc import Mapping
from typing import Any

from skipline.asking.payload import Unreadable, found, id_in, items_in, read_json, text_in
from skipline.asking.refusals import remedy_by_status, wait_of
from skipline.model.lookup import HttpResponse
from skipline.model.messaging import Accepted, Refused, Remedy, SendResult, Uncertain

MESSAGE_REMEDIES: Mapping[str, Remedy] = {
    "1000": Remedy.RETRY,
    "1030": Remedy.RETRY_ONCE,
    "1060": Remedy.ALARM,
    "1070": Remedy.ALARM,
    "1080": Remedy.ALARM,
    "1120": Remedy.ALARM,
    "1340": Remedy.TEMPLATE,
}
"""By the code of the Messages API; every other one is never tried again."""

SMS_REMEDIES: Mapping[str, Remedy] = {
    "1": Remedy.RETRY,
    "5": Remedy.RETRY_ONCE,
    "10": Remedy.RETRY,
    "4": Remedy.ALARM,
    "8": Remedy.ALARM,
    "9": Remedy.ALARM,
    "11": Remedy.ALARM,
    "14": Remedy.ALARM,
    "15": Remedy.ALARM,
}
"""By the status of the SMS API; every other one is never tried again."""

_MESSAGE_REASONS: Mapping[str, str] = {
    "1000": "Vonage gets more messages than the account may send",
    "1060": "The account is barred from sending",
    "1070": "The account's balance is too low",
    "1120": "The sender is not allowed in the contact's country",
    "1340": "The contact wrote more than 24 hours ago: only a template may be sent",
}
_SMS_REASONS: Mapping[str, str] = {
    "1": "Vonage gets more messages than the account may send",
    "4": "Vonage does not know our sign-in: check the API key and its secret",
    "7": "The number is barred",
    "9": "The account's balance is too low",
    "15": "The sender is not allowed in the contact's country",
}
_RECEIPTS: Mapping[str, tuple[str, Remedy]] = {
    "1": ("Nobody knows why it did not arrive", Remedy.NEVER),
    "2": ("The phone could not be reached for now", Remedy.NEVER),
    "3": ("Nobody has this number any more", Remedy.NEVER),
    "4": ("The contact's phone bars messages", Remedy.NEVER),
    "5": ("The number is being moved to another network", Remedy.NEVER),
    "6": ("A carrier filtered it as spam", Remedy.NEVER),
    "7": ("The phone was busy", Remedy.NEVER),
    "8": ("A network failed", Remedy.RETRY_ONCE),
    "9": ("This is no number that can be written to", Remedy.NEVER),
    "10": ("A carrier does not take such a message", Remedy.NEVER),
    "11": ("No network leads there", Remedy.NEVER),
    "12": ("The phone cannot be reached", Remedy.NEVER),
    "13": ("The contact's age does not allow it", Remedy.NEVER),
    "14": ("A carrier blocks messages to this number", Remedy.NEVER),
    "15": ("The contact's prepaid balance is too low", Remedy.NEVER),
    "99": ("A carrier failed", Remedy.NEVER),
}


def message_error(error: Any) -> tuple[str, str, Remedy]:
    """Code, reason in words and remedy of an error of the Messages API, which stands in a status as in an answer."""
    title, detail = id_in(error, "title"), text_in(error, "detail", longest=300)
    fragment = id_in(error, "type").rpartition("#")[2]
    code = next((one for one in (title, fragment) if one.isascii() and one.isdecimal()), "")
    words = _MESSAGE_REASONS.get(code) or detail or text_in(error, "title", longest=300)
    return code, _worded(words, code), MESSAGE_REMEDIES.get(code, Remedy.NEVER)


def receipt_error(code: str) -> tuple[str, str, Remedy]:
    """Code, reason in words and remedy of a receipt of the SMS API; no code and no words when all is well."""
    if code in ("", "0"):
        return "", "", Remedy.NEVER
    words, remedy = _RECEIPTS.get(code, ("A carrier did not take it", Remedy.NEVER))
    return code, _worded(words, code), remedy


def message_result(response: HttpResponse | None) -> SendResult:
    """What came of a request to the Messages API."""
    if response is None:
        return _unanswered()
    told = _told(response)
    id_ = id_in(told, "message_uuid")
    if 200 <= response.status < 300 and id_:
        return Accepted(id=id_)
    remedy = remedy_by_status(response.status)
    if remedy is None:
        return _unclear(response)
    code, reason, known = message_error(told)
    if response.status in (400, 422) and code in MESSAGE_REMEDIES:
        remedy = known
    return Refused(
        remedy=remedy,
        code=code or str(response.status),
        reason=reason or f"Vonage answered {response.status}",
        after_seconds=wait_of(response),
    )


def sms_result(response: HttpResponse | None) -> SendResult:
    """What came of a request to the SMS API: it answers 200 to everything, and with one entry for each part of a long
    text. When only some parts were taken, nothing is sent again."""
    if response is None:
        return _unanswered()
    entries = items_in(_told(response), "messages")
    states = [id_in(one, "status") for one in entries]
    remedy = remedy_by_status(response.status)
    if not entries or not all(states):
        return _unclear(response) if remedy is None else _refused_sms(response, "", "", remedy)
    if "0" in states:
        id_ = id_in(entries[states.index("0")], "message-id")
        is_whole = set(states) == {"0"} and id_
        return Accepted(id=id_) if is_whole else Uncertain(reason="Vonage took some parts of the message, not all")
    told = text_in(entries[0], "error-text", longest=300)
    return _refused_sms(response, states[0], told, SMS_REMEDIES.get(states[0], Remedy.NEVER))


def _refused_sms(response: HttpResponse, code: str, told: str, remedy: Remedy) -> Refused:
    words = _SMS_REASONS.get(code) or told
    reason = _worded(words, code) or f"Vonage answered {response.status}"
    return Refused(remedy=remedy, code=code or str(response.status), reason=reason, after_seconds=wait_of(response))


def _told(response: HttpResponse) -> dict[str, Any]:
    try:
        told = read_json(response.body)
    except Unreadable:
        return {}
    return told if isinstance(told, dict) and found(told) else {}


def _unanswered() -> Uncertain:
    return Uncertain(reason="Vonage did not answer")


def _unclear(response: HttpResponse) -> Uncertain:
    return Uncertain(reason=f"Vonage answered {response.status} and nothing that says which message it took")


def _worded(words: str, code: str) -> str:
    return f"{words} (Vonage {code})" if words and code else words or (f"Vonage error {code}" if code else "")
