"""Has providers deliver again after an outage, and asks them for what could not be delivered meanwhile.

Messenger and Instagram stop delivering after about an hour of failures and never begin again by themselves; some SMS
providers try once. Nobody here notices when it was the way to us that was broken, so every account that can is looked
after at the start and every half hour. Being heard again and asking for too much are both harmless, because what is
told twice has the same key.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from skipline.base.clock import Clock
from skipline.host.durable import wait_until_set
from skipline.host.lookups.troubles import Trouble
from skipline.host.lookups.wire import Wire
from skipline.host.messages.accounts import Accounts, LiveAccount
from skipline.model.lookup import HttpRequest, HttpResponse, Secrets
from skipline.model.messaging import AnyChannelEvent, CannotWrite, Recovers
from skipline.store import channel_events
from skipline.store.database import Database
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(minutes=30)
LOOK_SECONDS = 5.0
"""How soon an account that is new in the workspace is looked after."""
OVERLAP = timedelta(minutes=10)
"""What is asked for once more, because providers deliver late and clocks differ."""
FURTHEST_BACK = timedelta(days=7)
"""Shorter than what was told is known for, so that nothing counts twice."""
MOST_PAGES = 200
PAGE_PAUSE_SECONDS = 0.5
"""Meta answers two questions a second about conversations."""
ASK_SECONDS = 30.0

Receive = Callable[[str, Sequence[AnyChannelEvent]], Awaitable[None]]


class Recovery:
    """Looks after the accounts that `Recovers`. `receive` keeps what was missed."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: Accounts,
        wire: Wire,
        secrets: Secrets,
        receive: Receive,
        clock: Clock,
        pause_seconds: float = PAGE_PAUSE_SECONDS,
    ) -> None:
        self._database, self._accounts, self._wire, self._secrets = database, accounts, wire, secrets
        self._receive, self._clock, self._pause_seconds = receive, clock, pause_seconds
        self._looked_at: dict[str, datetime] = {}
        self._covered_until: dict[str, datetime] = {}
        self._is_stopping = asyncio.Event()

    async def run(self) -> None:
        """Serve until `stop`; what is on its way then is asked for again at the next start."""
        async with asyncio.TaskGroup() as tasks:
            looking = tasks.create_task(self._look_for_ever(), name="looking-after-accounts")
            await self._is_stopping.wait()
            looking.cancel()

    def stop(self) -> None:
        """Ask no more."""
        self._is_stopping.set()

    async def look(self) -> None:
        """Look after every account that was not looked after for half an hour."""
        now = self._clock()
        for account in self._accounts:
            if isinstance(account.settings, Recovers) and self._is_due(account.name, now):
                self._looked_at[account.name] = now
                await self._look_after(account, account.settings, now)

    def _is_due(self, account: str, now: datetime) -> bool:
        looked_at = self._looked_at.get(account)
        return looked_at is None or now - looked_at >= LOOK_EVERY

    async def _look_for_ever(self) -> None:
        while not self._is_stopping.is_set():
            await self.look()
            await wait_until_set(self._is_stopping, LOOK_SECONDS)

    async def _look_after(self, account: LiveAccount, settings: Recovers, now: datetime) -> None:
        await self._resubscribe(account, settings)
        try:
            since = await self._since(account.name, now)
            if since is not None:
                count = await self._recover(account.name, settings, since)
                log.info("account_looked_after", account=account.name, since=since.isoformat(), told=count)
        except (Trouble, CannotWrite, LookupError, TimeoutError, StorageError) as trouble:
            log.warning("missed_not_asked", account=account.name, why=_why(trouble))
            return
        except Exception:  # a bug of a piece; the other accounts are looked after all the same
            log.exception("missed_not_asked", account=account.name)
            return
        self._covered_until[account.name] = now

    async def _resubscribe(self, account: LiveAccount, settings: Recovers) -> None:
        try:
            for request in settings.resubscribe(self._secrets):
                response = await self._ask(request)
                if not 200 <= response.status < 300:
                    log.warning("not_subscribed", account=account.name, status=response.status)
        except (Trouble, LookupError, TimeoutError) as trouble:
            log.warning("not_subscribed", account=account.name, why=_why(trouble))

    async def _since(self, account: str, now: datetime) -> datetime | None:
        """From when on something may be missing; None for an account that never told anything: what was written to it
        before it was ours is not for us to answer."""
        last = self._covered_until.get(account)
        if last is None:
            last = await self._database.read(channel_events.last_received, account)
        return None if last is None else max(last - OVERLAP, now - FURTHEST_BACK)

    async def _recover(self, account: str, settings: Recovers, since: datetime) -> int:
        """Ask page by page, and keep each before the next; gives how many events there were."""
        cursor, count = "", 0
        for _ in range(MOST_PAGES):
            request = settings.list_missed(since, cursor, self._secrets)
            if request is None:
                return count
            events, after = settings.read_missed(await self._ask(request), since, cursor)
            if events:
                await self._receive(account, events)
            count += len(events)
            if after is None:
                return count
            cursor = after
            await asyncio.sleep(self._pause_seconds)
        log.warning("too_much_missed", account=account, pages=MOST_PAGES)
        return count

    async def _ask(self, request: HttpRequest) -> HttpResponse:
        async with asyncio.timeout(ASK_SECONDS):
            return await self._wire.send(request)


def _why(trouble: Exception) -> str:
    if isinstance(trouble, TimeoutError):
        return f"no answer within {ASK_SECONDS:g} seconds"
    return f"the provider {trouble.sentence}" if isinstance(trouble, Trouble) else str(trouble)
