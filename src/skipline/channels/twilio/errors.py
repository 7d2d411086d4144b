"""What Twilio's error codes mean for a message: Twilio docs, "Error and warning dictionary". A code comes at once, in
the answer to a request, or later with the report that a message failed."""

from collections.abc import Mapping

from skipline.asking.payload import Unreadable, id_in, read_json, text_in
from skipline.asking.refusals import remedy_by_status, wait_of
from skipline.model.lookup import HttpResponse
from skipline.model.messaging import Accepted, Refused, Remedy, SendResult, Uncertain

REMEDIES: Mapping[str, Remedy] = {
    "20429": Remedy.RETRY,
    "14107": Remedy.RETRY,
    "21611": Remedy.RETRY,
    "30001": Remedy.RETRY,
    "30008": Remedy.RETRY_ONCE,
    "30022": Remedy.SLOW_DOWN,
    "63017": Remedy.SLOW_DOWN,
    "63018": Remedy.SLOW_DOWN,
    "63016": Remedy.TEMPLATE,
    "20003": Remedy.ALARM,
    "20404": Remedy.ALARM,
    "21606": Remedy.ALARM,
    "21659": Remedy.ALARM,
    "21660": Remedy.ALARM,
    "30002": Remedy.ALARM,
    "21211": Remedy.NEVER,
    "21408": Remedy.NEVER,
    "21610": Remedy.NEVER,
    "21614": Remedy.NEVER,
    "30003": Remedy.NEVER,
    "30005": Remedy.NEVER,
    "30006": Remedy.NEVER,
    "30007": Remedy.NEVER,
    "30034": Remedy.NEVER,
}
"""A code that is not among them is never tried again, unless the HTTP status says otherwise."""

_REASONS: Mapping[str, str] = {
    "20003": "Twilio does not know our sign-in: check the account SID and the token or key",
    "21211": "This is no number that can be written to",
    "21408": "Messages to this country are not allowed in the account",
    "21606": "The sender is not one of the account's numbers",
    "21610": "The contact has opted out at Twilio",
    "21614": "This number cannot receive messages",
    "30001": "Twilio's queue is full",
    "30002": "The account is suspended",
    "30003": "The phone cannot be reached",
    "30005": "Nobody has this number",
    "30006": "This number cannot receive messages: it is a landline, or its network does not take them",
    "30007": "A carrier filtered it as spam",
    "30008": "Twilio does not know why",
    "30034": "The sender is not registered for messages to the United States",
    "63016": "The contact wrote more than 24 hours ago: only a template may be sent",
    "63018": "WhatsApp's limit for this sender is reached",
}


def remedy_of(code: str) -> Remedy:
    """What to do about an error code; of one that is not known: nothing again."""
    return REMEDIES.get(code, Remedy.NEVER)


def reason_of(code: str, told: str) -> str:
    """What people read of an error: our words where we have some, else Twilio's."""
    words = _REASONS.get(code) or told
    return f"{words} (Twilio {code})" if code and words else words or (f"Twilio error {code}" if code else "")


def result_of(response: HttpResponse | None) -> SendResult:
    """What came of a request that sends a message."""
    if response is None:
        return Uncertain(reason="Twilio did not answer")
    try:
        told = read_json(response.body)
    except Unreadable:
        told = None
    sid = id_in(told, "sid")
    if 200 <= response.status < 300 and sid:
        return Accepted(id=sid)
    return _refusal(response, id_in(told, "code"), text_in(told, "message", longest=300))


def _refusal(response: HttpResponse, code: str, told: str) -> SendResult:
    remedy = remedy_by_status(response.status)
    if remedy is None:
        return Uncertain(reason=f"Twilio answered {response.status} and nothing that says which message it took")
    if response.status < 500:
        remedy = REMEDIES.get(code, remedy)
    reason = reason_of(code, told) or f"Twilio answered {response.status}"
    return Refused(remedy=remedy, code=code or str(response.status), reason=reason, after_seconds=wait_of(response))
