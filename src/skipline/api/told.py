"""What people read is said in their language: that of the request (RFC 9110, section 12.5.4, `Accept-Language`)."""

from contextvars import ContextVar
from typing import Annotated, Any

from pydantic import BeforeValidator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from skipline.base.sentence import ENGLISH, in_language
from skipline.flow.describing import LANGUAGES

_asked_for: ContextVar[str] = ContextVar("asked_for", default=ENGLISH)


def told(text: str) -> str:
    """A sentence in the language of whoever asks."""
    return in_language(text, _asked_for.get())


def told_all(value: Any) -> Any:
    """A value as it is sent, all sentences in it in the language of whoever asks."""
    if isinstance(value, str):
        return told(value)
    if isinstance(value, dict):
        return {key: told_all(inner) for key, inner in value.items()}
    return [told_all(inner) for inner in value] if isinstance(value, list | tuple) else value


Told = Annotated[str, BeforeValidator(told)]
"""A field of a view that is a sentence."""


class Listening:
    """Notes in which language a request wants to be answered; English where none of ours is named."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the language that is preferred."""
        if scope["type"] == "http":
            _asked_for.set(preferred(Headers(scope=scope).get("accept-language", "")))
        await self._app(scope, receive, send)


def preferred(header: str) -> str:
    """The language of ours that an `Accept-Language` header likes best; the first of those it likes alike."""
    wanted = [_weighed(part) for part in header.split(",")]
    ours = [(weight, name) for name, weight in wanted if name in LANGUAGES and weight > 0]
    return max(ours, key=lambda one: one[0], default=(1.0, ENGLISH))[1]


def _weighed(part: str) -> tuple[str, float]:
    """A language without its region, and how much it is liked (0 to 1)."""
    tag, _, weight = part.partition(";")
    try:
        liked = float(weight.strip().removeprefix("q=")) if weight else 1.0
    except ValueError:
        liked = 0.0
    return tag.strip().partition("-")[0].lower(), liked
