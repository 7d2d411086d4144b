"""What a GraphQL response means: errors arrive with status 200 (GraphQL specification, section 7)."""

from typing import Any

import msgspec

from skipline.asking.json_answer import error, nobody, understand_json
from skipline.base.sentence import say
from skipline.model.events import LookupStatus
from skipline.model.lookup import Answer, HttpResponse

_WAIT = frozenset({"THROTTLED", "RATE_LIMITED", "TOO_MANY_REQUESTS", "INTERNAL_SERVER_ERROR", "TIMEOUT"})


def understand_graphql(response: HttpResponse) -> Answer:
    """The `data` when all went well, not found when each of its parts is null, an error else."""
    answer = understand_json(response)
    if answer.status is not LookupStatus.OK:
        return answer
    if not isinstance(answer.value, dict) or not (answer.value.keys() & {"data", "errors"}):
        return error(say("answered with something that is not GraphQL"))
    if errors := answer.value.get("errors"):
        code = _code_of(errors)
        reason = say("answered with errors ({code})", code=code) if code else say("answered with errors")
        return error(reason, may_retry=code in _WAIT)
    data = answer.value.get("data")
    if not isinstance(data, dict) or all(part in (None, [], {}) for part in data.values()):
        return nobody(say("answered, but with nobody in it"))
    return msgspec.structs.replace(answer, value=data)


def _code_of(errors: Any) -> str:
    """The code of the first error; its message may hold what a caller said, so it is not shown."""
    first = errors[0] if isinstance(errors, list) and errors else None
    extensions = first.get("extensions") if isinstance(first, dict) else None
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return code[:60] if isinstance(code, str) and code.replace("_", "").isalnum() and code.isascii() else ""
