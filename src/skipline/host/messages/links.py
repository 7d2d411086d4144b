"""Accounts that are reached over a connection that stays open: one driver each, started, watched and started again.

A driver is found beside its piece, and imported when the first account of its type exists. What it receives goes where
HTTP deliveries go, and is kept when `receive` returns.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import structlog

import skipline.channels
from skipline.host.durable import back_off
from skipline.host.messages.accounts import LiveAccount
from skipline.model.lookup import Secrets
from skipline.model.messaging import AnyChannelEvent, ChannelLink, Outbound, Refused, Remedy, SendResult

log = structlog.get_logger(__name__)

Receive = Callable[[str, Sequence[AnyChannelEvent]], Awaitable[None]]
NOT_INSTALLED = "not_installed"


class Links:
    """The connections of the accounts that have one."""

    def __init__(self, *, accounts: Iterable[LiveAccount], secrets: Secrets, receive: Receive) -> None:
        self._accounts, self._secrets, self._receive = accounts, secrets, receive
        self._links: dict[str, _Link] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._is_open = False

    def find(self, account: str) -> ChannelLink | None:
        """The connection of an account; None when it is reached over HTTP."""
        self.follow()
        link = self._links.get(account)
        return None if link is None else link.driver

    def follow(self) -> None:
        """Have a connection for each account that wants one, with the settings that it has now."""
        if not self._is_open:
            return
        present = {one.name: one for one in self._accounts if has_driver(one.account.type)}
        for name in [name for name, link in self._links.items() if present.get(name) is not link.account]:
            self._end(self._links.pop(name))
        for name, account in present.items():
            if name not in self._links:
                self._links[name] = self._begin(account)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Links"]:
        """Connections within the block; at its end what is on its way is kept, and every one signs out."""
        self._is_open = True
        self.follow()
        try:
            yield self
        finally:
            self._is_open = False
            for link in self._links.values():
                self._end(link)
            self._links.clear()
            await asyncio.gather(*self._ending, return_exceptions=True)

    def _begin(self, account: LiveAccount) -> "_Link":
        before = next((task for task in self._ending if task.get_name() == _name_of(account.name)), None)
        driver = _driver_of(account.account.type)
        task = asyncio.create_task(self._watch(driver, account, before), name=_name_of(account.name))
        return _Link(account, driver, task)

    def _end(self, link: "_Link") -> None:
        link.task.cancel()
        self._ending.add(link.task)
        link.task.add_done_callback(self._ending.discard)

    async def _watch(self, driver: ChannelLink, account: LiveAccount, before: "asyncio.Task[None] | None") -> None:
        """Run a driver until cancelled. Carriers let an account in once, so the one before it signs out first."""
        if before is not None:
            await asyncio.wait([before])
        failures = 0
        while True:
            try:
                await driver.run(account.settings, self._secrets, lambda events: self._receive(account.name, events))
            except Exception:
                log.exception("link_failed", account=account.name)
            failures += 1
            await asyncio.sleep(back_off(failures).total_seconds())


class _Link:
    """A driver at work for an account."""

    def __init__(self, account: LiveAccount, driver: ChannelLink, task: "asyncio.Task[None]") -> None:
        self.account, self.driver, self.task = account, driver, task


class NotInstalled:
    """Stands in for a driver whose package is not there: messages are refused with what to do."""

    def __init__(self, type_: str, package: str) -> None:
        self.trouble = f"the package {package} is not installed: run `pip install 'skipline[{type_}]'` and start again"

    async def run(self, settings: object, secrets: Secrets, receive: object) -> None:
        """Say so, and wait for the next start."""
        log.error("link_not_installed", why=self.trouble)
        await asyncio.Event().wait()

    async def send(self, message: Outbound) -> SendResult:
        """Nobody can send it."""
        return Refused(remedy=Remedy.ALARM, code=NOT_INSTALLED, reason=self.trouble)


def _driver_of(type_: str) -> ChannelLink:
    try:
        driver: ChannelLink = import_module(f"{skipline.channels.__name__}.{type_}.driver").Driver()
    except ModuleNotFoundError as missing:
        return NotInstalled(type_, missing.name or "it needs")
    return driver


@cache
def has_driver(type_: str) -> bool:
    """Whether accounts of a type are reached over a connection that stays open."""
    return find_spec(f"{skipline.channels.__name__}.{type_}.driver") is not None


def _name_of(account: str) -> str:
    return f"link-of-{account}"
