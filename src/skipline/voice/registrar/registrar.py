"""Takes the registrations of agents' phones, and knows at any time whose phone can be rung and how.

A phone registers with its user and password (RFC 3261 section 10) over UDP, TCP or TLS, and is rung over the very way
that its REGISTER took. Each is asked for a sign of life every half minute. A phone whose connection closed may come
back within `GRACE_SECONDS` before its user counts as gone.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog

from skipline.base.clock import Clock
from skipline.model.configuration import VoiceConfiguration
from skipline.model.events import VoiceEvent
from skipline.voice.health import HealthWatch
from skipline.voice.registrar import memory
from skipline.voice.registrar.binding import Binding, Bindings
from skipline.voice.registrar.contacts import Wish, Wishes, read_wishes
from skipline.voice.registrar.entrance import FORBIDDEN, Entrance
from skipline.voice.registrar.presence import Presence
from skipline.voice.sip.address import parse_uri
from skipline.voice.sip.flow import Flow
from skipline.voice.sip.register import RegisterAnswer, RegisterRequest
from skipline.voice.sip.screening import network_of
from skipline.voice.sip.transport import Transport
from skipline.voice.targets import Dialable

GRACE_SECONDS = 5.0
_TICK_SECONDS = 1.0
_SAVE_SECONDS = 5.0
"""The least time between two writings of the file; a first change is written at the next tick."""


_log = structlog.get_logger("voice.registrar")

Ask = Callable[[str, Flow, float], Awaitable[bool]]
"""Asks the phone with this Contact URI, over this flow, for a sign of life: `SipStack.ask_phone`."""

Moved = Callable[[Flow, Flow], None]
"""Hears that a phone left one flow for another: `SipStack.move`."""


class Registrar:
    """The registrar of one worker, by the newest configuration.

    To ring a user, hand `dialable(user)` to `Outside.dial` (`Exchange.dial`): the leg takes the right flow. `users` are
    those whose phone can be rung; `tell` hears each change of that. `file` lets the phones survive a new worker.
    """

    def __init__(
        self,
        *,
        tell: Callable[[VoiceEvent], None],
        clock: Clock,
        ask: Ask,
        moved: Moved = lambda _old, _new: None,
        file: Path | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._ask, self._moved, self._file, self._monotonic = clock, ask, moved, file, monotonic
        self._bindings = Bindings()
        self._entrance = Entrance(self._bindings.has_network)
        self._presence = Presence(tell, clock)
        self._health = HealthWatch(self._ask_phone, self._on_health)
        self._save_at: float | None = None
        self._saved_at = float("-inf")
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def users(self) -> tuple[str, ...]:
        """The users whose phone can be rung."""
        return self._presence.users

    def dialable(self, user: str) -> Dialable | None:
        """How to ring `user`: of several phones the one that registered last and is well; None when none is.

        The INVITE must take the `flow` of what is given here, so it goes to `Outside.dial` as it is.
        """
        for binding in self._bindings.of(user):
            if binding.lost_at is None and binding.flow.is_up and self._health.is_up(binding.key):
                host, port = binding.flow.address
                transport = binding.flow.transport.transport
                return Dialable(user, binding.contact, host, port, transport, flow=binding.flow)
        return None

    def knows(self, source: str) -> bool:
        """Whether a phone is registered from the network of this IP address."""
        return self._bindings.has_network(network_of(source))

    def configure(self, configuration: VoiceConfiguration) -> None:
        """Use this configuration from now on. Who is no longer in it, or has another password, is gone at once."""
        passwords = configuration.passwords
        found = {one.user: passwords.get(one.password_secret, "") for one in configuration.phones}
        changed = self._entrance.configure({user: password for user, password in found.items() if password})
        for user in self._bindings.users:
            if user in changed or user not in self._entrance:
                self._bindings.clear(user)
                self._settle(user, "the configuration changed")
        self._changed()

    def start(self, transports: Sequence[Transport]) -> None:
        """Take up the phones of the last worker, and begin to watch; needs a running loop."""
        now = self._monotonic()
        for binding in memory.load(self._file, transports, now=now, at=self._clock()) if self._file else ():
            self._bindings.put(binding)
        for user in self._bindings.users:
            self._settle(user, "")
        self._changed()
        self._tasks = [asyncio.create_task(work) for work in (self._health.run(), self._keep_time())]

    async def stop(self) -> None:
        """Watch no more, and write down who is there."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._save()

    def lets_in(self, source: str) -> bool:
        """See `Registers`."""
        return self._entrance.lets_in(source, self._monotonic())

    def serve(self, request: RegisterRequest) -> RegisterAnswer | None:
        """See `Registers`."""
        if self._entrance.is_walled:
            return None
        now = self._monotonic()
        user = self._entrance.identify(request, now)
        return user if isinstance(user, RegisterAnswer) else self._serve_user(user, request, now)

    def lose(self, flow: Flow) -> None:
        """See `Registers`."""
        self._bindings.lose(flow, self._monotonic())

    def _serve_user(self, user: str, request: RegisterRequest, now: float) -> RegisterAnswer:
        """Do what `user` asks for: with their own phones alone (RFC 3261 section 10.3, steps 4 to 8)."""
        if _user_of(request.to_uri) != user:
            return FORBIDDEN
        wishes = read_wishes(request)
        if isinstance(wishes, RegisterAnswer):
            return wishes
        if not self._is_in_order(user, wishes, request):
            return RegisterAnswer(500, "CSeq Out Of Order")
        if wishes.clears:
            self._bindings.clear(user)
        for wish in wishes.found:
            self._grant(user, wish, request, now)
        if wishes != Wishes():
            self._settle(user, "it signed off")
            self._changed()
        return self._list(user, now)

    def _is_in_order(self, user: str, wishes: Wishes, request: RegisterRequest) -> bool:
        named = {wish.contact for wish in wishes.found}
        touched = [one for one in self._bindings.of(user) if wishes.clears or one.contact in named]
        return all(one.call_id != request.call_id or one.cseq < request.cseq for one in touched)

    def _grant(self, user: str, wish: Wish, request: RegisterRequest, now: float) -> None:
        before = self._bindings.find(user, wish.contact)
        if wish.seconds == 0:
            self._bindings.remove(user, wish.contact)
            return
        binding = Binding(
            user=user,
            contact=wish.contact,
            flow=request.flow,
            call_id=request.call_id,
            cseq=request.cseq,
            since=before.since if before else now,
            seen_at=now,
            expires_at=now + wish.seconds,
        )
        self._bindings.put(binding)
        if before is None or before.flow != binding.flow:
            self._health.trust(binding.key)
        if before is not None and before.flow != binding.flow:
            self._moved(before.flow, binding.flow)

    def _list(self, user: str, now: float) -> RegisterAnswer:
        found = [f"<{one.contact}>;expires={max(1, round(one.expires_at - now))}" for one in self._bindings.of(user)]
        date = {"Date": self._clock().strftime("%a, %d %b %Y %H:%M:%S GMT")}
        return RegisterAnswer(200, "OK", {"Contact": ", ".join(found), **date} if found else date)

    def _settle(self, user: str, reason: str) -> None:
        """Tell whether `user` can be rung, if that changed. A closed connection may still come back."""
        well = (one.contact for one in self._bindings.of(user) if self._health.is_up(one.key))
        self._presence.note(user, next(well, None), reason)

    def _changed(self) -> None:
        self._health.watch(one.key for one in self._bindings)
        if self._save_at is None:
            self._save_at = self._saved_at + _SAVE_SECONDS

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self.tick(self._monotonic())

    def tick(self, now: float) -> None:
        """Let go of phones whose time is over, and save what changed."""
        over = self._bindings.expire(now, GRACE_SECONDS)
        for binding in over:
            is_lost = binding.lost_at is not None
            self._settle(binding.user, "its connection closed" if is_lost else "its registration ran out")
        if over:
            self._changed()
        if self._save_at is not None and now >= self._save_at:
            self._save()

    def _save(self) -> None:
        self._save_at, self._saved_at = None, self._monotonic()
        if self._file is not None:
            memory.save(self._file, self._bindings, now=self._saved_at, at=self._clock())

    async def _ask_phone(self, key: str, timeout_seconds: float) -> bool:
        binding = self._find(key)
        if binding is None:
            return True
        try:
            return await self._ask(binding.contact, binding.flow, timeout_seconds)
        except Exception:
            # One Contact that cannot be written into a request must not end the watch over all phones.
            _log.exception("phone_not_asked", contact=binding.contact)
            return False

    def _on_health(self, key: str, is_up: bool) -> None:
        binding = self._find(key)
        if binding is not None:
            self._settle(binding.user, "it does not answer")

    def _find(self, key: str) -> Binding | None:
        user, _, contact = key.rpartition(" ")
        return self._bindings.find(user, contact)


def _user_of(uri: str) -> str:
    try:
        return parse_uri(uri).user
    except ValueError:
        return ""
