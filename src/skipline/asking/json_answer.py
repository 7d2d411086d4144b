"""What a JSON response over HTTP means, for every source that speaks it."""

import re
from typing import Any

import msgspec

from skipline.base.sentence import say
from skipline.model.events import LookupStatus
from skipline.model.lookup import Answer, HttpResponse

_MAY_RETRY = frozenset({408, 425, 500, 502, 503, 504})
_MEANING = {
    400: say("answered 400: it did not understand the question"),
    401: say("answered 401: check the sign-in"),
    403: say("answered 403: the sign-in may not read this"),
    429: say("answered 429: it gets too many questions"),
}


def understand_json(response: HttpResponse) -> Answer:
    """JSON with a 2xx status is an answer, 404 and 410 say that there is nobody, all else is an error."""
    status = response.status
    if status in (404, 410):
        reason = say("answered {status}: it knows nobody like this", status=status)
        return Answer(status=LookupStatus.NOT_FOUND, reason=reason)
    if 300 <= status < 400:
        return error(say("answered {status}: it sends us to another address, and we do not go there", status=status))
    if not 200 <= status < 300:
        reason = _MEANING.get(status) or say("answered {status}", status=status)
        return error(reason, may_retry=status in _MAY_RETRY)
    return _read(response)


def first_result(response: HttpResponse) -> tuple[Answer, dict[str, Any] | None]:
    """The first of a search's `results`, with the answer to give when there is none (then it is None). Too many
    questions may be asked again: a search is no more than a look."""
    answer = understand_json(response)
    if response.status == 429:
        return msgspec.structs.replace(answer, may_retry=True), None
    if answer.status is not LookupStatus.OK:
        return answer, None
    results = answer.value.get("results") if isinstance(answer.value, dict) else None
    if not isinstance(results, list):
        return error(say("answered with something that is no search result")), None
    if not results or not isinstance(results[0], dict):
        return nobody(), None
    return answer, results[0]


def error(reason: str, *, may_retry: bool = False) -> Answer:
    """A failure in words."""
    return Answer(status=LookupStatus.ERROR, reason=reason, may_retry=may_retry)


def nobody(reason: str = "") -> Answer:
    """An answer with nobody in it."""
    return Answer(status=LookupStatus.NOT_FOUND, reason=reason or say("knows nobody like this"))


def _read(response: HttpResponse) -> Answer:
    if not response.body.strip():
        return Answer(
            status=LookupStatus.OK, reason=say("answered {status} with nothing in it", status=response.status)
        )
    try:
        return Answer(status=LookupStatus.OK, value=msgspec.json.decode(response.body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        kind = response.headers.get("content-type", "").partition(";")[0].strip()
        is_telling = re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind, re.ASCII) is not None and "json" not in kind
        shown = kind[:40] if is_telling else say("something")
        return error(say("answered {status} with {kind} that is not JSON", status=response.status, kind=shown))
