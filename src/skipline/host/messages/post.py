"""The one way in which people and flows write to a contact: what they write is kept, and on its way, in one
transaction."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

from skipline.base.ids import Ids
from skipline.host.live import Live
from skipline.model.commands import Issued
from skipline.model.conversation import Message
from skipline.model.ids import ConversationId, MessageId
from skipline.model.live_events import ConversationChanged
from skipline.model.message import MessageBody
from skipline.model.sending import Answering, Kept, Posted
from skipline.store import posting
from skipline.store.database import Database

Lifetimes = Callable[[], Mapping[str, timedelta]]
"""How long messages of each account may wait to be sent."""


class MessagePost:
    """Takes messages to contacts in. `posted` is set when one was: who sends them looks then."""

    def __init__(self, *, database: Database, live: Live, ids: Ids, lifetimes: Lifetimes) -> None:
        self._database, self._live, self._ids, self._lifetimes = database, live, ids, lifetimes
        self.posted = asyncio.Event()

    async def post(
        self,
        conversation: ConversationId,
        body: MessageBody,
        author: str,
        command: Issued | None = None,
        *,
        message_id: MessageId | None = None,
        is_from_person: bool = False,
        expires_seconds: float | None = None,
    ) -> Message:
        """Write `body` to the contact of `conversation`; gives the message as it is kept, queued.

        `command` is the run's command that this carries out: its id is the message's, so a repeat writes nothing;
        `message_id` does the same for others. `author` is an agent's name or `flow:<key>`. After `expires_seconds`
        (None: the account's own limit) it is not sent any more. Raises `ValueError` for a message without anything in
        it, `NoConversation`, and `StorageError`.
        """
        posted = Posted(
            id=message_id or MessageId(command.id if command is not None else self._ids()),
            conversation=conversation,
            body=body,
            author=author,
            lifetime=None if expires_seconds is None else timedelta(seconds=expires_seconds),
            is_from_person=is_from_person,
            answering=None if command is None else await self._answering(command),
        )
        _check(body)
        return self._told(await self._database.write(posting.post, posted, self._lifetimes()))

    async def post_for(self, command: Issued, body: MessageBody) -> Message:
        """Write what a run says to its own contact; otherwise as `post`."""
        _check(body)
        return self._told(await self._database.write(posting.post_for, command, body, self._lifetimes()))

    async def _answering(self, command: Issued) -> Answering:
        _, key, _ = await self._database.read(posting.written_by, command.run)
        return posting.answering(command, key)

    def _told(self, kept: Kept) -> Message:
        """A message that is kept, told to who sends and to who watches."""
        self.posted.set()
        if kept.is_new:
            self._live.publish([_change(kept)])
        return kept.message


def _check(body: MessageBody) -> None:
    if not (body.text or body.media_url or body.template):
        raise ValueError("a message needs a text, a file or a template")


def _change(kept: Kept) -> ConversationChanged:
    message = kept.message
    return ConversationChanged(
        at=message.at, conversation=message.conversation, state=kept.state, agent=kept.agent, message=message.id
    )
