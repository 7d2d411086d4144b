"""Files of messages on their way from the provider: who is to fetch them, and what became of them.

Fetching twice is harmless, so a lease is only a later `due_at`.
"""

from datetime import timedelta

import msgspec
import sqlalchemy as sa

from skipline.model.conversation import MediaRecord
from skipline.model.ids import ConversationId, MessageId
from skipline.model.media import MediaFile
from skipline.model.messaging import Attachment
from skipline.store.clock import read_clock
from skipline.store.message_schema import media_files, messages

LEASE = timedelta(minutes=3)


def has_due(transaction: sa.Connection) -> bool:
    """Whether a file is to be fetched now."""
    is_due = media_files.c.due_at <= read_clock(transaction)
    return bool(transaction.scalar(sa.select(sa.exists().where(is_due))))


def take(transaction: sa.Connection, most: int) -> list[MediaFile]:
    """Up to `most` files that are to be fetched now; nobody else takes them for the time of the lease."""
    present = read_clock(transaction)
    wanted = sa.select(media_files).where(media_files.c.due_at <= present).order_by(media_files.c.due_at).limit(most)
    rows = transaction.execute(wanted.with_for_update(skip_locked=True)).all()
    later = {"due_at": present + LEASE, "attempts": media_files.c.attempts + 1}
    found = [
        MediaFile(
            message=MessageId(row.message_id),
            position=row.position,
            account=row.account,
            attachment=msgspec.convert(row.attachment, Attachment),
            record=msgspec.convert(row.body, MediaRecord),
            attempts=row.attempts + 1,
        )
        for row in rows
    ]
    for one in found:
        transaction.execute(_row(one).values(later))
    return found


def reclaim(transaction: sa.Connection) -> None:
    """Let what was on its way be due now, in a folder that is ours alone: whoever fetched it is dead."""
    if transaction.dialect.name == "postgresql":
        return  # shared with others, who live
    is_on_its_way = (media_files.c.due_at.is_not(None), media_files.c.attempts > 0)
    transaction.execute(sa.update(media_files).where(*is_on_its_way).values(due_at=read_clock(transaction)))


def put_off(transaction: sa.Connection, file: MediaFile, delay: timedelta, problem: str) -> None:
    """Have a file fetched again later."""
    tried = msgspec.structs.replace(file.record, problem=problem)
    later = read_clock(transaction) + delay
    transaction.execute(_row(file).values(due_at=later, body=msgspec.to_builtins(tried)))


def settle(transaction: sa.Connection, file: MediaFile, record: MediaRecord) -> ConversationId | None:
    """A file is in our storage, or never will be; gives its conversation. Its message shows it from now on."""
    transaction.execute(_row(file).values(due_at=None, body=msgspec.to_builtins(record)))
    of_message = messages.c.id == file.message
    row = transaction.execute(sa.select(messages).where(of_message).with_for_update()).one_or_none()
    if row is None:
        return None
    media = list(row.body.get("media", ()))
    media[file.position : file.position + 1] = [msgspec.to_builtins(record)]
    transaction.execute(sa.update(messages).where(of_message).values(body={**row.body, "media": media}))
    return ConversationId(row.conversation_id)


def find(
    transaction: sa.Connection, conversation: ConversationId, message: MessageId, position: int
) -> MediaRecord | None:
    """A file of a message of this conversation; None: there is none."""
    joined = media_files.join(messages, messages.c.id == media_files.c.message_id)
    named = (
        messages.c.conversation_id == conversation,
        media_files.c.message_id == message,
        media_files.c.position == position,
    )
    body = transaction.scalar(sa.select(media_files.c.body).select_from(joined).where(*named))
    return None if body is None else msgspec.convert(body, MediaRecord)


def _row(file: MediaFile) -> sa.Update:
    return sa.update(media_files).where(
        media_files.c.message_id == file.message, media_files.c.position == file.position
    )
