"""Any system that answers HTTP with JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from skipline.asking.address import BaseUrl, Range, join
from skipline.asking.auth import Auth, auth_headers, sign_in_with
from skipline.asking.json_answer import understand_json
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import field
from skipline.model.lookup import Answer, HttpRequest, HttpResponse, Question, Reach, Secrets, SignIn

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}", re.ASCII)  # RFC 9110 section 5.6.2
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NOT_OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "cookie"}
)
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie"})
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})


def _header_name(written: str) -> str:
    if written.lower() in _CREDENTIALS:
        raise WrongValue(
            say("the header {written} carries credentials", written=written), say("name a secret in `auth` instead")
        )
    if not _HEADER_NAME.fullmatch(written) or written.lower() in _NOT_OURS:
        raise WrongValue(say("a source cannot set the header {written!r}", written=written), say("choose another name"))
    return written


HeaderName = Annotated[str, AfterValidator(_header_name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """`base_url` is where every question goes; a flow adds a path below it and can reach no other place.

    `allow_private` opens private addresses and this machine, `allow` opens private ranges one by one; the addresses
    that hand out cloud credentials stay closed. `verify: false` takes any certificate. 404 and 410 mean not found.
    """

    group: ClassVar[str] = "http"

    base_url: BaseUrl = field(label="base_url", kind="url")
    headers: dict[HeaderName, str] = field(label="headers", kind="map", default_factory=dict)
    auth: Auth | None = field(label="auth", kind="auth", default=None)
    allow_private: bool = field(label="allow_private", kind="switch", default=False)
    allow: tuple[Range, ...] = field(label="allow", kind="list", default=())
    verify: bool = field(label="verify", kind="switch", default=True)

    def ask(self, question: Question, secrets: Secrets) -> HttpRequest:
        """The request for `question`; raises `ValueError` when it cannot be asked and `LookupError` for a secret that
        is not there."""
        method = question.method.upper()
        if method not in _METHODS:
            raise WrongValue(say("there is no method {method}", method=question.method))
        return HttpRequest(
            url=join(self.base_url, question.path),
            method=method,
            headers=self._headers(question, secrets),
            body=question.body.encode(),
            reach=Reach(is_private_allowed=self.allow_private, ranges=self.allow),
            is_certificate_checked=self.verify,
        )

    def understand(self, response: HttpResponse) -> Answer:
        """JSON with a 2xx status is an answer, 404 and 410 say that there is nobody, all else is an error."""
        return understand_json(response)

    def sign_in(self) -> SignIn | None:
        """How to get a token, when the sign-in needs one."""
        return sign_in_with(self.auth, Reach(is_private_allowed=self.allow_private, ranges=self.allow), self.verify)

    def _headers(self, question: Question, secrets: Secrets) -> dict[str, str]:
        named = {"Accept": "application/json"}
        if question.body:
            named["Content-Type"] = "application/json"
        headers = _merge(named, self.headers, _of_flow(question.headers))
        headers = _merge(headers, auth_headers(self.auth, secrets))
        if broken := next((name for name, value in headers.items() if _CONTROL.search(value)), None):
            raise WrongValue(say("the header {name} has a line break or control character in it", name=broken))
        return headers


def _of_flow(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name in headers:
        _header_name(name)
    return headers


def _merge(*layers: Mapping[str, str]) -> dict[str, str]:
    """All headers, the later layer's value where a name (in any case) comes twice."""
    merged: dict[str, tuple[str, str]] = {}
    for layer in layers:
        merged |= {name.lower(): (name, value) for name, value in layer.items()}
    return dict(merged.values())
