"""What Bird's and MessageBird's answers to a message mean."""

from typing import Any

from skipline.asking.payload import Unreadable, found, id_in, items_in, read_json, text_in
from skipline.asking.refusals import remedy_by_status, wait_of
from skipline.model.lookup import HttpResponse
from skipline.model.messaging import Accepted, Refused, Remedy, SendResult, Uncertain

_NOT_ENOUGH_BALANCE = "25"
_WRONG_KEY = "2"
_INTERNAL = frozenset({"98", "99"})


def understand_bird(response: HttpResponse | None) -> SendResult:
    """Taken, refused, or nobody knows. A success that names no message leaves open which one it is about."""
    if response is None:
        return Uncertain(reason="Bird did not answer")
    told = _json(response)
    if response.status in (200, 201, 202) and (id_ := id_in(told, "id")):
        return Accepted(id=id_)
    code, words = _trouble(told)
    remedy = _by_code(code, response.status)
    if remedy is None:
        return Uncertain(reason=f"Bird answered {response.status} and did not say whether it took the message")
    reason = words or f"Bird answered {response.status}"
    return Refused(remedy=remedy, code=code or str(response.status), reason=reason, after_seconds=wait_of(response))


def _json(response: HttpResponse) -> Any:
    try:
        return read_json(response.body)
    except Unreadable:
        return None


def _trouble(told: Any) -> tuple[str, str]:
    """The code and the words of an error: MessageBird lists them, Bird has one."""
    first = next(iter(items_in(told, "errors")), None)
    if isinstance(first, dict):
        return text_in(first, "code", longest=60), text_in(first, "description", longest=500)
    if isinstance(inner := found(told, "error"), dict):
        told = inner
    return text_in(told, "code", longest=60), text_in(told, "message", longest=500)


def _by_code(code: str, status: int) -> Remedy | None:
    """MessageBird's numbers say more than its statuses; Bird's codes are words, so its status decides."""
    if status >= 400 and code in (_NOT_ENOUGH_BALANCE, _WRONG_KEY):
        return Remedy.ALARM
    if status >= 400 and code in _INTERNAL:
        return Remedy.RETRY
    return remedy_by_status(status)
