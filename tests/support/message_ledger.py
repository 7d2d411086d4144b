"""Holds what the providers saw against what was kept: nothing that was taken is lost, and nothing happened twice.

The stand-ins write down every request and every webhook; afterwards, with the server at rest, `judge` compares. It
knows nothing of how messages travel, so that it cannot share a mistake with what carries them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from skipline.cli.demo.providers.ledger import Line, What
from skipline.store.message_schema import addresses, channel_events, conversations, messages, sendings
from skipline.store.schema import inbox, outbox

UNCERTAIN = "uncertain"
_STATE = "StateTold"
"""What is told of a message that nobody knows is looked at again for a while: it may be another program's."""
_RANK = {"queued": 0, "uncertain": 0, "sent": 1, "delivered": 2, "failed": 2, "read": 3, "played": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMessage:
    """A row of `messages`, as far as it is compared."""

    id: str
    conversation: str
    account: str
    direction: str
    provider_id: str | None
    state: str | None
    text: str
    at: datetime
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a database holds, with how much work it still has to do."""

    messages: Sequence[KeptMessage]
    conversations: Mapping[str, tuple[str, str, str]]
    addresses: Sequence[tuple[str, str, str]]
    open_events: int = 0
    open_sendings: int = 0
    open_inbox: int = 0
    open_outbox: int = 0

    def at_rest(self) -> bool:
        """Whether nothing is left to be done."""
        return not (self.open_events or self.open_sendings or self.open_inbox or self.open_outbox)


def read_kept(transaction: sa.Connection) -> Kept:
    """Everything that is compared, in one transaction."""
    columns = messages.c
    ordered = sa.select(messages).order_by(columns.conversation_id, columns.at, columns.position)
    found = [
        KeptMessage(
            id=row.id,
            conversation=row.conversation_id,
            account=row.account,
            direction=row.direction,
            provider_id=row.provider_id,
            state=row.state,
            text=row.text,
            at=row.at,
            position=row.position,
        )
        for row in transaction.execute(ordered)
    ]
    threads = sa.select(
        conversations.c.id, conversations.c.account, conversations.c.channel, conversations.c.provider_id
    )
    known = sa.select(addresses.c.account, addresses.c.channel, addresses.c.provider_id)
    return Kept(
        messages=found,
        conversations={row[0]: (row[1], row[2], row[3]) for row in transaction.execute(threads)},
        addresses=[(row[0], row[1], row[2]) for row in transaction.execute(known)],
        open_events=_count(transaction, channel_events.c.due_at.is_not(None) & (channel_events.c.kind != _STATE)),
        open_sendings=_count(transaction, sendings.c.due_at.is_not(None)),
        open_inbox=_count(transaction, inbox.c.run_id.is_(None)),
        open_outbox=_count(transaction, outbox.c.due_at.is_not(None)),
    )


def is_idle(transaction: sa.Connection) -> bool:
    """Whether no event and no message of ours is left to be dealt with."""
    open_events = _count(transaction, channel_events.c.due_at.is_not(None))
    return not (open_events or _count(transaction, sendings.c.due_at.is_not(None)))


def uncertain_messages(transaction: sa.Connection) -> set[str]:
    """The messages of ours of which nobody knows whether they were sent."""
    return set(transaction.scalars(sa.select(messages.c.id).where(messages.c.state == UNCERTAIN)))


def _count(transaction: sa.Connection, is_so: sa.ColumnElement[bool]) -> int:
    return transaction.execute(sa.select(sa.func.count()).where(is_so)).scalar_one()


def judge(
    lines: Sequence[Line], kept: Kept, *, resolution_seconds: float = 1.0, answers_each: int | None = None
) -> list[str]:
    """Every way in which the two disagree, in sentences; empty: the ledger is exact.

    `resolution_seconds` is how exactly the provider tells times: below it the order of a contact's messages is free.
    `answers_each`: so many messages must have gone to each contact who wrote, for a flow that says so many.
    """
    checks = (
        _lost_or_doubled(lines, kept),
        _order(lines, kept, resolution_seconds),
        _one_conversation(kept),
        _sent_once(lines, kept),
        _states(lines, kept),
        _answers(lines, kept, answers_each),
    )
    return [problem for check in checks for problem in check]


def _lost_or_doubled(lines: Sequence[Line], kept: Kept) -> Iterator[str]:
    """A customer's message that a 2xx was given for is there once; one that nobody wrote is not there at all."""
    wrote = {(line.account, line.id) for line in lines if line.what is What.WROTE}
    taken = {
        (line.account, one)
        for line in lines
        if line.what is What.POSTED and 200 <= line.status < 300
        for one in line.ids
    }
    found = Counter((one.account, one.provider_id or "") for one in kept.messages if one.direction == "in")
    for account, id_ in sorted(wrote & taken):
        if found[account, id_] != 1:
            yield f"{account} took message {id_}, and it was kept {found[account, id_]} times"
    for account, id_ in sorted(found.keys() - wrote):
        yield f"{account} kept message {id_}, which nobody wrote"


def _order(lines: Sequence[Line], kept: Kept, resolution_seconds: float) -> Iterator[str]:
    """A contact's messages are kept in the order of the provider's times."""
    written_at = {(line.account, line.id): line.at for line in lines if line.what is What.WROTE}
    latest: dict[str, datetime] = {}
    for one in kept.messages:
        at = written_at.get((one.account, one.provider_id or "")) if one.direction == "in" else None
        if at is None:
            continue
        before = latest.get(one.conversation)
        if before is not None and (before - at).total_seconds() >= resolution_seconds:
            yield f"message {one.provider_id} of conversation {one.conversation} comes after a later one"
        latest[one.conversation] = max(at, before) if before is not None else at


def _one_conversation(kept: Kept) -> Iterator[str]:
    """There is one conversation with a contact on an account, and every message is in one that exists."""
    for key, number in Counter(kept.conversations.values()).items():
        if number > 1:
            yield f"there are {number} conversations with {key}"
    for key, number in Counter(kept.addresses).items():
        if number > 1:
            yield f"there are {number} addresses {key}"
    for one in kept.messages:
        if one.conversation not in kept.conversations:
            yield f"message {one.id} is in no conversation"


def _sent_once(lines: Sequence[Line], kept: Kept) -> Iterator[str]:
    """What the provider accepted is ours and was sent once; what we believe was sent is what it accepted."""
    accepted = [line for line in lines if line.what is What.ACCEPTED]
    ours = {one.id: one for one in kept.messages if one.direction == "out"}
    by_provider_id = {one.provider_id for one in ours.values() if one.provider_id}
    for reference, number in Counter(line.reference for line in accepted if line.reference).items():
        if number > 1:
            yield f"message {reference} reached the provider {number} times"
    known = {line.id for line in accepted}
    for line in accepted:
        if line.id not in by_provider_id and line.reference not in ours:
            yield f"the provider accepted {line.id} ({line.reference}), of which we know nothing"
    for one in ours.values():
        if _RANK.get(one.state or "", 0) and one.state != "failed" and one.provider_id not in known:
            yield f"message {one.id} is {one.state}, and the provider never accepted it"


def _states(lines: Sequence[Line], kept: Kept) -> Iterator[str]:
    """A message is at least as far as the provider told, and a webhook of it was taken."""
    taken = {one for line in lines if line.what is What.POSTED and 200 <= line.status < 300 for one in line.ids}
    furthest: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        if line.what is What.TOLD and f"{line.id}/{line.state}" in taken:
            furthest[line.id] = max(furthest[line.id], _RANK[line.state])
    for one in kept.messages:
        if one.direction == "out" and one.provider_id and _RANK.get(one.state or "", 0) < furthest[one.provider_id]:
            yield f"message {one.id} is {one.state}, though the provider told more"


def _answers(lines: Sequence[Line], kept: Kept, answers_each: int | None) -> Iterator[str]:
    """Each contact who wrote was answered, but for answers that a death of ours interrupted: those are kept as
    uncertain, because nobody knows whether the provider has them, and are not sent again."""
    if answers_each is None:
        return
    accepted = [line for line in lines if line.what is What.ACCEPTED]
    got = Counter((line.account, line.contact) for line in accepted)
    wrote = {(line.account, line.contact) for line in lines if line.what is What.WROTE}
    uncertain = {one.id for one in kept.messages if one.state == UNCERTAIN} - {line.reference for line in accepted}
    missing = sum(max(0, answers_each - got[key]) for key in wrote)
    for key in sorted(wrote):
        if got[key] > answers_each or (got[key] < answers_each and missing != len(uncertain)):
            yield f"{key} was answered {got[key]} times instead of {answers_each}"


def read_lines(file: Path) -> list[Line]:
    """The lines that a ledger was kept in, one JSON object each."""
    with file.open("rb") as lines:
        return [msgspec.json.decode(line, type=Line) for line in lines]


def some_of(problems: Iterable[str], most: int = 12) -> str:
    """A few problems to read, and how many there are."""
    found = list(problems)
    return "\n".join((*found[:most], f"({len(found)} in all)"))
