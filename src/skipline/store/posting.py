"""Messages of ours as they are handed in: the message and its way to the provider, in one transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from skipline.model.commands import AskContact, Issued
from skipline.model.conversation import ConversationState, Direction, Message
from skipline.model.ids import CommandId, ConversationId, MessageId, RunId
from skipline.model.message import MessageBody, MessageKind, SendState
from skipline.model.sending import Answering, Content, Kept, Posted
from skipline.store import messages
from skipline.store.clock import read_clock
from skipline.store.message_schema import conversations, sendings
from skipline.store.prepared import Changes, Prepared, insertion
from skipline.store.schema import durable_runs

FLOW_PREFIX = "flow:"
"""What an author's name begins with that is no person."""
USUAL_LIFETIME = timedelta(hours=1)

_given = sa.bindparam
# Who writes in a conversation locks it first, so that messages are numbered in the order of their commits.
_LOCK = Prepared(
    sa.select(conversations.c.account, conversations.c.state, conversations.c.agent)
    .where(conversations.c.id == _given("conversation"))
    .with_for_update()
)
_ADD = insertion(sendings, "message_id", "conversation_id", "account", "command", "body", "due_at", "expires_at")
_CHANGES = Changes(conversations)
_OF_RUN = Prepared(
    sa.select(durable_runs.c.conversation, durable_runs.c.flow).where(durable_runs.c.id == _given("run"))
)
_OF_KEY = Prepared(
    sa.select(conversations.c.id).where(
        conversations.c.channel == _given("channel"),
        conversations.c.account == _given("account"),
        conversations.c.provider_id == _given("provider_id"),
    )
)


class NoConversation(LookupError):
    """There is no conversation to write in."""

    def __init__(self, conversation: str) -> None:
        super().__init__(f"there is no conversation {conversation}")


def post(transaction: sa.Connection, posted: Posted, lifetimes: Mapping[str, timedelta]) -> Kept:
    """Write a message with its way to the provider; a repeat changes nothing. `lifetimes` are those of the accounts.

    Raises `NoConversation`.
    """
    row = _LOCK.first(transaction, conversation=posted.conversation)
    if row is None:
        raise NoConversation(posted.conversation)
    standing: dict[str, Any] = {"state": ConversationState(row.state), "agent": row.agent}
    kept = messages.find_one(transaction, row.account, reference=posted.id)
    if kept is not None:
        return Kept(message=kept, is_new=False, **standing)
    present = read_clock(transaction)
    message = _message(posted, present)
    lifetime = posted.lifetime or lifetimes.get(row.account, USUAL_LIFETIME)
    messages.add(transaction, message, row.account)
    _ADD.do(transaction, **_sending_row(posted, row.account, present, lifetime))
    _CHANGES.do(transaction, (posted.conversation,), {"last_message_at": present})
    return Kept(message=message, is_new=True, **standing)


def post_for(
    transaction: sa.Connection, command: Issued, body: MessageBody, lifetimes: Mapping[str, timedelta]
) -> Kept:
    """Write what a run says to its own contact; otherwise as `post`."""
    conversation, key, flow = written_by(transaction, command.run)
    said = Posted(
        id=MessageId(command.id),
        conversation=conversation,
        body=body,
        author=f"{FLOW_PREFIX}{flow}",
        answering=answering(command, key),
    )
    return post(transaction, said, lifetimes)


def answering(command: Issued, conversation: str) -> Answering:
    """How a run's command is answered, whose conversation has this key."""
    return Answering(
        command=command.id,
        call=command.call,
        run=command.run,
        conversation=conversation,
        is_question=isinstance(command.body, AskContact),
    )


def written_by(transaction: sa.Connection, run: RunId) -> tuple[ConversationId, str, str]:
    """The conversation that a run writes in, its key among all that runs can have, and the run's flow.

    Raises `NoConversation`.
    """
    found = _OF_RUN.first(transaction, run=run)
    key, flow = (f"of run {run}", "") if found is None else (found.conversation, found.flow)
    channel, account, provider_id = (*key.split("/", 2), "", "")[:3]
    conversation = _OF_KEY.value(transaction, channel=channel, account=account, provider_id=provider_id)
    if conversation is None:
        raise NoConversation(key)
    return ConversationId(conversation), key, flow


def shown_text(body: MessageBody) -> str:
    """A message of ours as people read it in a list."""
    if body.text or body.template is None:
        return body.text or body.media_url
    return " ".join((f"[{body.template.name}]", *body.template.values))


def _message(posted: Posted, present: datetime) -> Message:
    answering = posted.answering
    return Message(
        id=MessageId(posted.id),
        conversation=posted.conversation,
        direction=Direction.OUT,
        at=present,
        kind=MessageKind.MEDIA if posted.body.media_url else MessageKind.TEXT,
        text=shown_text(posted.body),
        author=posted.author,
        state=SendState.QUEUED,
        body=posted.body,
        run=RunId("") if answering is None else answering.run,
        command=CommandId("") if answering is None else answering.command,
    )


def _sending_row(posted: Posted, account: str, present: datetime, lifetime: timedelta) -> dict[str, Any]:
    content = Content(body=posted.body, author=posted.author, is_from_person=posted.is_from_person)
    return {
        "message_id": posted.id,
        "conversation_id": posted.conversation,
        "account": account,
        "command": posted.answering,
        "body": content,
        "due_at": present,
        "expires_at": present + lifetime,
    }
