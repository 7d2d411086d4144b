"""A look-up on its way to a source and back, as plain values: the source piece makes and reads them, the host
carries them over the wire.

A source piece is a frozen dataclass of its settings (`sources/<type>/source.py`) with the two methods of
`SourceSettings`. It opens nothing: what it wants sent is an `HttpRequest`, what came back an `HttpResponse`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import msgspec

from skipline.model.events import LookupStatus

Secrets = Callable[[str], str]
"""A secret's value by its name; raises `LookupError` when there is none."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a flow asks of a source: everything rendered, nothing of the source's own settings in it."""

    method: str = "GET"
    path: str = ""
    headers: dict[str, str] = {}
    body: str = ""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Which addresses besides the public internet a source may connect to.

    `is_private_allowed` opens private ranges and loopback; `ranges` are private CIDR ranges opened one by one.
    Link-local, metadata, multicast and reserved addresses stay closed whatever is written here.
    """

    is_private_allowed: bool = False
    ranges: tuple[str, ...] = ()


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request. `url` is absolute and already encoded; credentials are in `headers`, so it is never logged.
    `is_repeatable`: asking twice does no more than asking once, although the method does not say so."""

    url: str
    method: str = "GET"
    headers: dict[str, str] = {}
    body: bytes = b""
    reach: Reach = Reach()
    is_certificate_checked: bool = True
    is_repeatable: bool = False

    def __repr__(self) -> str:
        return f"HttpRequest({self.method})"


class HttpResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: header names in lower case, the body decompressed and no larger than the host's cap."""

    status: int
    headers: dict[str, str] = {}
    body: bytes = b""


class SqlQuery(msgspec.Struct, frozen=True, kw_only=True):
    """One statement for a database. `database` is its address with the password in it, so it is never logged; no more
    than `most_rows` rows are read. The response is a JSON list of rows."""

    database: str
    statement: str
    parameters: dict[str, str] = {}
    most_rows: int = 50

    def __repr__(self) -> str:
        return "SqlQuery()"


class NoResponse(Exception):
    """A request that brought no response. `sentence` goes on after the source's name: "<source> refused ..."."""

    def __init__(self, sentence: str, *, may_retry: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.may_retry = may_retry


class Driver(Protocol):
    """Carries requests that are not HTTP, in `sources/<type>/driver.py`, the only file of a piece that opens anything.
    The module's class is called `Driver` and is made without arguments."""

    async def carry(self, query: SqlQuery, seconds: float) -> HttpResponse:
        """The response, within `seconds`; raises `NoResponse`."""

    async def close(self) -> None:
        """Close what is open."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a response means. `value` is plain JSON data when `status` is ok; `reason` goes on after the source's name
    ("answered 503") with nothing personal in it; `may_retry` says that asking again at once could help (a 503, say).
    The host adds `code`, the HTTP status; 0 when there was no response."""

    status: LookupStatus
    value: Any = None
    reason: str = ""
    may_retry: bool = False
    code: int = 0


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token that signs requests for `seconds`."""

    value: str
    seconds: float

    def __repr__(self) -> str:
        return f"Token(seconds={self.seconds})"


class SignIn(Protocol):
    """How to get a token. The host fetches it, adds it to each request as `Authorization: Bearer`, and renews it."""

    def ask_token(self, secrets: Secrets) -> HttpRequest:
        """The request for a token."""

    def understand_token(self, response: HttpResponse) -> Token:
        """The token that was granted; `ValueError` says in words why there is none."""


class SourceSettings(Protocol):
    """What every source piece can do with its settings. A piece whose sign-in needs a token has a method
    `sign_in() -> SignIn | None` as well."""

    def ask(self, question: Question, secrets: Secrets) -> HttpRequest | SqlQuery:
        """The request that puts `question` to the source. `ValueError` says what cannot be asked."""

    def understand(self, response: HttpResponse) -> Answer:
        """What the source said: ok with a value, not_found (a 404), or error with a reason. Never raises."""


class KnownAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A good answer that is kept: fresh for a while, then the last known value when the source fails."""

    value: Any
    answered_at: datetime
