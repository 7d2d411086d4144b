"""Handles what providers told, in the order in which it happened, each thing once with effect.

Whoever keeps an event wakes its own node. Besides, each node looks for what is due: events that others kept and whose
holder died, or whose time has come again. Handling is a chain of steps that may each be done again: the contact, the
conversation and the message are there once by their keys, a run hears of a message once by the event's key.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from itertools import groupby

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.base.fault_points import pass_point
from skipline.base.ids import Ids
from skipline.centre.starts import start_for_message
from skipline.centre.state import LiveFlow
from skipline.host.durable import back_off, wait_until_set
from skipline.host.live import Live
from skipline.host.messages.accounts import Accounts
from skipline.host.messages.kept_news import News
from skipline.host.messages.told import conversation_changed
from skipline.model.conversation import Conversation, Message
from skipline.model.durable import Arrival, Verdict, conversation_on
from skipline.model.events import MessageReceived
from skipline.model.ids import RunId
from skipline.model.intake import Arrived, HeldEvent, NewIds
from skipline.model.messaging import ContactMoved, Echoed, PreferenceTold, Received, StateTold
from skipline.model.run import Run
from skipline.store import arrivals, channel_events, message_states
from skipline.store.database import Database
from skipline.store.durable.batches import Batches
from skipline.store.errors import StorageError
from skipline.store.message_parts import PartsMissing, take_parts

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
LEASE = timedelta(seconds=30)
MOST_ADDRESSES = 64
MOST_WRITING = 4
"""How many messages are written at once. Deliveries are kept by the same writer and wait for no more than these: with
64 they waited twice as long at 320 a second, on either database."""
MOST_ATTEMPTS = 8
KNOWN_SOON = timedelta(seconds=2)
"""How long until a message that a provider names is looked for again: its answer to our request may be on its way."""
USUAL_SILENCE = timedelta(hours=12)

Receive = Callable[[Arrival], Awaitable[Verdict]]
Help = Callable[[Conversation, Message], Awaitable[None]]


class NotYet(Exception):
    """An event cannot be handled yet: `str()` says what is missing."""


class Intake:
    """Handles events under the name `owner`, which no other process may ever have. `help_contact` answers a
    contact who asks what this is, once for each message."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: Accounts,
        live_flows: Callable[[], Iterable[LiveFlow]],
        receive: Receive,
        live: Live,
        clock: Clock,
        ids: Ids,
        owner: str,
        news: News,
        help_contact: Help,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._database, self._accounts, self._live_flows = database, accounts, live_flows
        self._receive, self._live, self._clock, self._ids = receive, live, clock, ids
        self._owner, self._news, self._poll_seconds = owner, news, poll_seconds
        self._help, self._is_stopping = help_contact, False
        self._writing = asyncio.Semaphore(MOST_WRITING)
        self._settled: Batches[HeldEvent, None] = Batches(self._settle_all)

    async def run(self) -> None:
        """Serve until `stop`; what was begun is finished first."""
        await self._reclaim()
        while not self._is_stopping:
            self._news.has_some.clear()
            try:
                pause = await self._serve()
            except StorageError as trouble:
                log.error("events_not_taken", why=str(trouble))
                pause = self._poll_seconds
            except Exception:  # a bug of ours stops no others: looked at again after the usual pause
                log.exception("events_not_taken")
                pause = self._poll_seconds
            if pause > 0 and not self._is_stopping:
                await wait_until_set(self._news.has_some, pause)

    def stop(self) -> None:
        """Take no more events."""
        self._is_stopping = True
        self._news.has_some.set()

    async def _reclaim(self) -> None:
        from skipline.store.sqlite_database import SqliteDatabase  # each kind loads what it needs, and no more

        if isinstance(self._database, SqliteDatabase):
            await self._database.write(channel_events.reclaim)

    async def _serve(self) -> float:
        """Handle what is due; gives for how many seconds nothing will be."""
        due_in = await self._database.read(channel_events.next_due)
        if due_in is None:
            return self._poll_seconds
        if due_in > timedelta(0):
            return min(self._poll_seconds, due_in.total_seconds() + 0.001)
        held = await self._database.write(channel_events.take, self._owner, MOST_ADDRESSES, LEASE)
        pass_point("events_taken")
        states = [one for one in held if isinstance(one.event, StateTold)]
        others = sorted((one for one in held if not isinstance(one.event, StateTold)), key=_address)
        async with asyncio.TaskGroup() as tasks:
            if states:
                tasks.create_task(self._apply(states))
            for _, of_address in groupby(others, key=_address):
                tasks.create_task(self._handle_all(list(of_address)))
        return 0.0

    async def _apply(self, held: Sequence[HeldEvent]) -> None:
        """What was told of messages of ours, in one transaction: there are three of these to each message."""
        try:
            changed = await self._database.write(message_states.apply_all, held, MOST_ATTEMPTS, KNOWN_SOON)
        except StorageError as trouble:
            log.error("states_not_applied", count=len(held), why=str(trouble))
        except Exception as mistake:
            log.exception("states_not_applied", count=len(held))
            await self._let_go(held, mistake)
        else:
            for one in changed:
                self._publish(one.conversation, one.message)

    async def _handle_all(self, held: Sequence[HeldEvent]) -> None:
        """The events of one address, one after the other; those behind one that fails wait for it."""
        for place, one in enumerate(held):
            try:
                await self._handle(one)
            except StorageError as trouble:
                log.error("event_not_handled", account=one.account, key=one.event.key, why=str(trouble))
                await self._wait_behind(one, held[place:])
                return
            except NotYet as missing:
                await self._let_go([one], missing)
            except Exception as mistake:
                log.exception("event_not_handled", account=one.account, key=one.event.key, attempt=one.attempts)
                if not await self._let_go([one], mistake):
                    await self._wait_behind(one, held[place + 1 :])
                    return

    async def _handle(self, held: HeldEvent) -> None:
        event, new = held.event, NewIds(contact=self._ids(), conversation=self._ids(), message=self._ids())
        match event:
            case Received():
                await self._take_in(held, event, new)
                return
            case Echoed():
                await self._take_echo(held, event, new)
            case PreferenceTold():
                await self._database.write(arrivals.take_preference, held.account, event, new)
            case ContactMoved():
                await self._database.write(arrivals.take_move, held.account, event, new)
        await self._settled.put(held)

    async def _take_in(self, held: HeldEvent, event: Received, new: NewIds) -> None:
        joined = await self._join(held, event)
        if joined is None:
            return
        whole, parts = joined
        async with self._writing:
            arrived = await self._database.write(arrivals.take_in, held.account, whole, held.received_at, new)
        pass_point("message_kept")
        await self._tell_run(held, whole, arrived)
        if arrived.wants_help:
            await self._help(arrived.conversation, arrived.message)
        self._publish(arrived.conversation, arrived.message)
        pass_point("message_told")
        await asyncio.gather(*(self._settled.put(one) for one in parts))
        pass_point("event_done")

    async def _join(self, held: HeldEvent, event: Received) -> tuple[Received, list[HeldEvent]] | None:
        """A message with the events that make it whole; None: other parts of it are missing, or it is kept already."""
        if event.part is None:
            return event, [held]
        try:
            return await self._database.write(take_parts, held, event, event.part)
        except PartsMissing as missing:
            await self._database.write(channel_events.put_off, [held], str(missing), missing.retry_after)
            return None

    async def _tell_run(self, held: HeldEvent, event: Received, arrived: Arrived) -> None:
        """Let the run of the conversation hear a message, or one begin with it."""
        if not arrived.is_told:
            return
        conversation = arrived.conversation
        told = _received(held, event, arrived)
        arrival = Arrival(
            channel=conversation_on(conversation.channel, conversation.account),
            dedup=event.key,
            conversation=conversation_on(conversation.channel, conversation.account, conversation.provider_id),
            payload=msgspec.json.encode(told).decode(),
            begins=self._begun(told) if arrived.may_begin else None,
        )
        verdict = await self._receive(arrival)
        log.info("message_received", account=held.account, conversation=conversation.id, verdict=verdict.value)

    def _begun(self, told: MessageReceived) -> Run | None:
        """The run that begins with a message when none is live in its conversation."""
        return start_for_message(self._live_flows(), told, RunId(self._ids()), self._clock())

    async def _take_echo(self, held: HeldEvent, event: Echoed, new: NewIds) -> None:
        account = self._accounts.find(held.account)
        silence = timedelta(seconds=account.account.resume_after_seconds) if account else USUAL_SILENCE
        settled = await self._database.write(message_states.take_echo, held.account, event, new, silence)
        if settled is None:
            raise NotYet(message_states.UNKNOWN)
        self._publish(settled.conversation, settled.message)

    async def _let_go(self, held: Sequence[HeldEvent], why: Exception) -> bool:
        """Have events handled again later; one that failed too often is left for people to look at. Whether all of them
        did."""
        given_up = [one for one in held if one.attempts >= MOST_ATTEMPTS]
        again = [one for one in held if one.attempts < MOST_ATTEMPTS]
        problem = f"{type(why).__name__}: {why}"
        try:
            for one in given_up:
                log.error("event_given_up", account=one.account, key=one.event.key, why=problem)
            await self._database.write(channel_events.settle, given_up, problem)
            if again:
                tries = again[0].attempts
                pause = KNOWN_SOON * tries if isinstance(why, NotYet) else back_off(tries)
                await self._database.write(channel_events.put_off, again, problem, pause)
        except StorageError as trouble:  # their lease ends by itself
            log.error("events_not_let_go", count=len(held), why=str(trouble))
        return not again

    async def _wait_behind(self, failed: HeldEvent, held: Sequence[HeldEvent]) -> None:
        """Let events go that nobody can do anything about now: one before them failed, or the database did."""
        try:
            await self._database.write(channel_events.put_back, held, back_off(failed.attempts))
        except StorageError as trouble:  # their lease ends by itself
            log.error("events_not_let_go", count=len(held), why=str(trouble))

    async def _settle_all(self, held: list[HeldEvent]) -> list[None]:
        await self._database.write(channel_events.settle, held)
        return [None] * len(held)

    def _publish(self, conversation: Conversation, message: Message) -> None:
        self._live.publish([conversation_changed(conversation, self._clock(), message.id)])


def _received(held: HeldEvent, event: Received, arrived: Arrived) -> MessageReceived:
    conversation = arrived.conversation
    return MessageReceived(
        at=held.received_at,
        conversation=conversation.id,
        message=arrived.message.id,
        channel=conversation.channel,
        account=conversation.account,
        contact=arrived.contact,
        kind=event.kind,
        text=event.text,
        choice=event.choice,
        media=tuple(one.kind for one in event.attachments),
        is_first_contact=arrived.is_first_contact,
        referral=event.referral,
    )


def _address(held: HeldEvent) -> tuple[str, str]:
    return held.account, held.address
