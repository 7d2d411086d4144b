"""The calls that a worker carries, and what a centre that connects is told about them."""

from collections import deque
from collections.abc import Iterator

from skipline.model.ids import CallId
from skipline.model.voice_link import Do, FromWorker, Happened, HeldCall
from skipline.voice.line import Line
from skipline.voice.live_call import LiveCall
from skipline.voice.sip.leg import Replaces

_MOST_UNSEEN = 5_000
_MOST_OVER = 1_000


class Roll:
    """Calls by id. A call that ended while no centre was there stays until one has heard of it."""

    def __init__(self) -> None:
        self._calls: dict[CallId, LiveCall] = {}
        self._unseen: deque[HeldCall] = deque(maxlen=_MOST_UNSEEN)
        self._over: deque[CallId] = deque(maxlen=_MOST_OVER)

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[LiveCall]:
        return iter(list(self._calls.values()))

    def add(self, call: LiveCall) -> None:
        """A call began."""
        self._calls[call.arrived.call.id] = call

    def remove(self, call: LiveCall, *, is_seen: bool) -> None:
        """A call ended; `is_seen` says whether a centre was there to hear it."""
        self._calls.pop(call.arrived.call.id, None)
        self._over.append(call.arrived.call.id)
        if not is_seen:
            self._unseen.append(call.held)

    def is_over(self, call: CallId) -> bool:
        """Whether a call of this name was here a while ago: what is repeated must not begin it anew."""
        return call in self._over

    def take(self, do: Do) -> bool:
        """Hand a command to its call; false when that call is over."""
        call = self._calls.get(do.call)
        if call is not None:
            call.take(do)
        return call is not None

    def find_line(self, wanted: Replaces) -> Line | None:
        """The line of the call whose caller's dialog is `wanted` (RFC 3891 section 3)."""
        for call in self:
            dialog = call.caller.dialog
            tags = (wanted.call_id, wanted.to_tag, wanted.from_tag)
            if dialog is not None and (dialog.call_id, dialog.local_tag, dialog.remote_tag) == tags:
                return call.caller.line
        return None

    def held(self) -> tuple[HeldCall, ...]:
        """What `Hello` hands back: all that is up, and what ended unseen, which counts as seen from now on."""
        unseen, self._unseen = tuple(self._unseen), deque(maxlen=_MOST_UNSEEN)
        return (*unseen, *(call.held for call in self))

    def answers(self) -> Iterator[FromWorker]:
        """What is under way in each call, and the answer to its last command, where there is one: the centre that asked
        may not have read it."""
        for call in self:
            for event in call.present():
                yield Happened(event=event)
