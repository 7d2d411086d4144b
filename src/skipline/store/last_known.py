"""What each source last answered to each question, kept for when the source is down.

The answers are personal data: `retention.py` ends their keeping, a day by default.
"""

import sqlalchemy as sa

from skipline.model.lookup import KnownAnswer
from skipline.store.database import Database
from skipline.store.schema import last_known
from skipline.store.statements import load_statements

_STATEMENTS = load_statements("last_known", last_known)


def remember(transaction: sa.Connection, source: str, key: str, answer: KnownAnswer) -> None:
    """Keep a source's answer in place of an older one. `key` names the question and is a digest."""
    row = {"source": source, "key": key, "value": answer.value, "known_at": answer.answered_at}
    _STATEMENTS["remember"].write(transaction, [row])


def recall(transaction: sa.Connection, source: str, key: str) -> KnownAnswer | None:
    """The last answer to a question, however old; None when there is none."""
    asked = (last_known.c.source == source, last_known.c.key == key)
    row = transaction.execute(sa.select(last_known.c.value, last_known.c.known_at).where(*asked)).one_or_none()
    return None if row is None else KnownAnswer(value=row.value, answered_at=row.known_at)


def forget(transaction: sa.Connection, source: str, key: str) -> None:
    """Delete the answer to one question."""
    asked = (last_known.c.source == source, last_known.c.key == key)
    transaction.execute(sa.delete(last_known).where(*asked))


class StoredAnswers:
    """The functions above as the host's look-ups call them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, source: str, key: str) -> KnownAnswer | None:
        """The last answer remembered, however old."""
        return await self._database.read(recall, source, key)

    async def remember(self, source: str, key: str, answer: KnownAnswer) -> None:
        """Keep `answer` in place of an older one."""
        await self._database.write_soon(remember, source, key, answer)

    async def forget(self, source: str, key: str) -> None:
        """Drop what is kept, because the source says that it knows nothing."""
        await self._database.write(forget, source, key)
