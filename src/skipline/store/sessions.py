"""Who is signed in. The database knows only the hash of a session's token, as with keys."""

import hashlib
from datetime import datetime, timedelta
from secrets import token_urlsafe

import sqlalchemy as sa

from skipline.model.access import Session
from skipline.store.people_schema import sessions, users
from skipline.store.user_rows import user_of

VALID_FOR = timedelta(hours=12)
"""A long shift. Whoever is still here then signs in again."""


def hash_token(token: str) -> str:
    """How a token stands in the database. It is 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def start(transaction: sa.Connection, user: str, now: datetime, *, needs_password: bool = False) -> str:
    """Sign somebody in; gives the token of their session, which is always a new one."""
    token = token_urlsafe(32)
    transaction.execute(sa.delete(sessions).where(sessions.c.expires_at <= now))
    row = {"token_sha256": hash_token(token), "user_id": user, "needs_password": needs_password}
    transaction.execute(sa.insert(sessions).values(row | {"started_at": now, "expires_at": now + VALID_FOR}))
    return token


def find(transaction: sa.Connection, token: str, now: datetime) -> Session | None:
    """Who is signed in by a token, as they are now; None: nobody, or they are disabled."""
    wanted = (
        sa.select(users, sessions.c.needs_password, sessions.c.expires_at)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(sessions.c.token_sha256 == hash_token(token), sessions.c.expires_at > now, users.c.disabled_at.is_(None))
    )
    row = transaction.execute(wanted).one_or_none()
    if row is None:
        return None
    return Session(user=user_of(row), needs_password=row.needs_password, expires_at=row.expires_at)


def end(transaction: sa.Connection, token: str) -> None:
    """Sign out; harmless when nobody is signed in by this token."""
    transaction.execute(sa.delete(sessions).where(sessions.c.token_sha256 == hash_token(token)))


def end_all(transaction: sa.Connection, user: str, *, but: str = "") -> None:
    """Sign somebody out everywhere, but for one token."""
    theirs = (sessions.c.user_id == user, sessions.c.token_sha256 != hash_token(but))
    transaction.execute(sa.delete(sessions).where(*theirs))


def has_chosen_password(transaction: sa.Connection, user: str) -> None:
    """Somebody who came by an invitation has a password now."""
    transaction.execute(sa.update(sessions).where(sessions.c.user_id == user).values(needs_password=False))
