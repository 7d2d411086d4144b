"""Tickets for the live socket: a page in a browser cannot send a header there, and a key in an address ends up in logs.

A ticket is good for one connection to this server within half a minute.
"""

from datetime import datetime, timedelta
from secrets import token_urlsafe

VALID_FOR = timedelta(seconds=30)
MOST_TICKETS = 10_000


class Tickets:
    """The tickets that are out."""

    def __init__(self) -> None:
        self._expires_at: dict[str, datetime] = {}

    def issue(self, now: datetime) -> tuple[str, datetime]:
        """A new ticket, and until when it is good."""
        self._forget(now)
        ticket, until = token_urlsafe(32), now + VALID_FOR
        self._expires_at[ticket] = until
        return ticket, until

    def redeem(self, ticket: str, now: datetime) -> bool:
        """Whether a ticket is good; it is not any more after this."""
        until = self._expires_at.pop(ticket, None)
        return until is not None and now < until

    def _forget(self, now: datetime) -> None:
        """Tickets that nobody came with, the oldest first: they are in the order in which they end."""
        for ticket, until in list(self._expires_at.items()):
            if until > now and len(self._expires_at) < MOST_TICKETS:
                return
            del self._expires_at[ticket]
