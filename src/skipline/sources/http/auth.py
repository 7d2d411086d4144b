"""How a source knows us. Credentials are named, never written: the value comes from the secrets when it is needed."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from skipline.flow.fields import field
from skipline.model.lookup import Secrets


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


_KINDS = ("bearer", "basic", "header")


def _check_kind(written: object) -> object:
    kind = written.get("type") if isinstance(written, dict) else None
    if kind not in _KINDS:
        fix = "such as {type: bearer, secret: crm_token}"
        raise ValueError(f"this is no kind of sign-in: write `type` as {', '.join(_KINDS)}, {fix}")
    return written


Auth = Annotated[Bearer | Basic | Header, Field(discriminator="type"), BeforeValidator(_check_kind)]
