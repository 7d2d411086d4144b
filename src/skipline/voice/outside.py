"""What the worker does towards the outside by itself: dial, watch who answers, keep registered, look up trunk names."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

import structlog

from skipline.base.clock import Clock
from skipline.model.configuration import Trunk, VoiceConfiguration
from skipline.model.events import TargetHealthChanged, TrunkRegistrationChanged, VoiceEvent
from skipline.model.trunk_examination import RegistrationSeen
from skipline.voice.health import HealthWatch
from skipline.voice.registration import Account, RegisterResult, keep_registered
from skipline.voice.sip.digest import Credentials
from skipline.voice.sip.leg import Leg
from skipline.voice.sip.stack import SipStack
from skipline.voice.targets import Dialable, NotDialable, parse_target
from skipline.voice.trunks import names_to_resolve

_NAME_SECONDS = 300.0
_UNKNOWN_NAME_SECONDS = 15.0
_RESOLVE_SECONDS = 5.0
_GOODBYE_SECONDS = 1.0

_log = structlog.get_logger("voice.outside")


class Outside:
    """Our side towards targets and carriers, by the newest configuration.

    `on_names` hears which IP addresses the host names among the trunks have, first after `configure` and then every
    five minutes, sooner while one of them is not known.
    """

    def __init__(
        self,
        stack: SipStack,
        *,
        tell: Callable[[VoiceEvent], None],
        clock: Clock,
        on_names: Callable[[Mapping[str, Sequence[str]]], None],
    ) -> None:
        self._stack, self._tell, self._clock, self._on_names = stack, tell, clock, on_names
        self._health = HealthWatch(stack.ask_options, self._on_health)
        self._configuration = VoiceConfiguration()
        self._watched: dict[str, list[str]] = {}
        self._registrations: dict[str, tuple[Account, asyncio.Task[None]]] = {}
        self._seen: dict[str, RegistrationSeen] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._always: list[asyncio.Task[None]] = []
        self._has_new_names = asyncio.Event()

    def start(self) -> None:
        """Begin to watch; needs a running loop."""
        self._always = [asyncio.create_task(work) for work in self._endless()]

    def _endless(self) -> list[Coroutine[None, None, None]]:
        return [self._health.run(), self._keep_names()]

    async def stop(self) -> None:
        """Watch nobody any more, and take registrations back when the carrier is quick about it."""
        tasks = [*self._always, *(task for _, task in self._registrations.values())]
        for task in tasks:
            task.cancel()
        if tasks or self._leaving:
            await asyncio.wait({*tasks, *self._leaving}, timeout=_GOODBYE_SECONDS)

    def configure(self, configuration: VoiceConfiguration) -> None:
        """Use this configuration from now on."""
        self._configuration = configuration
        self._watch()
        self._register()
        self._has_new_names.set()

    def is_down(self, key: str) -> bool:
        """Whether the next hop `key` (see `Dialable.key`) does not answer OPTIONS."""
        return not all(self._health.is_up(target) for target in self._watched.get(key, ())[:1])

    def dial(
        self,
        target: Dialable,
        *,
        sdp: str | None,
        caller_user: str,
        caller_name: str,
        headers: dict[str, str],
        ring_seconds: float,
    ) -> Leg:
        """Call `target`, with the password of its trunk at hand."""
        return self._stack.dial(
            target.uri,
            sdp=sdp,
            caller_user=caller_user,
            caller_name=caller_name,
            headers=headers,
            ring_seconds=ring_seconds,
            credentials=self._credentials(target.trunk),
            outbound=(target.host, target.port, target.transport),
            flow=target.flow,
        )

    def _credentials(self, trunk: Trunk | None) -> Credentials | None:
        if trunk is None or not trunk.user:
            return None
        return Credentials(trunk.user, self._configuration.passwords.get(trunk.password_secret, ""))

    def _watch(self) -> None:
        """Watch each next hop once, however many targets are behind it."""
        trunks = self._configuration.trunks
        servers = [f"sip:{trunk.server};transport={trunk.transport}" for trunk in trunks if trunk.server]
        self._watched = {}
        for text in (*self._configuration.watched_targets, *servers):
            with suppress(NotDialable):
                self._watched.setdefault(parse_target(text, trunks).key, []).append(text)
        self._health.watch(targets[0] for targets in self._watched.values())

    def _on_health(self, target: str, is_up: bool) -> None:
        _log.warning("target_health_changed", target=target, is_up=is_up)
        texts = next((texts for texts in self._watched.values() if texts[0] == target), [target])
        for text in dict.fromkeys(texts):
            self._tell(TargetHealthChanged(at=self._clock(), target=text, is_up=is_up))

    def _register(self) -> None:
        wanted = {trunk.name: account for trunk in self._configuration.trunks if (account := self._account(trunk))}
        for name, (account, task) in list(self._registrations.items()):
            if wanted.get(name) != account:
                self._leave(task)
                del self._registrations[name]
                self._seen.pop(name, None)
        for name in wanted.keys() - self._registrations.keys():
            work = self._keep_registered(name, wanted[name])
            self._registrations[name] = (wanted[name], asyncio.create_task(work))

    def _leave(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _keep_registered(self, name: str, account: Account) -> None:
        """In turn: taking back the trunk's registration before this one would take back ours, if it came later."""
        async with self._turns[name]:
            await keep_registered(
                self._stack, account, self._on_registration(name), on_result=lambda result: self._see(name, result)
            )

    def registration(self, trunk: str) -> RegistrationSeen:
        """How a trunk's last REGISTER went."""
        return self._seen.get(trunk, RegistrationSeen())

    def _see(self, trunk: str, result: RegisterResult) -> None:
        at = self._clock()
        self._seen[trunk] = RegistrationSeen(
            is_registered=result.is_registered,
            at=at,
            until=at + timedelta(seconds=result.granted_seconds) if result.is_registered else None,
            code=result.code,
            reason=result.reason,
            is_reply=result.is_reply,
        )

    def _account(self, trunk: Trunk) -> Account | None:
        register = trunk.register
        if register is None:
            return None
        password = self._configuration.passwords.get(register.password_secret, "")
        return Account(register.server, register.user, password, register.expires_seconds, trunk.transport)

    def _on_registration(self, name: str) -> Callable[[RegisterResult], None]:
        def tell(result: RegisterResult) -> None:
            reason = "" if result.is_registered else f"{result.code} {result.reason}"
            event = TrunkRegistrationChanged(
                at=self._clock(), trunk=name, is_registered=result.is_registered, reason=reason
            )
            _log.info("trunk_registration_changed", trunk=name, is_registered=result.is_registered, reason=reason)
            self._tell(event)

        return tell

    async def _keep_names(self) -> None:
        """A name that cannot be looked up keeps its last addresses: a carrier is no stranger because DNS is ill."""
        known: dict[str, list[str]] = {}
        while True:
            names = names_to_resolve(self._configuration.trunks)
            if names:
                known = {name: await addresses_of(name) or known.get(name, []) for name in sorted(names)}
                self._on_names(known)
            with suppress(TimeoutError):
                async with asyncio.timeout(_NAME_SECONDS if all(known.values()) else _UNKNOWN_NAME_SECONDS):
                    await self._has_new_names.wait()
            self._has_new_names.clear()


async def addresses_of(name: str) -> list[str]:
    """The IP addresses of a host name; none when DNS does not know it or takes too long."""
    try:
        async with asyncio.timeout(_RESOLVE_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(name, None)
    except (OSError, TimeoutError):
        _log.warning("trunk_host_unknown", host=name)
        return []
    return sorted({str(address[0]) for *_, address in found})
