"""Keys of the management API. A token is shown once, when it is made; the database knows only its hash.

SHA-256 is enough here: a token is 256 random bits, so there is nothing to guess that a slow hash would protect.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa

from skipline.base.ids import Ids
from skipline.model.access import ApiKey, NewApiKey, Role
from skipline.store.schema import api_keys

PREFIX = "sk_"


def new_token() -> str:
    """A token that nobody can guess; the prefix lets secret scanners know it."""
    return PREFIX + token_urlsafe(32)


def create(
    transaction: sa.Connection,
    name: str,
    now: datetime,
    ids: Ids,
    tokens: Callable[[], str] = new_token,
    role: Role = Role.ADMIN,
) -> NewApiKey:
    """Make a key. This is the only time that its token can be read."""
    token = tokens()
    key = ApiKey(id=ids(), name=name, hint=token[-4:], created_at=now, role=role)
    row = {"id": key.id, "name": name, "token_sha256": _hash(token), "hint": key.hint, "created_at": now}
    transaction.execute(sa.insert(api_keys).values(row | {"role": role.value}))
    return NewApiKey(key=key, token=token)


def check(transaction: sa.Connection, token: str) -> ApiKey | None:
    """The key that a token belongs to; None when there is none or it was revoked.

    Looking the hash up leaks nothing by its timing: who cannot make tokens with a wanted hash learns no token from it.
    """
    known = (api_keys.c.token_sha256 == _hash(token), api_keys.c.revoked_at.is_(None))
    row = transaction.execute(_wanted().where(*known)).one_or_none()
    return None if row is None else _key(row)


def list_all(transaction: sa.Connection) -> tuple[ApiKey, ...]:
    """Every key, revoked ones too, oldest first."""
    return tuple(_key(row) for row in transaction.execute(_wanted().order_by(api_keys.c.created_at, api_keys.c.id)))


def revoke(transaction: sa.Connection, key_id: str, now: datetime) -> bool:
    """Let a key open nothing any more; whether it did until now."""
    is_valid = (api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    return transaction.execute(sa.update(api_keys).where(*is_valid).values(revoked_at=now)).rowcount > 0


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _wanted() -> sa.Select[Any]:
    keys = api_keys.c
    return sa.select(keys.id, keys.name, keys.hint, keys.created_at, keys.revoked_at, keys.role)


def _key(row: sa.Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        hint=row.hint,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        role=Role(row.role),
    )
