"""Those who can sign in: their names, roles and passwords, of which only hashes are here."""

import unicodedata
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from skipline.base.ids import Ids
from skipline.model.access import Credentials, Role, User
from skipline.store import sessions
from skipline.store.errors import LastOwner, UserNameTaken, UserUnknown
from skipline.store.exclusion import exclude_others
from skipline.store.people_schema import one_time_links, users
from skipline.store.user_rows import user_of


def name_key(name: str) -> str:
    """A name as it is compared: no matter its capitals, or how its letters are put together (Unicode's NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def add(transaction: sa.Connection, name: str, role: Role, agent: str, now: datetime, ids: Ids) -> User:
    """Add somebody, who has no password yet. Raises `UserNameTaken`."""
    exclude_others(transaction, "users")
    if find_by_name(transaction, name) is not None:
        raise UserNameTaken(name)
    id_ = ids()
    row = {"id": id_, "name": name, "name_key": name_key(name), "role": role.value, "agent": agent, "created_at": now}
    transaction.execute(sa.insert(users).values(row))
    return read(transaction, id_)


def list_all(transaction: sa.Connection) -> tuple[User, ...]:
    """Everybody, disabled ones too, by name."""
    return tuple(user_of(row) for row in transaction.execute(sa.select(users).order_by(users.c.name_key)))


def read(transaction: sa.Connection, user: str) -> User:
    """A user by their id. Raises `UserUnknown`."""
    row = transaction.execute(sa.select(users).where(users.c.id == user)).one_or_none()
    if row is None:
        raise UserUnknown(user)
    return user_of(row)


def find_by_name(transaction: sa.Connection, name: str) -> Credentials | None:
    """What somebody's sign-in is held against; None: there is nobody of this name."""
    return _credentials(transaction, users.c.name_key == name_key(name))


def find_credentials(transaction: sa.Connection, user: str) -> Credentials | None:
    """The same by their id."""
    return _credentials(transaction, users.c.id == user)


def change(
    transaction: sa.Connection,
    user: str,
    now: datetime,
    *,
    role: Role | None = None,
    agent: str | None = None,
    is_disabled: bool | None = None,
) -> User:
    """Change what is given. Whoever is disabled is signed out everywhere at once, and their links open nothing.

    Raises `UserUnknown` and `LastOwner`.
    """
    exclude_others(transaction, "users")
    before = read(transaction, user)
    values: dict[str, Any] = {}
    if role is not None:
        values["role"] = role.value
    if agent is not None:
        values["agent"] = agent
    if is_disabled is not None:
        values["disabled_at"] = (before.disabled_at or now) if is_disabled else None
    if values:
        transaction.execute(sa.update(users).where(users.c.id == user).values(values))
    if is_disabled:
        _shut_out(transaction, user)
    _keep_an_owner(transaction, before)
    return read(transaction, user)


def delete(transaction: sa.Connection, user: str) -> None:
    """Forget somebody; what they did keeps their name. Raises `UserUnknown` and `LastOwner`."""
    exclude_others(transaction, "users")
    before = read(transaction, user)
    _shut_out(transaction, user)
    transaction.execute(sa.delete(users).where(users.c.id == user))
    _keep_an_owner(transaction, before)


def set_password(transaction: sa.Connection, user: str, hashed: str) -> None:
    """Keep the hash of somebody's new password."""
    transaction.execute(sa.update(users).where(users.c.id == user).values(password=hashed))


def keep_new_code_secret(transaction: sa.Connection, user: str, closed: str) -> None:
    """Keep the secret of codes that somebody is about to use, once they have shown one."""
    transaction.execute(sa.update(users).where(users.c.id == user).values(new_code_secret=closed))


def use_codes(transaction: sa.Connection, user: str, closed: str, step: int) -> None:
    """From now on nobody signs in by this user's password without a code of this secret."""
    values = {"code_secret": closed, "new_code_secret": None, "code_step": step}
    transaction.execute(sa.update(users).where(users.c.id == user).values(values))


def drop_codes(transaction: sa.Connection, user: str) -> None:
    """Let somebody sign in by their password alone."""
    transaction.execute(sa.update(users).where(users.c.id == user).values(code_secret=None, new_code_secret=None))


def take_code(transaction: sa.Connection, user: str, step: int) -> bool:
    """Take the code of a step; False: it, or a later one, was taken before (RFC 6238 section 5.2)."""
    is_later = (users.c.id == user, users.c.code_step < step)
    return transaction.execute(sa.update(users).where(*is_later).values(code_step=step)).rowcount > 0


def _credentials(transaction: sa.Connection, is_them: sa.ColumnElement[bool]) -> Credentials | None:
    row = transaction.execute(sa.select(users).where(is_them)).one_or_none()
    if row is None:
        return None
    return Credentials(
        user=user_of(row),
        password=row.password,
        code_secret=row.code_secret,
        new_code_secret=row.new_code_secret,
        code_step=row.code_step,
    )


def _shut_out(transaction: sa.Connection, user: str) -> None:
    sessions.end_all(transaction, user)
    transaction.execute(sa.delete(one_time_links).where(one_time_links.c.user_id == user))


def _keep_an_owner(transaction: sa.Connection, before: User) -> None:
    """Raise `LastOwner`, which undoes what was done, when an owner was there and none is left."""
    if before.role is not Role.OWNER or before.disabled_at is not None:
        return
    is_owner = (users.c.role == Role.OWNER.value, users.c.disabled_at.is_(None))
    if transaction.scalar(sa.select(users.c.id).where(*is_owner).limit(1)) is None:
        raise LastOwner
