"""What came to the door for accounts and was not let in, and who was greeted: in memory, since the start.

Who sets an account up sees by it that the provider reaches us, and why we do not believe it.
"""

from datetime import datetime

import msgspec

from skipline.model.intake import UnprovenDeliveries


class Doorstep:
    """By account. Only accounts that there are have a place here, so strangers cost nothing."""

    def __init__(self) -> None:
        self._unproven: dict[str, UnprovenDeliveries] = {}
        self._greeted: dict[str, datetime] = {}

    def refuse(self, account: str, why: str, now: datetime) -> None:
        """Somebody delivered to an account and did not prove who they are."""
        found = self._unproven.get(account) or UnprovenDeliveries(count=0, first_at=now, last_at=now, why=why)
        self._unproven[account] = msgspec.structs.replace(found, count=found.count + 1, last_at=now, why=why)

    def greet(self, account: str, now: datetime) -> None:
        """A provider's handshake was right."""
        self._greeted[account] = now

    def unproven(self, account: str) -> UnprovenDeliveries | None:
        """What was refused of an account's deliveries; None: nothing."""
        return self._unproven.get(account)

    def greeted_at(self, account: str) -> datetime | None:
        """When the provider's handshake was last right."""
        return self._greeted.get(account)

    def keep_only(self, accounts: set[str]) -> None:
        """Forget accounts that are no more."""
        for kept in (self._unproven, self._greeted):
            for name in kept.keys() - accounts:
                del kept[name]
