"""Who can be rung: tells each change once, however often phones register again."""

from collections.abc import Callable

import structlog

from skipline.base.clock import Clock
from skipline.model.events import PhoneGone, PhoneRegistered, VoiceEvent

_log = structlog.get_logger("voice.registrar")


class Presence:
    """The users whose phone can be rung, as the centre was told."""

    def __init__(self, tell: Callable[[VoiceEvent], None], clock: Clock) -> None:
        self._tell, self._clock = tell, clock
        self._there: dict[str, str] = {}

    @property
    def users(self) -> tuple[str, ...]:
        """Those who are there, in order of their names."""
        return tuple(sorted(self._there))

    def note(self, user: str, contact: str | None, reason: str) -> None:
        """The phone of `user` that would be rung now, or None and why there is none. Another phone of a user who is
        there already is no change."""
        if contact is not None and user not in self._there:
            self._tell(PhoneRegistered(at=self._clock(), user=user, contact=contact))
            _log.info("phone_registered", user=user, contact=contact)
        elif contact is None and user in self._there:
            self._tell(PhoneGone(at=self._clock(), user=user, reason=reason))
            _log.info("phone_gone", user=user, reason=reason)
        if contact is None:
            self._there.pop(user, None)
        else:
            self._there[user] = contact
