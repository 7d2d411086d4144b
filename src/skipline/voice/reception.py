"""Decides who is let in: which trunk a caller comes from, which of our numbers is called, and whether it is live."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from skipline.base.clock import Clock
from skipline.base.ids import Ids
from skipline.model.call import Call
from skipline.model.configuration import Trunk, VoiceConfiguration
from skipline.model.ids import CallId
from skipline.voice.door_log import DoorLog
from skipline.voice.forward import hops_of
from skipline.voice.sip.events import Invite, Refusal
from skipline.voice.sip.leg import Leg
from skipline.voice.sip.screening import SourceThrottle
from skipline.voice.trunks import TrunkBook

MOST_HOPS = 10
"""A call that went through this many Skiplines goes round in a circle."""

_BUSY = Refusal(503, "Service Unavailable", {"Retry-After": "5"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A caller who may come in."""

    call: Call
    trunk: Trunk


class Reception:
    """Screens callers by the newest configuration. Without one, or while closed, nobody is let in.

    `has_phones` says whether an agent's phone is registered from the network of an address. Such a phone is answered,
    but places no calls: a stolen password must not be worth a telephone bill.
    """

    def __init__(self, clock: Clock, ids: Ids, *, has_phones: Callable[[str], bool] = lambda _: False) -> None:
        self.is_open = False
        self.door = DoorLog(clock())
        self._has_phones = has_phones
        self._clock, self._ids = clock, ids
        self._configuration = VoiceConfiguration()
        self._addresses_of: Mapping[str, Sequence[str]] = {}
        self._book: TrunkBook | None = None
        self._strangers = SourceThrottle()
        self._arrival: Arrival | None = None

    def configure(self, configuration: VoiceConfiguration) -> None:
        """Use this configuration from now on."""
        self._configuration = configuration
        self._book = TrunkBook(configuration, self._addresses_of)

    def learn_names(self, addresses_of: Mapping[str, Sequence[str]]) -> None:
        """Know trunks that were configured by host name by these IP addresses."""
        self._addresses_of = addresses_of
        self._book = TrunkBook(self._configuration, addresses_of)

    def answers(self, source: str) -> bool:
        """Whether `source` gets an answer: a stranger gets a few, then none, since scanners take any for a reason to go
        on. While nobody is known yet, everybody does: a carrier's call must not be lost for good."""
        if self._book is None or self._book.find_trunk(source) is not None or self._has_phones(source):
            return True
        return self._strangers.allows(source, time.monotonic())

    def admit(self, invite: Invite) -> Refusal | None:
        """Refuse the caller, or nothing; then `arrival` has the caller's call."""
        if not self.is_open or self._book is None:
            return _BUSY
        trunk = self._book.find_trunk(invite.source[0])
        if trunk is None:
            return self._refuse_stranger(invite.source[0])
        call = self._book.read_call(invite, trunk, id=CallId(self._ids()), now=self._clock())
        if not self._book.is_live(call.to):
            self.door.note_unknown_number(trunk.name, call.to, call.arrived_at)
            return Refusal(404, "Not Found")
        if hops_of(call) >= MOST_HOPS:
            return Refusal(482, "Loop Detected")
        self._arrival = Arrival(call, trunk)
        self.door.let_in(trunk.name, call.arrived_at)
        return None

    def _refuse_stranger(self, source: str) -> Refusal:
        if self._has_phones(source):
            return Refusal(403, "Phones Of Agents Cannot Place Calls")
        self.door.note_stranger(source, self._clock())
        return Refusal(403, "Forbidden")

    def arrival(self, leg: Leg) -> Arrival:
        """What `admit` found out about the caller who was let in just now."""
        arrival, self._arrival = self._arrival, None
        if arrival is None:
            raise RuntimeError("a caller came in without having been admitted")
        return arrival
