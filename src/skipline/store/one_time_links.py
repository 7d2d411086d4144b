"""Links that sign somebody in once: an invitation, or the way in to a demo. Only the hash of a token is stored."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

import sqlalchemy as sa

from skipline.store import sessions
from skipline.store.people_schema import one_time_links as links
from skipline.store.people_schema import users
from skipline.store.sessions import hash_token

VALID_FOR = timedelta(days=1)


def make(transaction: sa.Connection, user: str, now: datetime, *, needs_password: bool) -> str:
    """The token of a new link for somebody; the ones that they had open nothing any more."""
    token = token_urlsafe(32)
    transaction.execute(sa.delete(links).where(sa.or_(links.c.user_id == user, links.c.expires_at <= now)))
    row = {"token_sha256": hash_token(token), "user_id": user, "needs_password": needs_password}
    transaction.execute(sa.insert(links).values(row | {"expires_at": now + VALID_FOR}))
    return token


def redeem(transaction: sa.Connection, token: str, now: datetime) -> str | None:
    """Sign in by a link: the token of the session; None: the link opens nothing (any more)."""
    is_it = (links.c.token_sha256 == hash_token(token), links.c.expires_at > now, users.c.disabled_at.is_(None))
    wanted = sa.select(links.c.user_id, links.c.needs_password).join(users, users.c.id == links.c.user_id).where(*is_it)
    row = transaction.execute(wanted).one_or_none()
    # Of two who come with it at once, one alone finds it there to be deleted.
    gone = sa.delete(links).where(links.c.token_sha256 == hash_token(token))
    if row is None or not transaction.execute(gone).rowcount:
        return None
    return sessions.start(transaction, row.user_id, now, needs_password=row.needs_password)


def address_of(base: str, token: str) -> str:
    """Where a link leads, below a server's address."""
    return f"{base.rstrip('/')}/#/link/{token}"
