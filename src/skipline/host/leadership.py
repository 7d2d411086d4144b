"""A leader's mind: the queues of a routing group in memory, and what each event leaves to be written. No I/O here.

The queue itself is `skipline.queue.handle`, the same as on one node. What is added: which node carries which entry, and
which nodes can ring which agent. A batch collects what changed until it is written; nobody hears of a decision before.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec
import structlog

from skipline.model.ids import EntryId
from skipline.model.queue_events import (
    AgentCame,
    AgentChanged,
    AgentPaused,
    AgentReady,
    AgentWent,
    AnyQueueEvent,
    ContactEnded,
    EntryClosed,
    EntryJoined,
    EntryLeft,
    EntryOverflowed,
    EntryReranked,
    EntryRestored,
    EntryReturned,
    OfferMade,
    OfferWithdrawn,
    QueueDecision,
    QueuesConfigured,
    ReservationAccepted,
    ReservationDeclined,
    TimePassed,
)
from skipline.model.queueing import EntryState, Medium
from skipline.queue.estimate.forecaster import Forecaster
from skipline.queue.handle import handle, next_wake_at
from skipline.queue.keeping import KeptSeat, KeptStay, kept_seat, kept_stay, put_back
from skipline.queue.reach import Reach, unbind
from skipline.queue.state import QueueState
from skipline.store.shared_queues import Batch, KeptQueues

log = structlog.get_logger(__name__)

Numbered = tuple[str, int, AnyQueueEvent]
"""Whose event it is, its number there, and the event."""

NODE_LOST = "The node that carried the call was lost."


class Leadership:
    """Everything that a leader knows. `node` is its own name; `epoch` makes the ids of its reservations."""

    def __init__(self, *, group: str, node: str, epoch: int) -> None:
        self.state = QueueState(prefix=f"{group}{epoch}r")
        self.forecaster = Forecaster()
        self.forecaster.attach(self.state)
        self._node = node
        self._owners: dict[EntryId, str] = {}
        self._applied: dict[str, int] = {}
        self._reach = Reach()
        self._configured: QueuesConfigured | None = None
        self._is_reach_stale = False
        self._batch = Batch()
        self._entries: set[EntryId] = set()
        self._agents: set[str] = set()

    @property
    def next_wake_at(self) -> datetime | None:
        """When something falls due by itself."""
        return next_wake_at(self.state)

    def take_up(self, kept: KeptQueues, configured: QueuesConfigured, now: datetime) -> None:
        """Go on where the leader before was when it last wrote."""
        stays = [(node, msgspec.json.decode(body, type=KeptStay)) for node, body in kept.stays]
        seats = [msgspec.json.decode(body, type=KeptSeat) for body in kept.seats]
        self._applied = dict(kept.applied)
        self._owners = {stay.entry.id: node for node, stay in stays}
        self._reach.nodes = {seat.agent: set(seat.nodes) for seat in seats}
        self._configure(configured, now)
        decisions = put_back(self.state, [stay for _, stay in stays], seats, now)
        self.forecaster.attach(self.state)
        self._decide(decisions)

    def take(self, told: Iterable[Numbered], now: datetime) -> None:
        """Take events in their order. What was taken before is passed over."""
        fresh = []
        for node, number, event in told:
            if number > self._applied.get(node, 0):
                self._applied[node] = self._batch.applied[node] = number
                fresh.append((node, event))
        self._see_reach(fresh, now)
        for node, event in fresh:
            self._take(node, event, now)
        self._renew_reach(now)

    def pass_time(self, now: datetime) -> None:
        """See to what is due by itself."""
        if (due := self.next_wake_at) is not None and due <= now:
            self._handle(TimePassed(at=now), now)

    def lose(self, node: str, now: datetime) -> None:
        """A node is gone: its callers with it. What it promised to ring back is the leader's now, and so are its
        conversations."""
        lost = [entry for entry, owner in self._owners.items() if owner == node]
        for agent in self._reach.agents_at(node):
            self._take(node, AgentWent(at=now, agent=agent, medium=Medium.CALL), now)
        for entry in lost:
            self._owners[entry] = self._node
            self._entries.add(entry)
            self._lose_entry(entry, now)
        self._renew_reach(now)
        self._applied.pop(node, None)

    def withdraw_batch(self) -> Batch:
        """What is to be written now; the next batch begins empty."""
        batch, self._batch = self._batch, Batch()
        entries, self._entries = self._entries, set()
        agents, self._agents = self._agents, set()
        for entry in entries:
            self._keep_entry(batch, entry)
        for agent in agents:
            if (seat := self.state.seats.get(agent)) is not None:
                kept = kept_seat(seat, self._reach.nodes.get(agent, ()))
                batch.seats[agent] = msgspec.json.encode(kept).decode()
        return batch

    def _keep_entry(self, batch: Batch, entry: EntryId) -> None:
        stay = self.state.stays.get(entry)
        if stay is None:
            self._owners.pop(entry, None)
            batch.left.append(entry)
        else:
            body = msgspec.json.encode(kept_stay(stay)).decode()
            batch.stays[entry] = self._owners.get(entry, self._node), body

    def _see_reach(self, told: Iterable[tuple[str, AnyQueueEvent]], now: datetime) -> None:
        """Phones come and go, often many at once: the queues are told in one go, before anybody is matched."""
        is_new = False
        for node, event in told:
            if isinstance(event, AgentCame) and event.medium is not Medium.MESSAGE:
                is_new |= self._reach.come(event.agent, node)
        if is_new and self._configured is not None:
            self._configure(self._configured, now)

    def _renew_reach(self, now: datetime) -> None:
        if self._is_reach_stale and self._configured is not None:
            self._configure(self._configured, now)

    def _configure(self, event: QueuesConfigured, now: datetime) -> None:
        self._configured, self._is_reach_stale = event, False
        self._handle(self._reach.with_skills(event), now)

    def _take(self, node: str, event: AnyQueueEvent, now: datetime) -> None:
        match event:
            case QueuesConfigured():
                # Each node tells it when it starts or is told of a change; most tell what is known.
                if self._configured is None or _content(event) != _content(self._configured):
                    self._configure(event, now)
                return
            case AgentWent() if event.medium is not Medium.MESSAGE and self._reach.go(event.agent, node):
                # Another node rings them on: a call of this one must not wait for a phone that is not there.
                self._agents.add(event.agent)
                self._is_reach_stale = True
                return
            case EntryJoined() | EntryRestored():
                self._owners[event.entry.id] = node
                event = msgspec.structs.replace(event, entry=self._reach.bind(event.entry, node))
        self._handle(event, now)

    def _handle(self, event: AnyQueueEvent, now: datetime) -> None:
        self._renew_reach(now)
        self._touch(event)
        try:
            decisions = handle(self.state, event, now)
        except Exception:
            # A fact that cannot be is a fault of ours. The others are served on.
            log.exception("queue_event_not_handled", kind=type(event).__name__)
            return
        self._decide(decisions)

    def _touch(self, event: AnyQueueEvent) -> None:
        match event:
            case EntryJoined() | EntryRestored():
                self._entries.add(event.entry.id)
            case EntryReranked() | EntryLeft() | EntryReturned() | ContactEnded():
                self._entries.add(event.entry)
            case ReservationAccepted() | ReservationDeclined():
                if (offer := self.state.offers.get(event.reservation)) is not None:
                    self._entries.add(offer.stay.entry.id)
                    self._agents.add(offer.seat.name)
            case AgentCame() | AgentWent() | AgentReady() | AgentPaused():
                self._agents.add(event.agent)

    def _decide(self, decisions: Iterable[QueueDecision]) -> None:
        for decision in decisions:
            node = self._node
            match decision:
                case AgentChanged():
                    self._agents.add(decision.agent)
                case OfferMade() | OfferWithdrawn():
                    node = self._owner(decision.reservation.entry)
                    self._agents.add(decision.reservation.agent)
                case EntryOverflowed():
                    node = self._owner(decision.entry.id)
                case EntryClosed():
                    node = self._owner(decision.visit.entry)
            self._batch.decisions.append((node, msgspec.json.encode(unbind(decision)).decode()))

    def _owner(self, entry: EntryId) -> str:
        self._entries.add(entry)
        return self._owners.get(entry, self._node)

    def _lose_entry(self, entry: EntryId, now: datetime) -> None:
        stay = self.state.stays.get(entry)
        if stay is None or stay.medium is Medium.MESSAGE:
            return  # the leader's desk tells where it stands
        if stay.state is EntryState.CONNECTED:
            talked = (now.timestamp() * 1e6 - stay.left_at) / 1e6
            self._handle(ContactEnded(at=now, entry=entry, talk_seconds=max(0.0, talked)), now)
        elif stay.entry.is_call_back and not stay.is_with_agent:
            # Its promise is kept by another node, which tells of it again.
            self._handle(EntryRestored(at=now, entry=stay.entry), now)
        else:
            self._handle(EntryLeft(at=now, entry=entry, reason=NODE_LOST), now)


def _content(event: QueuesConfigured) -> tuple[object, ...]:
    return event.queues, event.tiers, event.agents
