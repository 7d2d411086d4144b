"""Who may use the management API, and which secrets are kept; never the secret values themselves."""

from datetime import datetime

import msgspec


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the management API. `hint` is the token's end, enough to recognise it and not to use it."""

    id: str
    name: str
    hint: str
    created_at: datetime
    revoked_at: datetime | None = None


class NewApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key just made, with its token. The token is shown this once; only its hash is stored."""

    key: ApiKey
    token: str

    def __repr__(self) -> str:
        """Leave the token out, so that no log or traceback shows it."""
        return f"NewApiKey(key={self.key!r}, token=...)"


class SecretSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A stored secret as people may see it: its name and when it was last set."""

    name: str
    updated_at: datetime
