"""Sends what is posted: a sender for each account that there is, and care for messages that nobody sends any more."""

import asyncio
from collections.abc import Iterable

import structlog

from skipline.host.durable import back_off, wait_until_set
from skipline.host.messages.account_sender import AccountSender, BackOff
from skipline.host.messages.accounts import LiveAccount
from skipline.host.messages.exchange import Exchange
from skipline.host.messages.settling import Settling
from skipline.model.message import SendState
from skipline.model.sending import AccountStanding, AccountWork, Sending, Settlement
from skipline.store import sending_ends, sendings
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
SWEEP_SECONDS = 5.0
_MOST_SWEPT = 200
EXPIRED = "expired"
INTERRUPTED = "the process ended before the provider answered, so nobody knows yet whether the contact has it"
TOO_LATE = "it could not be sent in time, and is not worth sending any more"


class MessageSender:
    """Carries posted messages to their providers. `posted` is set by who posts one; `owner` names this process and no
    other that ever was. `accounts` are those that there are whenever they are looked at."""

    def __init__(
        self,
        *,
        accounts: Iterable[LiveAccount],
        exchange: Exchange,
        settling: Settling,
        posted: asyncio.Event,
        owner: str,
        back_off: BackOff = back_off,
    ) -> None:
        self._accounts, self._exchange, self._settling = accounts, exchange, settling
        self._posted, self._owner, self._back_off = posted, owner, back_off
        self._senders: dict[str, AccountSender] = {}
        self._database = settling.database
        self._is_stopping = False
        self._next_sweep = 0.0

    async def run(self) -> None:
        """Serve until `stop`; requests that were begun are finished first."""
        await self._reclaim()
        async with asyncio.TaskGroup() as tasks:
            while not self._is_stopping:
                self._posted.clear()
                self._follow_accounts(tasks)
                await self._sweep_now_and_then()
                await wait_until_set(self._posted, LOOK_SECONDS)
            for sender in self._senders.values():
                sender.stop()

    def stop(self) -> None:
        """Take up no more messages."""
        self._is_stopping = True
        self._posted.set()

    def standing(self, account: str) -> AccountStanding:
        """How sending goes on an account, as this process sees it."""
        sender = self._senders.get(account)
        return AccountStanding() if sender is None else sender.standing

    async def work(self, account: str) -> AccountWork:
        """What an account has still to send."""
        return await self._database.read(sending_ends.work_of, account)

    def _follow_accounts(self, tasks: asyncio.TaskGroup) -> None:
        present = {one.name: one for one in self._accounts}
        for name in self._senders.keys() - present.keys():
            self._senders.pop(name).stop()
        for name, account in present.items():
            sender = self._senders.get(name)
            if sender is None:
                self._senders[name] = self._begin(account, tasks)
            elif sender.account != account:
                sender.change(account)
            else:
                sender.wake.set()

    def _begin(self, account: LiveAccount, tasks: asyncio.TaskGroup) -> AccountSender:
        sender = AccountSender(
            account=account,
            exchange=self._exchange,
            settling=self._settling,
            owner=self._owner,
            back_off=self._back_off,
        )
        tasks.create_task(sender.run(), name=f"messages-of-{account.name}")
        return sender

    async def _reclaim(self) -> None:
        try:
            await self._database.write(sendings.reclaim)
        except StorageError as trouble:  # then they are due when their leases end
            log.error("messages_not_reclaimed", why=str(trouble))

    async def _sweep_now_and_then(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._next_sweep or not self._senders:
            return
        self._next_sweep = now + SWEEP_SECONDS
        try:
            await self.sweep()
        except StorageError as trouble:
            log.error("messages_not_swept", why=str(trouble))
        except Exception:  # a bug of ours stops no calls
            log.exception("messages_not_swept")

    async def sweep(self) -> None:
        """Settle messages whose sender died after the request began, and those whose time is over."""
        while await self._database.read(sendings.has_hopeless):
            swept = await self._database.write(sendings.claim_hopeless, self._owner, _MOST_SWEPT)
            for sending in swept:
                await self._settling.end(sending, ending_of(sending))
            if not swept:
                return  # others have them


def ending_of(sending: Sending) -> Settlement:
    """How a message ends that nobody will send any more."""
    if sending.begun_at is None:
        return Settlement(state=SendState.FAILED, problem=TOO_LATE, code=EXPIRED)
    return Settlement(state=SendState.UNCERTAIN, problem=INTERRUPTED, begun_at=sending.begun_at)
