"""What people write and do in conversations, whoever has them."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from skipline.base.clock import Clock
from skipline.base.ids import Ids
from skipline.host.live import Live
from skipline.host.messages.desk import Desk
from skipline.host.messages.post import MessagePost
from skipline.host.messages.told import NO_MESSAGE, conversation_changed
from skipline.model.configuration import Account
from skipline.model.conversation import Conversation, ConversationState, Message
from skipline.model.ids import ConversationId, MessageId
from skipline.model.message import MessageBody
from skipline.store import conversation_deeds as deeds
from skipline.store import conversations
from skipline.store.database import Database


class KeyReused(Exception):
    """A request came again under its key and says something else."""


class People:
    """People at work in conversations. `accounts` are those of the workspace in force."""

    def __init__(
        self,
        *,
        database: Database,
        live: Live,
        post: MessagePost,
        desk: Desk,
        accounts: Callable[[], Iterable[Account]],
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._database, self._live, self._post, self._desk = database, live, post, desk
        self._accounts, self._clock, self._ids = accounts, clock, ids

    def silence(self, account: str) -> timedelta:
        """How long flows of an account are silent once a person wrote in their place."""
        usual = Account(name=account, type="").resume_after_seconds
        known = (one.resume_after_seconds for one in self._accounts() if one.name == account)
        return timedelta(seconds=next(known, usual))

    async def write(self, conversation: ConversationId, body: MessageBody, author: str, key: str = "") -> Message:
        """Write to the contact, once for each `key` that is not empty. A flow that has the contact is silent from then
        on, as when somebody writes in the provider's own app.

        Raises `ValueError`, `NoConversation`, and `KeyReused` when the key was used for other words.
        """
        id_ = self._id(conversation, key)
        message = await self._post.post(conversation, body, author, message_id=id_, is_from_person=True)
        if message.body != body:
            raise KeyReused
        await self._desk.note_answer(conversation)
        found = await self._database.read(conversations.read, conversation)
        if found is not None and found.state is ConversationState.BOT:
            await self.pause(conversation, self._clock() + self.silence(found.account))
        return message

    async def note(self, conversation: ConversationId, text: str, author: str, key: str = "") -> Message:
        """Write something down that the contact does not see. Raises `NoConversation` and `KeyReused`."""
        note = deeds.make_note(self._id(conversation, key), conversation, author, text, self._clock())
        found, kept = await self._database.write(deeds.add_note, note)
        if kept.text != text:
            raise KeyReused
        self._tell(found, kept.id)
        return kept

    async def mark_read(self, conversation: ConversationId) -> Conversation:
        """Somebody has seen everything. Raises `NoConversation`."""
        return self._told(await self._database.write(deeds.mark_read, conversation))

    async def pause(self, conversation: ConversationId, until: datetime) -> Conversation:
        """Keep flows silent until then. Raises `NoConversation`."""
        return self._told(await self._database.write(deeds.pause, conversation, until))

    async def resume(self, conversation: ConversationId) -> Conversation:
        """Let flows answer again. Raises `NoConversation`."""
        return self._told(await self._database.write(deeds.resume, conversation))

    async def close(self, conversation: ConversationId, by: str) -> Conversation:
        """A conversation is over, whoever had it. Raises `NoConversation`."""
        if not await self._desk.close(conversation, by):
            return self._told(await self._database.write(deeds.close, conversation, self._clock()))
        found = await self._database.read(conversations.read, conversation)
        assert found is not None  # noqa: S101 - it was closed just now, and none is ever deleted
        return found

    def _id(self, conversation: ConversationId, key: str) -> MessageId:
        if not key:
            return MessageId(self._ids())
        return MessageId("k" + hashlib.sha256(f"{conversation}\n{key}".encode()).hexdigest()[:32])

    def _told(self, found: Conversation) -> Conversation:
        self._tell(found)
        return found

    def _tell(self, found: Conversation, message: MessageId = NO_MESSAGE) -> None:
        self._live.publish([conversation_changed(found, self._clock(), message)])
