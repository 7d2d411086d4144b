"""What providers told, from the moment it is kept until everything it asks for is done. Four rules:

1. A delivery and its events are kept in one transaction, before the provider hears that we have them. An event is one
   row, told apart by `(account, dedup)` however often it is delivered.
2. `due_at` drives everything: an event is due after a small hold, again after a failure, at the end of the lease while
   somebody handles it, and never once it is done (NULL).
3. Events of one address are taken together, in the order of the provider's times, and by nobody else meanwhile. One
   that came late overtakes those that still wait.
4. Everything done about an event may be done again: who takes it up after a crash changes nothing twice.

Times are the database's own, so nodes whose clocks differ agree.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from skipline.base.fault_points import pass_point
from skipline.model.intake import DeliveredEvent, HeldEvent, TakenDelivery, address_of, kind_of
from skipline.model.messaging import AnyChannelEvent, Noted, StateTold
from skipline.store.clock import read_clock
from skipline.store.exclusion import exclude_others
from skipline.store.message_schema import channel_deliveries, channel_events
from skipline.store.prepared import Prepared
from skipline.store.statements import load_statements

_DELIVERIES = load_statements("channel_deliveries", channel_deliveries)
_EVENTS = load_statements("channel_events", channel_events)
_AS_JSON: msgspec.json.Decoder[AnyChannelEvent] = msgspec.json.Decoder(AnyChannelEvent)


def keep_all(transaction: sa.Connection, taken: Sequence[TakenDelivery], hold: timedelta) -> None:
    """Keep deliveries with their events; what a contact did is due after `hold`, so that what was sent before it may
    still come first."""
    now = read_clock(transaction)
    _DELIVERIES["keep"].write(transaction, [_delivery_row(one) for one in taken if one.body is not None])
    _EVENTS["keep"].write(transaction, [_event_row(one, event, now, hold) for one in taken for event in one.events])
    pass_point("delivery_written")


def next_due(transaction: sa.Connection) -> timedelta | None:
    """How long until an event is due; not positive: one is; None: there is none."""
    first: datetime | None = _SOONEST.value(transaction)
    return None if first is None else first - read_clock(transaction)


def take(transaction: sa.Connection, owner: str, most: int, lease: timedelta) -> list[HeldEvent]:
    """The events of up to `most` addresses that are due, in their order, now held by `owner`."""
    exclude_others(transaction, "channel events")
    now = read_clock(transaction)
    taken = _TAKE.all(transaction, owner=owner, present=now, lease_end=now + lease, most=most)
    return [held_of(one, owner) for one in sorted(taken, key=lambda one: (one.at, one.id))]


def settle(transaction: sa.Connection, held: Sequence[HeldEvent], problem: str = "") -> None:
    """Nothing more is to be done about these events; `problem` says what could not be done."""
    _LET_GO.do_all(transaction, [_let_go(one, None, problem) for one in held])


def put_off(transaction: sa.Connection, held: Sequence[HeldEvent], problem: str, retry_after: timedelta) -> None:
    """Let events go, to be handled again later."""
    if held:
        due_at = read_clock(transaction) + retry_after
        _LET_GO.do_all(transaction, [_let_go(one, due_at, problem) for one in held])


def put_back(transaction: sa.Connection, held: Sequence[HeldEvent], retry_after: timedelta) -> None:
    """Let events go that were not tried, to be taken again later."""
    if held:
        due_at = read_clock(transaction) + retry_after
        _PUT_BACK.do_all(transaction, [{"event": one.id, "holder": one.owner, "due_at": due_at} for one in held])


def reclaim(transaction: sa.Connection) -> None:
    """Whoever held events is dead, as in a folder that is ours alone: they are due now."""
    is_held = sa.and_(channel_events.c.owner.is_not(None), channel_events.c.due_at.is_not(None))
    transaction.execute(sa.update(channel_events).where(is_held).values(owner=None, due_at=read_clock(transaction)))


def find_recent(transaction: sa.Connection, account: str, limit: int) -> list[DeliveredEvent]:
    """What an account's provider told lately, newest first."""
    row = channel_events
    found = sa.select(row).where(row.c.account == account).order_by(row.c.id.desc())
    return [_delivered(one) for one in transaction.execute(found.limit(limit))]


def last_received(transaction: sa.Connection, account: str) -> datetime | None:
    """When an account's provider last told anything that is still on record."""
    row = channel_events
    wanted = sa.select(row.c.received_at).where(row.c.account == account).order_by(row.c.id.desc()).limit(1)
    found: datetime | None = transaction.scalar(wanted)
    return found


