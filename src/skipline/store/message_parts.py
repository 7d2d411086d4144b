"""Long texts of SMS come in parts, each an event of its own. They are joined when all are here, and shown as they are
when the rest does not come."""

from datetime import timedelta

import msgspec
import sqlalchemy as sa

from skipline.model.intake import HeldEvent
from skipline.model.messaging import PARTS_WAIT_SECONDS, Part, Received
from skipline.store.channel_events import held_of
from skipline.store.clock import read_clock
from skipline.store.message_schema import channel_events


class PartsMissing(Exception):
    """Other parts of a text are not here yet; it is to be looked for again `retry_after`."""

    def __init__(self, part: Part, here: int, retry_after: timedelta) -> None:
        super().__init__(f"{here} of {part.total} parts are here")
        self.retry_after = retry_after


def take_parts(
    transaction: sa.Connection, held: HeldEvent, event: Received, part: Part
) -> tuple[Received, list[HeldEvent]] | None:
    """The whole text that a part belongs to, and the events of all its parts, now held; the part alone when it waited
    long enough; None when it was joined with others before. Raises `PartsMissing`."""
    others = _others(transaction, held, event, part)
    if held.id not in {one.id for one in others.values()}:
        return None
    if len(others) < part.total:
        waited = read_clock(transaction) - held.received_at
        rest = timedelta(seconds=PARTS_WAIT_SECONDS) - waited
        if rest > timedelta(0):
            raise PartsMissing(part, len(others), rest)
        return event, [held]
    parts = [others[number] for number in sorted(others)]
    _hold(transaction, parts, held)
    received = [one.event for one in parts if isinstance(one.event, Received)]
    return _joined(received), parts


def _others(transaction: sa.Connection, held: HeldEvent, event: Received, part: Part) -> dict[int, HeldEvent]:
    """The parts of the same text that are here and not shown yet, by their numbers."""
    wanted = sa.select(channel_events).filter_by(account=held.account, address=held.address, kind=Received.__name__)
    found: dict[int, HeldEvent] = {}
    for row in transaction.execute(wanted.where(channel_events.c.due_at.is_not(None)).order_by(channel_events.c.id)):
        one = held_of(row, held.owner)
        other = one.event.part if isinstance(one.event, Received) else None
        if other is not None and (other.reference, other.total) == (part.reference, part.total):
            found.setdefault(other.number, one)
    return found


def _hold(transaction: sa.Connection, parts: list[HeldEvent], held: HeldEvent) -> None:
    """Nobody else takes events of an address that we work on, so the other parts can be had for the asking."""
    until = sa.select(channel_events.c.due_at).where(channel_events.c.id == held.id).scalar_subquery()
    are_parts = channel_events.c.id.in_([one.id for one in parts])
    transaction.execute(sa.update(channel_events).where(are_parts).values(owner=held.owner, due_at=until))


def _joined(parts: list[Received]) -> Received:
    first = parts[0]
    text = "".join(one.text for one in parts)
    return msgspec.structs.replace(first, text=text, at=min(one.at for one in parts), part=None)
