"""Who a REGISTER is from: asks for the password, and keeps guessers waiting."""

from collections.abc import Callable, Mapping

import structlog

from skipline.voice.registrar.guard import Guard
from skipline.voice.registrar.login import Authorization, Logins, Verdict, read_authorization
from skipline.voice.sip.register import RegisterAnswer, RegisterRequest
from skipline.voice.sip.screening import network_of

FORBIDDEN = RegisterAnswer(403, "Forbidden")
"""One answer for all who may not: a wrong password, a user that does not exist, and one who must wait."""

_SILENCE = RegisterAnswer(0, "")
_NOT_READY = RegisterAnswer(503, "Service Unavailable", {"Retry-After": "5"})

_log = structlog.get_logger("voice.registrar")


class Entrance:
    """`has_phones` says whether a phone is registered from a network. Times are monotonic seconds."""

    def __init__(self, has_phones: Callable[[str], bool]) -> None:
        self._guard = Guard(has_phones)
        self._logins: Logins | None = None

    def __contains__(self, user: str) -> bool:
        return self._logins is not None and user in self._logins

    @property
    def is_walled(self) -> bool:
        """Whether it is known that there are no phones, so that a REGISTER is a stranger's."""
        return self._logins is not None and not self._logins

    def configure(self, passwords: Mapping[str, str]) -> set[str]:
        """These users from now on; gives those that were there before and are gone, or have another password."""
        self._logins = self._logins or Logins()
        return self._logins.configure(passwords)

    def lets_in(self, source: str, now: float) -> bool:
        """Whether a REGISTER from this IP address is looked at at all."""
        return not self._logins or self._guard.lets_in(source, now)

    def identify(self, request: RegisterRequest, now: float) -> str | RegisterAnswer:
        """The user that `request` is rightly from, or its answer."""
        if self._logins is None:
            return _NOT_READY
        source = request.flow.address[0]
        given = read_authorization(request.headers.get("authorization", ()))
        if self._guard.is_silenced(source, now):
            return _SILENCE
        if given is not None and self._guard.must_wait(source, given.user, now):
            return FORBIDDEN
        verdict = self._logins.check(given, "REGISTER", network_of(source), now)
        if given is None or verdict in (Verdict.ASK, Verdict.STALE):
            value = self._logins.challenge(network_of(source), now, is_stale=verdict is Verdict.STALE)
            return RegisterAnswer(401, "Unauthorized", {"WWW-Authenticate": value})
        if verdict is Verdict.WRONG:
            return self._refuse(source, given, now)
        self._guard.succeed(source, given.user)
        return given.user

    def _refuse(self, source: str, given: Authorization, now: float) -> RegisterAnswer:
        if self._guard.fail(source, given.user, now):
            _log.warning("phone_logins_paused", source=source, user=given.user[:100])
        return FORBIDDEN