def first_received(transaction: sa.Connection, account: str) -> datetime | None:
    """When an account's provider first told anything that is still on record."""
    row = channel_events
    wanted = sa.select(row.c.received_at).where(row.c.account == account).order_by(row.c.id).limit(1)
    found: datetime | None = transaction.scalar(wanted)
    return found


def _due_addresses() -> sa.Subquery:
    """The addresses that have something due and that nobody works on, and how far each may be handled."""
    row, held, now = channel_events, channel_events.alias(), sa.bindparam("present", type_=channel_events.c.at.type)
    is_held = (held.c.account == row.c.account, held.c.address == row.c.address, held.c.owner.is_not(None))
    in_hands = sa.exists().where(*is_held, held.c.due_at > now)
    found = sa.select(row.c.account, row.c.address, sa.func.max(row.c.at).label("until"))
    found = found.where(row.c.due_at <= now, ~in_hands).group_by(row.c.account, row.c.address)
    return found.order_by(sa.func.min(row.c.due_at)).limit(sa.bindparam("most", type_=sa.Integer)).subquery()


def _taking() -> sa.Update:
    """The events of addresses that are due come into the hands of an owner."""
    row, due = channel_events, _due_addresses()
    is_theirs = sa.and_(row.c.account == due.c.account, row.c.address == due.c.address, row.c.at <= due.c.until)
    wanted = sa.select(row.c.id).join(due, is_theirs).where(row.c.due_at.is_not(None))
    held = {"owner": sa.bindparam("owner"), "due_at": sa.bindparam("lease_end"), "attempts": row.c.attempts + 1}
    given = (row.c.id, row.c.account, row.c.address, row.c.at, row.c.received_at, row.c.attempts, row.c.body)
    return sa.update(row).where(row.c.id.in_(wanted)).values(held).returning(*given)


def _let_go(held: HeldEvent, due_at: datetime | None, problem: str) -> dict[str, Any]:
    return {"event": held.id, "holder": held.owner, "due_at": due_at, "problem": problem}


# SQLite takes the index of what is unhandled only when it is told that nothing else is asked for.
_SOONEST = Prepared(sa.select(sa.func.min(channel_events.c.due_at)).where(channel_events.c.due_at.is_not(None)))
_TAKE = Prepared(_taking())
_is_ours = (channel_events.c.id == sa.bindparam("event"), channel_events.c.owner == sa.bindparam("holder"))
_ours = sa.update(channel_events).where(*_is_ours).values(due_at=sa.bindparam("due_at"), owner=None)
_LET_GO = Prepared(_ours.values(problem=sa.bindparam("problem")))
_PUT_BACK = Prepared(_ours.values(attempts=channel_events.c.attempts - 1))


def _delivery_row(taken: TakenDelivery) -> dict[str, Any]:
    return {
        "id": taken.id,
        "account": taken.account,
        "received_at": taken.received_at,
        "headers": [list(one) for one in taken.headers],
        "body": taken.body,
    }


def _event_row(taken: TakenDelivery, event: AnyChannelEvent, now: datetime, hold: timedelta) -> dict[str, Any]:
    return {
        "account": taken.account,
        "dedup": event.key,
        "at": event.at,
        "received_at": taken.received_at,
        "delivery_id": taken.id,
        "address": address_of(event),
        "kind": kind_of(event),
        "body": msgspec.json.encode(event).decode(),
        "due_at": _due(event, now, hold),
    }


def _due(event: AnyChannelEvent, now: datetime, hold: timedelta) -> datetime | None:
    if isinstance(event, Noted):
        return None
    return now if isinstance(event, StateTold) else now + hold


def held_of(row: Any, owner: str) -> HeldEvent:
    """A row of `channel_events` in the hands of `owner`."""
    return HeldEvent(
        id=row.id,
        owner=owner,
        account=row.account,
        address=row.address,
        received_at=row.received_at,
        attempts=row.attempts,
        event=_AS_JSON.decode(row.body),
    )


def _delivered(row: Any) -> DeliveredEvent:
    event = _AS_JSON.decode(row.body)
    return DeliveredEvent(
        id=row.id,
        at=row.at,
        received_at=row.received_at,
        kind=row.kind,
        text=getattr(event, "text", ""),
        is_handled=row.due_at is None,
        attempts=row.attempts,
        problem=row.problem,
    )
