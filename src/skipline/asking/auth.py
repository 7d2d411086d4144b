"""How a source knows us. Credentials are named, never written: the value comes from the secrets when it is needed."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import quote_plus, urlencode

from pydantic import BeforeValidator, Field

from skipline.asking.address import BaseUrl
from skipline.asking.json_answer import understand_json
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import field
from skipline.model.events import LookupStatus
from skipline.model.lookup import HttpRequest, HttpResponse, Reach, Secrets, Token

_USUAL_SECONDS = 1800.0
"""How long a token counts when its sender does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """A token in `Authorization: Bearer` (RFC 6750)."""

    type: Literal["bearer"] = field(label="auth_type", kind="choice")
    secret: str = field(label="auth_secret", kind="secret")

    def header(self, secrets: Secrets) -> tuple[str, str]:
        """The header's name and value."""
        return "Authorization", f"Bearer {secrets(self.secret)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basic:
    """A user and a password in `Authorization: Basic` (RFC 7617)."""

    type: Literal["basic"] = field(label="auth_type", kind="choice")
    user: str = field(label="auth_user")
    secret: str = field(label="auth_secret", kind="secret")

    def header(self, secrets: Secrets) -> tuple[str, str]:
        """The header's name and value."""
        return "Authorization", f"Basic {b64encode(f'{self.user}:{secrets(self.secret)}'.encode()).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A key in a header of the source's own choice, such as `X-Api-Key`."""

    type: Literal["header"] = field(label="auth_type", kind="choice")
    name: str = field(label="auth_header")
    secret: str = field(label="auth_secret", kind="secret")

    def header(self, secrets: Secrets) -> tuple[str, str]:
        """The header's name and value."""
        return self.name, secrets(self.secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2:
    """A token that we fetch from `token_url` and renew (RFC 6749 section 4.4, client credentials)."""

    type: Literal["oauth2"] = field(label="auth_type", kind="choice")
    token_url: BaseUrl = field(label="auth_token_url", kind="url")
    client_id: str = field(label="auth_client_id")
    secret: str = field(label="auth_secret", kind="secret")
    scope: str = field(label="auth_scope", default="")


_KINDS = ("bearer", "basic", "header", "oauth2")
_EXAMPLE = "{type: bearer, secret: crm_token}"


def _check_kind(written: object) -> object:
    kind = written.get("type") if isinstance(written, dict) else None
    if kind not in _KINDS:
        raise WrongValue(
            say("this is no kind of sign-in"),
            say("write `type` as {kinds}, such as {example}", kinds=", ".join(_KINDS), example=_EXAMPLE),
        )
    return written


Auth = Annotated[Bearer | Basic | Header | OAuth2, Field(discriminator="type"), BeforeValidator(_check_kind)]


def auth_headers(auth: Bearer | Basic | Header | OAuth2 | None, secrets: Secrets) -> dict[str, str]:
    """The headers that sign a request; none for a token, which the host adds."""
    return {} if auth is None or isinstance(auth, OAuth2) else dict([auth.header(secrets)])


def sign_in_with(
    auth: Bearer | Basic | Header | OAuth2 | None, reach: Reach, is_certificate_checked: bool = True
) -> "ClientCredentials | None":
    """How to get a token for requests of this reach; None when `auth` needs none."""
    return ClientCredentials(auth, reach, is_certificate_checked) if isinstance(auth, OAuth2) else None


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Asks for a token with our own credentials, and reads what comes back."""

    auth: OAuth2
    reach: Reach
    is_certificate_checked: bool

    def ask_token(self, secrets: Secrets) -> HttpRequest:
        """The request for a token (RFC 6749 section 4.4.2)."""
        form = {"grant_type": "client_credentials"} | ({"scope": self.auth.scope} if self.auth.scope else {})
        # RFC 6749 section 2.3.1: both parts are form-encoded before they are joined.
        known_as = f"{quote_plus(self.auth.client_id)}:{quote_plus(secrets(self.auth.secret))}"
        return HttpRequest(
            url=self.auth.token_url,
            method="POST",
            headers={
                "Accept": "application/json",
                "Content-Type": "application/x-www-form-urlencoded",
                "Authorization": f"Basic {b64encode(known_as.encode()).decode()}",
            },
            body=urlencode(form).encode(),
            reach=self.reach,
            is_certificate_checked=self.is_certificate_checked,
        )

    def understand_token(self, response: HttpResponse) -> Token:
        """The token that was granted (RFC 6749 section 5.1); raises `ValueError` in words when none was."""
        granted = understand_json(response)
        if granted.status is not LookupStatus.OK or not isinstance(granted.value, dict):
            reason = granted.reason or say("answered with no token")
            raise WrongValue(say("its sign-in {reason}", reason=reason))
        token, seconds = granted.value.get("access_token"), granted.value.get("expires_in", _USUAL_SECONDS)
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise WrongValue(say("its sign-in answered without a token"))
        is_number = isinstance(seconds, int | float) or (isinstance(seconds, str) and seconds.isdecimal())
        return Token(value=token, seconds=float(seconds) if is_number else _USUAL_SECONDS)
