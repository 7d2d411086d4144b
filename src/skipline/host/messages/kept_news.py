"""Who kept what a provider told wakes who handles it."""

import asyncio


class News:
    """`has_some` is set when something was kept since it was cleared; `accounts` are those that were told of."""

    def __init__(self) -> None:
        self.has_some = asyncio.Event()
        self.accounts: set[str] = set()

    def tell(self, account: str) -> None:
        """Something of `account` was kept."""
        self.accounts.add(account)
        self.has_some.set()
