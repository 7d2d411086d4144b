"""Finds out whether a trunk works, when somebody asks: names, a real OPTIONS to its server, its registration, who
called. It only waits, so calls go on beside it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from skipline.base.clock import Clock
from skipline.model.configuration import Trunk
from skipline.model.trunk_examination import NameLookedUp, RegistrationSeen, ServerAsked, TrunkExamination
from skipline.voice.door_log import DoorLog
from skipline.voice.sip.stack import SipStack, join_host_port
from skipline.voice.targets import Dialable, NotDialable, parse_target
from skipline.voice.trunks import names_to_resolve

REPLY_SECONDS = 3.0
"""How long a server may take to answer OPTIONS. A packet that is lost is sent again after 0.5, 1.5 and 3.5 s (RFC 3261
section 17.1.2.2), so two may be."""

_MOST_AT_ONCE = 4
_MOST_STRANGERS = 5

Addresses = Callable[[str], Awaitable[Sequence[str]]]


class TrunkExaminer:
    """Examines trunks, a few at once. `addresses` asks DNS for a name, `registration` gives a trunk's own state."""

    def __init__(
        self,
        stack: SipStack,
        *,
        door: DoorLog,
        addresses: Addresses,
        registration: Callable[[str], RegistrationSeen],
        clock: Clock,
    ) -> None:
        self._stack, self._door, self._clock = stack, door, clock
        self._addresses, self._registration = addresses, registration
        self._turns = asyncio.Semaphore(_MOST_AT_ONCE)

    async def examine(self, trunk: Trunk) -> TrunkExamination:
        """What can be found out about a trunk within some seconds. Nothing about it raises."""
        async with self._turns:
            names = await asyncio.gather(*(self._look_up(name) for name in sorted(names_to_resolve([trunk]))))
            server = await self._ask_server(trunk) if trunk.server else None
        return TrunkExamination(
            at=self._clock(),
            since=self._door.since,
            listens_at=tuple(dict.fromkeys(join_host_port(one.host, one.port) for one in self._stack.transports)),
            names=tuple(names),
            server=server,
            registration=self._registration(trunk.name) if trunk.register else None,
            last_call_at=self._door.last_call_at(trunk.name),
            unknown_numbers=self._door.unknown_numbers(trunk.name),
            strangers=self._door.strangers()[:_MOST_STRANGERS],
        )

    async def _look_up(self, name: str) -> NameLookedUp:
        return NameLookedUp(name=name, addresses=tuple(await self._addresses(name)))

    async def _ask_server(self, trunk: Trunk) -> ServerAsked:
        server = trunk.server.removeprefix("sip:")
        try:
            target = parse_target(f"sip:{server};transport={trunk.transport}", [trunk])
        except NotDialable as mistake:
            return ServerAsked(place=server, transport=trunk.transport, problem=str(mistake))
        return await self._ask(target)

    async def _ask(self, target: Dialable) -> ServerAsked:
        place, began = join_host_port(target.host, target.port), time.monotonic()
        try:
            dialog = self._stack.open_dialog(target.uri, user="skipline")
            if (dialog.transport.transport, dialog.transport.is_v6) != (target.transport, bool(target.is_ipv6)):
                raise ValueError(
                    f"we listen on no {'IPv6' if target.is_ipv6 else 'IPv4'} address for {target.transport}"
                )
            reply = await self._stack.exchange(dialog, "OPTIONS", timeout_seconds=REPLY_SECONDS)
        except (OSError, ValueError) as trouble:
            return ServerAsked(place=place, transport=target.transport, problem=str(trouble))
        if not reply.is_real:
            return ServerAsked(place=place, transport=target.transport, is_closed=reply.code != 408)
        return ServerAsked(
            place=place,
            transport=target.transport,
            code=reply.code,
            reason=reply.reason,
            milliseconds=round((time.monotonic() - began) * 1000, 1),
        )
