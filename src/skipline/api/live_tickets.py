"""Tickets for the live socket: a page in a browser cannot send a header there, and a key in an address ends up in logs.

A ticket is good for one connection to this server within half a minute.
"""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from skipline.model.access import Actor

VALID_FOR = timedelta(seconds=30)
MOST_TICKETS = 10_000


class Tickets:
    """The tickets that are out."""

    def __init__(self) -> None:
        self._issued: dict[str, tuple[datetime, Actor]] = {}

    def issue(self, actor: Actor, now: datetime) -> tuple[str, datetime]:
        """A new ticket for somebody, and until when it is good."""
        self._forget(now)
        ticket, until = token_urlsafe(32), now + VALID_FOR
        self._issued[ticket] = (until, actor)
        return ticket, until

    def redeem(self, ticket: str, now: datetime) -> Actor | None:
        """Whose ticket this is; it is good for nothing after this. None: it is not good now."""
        until, actor = self._issued.pop(ticket, (now, None))
        return actor if now < until else None

    def _forget(self, now: datetime) -> None:
        """Tickets that nobody came with, the oldest first: they are in the order in which they end."""
        for ticket, (until, _) in list(self._issued.items()):
            if until > now and len(self._issued) < MOST_TICKETS:
                return
            del self._issued[ticket]
