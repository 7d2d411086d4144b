"""An agent at work."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from skipline.model.ids import EntryId, ReservationId
from skipline.model.queueing import Agent, AgentState, EntryState, Medium
from skipline.queue.alarms import Alarm
from skipline.queue.instants import Instant
from skipline.queue.profile import Profile, Ticket

if TYPE_CHECKING:
    from skipline.queue.line import Line
    from skipline.queue.offer import Offer
    from skipline.queue.stay import Stay


@dataclass(slots=True, eq=False)
class Seat:
    """What is known of an agent. Their state is not kept but follows from the rest (`derived_state`); `state` is what
    it was last seen to be, `shown` what was last told.

    `pause` is why they want nothing (empty: they do). `aside` is why we set them aside: until they say that they are
    ready, or until their alarm, when it will pass (a phone that could not be reached). `misses` counts the offers that
    they left unanswered in a row. `own_lines` are those of entries that ask for them by name.
    """

    agent: Agent
    profile: Profile
    is_reachable: bool = False
    pause: str = ""
    aside: str = ""
    is_aside_for_misses: bool = False
    misses: int = 0
    idle_since: Instant = 0
    offers: "dict[ReservationId, Offer]" = field(default_factory=dict)
    stays: "dict[EntryId, Stay]" = field(default_factory=dict)
    calls: int = 0
    chats: int = 0
    own_lines: "list[Line]" = field(default_factory=list)
    tickets: dict[Medium, Ticket | None] = field(default_factory=lambda: dict.fromkeys(Medium))
    state: AgentState = AgentState.OFFLINE
    shown: AgentState = AgentState.OFFLINE
    shown_reason: str = ""
    counted_present: bool = False
    counted_signed_in: bool = False
    is_removed: bool = False
    alarm: Alarm | None = None

    @property
    def name(self) -> str:
        """The agent's name."""
        return self.agent.name

    @property
    def is_present(self) -> bool:
        """Whether they could take something, now or when they are done."""
        return self.is_reachable and not self.pause and not self.aside and not self.is_removed

    @property
    def is_signed_in(self) -> bool:
        """Whether they are at work: a break counts, but not one who let offers go unanswered."""
        return self.is_reachable and not self.is_aside_for_misses and not self.is_removed

    @property
    def reason(self) -> str:
        """Why they are away."""
        return self.pause or self.aside

    def has_room(self, medium: Medium) -> bool:
        """Whether they could take one more now. Offers and wrap-up take up room."""
        if not self.is_present:
            return False
        beside = min(self.agent.chats_during_call, self.agent.most_chats)
        if medium is Medium.CALL:
            return self.calls == 0 and (self.chats == 0 or self.chats <= beside)
        return self.chats < (beside if self.calls else self.agent.most_chats)

    def derived_state(self) -> AgentState:
        """The first that holds, busiest first."""
        if self.stays:
            wraps_up = all(stay.state is EntryState.WRAPPING for stay in self.stays.values())
            if not wraps_up:
                return AgentState.ENGAGED
            return AgentState.RESERVED if self.offers else AgentState.WRAP_UP
        if self.offers:
            return AgentState.RESERVED
        if not self.is_reachable or self.is_removed:
            return AgentState.OFFLINE
        return AgentState.AWAY if self.pause or self.aside else AgentState.AVAILABLE

    def load(self, medium: Medium, change: int) -> None:
        """Take up room, or give it back."""
        if medium is Medium.CALL:
            self.calls += change
        else:
            self.chats += change
