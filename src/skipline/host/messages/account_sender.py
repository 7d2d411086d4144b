"""Sends the messages of one account: in their order per contact, at the provider's pace, each once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from skipline.base.fault_points import pass_point
from skipline.centre.sending import Unsendable
from skipline.host.durable import wait_until_set
from skipline.host.messages.accounts import LiveAccount
from skipline.host.messages.exchange import Exchange
from skipline.host.messages.pacing import Pacing
from skipline.host.messages.settling import Settling, refusal
from skipline.model.message import MessageBody, SendState
from skipline.model.messaging import Accepted, Refused, Remedy, SendResult, Uncertain
from skipline.model.sending import AccountHealth, AccountStanding, Arrived, Begun, Sending, Settlement
from skipline.store import sendings
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
MOST_AT_ONCE = 64
MOST_TRIES_OF_RETRY_ONCE = 3
_BREATH_SECONDS = 0.05
"""What is due gathers for between two claims, so that one transaction takes several messages."""

BackOff = Callable[[int], timedelta]
"""How long to leave a message whose request failed so many times."""


class AccountSender:
    """The messages of one account on their way."""

    def __init__(
        self, *, account: LiveAccount, exchange: Exchange, settling: Settling, owner: str, back_off: BackOff
    ) -> None:
        self.account, self._owner, self._back_off = account, owner, back_off
        self.wake = asyncio.Event()
        self._exchange, self._settling = exchange, settling
        self._database = settling.database
        self._now = asyncio.get_running_loop().time
        self.pacing = Pacing(account.settings.pace(), self._now())
        self._trouble = AccountStanding()
        self._under_way: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    @property
    def standing(self) -> AccountStanding:
        """How sending goes."""
        known = self._trouble
        if known.health is AccountHealth.WELL and self.pacing.is_slowed:
            known = AccountStanding(health=AccountHealth.SLOWED, reason="the provider asked for a slower pace")
        return AccountStanding(
            health=known.health,
            since=known.since,
            code=known.code,
            reason=known.reason,
            per_second=self.pacing.per_second,
        )

    def change(self, account: LiveAccount) -> None:
        """Go on with other settings."""
        pace = account.settings.pace()
        if pace != self.account.settings.pace():
            self.pacing = Pacing(pace, self._now())
        self.account, self._trouble = account, AccountStanding()
        self.wake.set()

    def stop(self) -> None:
        """Take up no more messages."""
        self._is_stopping = True
        self.wake.set()

    async def run(self) -> None:
        """Send until `stop`; requests that were begun are finished first."""
        async with asyncio.TaskGroup() as tasks:
            while not self._is_stopping:
                self.wake.clear()
                looked_at = self._now()
                room = min(self.pacing.room(self._now()), MOST_AT_ONCE - len(self._under_way))
                claimed = await self._claim(room) if room > 0 else []
                for sending in claimed:
                    self._start(sending, tasks)
                if len(claimed) < room:
                    await wait_until_set(self.wake, POLL_SECONDS)
                else:
                    await asyncio.sleep(min(self.pacing.next_in(self._now()), POLL_SECONDS))
                await asyncio.sleep(max(0.0, looked_at + _BREATH_SECONDS - self._now()))

    async def _claim(self, room: int) -> list[Sending]:
        resting = self.pacing.resting(self._now())
        try:
            if not await self._database.read(sendings.has_due, self.account.name):
                return []
            return await self._database.write(sendings.claim, self.account.name, self._owner, room, resting)
        except StorageError as trouble:
            log.error("messages_not_claimed", account=self.account.name, why=str(trouble))
        except Exception:  # a bug of ours stops no calls: looked at again after the usual pause
            log.exception("messages_not_claimed", account=self.account.name)
        return []

    def _start(self, sending: Sending, tasks: asyncio.TaskGroup) -> None:
        self.pacing.take(sending.conversation, self._now())
        task = tasks.create_task(self._serve(sending))
        self._under_way.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self.wake.set()  # there is room now, and the next message of its conversation is due

    async def _serve(self, sending: Sending) -> None:
        try:
            await self._send(sending)
        except StorageError as trouble:  # when its lease ends it is due again, or uncertain if it was begun
            log.error("message_not_settled", message=sending.message, why=str(trouble))
        except Exception:  # a bug of ours stops no calls, and the same holds
            log.exception("message_not_settled", message=sending.message)

    async def _send(self, sending: Sending) -> None:
        pass_point("sending_claimed")
        begun = await self._database.write(sendings.begin, sending)
        if begun is None:
            log.warning("message_not_sent", message=sending.message, why="another node holds it by now")
        elif isinstance(begun, Arrived):
            await self._settling.end(sending, Settlement(state=begun.state))
        elif isinstance(begun, Unsendable):
            await self._settling.end(sending, refusal(begun))
        else:
            pass_point("sending_begun")
            tried = await self._exchange.send(self.account, begun.outbound)
            pass_point("sending_answered")
            if tried.is_down:
                self._note_failure(tried.result)
            await self._take(begun, tried.result)

    async def _take(self, begun: Begun, result: SendResult) -> None:
        match result:
            case Accepted():
                self.pacing.accepted()
                self._trouble = AccountStanding()
                await self._end(begun, Settlement(state=SendState.SENT, id=result.id, begun_at=begun.at))
            case Uncertain():
                log.warning(
                    "message_uncertain", account=self.account.name, message=begun.sending.message, why=result.reason
                )
                await self._end(begun, Settlement(state=SendState.UNCERTAIN, problem=result.reason, begun_at=begun.at))
            case Refused():
                await self._remedy(begun, result)

    async def _remedy(self, begun: Begun, refused: Refused) -> None:
        template = begun.sending.content.body.template
        match refused.remedy:
            case Remedy.RETRY:
                await self._put_off(begun, refused)
            case Remedy.RETRY_ONCE if begun.sending.attempts < MOST_TRIES_OF_RETRY_ONCE:
                await self._put_off(begun, refused)
            case Remedy.SLOW_DOWN:
                log.warning("account_slowed", account=self.account.name, code=refused.code, why=refused.reason)
                self.pacing.slow_down(self._now(), refused.after_seconds)
                await self._put_off(begun, refused)
            case Remedy.TEMPLATE if template is not None and begun.outbound.body.template is None:
                await self._put_off(begun, refused, MessageBody(template=template))
            case _:
                await self._fail(begun, refused)

    async def _put_off(self, begun: Begun, refused: Refused, body: MessageBody | None = None) -> None:
        """It may leave again: at once as a template, else when the provider wants it or after a growing pause."""
        wanted = refused.after_seconds
        delay = self._back_off(begun.sending.attempts) if wanted is None else timedelta(seconds=min(wanted, 86_400.0))
        if body is not None:
            delay = timedelta(0)
        log.warning("message_put_off", account=self.account.name, message=begun.sending.message, why=refused.reason)
        await self._database.write(sendings.put_off, begun.sending, delay, refused.reason, body)

    async def _fail(self, begun: Begun, refused: Refused) -> None:
        if refused.remedy is Remedy.ALARM:
            self._note(AccountHealth.ALARM, refused)
        problem = refused.reason or "the provider refused it without saying why"
        await self._end(
            begun, Settlement(state=SendState.FAILED, problem=problem, code=refused.code, begun_at=begun.at)
        )

    async def _end(self, begun: Begun, settlement: Settlement) -> None:
        await self._settling.end(begun.sending, settlement)

    def _note_failure(self, result: SendResult) -> None:
        """Failures in a row tell a provider that is out of order from a message that cannot be sent."""
        self.pacing.failed(self._now())
        if self.pacing.is_troubled and not isinstance(result, Accepted):
            self._note(AccountHealth.UNREACHABLE, result)

    def _note(self, health: AccountHealth, result: Refused | Uncertain) -> None:
        is_known = self._trouble.health is health
        since = self._trouble.since if is_known else self._settling.clock()
        code = result.code if isinstance(result, Refused) else ""
        self._trouble = AccountStanding(health=health, since=since, code=code, reason=result.reason)
        if not is_known:
            log.error("account_in_trouble", account=self.account.name, health=health, code=code, why=result.reason)
