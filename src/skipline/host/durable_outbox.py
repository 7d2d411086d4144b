"""Carries out the commands of saved turns, and brings what came of them back as events.

A command is carried out before it is marked, so a crash between the two carries it out again under the same id. Where
nobody would notice that, its carrier says `may_repeat = False`: then it is tried once, and never twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.base.fault_points import pass_point
from skipline.host.carriers import Carriers, NotCarried
from skipline.host.durable import back_off, wait_until_set
from skipline.model.call import TryEnd
from skipline.model.commands import (
    AskContact,
    EnterQueue,
    ForwardCall,
    Issued,
    PlayAudio,
    RequestCallBack,
    SayText,
    SendMessage,
)
from skipline.model.durable import Arrival, Outgoing, Verdict
from skipline.model.events import (
    CallBackTaken,
    ContactAnswered,
    ForwardEnded,
    MessageSent,
    PromptEnded,
    QueueEnd,
    QueueEnded,
    Reply,
)
from skipline.store.durable import RunStore
from skipline.store.errors import StorageError

log = structlog.get_logger(__name__)

REPLIES = "commands"
"""The channel of events that answer commands; a command's id tells a second answer."""
MOST_AT_ONCE = 32
MOST_ATTEMPTS = 8
CARRY_SECONDS = 20.0
POLL_SECONDS = 0.5


class Outbox:
    """Takes commands that are due to their carriers, of each run one after the other."""

    def __init__(
        self,
        *,
        store: RunStore,
        receive: Callable[[Arrival], Awaitable[Verdict]],
        carriers: Carriers,
        clock: Clock,
        owner: str,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._store, self._receive, self._carriers = store, receive, carriers
        self._clock, self._owner, self._poll_seconds = clock, owner, poll_seconds
        self._under_way: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    async def run(self) -> None:
        """Serve until `stop`; commands that were begun are finished first. One that takes long holds up no other."""
        async with asyncio.TaskGroup() as tasks:
            while not self._is_stopping:
                self._store.commands_due.clear()
                room = MOST_AT_ONCE - len(self._under_way)
                taken = await self._take(room) if room > 0 else []
                for outgoing in taken:
                    task = tasks.create_task(self._serve(outgoing))
                    self._under_way.add(task)
                    task.add_done_callback(self._finished)
                if len(taken) < room or room <= 0:
                    await wait_until_set(self._store.commands_due, self._poll_seconds)

    def stop(self) -> None:
        """Take up no more commands."""
        self._is_stopping = True
        self._store.commands_due.set()

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self._store.commands_due.set()  # there is room now, and the next command of its run is due

    async def _take(self, room: int) -> list[Outgoing]:
        try:
            return await self._store.take_commands(self._owner, room)
        except StorageError as trouble:
            log.error("commands_not_taken", why=str(trouble))
        except Exception:  # a bug of ours stops no calls: looked at again after the usual pause
            log.exception("commands_not_taken")
        return []

    async def _serve(self, outgoing: Outgoing) -> None:
        try:
            await self._try(outgoing)
        except StorageError as trouble:  # then the command is due again when its lease ends
            log.error("command_not_settled", command=outgoing.issued.id, why=str(trouble))
        except Exception:  # a bug of ours stops no calls, and this command is tried again just so
            log.exception("command_not_settled", command=outgoing.issued.id)

    async def _try(self, outgoing: Outgoing) -> None:
        try:
            reply = await self._carry(outgoing)
        except NotCarried as trouble:
            await self._put_off_or_refuse(outgoing, trouble)
        except Exception as mistake:
            log.exception("command_broke", command=outgoing.issued.id)
            await self._put_off_or_refuse(outgoing, NotCarried(f"{type(mistake).__name__}: {mistake}"))
        else:
            await self._bring_back(outgoing, reply)

    async def _carry(self, outgoing: Outgoing) -> Reply | None:
        issued = outgoing.issued
        carrier = self._carriers.find(outgoing)
        if carrier is None:
            raise NotCarried(f"nothing here carries out {type(issued.body).__name__}", may_retry=False)
        if outgoing.attempts > 1 and not carrier.may_repeat:
            raise NotCarried("an earlier try may have succeeded, and trying twice would be worse", may_retry=False)
        async with asyncio.timeout(CARRY_SECONDS):
            return await carrier.carry(issued)

    async def _put_off_or_refuse(self, outgoing: Outgoing, trouble: NotCarried) -> None:
        why = str(trouble)
        if trouble.may_retry and outgoing.attempts < MOST_ATTEMPTS:
            log.warning("command_put_off", command=outgoing.issued.id, attempt=outgoing.attempts, why=why)
            await self._store.put_off(outgoing, why, back_off(outgoing.attempts))
            return
        log.error("command_given_up", command=outgoing.issued.id, why=why)
        await self._bring_back(outgoing, refusal(outgoing.issued, why, self._clock()), why)

    async def _bring_back(self, outgoing: Outgoing, reply: Reply | None, problem: str = "") -> None:
        """The answer first: a crash after it answers twice, which is told apart. After the mark it would be lost."""
        pass_point("command_carried")
        if reply is not None and outgoing.is_awaited:
            payload = msgspec.json.encode(reply).decode()
            answer = Arrival(
                channel=REPLIES, dedup=outgoing.issued.id, conversation=outgoing.conversation, payload=payload
            )
            await self._receive(answer)
        pass_point("command_answered")
        await self._store.settle(outgoing, problem)


def refusal(issued: Issued, why: str, at: datetime) -> Reply | None:
    """The event that tells a run that its command was not carried out; None for commands that nobody waits for."""
    body, call, command = issued.body, issued.call, issued.id
    if isinstance(body, SayText | PlayAudio):
        return PromptEnded(at=at, call=call, command=command, problem=why)
    if isinstance(body, AskContact):
        return ContactAnswered(at=at, call=call, command=command, problem=why)
    if isinstance(body, SendMessage):
        return MessageSent(at=at, call=call, command=command, problem=why)
    if isinstance(body, ForwardCall):
        return ForwardEnded(at=at, call=call, command=command, end=TryEnd.FAILED, reason=why)
    if isinstance(body, EnterQueue):
        queue = body.place.queue
        return QueueEnded(at=at, call=call, command=command, end=QueueEnd.FAILED, queue=queue, reason=why)
    if isinstance(body, RequestCallBack):
        return CallBackTaken(at=at, call=call, command=command, problem=why)
    return None
