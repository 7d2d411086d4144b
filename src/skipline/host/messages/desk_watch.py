"""Looks after conversations while nobody does anything: agents who leave a contact unanswered, contacts who do not know
yet how long they will wait, and ends that somebody has not heard of."""

import asyncio
from datetime import datetime, timedelta

import msgspec
import structlog

from skipline.base.clock import Clock
from skipline.centre import conversations as steps
from skipline.centre.announcing import FIRST_TOLD_SECONDS
from skipline.centre.conversation_stays import ConversationStay, StayState
from skipline.centre.conversations import Step
from skipline.centre.lines import Standing
from skipline.host.host import Host
from skipline.host.messages.post import MessagePost
from skipline.host.messages.stays import Stays
from skipline.model.ids import MessageId
from skipline.model.message import MessageBody
from skipline.model.queueing import Queue
from skipline.queue.spoken import sentences
from skipline.store import conversation_stays as store
from skipline.store.database import Database
from skipline.store.errors import StorageError
from skipline.store.posting import NoConversation

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
UNHEARD_SECONDS = 60.0
"""After so long somebody is told again of an end that they have not answered to."""
_ENDINGS_EVERY = timedelta(seconds=30)


class Watch:
    """`look` does the rounds once; `post` writes to contacts."""

    def __init__(
        self,
        *,
        database: Database,
        host: Host,
        stays: Stays,
        clock: Clock,
        post: MessagePost,
    ) -> None:
        self._database, self._host, self._stays, self._clock, self._post = database, host, stays, clock, post
        self._endings_at: datetime | None = None

    async def run(self) -> None:
        """Do the rounds until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._stays.own:
                continue
            try:
                await self.look()
            except StorageError as trouble:
                log.error("conversations_not_watched", why=str(trouble))
            except Exception:  # a bug of ours stops nobody who talks
                log.exception("conversations_not_watched")

    async def look(self) -> None:
        """Do what is due now. Raises `StorageError`."""
        now = self._clock()
        for stay in [one for one in self._stays.own.values() if _may_be_told(one, now)]:
            await self._tell_place(stay, now)
        await self._offer_unanswered(now)
        if self._endings_at is None or now - self._endings_at >= _ENDINGS_EVERY:
            self._endings_at = now
            await self._tell_endings(now)

    async def _offer_unanswered(self, now: datetime) -> None:
        """Offer conversations anew whose agents promised an answer by now."""
        node = self._host.centre.node
        for stay in await self._database.read(store.of_node, node, [StayState.TALKING]):
            promise = self._queue(stay).reply_within_seconds
            wrote_at = stay.answered_at or stay.connected_at
            if not promise or wrote_at is None or (now - wrote_at).total_seconds() < promise:
                continue
            since = await self._database.read(store.unanswered_since, stay)
            if since is not None and (silent := (now - since).total_seconds()) >= promise:
                await self._stays.change(stay.entry.id, _silence_of(stay, silent, now))

    async def _tell_place(self, seen: ConversationStay, now: datetime) -> None:
        """Write to a contact once where they stand and how long it may take, and again when their tier is another."""
        standing = self._host.centre.lines.standing(seen.entry.id)
        stay = None if standing is None else await self._database.read(store.find, seen.entry.id)
        if stay is None or standing is None or not _may_be_told(stay, now):
            return
        tier, words = stay.entry.place.tier, _words(self._queue(stay), standing, stay.language)
        if words:
            await self._write(stay, words, MessageId(f"{stay.entry.id}:told:{tier}"))
        await self._stays.change(stay.entry.id, lambda one: Step(stay=msgspec.structs.replace(one, told_tier=tier)))

    async def _write(self, stay: ConversationStay, words: str, id_: MessageId) -> None:
        try:
            author = f"queue:{stay.entry.place.queue}"
            await self._post.post(stay.conversation, MessageBody(text=words), author, message_id=id_)
        except NoConversation as gone:  # the others are told all the same
            log.error("contact_not_told", entry=stay.entry.id, why=str(gone))

    async def _tell_endings(self, now: datetime) -> None:
        """Tell runs and queues again of ends that they should have heard of."""
        for stay in await self._database.read(store.of_node, self._host.centre.node, [StayState.ENDED]):
            await self._stays.answer(stay)
            patience = UNHEARD_SECONDS + self._queue(stay).wrap_up_seconds
            if stay.left_at is not None and (now - stay.left_at).total_seconds() > patience:
                self._stays.tell_queues([stay])

    def _queue(self, stay: ConversationStay) -> Queue:
        name = stay.entry.place.queue
        return self._host.centre.queues.get(name) or Queue(name=name)


def _may_be_told(stay: ConversationStay, now: datetime) -> bool:
    has_waited = (now - stay.entry.joined_at).total_seconds() >= FIRST_TOLD_SECONDS
    return stay.state is StayState.WAITING and has_waited and stay.told_tier != stay.entry.place.tier


def _silence_of(seen: ConversationStay, seconds: float, now: datetime) -> store.Move:
    """The step for an agent who is silent, unless they wrote, or somebody else has it, since it was looked at."""

    def move(stay: ConversationStay) -> Step | None:
        is_same = (stay.agent, stay.connected_at, stay.answered_at) == (seen.agent, seen.connected_at, seen.answered_at)
        return steps.fall_silent(stay, seconds, now) if is_same else None

    return move


def _words(queue: Queue, standing: Standing, wanted: str) -> str:
    language = sentences.language_for(wanted)
    said = [sentences.position(standing.position, language)] if queue.says_position else []
    if queue.says_wait and standing.estimate is not None:
        said.append(sentences.wait(standing.estimate, language))
    return " ".join(said)
