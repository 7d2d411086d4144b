"""What every call that a worker carries has in common, whoever began it: its commands, and what a centre needs of it.

A command for the call takes the place of the one before it, which is carried out first. Commands about a caller who
waits (`WaitingCommand`) leave the one under way alone. None is ever carried out twice: a centre that came back may
send again what it is not sure of, and is told again what came of it.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator

from skipline.model.commands import KeepMemo, WaitingCommand
from skipline.model.events import (
    CallArrived,
    ContactAnswered,
    ForwardEnded,
    PromptEnded,
    VoiceEvent,
    VoicemailRecorded,
    WaitEnded,
)
from skipline.model.ids import CommandId
from skipline.model.voice_link import Do, HeldCall
from skipline.voice.caller import Caller
from skipline.voice.exchange import Exchange
from skipline.voice.line import CentreChanged, WorkerLeaves
from skipline.voice.waiting.stay import Stay

CallReply = PromptEnded | ForwardEnded | ContactAnswered | WaitEnded | VoicemailRecorded
"""What answers a command for a call."""

_REMEMBERED = 64


class LiveCall(ABC):
    """One call. `last_reply` answered its last command, `stay` is the wait that is under way."""

    def __init__(self, arrived: CallArrived, caller: Caller, exchange: Exchange) -> None:
        self.arrived = arrived
        self.last_reply: CallReply | None = None
        self._caller, self._exchange = caller, exchange
        self._line = caller.line
        self._command: CommandId | None = None
        self._memo = b""
        self._stay: Stay | None = None
        self._asides: deque[CommandId] = deque(maxlen=_REMEMBERED)

    @property
    def held(self) -> HeldCall:
        """This call as a centre that connects needs it."""
        return HeldCall(
            arrived=self.arrived,
            command=self._command,
            memo=self._memo,
            agent=self._stay.agent if self._stay is not None else None,
        )

    @property
    def caller(self) -> Caller:
        """Whoever is not the agent."""
        return self._caller

    def take(self, do: Do) -> None:
        """Carry out `do` as soon as the commands before it are done, and not again."""
        self._memo = do.memo or self._memo
        if isinstance(do.body, KeepMemo):
            return
        if isinstance(do.body, WaitingCommand):
            if do.command not in self._asides:
                self._asides.append(do.command)
                self._line.put(do)
            return
        if do.command == self._command:
            if self.last_reply is not None:
                self._exchange.tell(self.last_reply)
            return
        self._command, self.last_reply = do.command, None
        self._line.put(do)

    def present(self) -> Iterator[VoiceEvent]:
        """What a centre that comes back may not have read: where the wait stands, or the answer to the last command."""
        if self._stay is not None:
            yield from self._stay.present()
        if self.last_reply is not None:
            yield self.last_reply

    def centre_changed(self) -> None:
        """A centre came or left."""
        self._line.put(CentreChanged())

    def close(self) -> None:
        """End the call now, by our own fault: the worker leaves."""
        self._line.put(WorkerLeaves())

    @abstractmethod
    async def live(self) -> None:
        """Serve the call until it is over."""

    def _reply(self, command: CommandId, event: CallReply) -> None:
        """Answer a command for the call."""
        if command == self._command:
            self.last_reply = event
        self._exchange.tell(event)
