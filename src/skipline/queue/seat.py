"""An agent at work."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from skipline.model.ids import EntryId, ReservationId
from skipline.model.queueing import Agent, AgentState, EntryState, Medium
from skipline.queue.alarms import Alarm
from skipline.queue.instants import Instant
from skipline.queue.profile import MEDIA, Profile, Ticket

if TYPE_CHECKING:
    from skipline.queue.line import Line
    from skipline.queue.offer import Offer
    from skipline.queue.stay import Stay


_NOTHING: tuple[Medium, ...] = ()
_A_CALL, _A_MESSAGE, _EITHER = (Medium.CALL,), (Medium.MESSAGE,), MEDIA
_CALL, _CONNECTED = Medium.CALL, EntryState.CONNECTED


@dataclass(slots=True, eq=False)
class Seat:
    """What is known of an agent. Their state is not kept but follows from the rest (`state`); `shown` is what was last
    told of it.

    `media` is what they can be reached for: calls while their phone is registered, messages while they are signed in.
    `pause` is why they want nothing (empty: they do). `aside` is why we set them aside: until they say that they are
    ready, or until their alarm, when it will pass (a phone that could not be reached). `misses` counts the offers that
    they left unanswered in a row. `own_lines` are those of entries that ask for them by name.
    """

    agent: Agent
    profile: Profile
    media: tuple[Medium, ...] = ()
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
    tickets: dict[Medium, Ticket | None] = field(default_factory=lambda: dict.fromkeys(MEDIA))
    shown: AgentState = AgentState.OFFLINE
    shown_reason: str = ""
    counted_present: tuple[Medium, ...] = ()
    counted_signed_in: tuple[Medium, ...] = ()
    is_removed: bool = False
    alarm: Alarm | None = None
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.agent.name

    @property
    def is_reachable(self) -> bool:
        """Whether they can be reached for anything."""
        return bool(self.media)

    @property
    def is_present(self) -> bool:
        """Whether they could take something, now or when they are done."""
        return self.is_reachable and not self.pause and not self.aside and not self.is_removed

    def is_present_for(self, medium: Medium) -> bool:
        """Whether they could take something of this kind, now or when they are done."""
        return medium in self.media and self.is_present

    @property
    def is_signed_in(self) -> bool:
        """Whether they are at work: a break counts, but not one who let offers go unanswered."""
        return self.is_reachable and not self.is_aside_for_misses and not self.is_removed

    @property
    def reason(self) -> str:
        """Why they are away."""
        return self.pause or self.aside

    def room(self) -> tuple[Medium, ...]:
        """What they could take one more of now. Offers and wrap-up take up room."""
        media = self.media
        if not media or self.pause or self.aside or self.is_removed:
            return _NOTHING
        room = self._room()
        return room if media == MEDIA else tuple(one for one in room if one in media)

    def _room(self) -> tuple[Medium, ...]:
        most, beside = self.agent.most_chats, self.agent.chats_during_call
        if self.calls:
            return _A_MESSAGE if self.chats < beside and self.chats < most else _NOTHING
        takes_call = self.chats == 0 or (self.chats <= beside and self.chats <= most)
        if self.chats < most:
            return _EITHER if takes_call else _A_MESSAGE
        return _A_CALL if takes_call else _NOTHING

    def has_room(self, medium: Medium) -> bool:
        """Whether they could take one more of this kind now."""
        return medium in self.room()

    @property
    def state(self) -> AgentState:
        """The first that holds, busiest first."""
        for stay in self.stays.values():
            if stay.state is _CONNECTED:
                return AgentState.ENGAGED
        if self.offers:
            return AgentState.RESERVED
        if self.stays:
            return AgentState.WRAP_UP
        if not self.is_reachable or self.is_removed:
            return AgentState.OFFLINE
        return AgentState.AWAY if self.pause or self.aside else AgentState.AVAILABLE

    def load(self, medium: Medium, change: int) -> None:
        """Take up room, or give it back."""
        if medium is _CALL:
            self.calls += change
        else:
            self.chats += change
