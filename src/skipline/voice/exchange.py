"""What every call of a worker shares: phones, audio, configuration, and the way up to the centre."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Protocol

from skipline.base.clock import Clock
from skipline.model.configuration import Trunk, VoiceConfiguration
from skipline.model.events import VoiceEvent
from skipline.voice.line import Line
from skipline.voice.media import Relay
from skipline.voice.patience import Patience
from skipline.voice.prompts import Prompts
from skipline.voice.sip.leg import Leg, Replaces
from skipline.voice.targets import Dialable, Suspects


class Dial(Protocol):
    """Places a call to a target and gives its leg at once; what becomes of it is told by the leg."""

    def __call__(
        self,
        target: Dialable,
        *,
        sdp: str | None,
        caller_user: str,
        caller_name: str,
        headers: dict[str, str],
        ring_seconds: float,
    ) -> Leg: ...


@dataclass(slots=True)
class Exchange:
    """The room that calls live in. `spawn` starts a task that the worker waits for at its end; `find_phone` gives the
    way to an agent's phone, or raises `NotDialable`; `find_line` the line of the call whose caller's dialog it is."""

    dial: Dial
    relay: Relay
    prompts: Prompts
    tell: Callable[[VoiceEvent], None]
    clock: Clock
    spawn: Callable[[Coroutine[None, None, None]], asyncio.Task[None]]
    is_centre_there: Callable[[], bool]
    is_down: Callable[[str], bool]
    suspects: Suspects
    find_phone: Callable[[str], Dialable]
    find_line: Callable[[Replaces], Line | None] = lambda _: None
    patience: Patience = field(default_factory=Patience)
    configuration: VoiceConfiguration = field(default_factory=VoiceConfiguration)

    @property
    def trunks(self) -> tuple[Trunk, ...]:
        """The trunks of the newest configuration."""
        return self.configuration.trunks

    def is_doubtful(self, target: Dialable) -> bool:
        """Whether `target` is better tried after the others: it does not answer OPTIONS, or failed a moment ago."""
        return target.key in self.suspects or self.is_down(target.key)
