"""Takes what providers deliver: who sent it is proven, it is kept, and only then do they hear that we have it.

What could not be kept is theirs to deliver again. What we cannot read is kept all the same, for people to look at.
Without a secret that can be checked, nothing counts.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

import structlog

from skipline.asking.event_fitting import fit_event
from skipline.base.clock import Clock
from skipline.base.fault_points import pass_point
from skipline.base.ids import Ids
from skipline.host.messages.accounts import Accounts, LiveAccount
from skipline.host.messages.doorstep import Doorstep
from skipline.host.messages.kept_news import News
from skipline.model.intake import TakenDelivery
from skipline.model.lookup import Secrets
from skipline.model.messaging import AnyChannelEvent, Delivery, DeliveryRefused, Noted, Welcome
from skipline.store import channel_events
from skipline.store.database import Database
from skipline.store.durable.batches import Batches

log = structlog.get_logger(__name__)

HOLD = timedelta(seconds=0.6)
"""How long what a contact did waits for what they did before. Providers promise no order; most of what overtakes does
so by less, and nobody notices this much before an answer."""

_NOT_KEPT = frozenset({"authorization", "cookie", "proxy-authorization"})


class UnknownAccount(Exception):
    """No account of this provider has this name."""


class NoSecret(Exception):
    """The account has no secret yet that a delivery could be checked with."""


class Ingress:
    """The door for deliveries. `news` is told of what was kept."""

    def __init__(
        self, *, database: Database, accounts: Accounts, secrets: Secrets, clock: Clock, ids: Ids, news: News
    ) -> None:
        self._database, self._accounts, self._secrets = database, accounts, secrets
        self._clock, self._ids, self._news = clock, ids, news
        self.doorstep = Doorstep()
        self._batches: Batches[TakenDelivery, None] = Batches(self._keep_all)

    async def take(
        self, provider: str, account: str, method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> Welcome:
        """Keep a delivery and say what to answer. `path` is what follows our public address, with its query as it came;
        `headers` have lower-case names.

        Raises `UnknownAccount`, `NoSecret`, `DeliveryRefused`, and `StorageError` when it could not be kept.
        """
        live = self._accounts.find(account)
        if live is None or live.account.type != provider:
            raise UnknownAccount(account)
        url, now = self._accounts.url_of(path), self._clock()
        delivery = Delivery(method=method, url=url, headers=tuple(headers), body=body, received_at=now)
        greeting = self._checked(live, delivery)
        if greeting is not None:
            return greeting
        await self._keep(live, delivery, _read(live, delivery))
        return live.settings.thank(delivery)

    async def receive(self, account: str, events: Sequence[AnyChannelEvent]) -> None:
        """Keep what an account told in another way than by a delivery. Returns once it is kept; raises
        `StorageError`."""
        now = self._clock()
        fit = tuple(fit_event(one, now) for one in events)
        await self._batches.put(TakenDelivery(id=self._ids(), account=account, received_at=now, events=fit))
        self._news.tell(account)

    async def close(self) -> None:
        """Keep what is on its way."""
        await self._batches.close()

    def _checked(self, live: LiveAccount, delivery: Delivery) -> Welcome | None:
        """The answer to a handshake; None once it is sure who sent a delivery."""
        try:
            greeting = live.settings.greet(delivery, self._secrets)
            if greeting is None:
                live.settings.verify(delivery, self._secrets)
        except LookupError as missing:
            log.error("account_secret_missing", account=live.name, why=str(missing))
            self.doorstep.refuse(live.name, str(missing), delivery.received_at)
            raise NoSecret(live.name) from None
        except DeliveryRefused as refused:
            log.warning("delivery_refused", account=live.name, why=str(refused), bytes=len(delivery.body))
            self.doorstep.refuse(live.name, str(refused), delivery.received_at)
            raise
        if greeting is not None:
            self.doorstep.greet(live.name, delivery.received_at)
        return greeting

    async def _keep(self, live: LiveAccount, delivery: Delivery, events: Sequence[AnyChannelEvent]) -> None:
        await self._batches.put(
            TakenDelivery(
                id=self._ids(),
                account=live.name,
                received_at=delivery.received_at,
                events=tuple(fit_event(one, delivery.received_at) for one in events),
                headers=tuple(one for one in delivery.headers if one[0] not in _NOT_KEPT),
                body=delivery.body,
            )
        )
        pass_point("delivery_kept")
        self._news.tell(live.name)

    async def _keep_all(self, taken: list[TakenDelivery]) -> list[None]:
        await self._database.write_first(channel_events.keep_all, taken, HOLD)
        return [None] * len(taken)


def _read(live: LiveAccount, delivery: Delivery) -> Sequence[AnyChannelEvent]:
    """What a delivery tells; a piece that fails at it loses nothing, because the delivery is kept as it came."""
    try:
        return live.settings.read(delivery)
    except Exception:
        log.exception("delivery_not_read", account=live.name)
        key = f"unreadable:{hashlib.sha256(delivery.body).hexdigest()}"
        return [Noted(key=key, at=delivery.received_at, kind="unreadable", text="this release cannot read it")]
