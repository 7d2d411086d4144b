"""Errors as problem documents (RFC 9457), each with a stable `code`. The one place where exceptions become statuses."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from skipline.api.told import told, told_all
from skipline.base.sentence import chained, say, sentence_of
from skipline.flow.issue import Issue, Severity, format_issue
from skipline.store.errors import (
    ContactUnknown,
    CursorUnreadable,
    DraftChanged,
    DraftUnknown,
    FlowPublished,
    FlowUnknown,
    LastOwner,
    LiveVersionChanged,
    MessagesTaken,
    NothingToRollBackTo,
    NotMergeable,
    NumberTaken,
    StorageError,
    StoriesChanged,
    UserNameTaken,
    UserUnknown,
)

log = structlog.get_logger(__name__)

_STATUSES: dict[type[StorageError], int] = {
    FlowUnknown: 404,
    FlowPublished: 409,
    NothingToRollBackTo: 409,
    NumberTaken: 409,
    MessagesTaken: 409,
    LiveVersionChanged: 409,
    DraftUnknown: 404,
    DraftChanged: 409,
    StoriesChanged: 409,
    CursorUnreadable: 422,
    ContactUnknown: 404,
    NotMergeable: 409,
    UserUnknown: 404,
    UserNameTaken: 409,
    LastOwner: 409,
}


class Refused(Exception):
    """A request that cannot be fulfilled, told to the one who asked; `more` goes into the document as it is."""

    def __init__(self, status: int, code: str, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.more = status, code, detail, more


def refuse_issues(issues: Sequence[Issue]) -> Refused:
    """The refusal of a document with mistakes, each in words and as data: `path` leads to it from its file's top."""
    said = [msgspec.structs.replace(one, sentence=told(one.sentence), fix=told(one.fix)) for one in issues]
    found = [
        {
            "file": one.file,
            "line": one.line,
            "code": one.code,
            "sentence": one.sentence,
            "fix": one.fix,
            "step": one.step,
            "path": list(one.path),
            "is_error": one.severity is Severity.ERROR,
        }
        for one in said
    ]
    return Refused(422, "has_mistakes", "; ".join(map(format_issue, said)), issues=found)


def with_fix(sentence: str, fix: str) -> str:
    """What is wrong, and behind it what to do about it."""
    return say("{sentence} ({fix})", sentence=sentence, fix=fix) if fix else sentence


Forbidden = Callable[[Request, Refused], Awaitable[None]]
"""What is told of every request that somebody may not make."""


def install_errors(app: FastAPI, on_forbidden: Forbidden) -> None:
    """Answer every error of `app` with a problem document."""

    async def refuse(request: Request, refused: Refused) -> JSONResponse:
        if refused.status == 403:
            await on_forbidden(request, refused)
        return problem(refused.status, refused.code, refused.detail, **refused.more)

    app.exception_handler(Refused)(refuse)
    app.exception_handler(RequestValidationError)(_not_understood)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(StorageError)(_storage_error)
    app.exception_handler(Exception)(_our_mistake)


def problem(status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """A problem document of type about:blank."""
    body = {"type": "about:blank", "status": status, "code": code, "detail": told(detail), **told_all(more)}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if "retry_after" in more:
        headers["Retry-After"] = str(more["retry_after"])
    return JSONResponse(body, status, headers, media_type="application/problem+json")


async def _not_understood(_request: Request, mistake: RequestValidationError) -> JSONResponse:
    if any(one["type"] == "enum" and one["loc"][0] == "path" for one in mistake.errors()):
        return problem(404, "not_found", say("There is nothing at this address."))
    found = [(list(one["loc"]), _own_words(one)) for one in mistake.errors()]
    sentences = [say("{outer}: {inner}", outer=".".join(map(str, path)), inner=words) for path, words in found]
    mistakes = [{"path": path, "sentence": words} for path, words in found]
    return problem(422, "not_understood", chained(sentences, "; "), mistakes=mistakes)


def _own_words(detail: dict[str, Any]) -> str:
    """What pydantic says of a value; what people can meet in our own pages can be told in other languages."""
    limits = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return say("Field required")
        case "string_too_long" if limits["max_length"] != 1:
            return say("String should have at most {max_length} characters", **limits)
        case "string_too_short" if limits["min_length"] == 1:
            return say("String should have at least 1 character")
        case "string_pattern_mismatch":
            return say("String should match pattern '{pattern}'", **limits)
        case "too_long" if limits["field_type"] == "List" and limits["max_length"] != 1 and limits["actual_length"]:
            return say("List should have at most {max_length} items after validation, not {actual_length}", **limits)
    return str(detail["msg"])


async def _http_error(_request: Request, error: HTTPException) -> JSONResponse:
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    return problem(error.status_code, codes.get(error.status_code, "refused"), str(error.detail))


async def _storage_error(_request: Request, error: StorageError) -> JSONResponse:
    return problem(_STATUSES.get(type(error), 503), error.code, sentence_of(error))


async def _our_mistake(request: Request, bug: Exception) -> JSONResponse:
    log.error("request_broke", path=request.url.path, error=type(bug).__name__)
    return problem(500, "our_mistake", say("This is a mistake of ours; the server's log has the details."))
