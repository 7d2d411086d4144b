"""Queues that are kept and put back go on as if nothing had happened."""

from datetime import UTC, datetime, timedelta

import msgspec

from skipline.model.configuration import Tier
from skipline.model.ids import EntryId
from skipline.model.queue_events import (
    AgentCame,
    AgentPaused,
    AnyQueueEvent,
    ContactEnded,
    EntryClosed,
    EntryJoined,
    EntryRestored,
    OfferMade,
    OfferWithdrawn,
    QueueDecision,
    QueuesConfigured,
    ReservationAccepted,
    TimePassed,
)
from skipline.model.queueing import Agent, AgentState, Entry, EntryState, Place, Preference, Queue
from skipline.queue.handle import handle, next_wake_at
from skipline.queue.keeping import KeptSeat, KeptStay, kept_seat, kept_stay, put_back
from skipline.queue.lists import agent_standings, waiting_entries
from skipline.queue.reach import Reach, unbound
from skipline.queue.state import QueueState

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
CONFIGURED = QueuesConfigured(
    at=NOON,
    queues=(Queue(name="vip", wrap_up_seconds=30.0),),
    tiers=(Tier(name="gold", target_seconds=20),),
    agents=tuple(Agent(name=name, queues=("vip",)) for name in ("ana", "ben", "eva", "joe")),
)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def entry(id_: str, seconds: float = 0.0) -> Entry:
    return Entry(id=EntryId(id_), joined_at=at(seconds), place=Place(queue="vip", tier="gold"))


def told(state: QueueState, seconds: float, *events: AnyQueueEvent) -> list[QueueDecision]:
    return [decision for event in events for decision in handle(state, event, at(seconds))]


def busy() -> tuple[QueueState, OfferMade]:
    """One entry wraps up, one talks, one rings at eva, two wait; joe is on a break."""
    state = QueueState(prefix="a")
    told(state, 0, CONFIGURED, AgentCame(at=at(0), agent="ana"), AgentCame(at=at(0), agent="joe"))
    told(state, 0, AgentPaused(at=at(0), agent="joe", reason="lunch"))
    for number, agent in enumerate(("ana", "ben")):
        told(state, number, AgentCame(at=at(number), agent=agent))
        [offer] = [
            one
            for one in told(state, number, EntryJoined(at=at(number), entry=entry(f"e{number}", number)))
            if isinstance(one, OfferMade)
        ]
        told(state, number, ReservationAccepted(at=at(number), reservation=offer.reservation.id))
    told(state, 5, ContactEnded(at=at(5), entry=EntryId("e0"), talk_seconds=5.0))
    told(state, 6, *(EntryJoined(at=at(6), entry=entry(f"e{number}", 6 + number / 10)) for number in (2, 3, 4)))
    [rings] = [one for one in told(state, 7, AgentCame(at=at(7), agent="eva")) if isinstance(one, OfferMade)]
    return state, rings


def another(state: QueueState, seconds: float) -> tuple[QueueState, list[QueueDecision]]:
    """What the next leader makes of it, by way of the database's JSON."""
    stays = [msgspec.json.decode(msgspec.json.encode(kept_stay(one)), type=KeptStay) for one in state.stays.values()]
    nodes = {name: ("n1",) if seat.is_reachable else () for name, seat in state.seats.items()}
    seats = [
        msgspec.json.decode(msgspec.json.encode(kept_seat(one, nodes[one.name])), type=KeptSeat)
        for one in state.seats.values()
    ]
    heir = QueueState(prefix="b")
    handle(heir, CONFIGURED, at(seconds))
    return heir, put_back(heir, stays, seats, at(seconds))


def test_nothing_is_decided_anew_and_everybody_stands_where_they_stood() -> None:
    state, _ = busy()
    heir, decided = another(state, 8)
    assert decided == []
    assert agent_standings(heir) == agent_standings(state)
    assert waiting_entries(heir, "vip", at(9), 10) == waiting_entries(state, "vip", at(9), 10)
    assert next_wake_at(heir) == next_wake_at(state)


def test_a_phone_that_rings_may_still_be_answered() -> None:
    state, rings = busy()
    heir, _ = another(state, 8)
    told(heir, 9, ReservationAccepted(at=at(9), reservation=rings.reservation.id))
    assert heir.stays[rings.entry.id].state is EntryState.CONNECTED
    assert heir.seats["eva"].state is AgentState.ENGAGED


def test_wrap_up_ends_when_it_would_have_and_the_record_is_whole() -> None:
    for state in (busy()[0], another(busy()[0], 8)[0]):
        decided = told(state, 36, TimePassed(at=at(36)))
        [closed] = [one for one in decided if isinstance(one, EntryClosed) and one.visit.entry == "e0"]
        assert (closed.visit.talk_seconds, closed.visit.offers, closed.visit.agent) == (5.0, 1, "ana")


def test_a_wrap_up_of_somebody_who_is_no_agent_any_more_is_put_back_too() -> None:
    state, _ = busy()
    stays = [kept_stay(one) for one in state.stays.values()]
    heir = QueueState(prefix="b")
    handle(heir, msgspec.structs.replace(CONFIGURED, agents=CONFIGURED.agents[1:]), at(8))
    put_back(heir, stays, [], at(8))
    assert heir.seats["ana"].state is AgentState.WRAP_UP
    decided = told(heir, 36, TimePassed(at=at(36)))
    assert [one.visit.agent for one in decided if isinstance(one, EntryClosed)] == ["ana"]
    assert "ana" not in heir.seats


def test_who_carries_an_entry_is_believed_that_an_agent_has_it() -> None:
    state, rings = busy()
    waits = EntryRestored(at=at(9), entry=state.stays[EntryId("e3")].entry, agent="joe", connected_at=at(8))
    told(state, 9, waits, waits)
    assert state.seats["joe"].state is AgentState.ENGAGED
    taken = EntryRestored(at=at(9), entry=rings.entry, agent="eva", connected_at=at(8))
    assert not [one for one in told(state, 9, taken) if isinstance(one, OfferWithdrawn)]
    assert state.stays[rings.entry.id].state is EntryState.CONNECTED


def test_who_carries_an_entry_anew_has_it_offered_anew() -> None:
    state, rings = busy()
    decided = told(state, 9, EntryRestored(at=at(9), entry=rings.entry))
    assert [type(one) for one in decided if isinstance(one, OfferWithdrawn | OfferMade)] == [OfferWithdrawn, OfferMade]


def test_a_call_asks_for_agents_who_can_be_rung_from_its_node() -> None:
    reach, state = Reach(), QueueState()
    reach.come("ana", "north")
    reach.come("ben", "south")
    handle(state, reach.with_skills(CONFIGURED), at(0))
    owned = Place(queue="vip", tier="gold", preferences=(Preference(agents=("ben", "ana"), seconds=9.0),))
    first = msgspec.structs.replace(entry("e1"), place=owned)
    bound = reach.bind(first, "south")
    assert bound.place.preferences[0].agents == ("ben",)
    assert reach.bind(bound, "south") == bound
    assert unbound(reach.bind(entry("e2"), "south")) == entry("e2")
    told(state, 0, AgentCame(at=at(0), agent="ana"), EntryJoined(at=at(0), entry=reach.bind(entry("e2"), "south")))
    assert state.stays[EntryId("e2")].state is EntryState.WAITING
    [offer] = [one for one in told(state, 1, AgentCame(at=at(1), agent="ben")) if isinstance(one, OfferMade)]
    assert offer.reservation.agent == "ben"
