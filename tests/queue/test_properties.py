"""Whatever happens, agents come back to work and nothing is left behind."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from queue_floor import NOON, Floor

from skipline.model import queue_events as events
from skipline.model.queueing import AgentState, EntryState, Medium, Queue, ReservationState
from skipline.queue.handle import next_wake_at

AGENTS = ("ana", "ben", "carl")
QUEUE = Queue(name="help", wrap_up_seconds=20, offer_seconds=10, fair_lane=3)


class Work(RuleBasedStateMachine):
    """Callers, agents and phones do what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.floor = Floor(QUEUE, AGENTS)
        self.joined = 0

    @rule(tier=st.sampled_from(["gold", "bronze"]), medium=st.sampled_from(list(Medium)))
    def join(self, tier: str, medium: Medium) -> None:
        self.joined += 1
        self.floor.join(f"e{self.joined}", tier, medium=medium)

    @precondition(lambda self: self.floor.of(events.OfferMade))
    @rule(which=st.integers(0, 5), how=st.sampled_from(["accept", "decline", "unreachable"]))
    def answer(self, which: int, how: str) -> None:
        """The latest offers, open or over."""
        offers = self.floor.of(events.OfferMade)
        reservation = offers[max(0, len(offers) - 1 - which)].reservation.id
        if how == "accept":
            self.floor.tell(events.ReservationAccepted, reservation=reservation)
        else:
            is_gone = how == "unreachable"
            self.floor.tell(events.ReservationDeclined, reservation=reservation, is_unreachable=is_gone)

    @precondition(lambda self: self.floor.state.stays)
    @rule(data=st.data())
    def end(self, data: Any) -> None:
        stay = self.floor.state.stays[data.draw(st.sampled_from(sorted(self.floor.state.stays)))]
        if stay.is_with_agent:
            self.floor.end(stay.entry.id, talk=5.0)
        else:
            self.floor.leave(stay.entry.id)

    @precondition(lambda self: self.floor.state.stays)
    @rule(data=st.data())
    def lose(self, data: Any) -> None:
        entry = data.draw(st.sampled_from(sorted(self.floor.state.stays)))
        self.floor.tell(events.EntryReturned, entry=entry)

    @rule(agent=st.sampled_from(AGENTS), what=st.sampled_from(["came", "went", "ready", "paused"]))
    def agent_does(self, agent: str, what: str) -> None:
        kinds: dict[str, Any] = {"came": events.AgentCame, "went": events.AgentWent, "ready": events.AgentReady}
        if what == "paused":
            self.floor.tell(events.AgentPaused, agent=agent, reason="lunch")
        else:
            self.floor.tell(kinds[what], agent=agent)

    @rule(seconds=st.sampled_from([0.5, 5.0, 31.0, 130.0]))
    def time_passes(self, seconds: float) -> None:
        self.floor.pass_time(self.floor.now + seconds)

    @invariant()
    def what_falls_due_lies_ahead(self) -> None:
        wake = next_wake_at(self.floor.state)
        assert wake is None or wake > self.floor.time()

    @invariant()
    def every_contact_is_in_one_place(self) -> None:
        state = self.floor.state
        held = [entry for seat in state.seats.values() for entry in seat.stays]
        rung = [offer.stay.entry.id for seat in state.seats.values() for offer in seat.offers.values()]
        in_line = [spot[1] for line in state.lines.values() for spot in line]
        assert sorted([*held, *rung, *in_line]) == sorted(state.stays)
        ended = {entry.visit.entry for entry in self.floor.of(events.EntryClosed)}
        assert len(ended) + len(state.stays) == self.joined

    @invariant()
    def open_offers_are_those_of_the_agents(self) -> None:
        state = self.floor.state
        pending = {key for key, offer in state.offers.items() if offer.state is ReservationState.PENDING}
        assert pending == {key for seat in state.seats.values() for key in seat.offers}

    def teardown(self) -> None:
        """Everybody hangs up, comes to work and is ready: within a wrap-up each of them can be offered a call."""
        floor = self.floor
        for entry, stay in list(floor.state.stays.items()):
            if stay.state is EntryState.CONNECTED:
                floor.end(entry)
        for entry in list(floor.state.stays):
            floor.leave(entry)
        for agent in AGENTS:
            floor.tell(events.AgentCame, agent=agent)
            floor.tell(events.AgentReady, agent=agent)
        floor.pass_time(floor.now + QUEUE.wrap_up_seconds)
        assert {floor.agent(agent)[0] for agent in AGENTS} == {AgentState.AVAILABLE}
        for number in range(len(AGENTS)):
            floor.join(f"last{number}")
        assert {agent for _, agent in floor.offered[-len(AGENTS) :]} == set(AGENTS)
        assert floor.time() >= NOON


TestWork = Work.TestCase
TestWork.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
