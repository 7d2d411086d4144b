"""The telephone itself: a SIP address that places calls, and answers them as its manners say."""

import asyncio
from array import array
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from skipline.voice.phone.call import PhoneCall
from skipline.voice.sip.leg import Leg
from skipline.voice.sip.stack import SipStack
from skipline.voice.sip.tls import TlsSettings

MOST_KEPT_CALLS = 1000
"""How many of the calls that are over a phone still remembers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a phone treats those who call it.

    It rings for `ring_seconds` and then answers; `refuse_code` refuses at that moment instead; `answers` false lets it
    ring for ever. `sound` is what the caller hears, over and over; after `talk_seconds` the phone hangs up.
    """

    ring_seconds: float = 0.0
    answers: bool = True
    refuse_code: int | None = None
    refuse_reason: str = "Busy Here"
    talk_seconds: float | None = None
    sound: "array[int]" = field(default_factory=lambda: array("h"))
    has_early_audio: bool = False


class Phone:
    """A telephone at `address` (port 0 takes a free one). `on_call` is told of each call that comes in.

    ```python
    phone = Phone(("127.0.0.1", 0), manners=Manners(sound=tone(440, 1.0)))
    await phone.start()
    call = phone.call("sip:+31201234567@127.0.0.1:5060", caller="+31611111111")
    await call.answered.wait()
    ```
    """

    def __init__(
        self,
        address: tuple[str, int] = ("127.0.0.1", 0),
        *,
        manners: Manners | None = None,
        on_call: Callable[[PhoneCall], None] | None = None,
        media_ip: str | None = None,
        tls: TlsSettings | None = None,
    ) -> None:
        self.address = address
        self.manners = manners or Manners()
        self.calls: list[PhoneCall] = []
        self._on_call = on_call
        self._media_ip = media_ip or address[0]
        self._stack = SipStack([address], on_invite=self._on_invite, tls=tls)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def uri(self) -> str:
        """Where this phone can be called."""
        host, port = self.address
        return f"sip:phone@{f'[{host}]' if ':' in host else host}:{port}"

    async def start(self) -> tuple[str, int]:
        """Listen, over UDP and TCP; gives the address with its true port."""
        self.address = (await self._stack.start())[0]
        return self.address

    async def stop(self) -> None:
        """Hang up every call and stop listening."""
        for call in self.calls:
            call.hang_up()
        _, late = await asyncio.wait(self._tasks, timeout=1.0) if self._tasks else (set(), set())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._stack.stop()

    def call(
        self,
        uri: str,
        *,
        caller: str = "phone",
        caller_name: str = "",
        headers: Mapping[str, str] | None = None,
        ring_seconds: float = 60.0,
        sound: "array[int] | None" = None,
        via: tuple[str, int, str] | None = None,
    ) -> PhoneCall:
        """Call `uri`, sending `sound` once it is answered; `via` (host, port, transport) is where the INVITE goes.

        Raises `ValueError` when `uri` cannot be dialled.
        """
        call = PhoneCall(None, self._media_ip, sound if sound is not None else array("h"))
        call.timeline.note(f"called {uri}")
        try:
            leg = self._stack.dial(
                uri,
                sdp=call.own_sdp(),
                caller_user=caller,
                caller_name=caller_name,
                headers=headers or {},
                ring_seconds=ring_seconds,
                outbound=via,
            )
        except ValueError:
            self._spawn(call.close())
            raise
        self._spawn(self._remember(call).follow(leg))
        return call

    def _on_invite(self, leg: Leg) -> None:
        manners = self.manners
        call = self._remember(PhoneCall(leg, self._media_ip, manners.sound))
        call.timeline.note(f"was called by {leg.invite.from_uri if leg.invite else 'somebody'}")
        self._spawn(call.follow(leg))
        self._spawn(_behave(call, leg, manners))
        if self._on_call is not None:
            self._on_call(call)

    def _remember(self, call: PhoneCall) -> PhoneCall:
        if len(self.calls) >= MOST_KEPT_CALLS:
            self.calls = [one for one in self.calls if not one.ended.is_set()]
        self.calls.append(call)
        return call

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _behave(call: PhoneCall, leg: Leg, manners: Manners) -> None:
    """Ring, then answer or refuse, then hang up when it is time."""
    if manners.has_early_audio:
        call.ring_with_audio()
    else:
        leg.ring()
    if await _is_over_within(call, manners.ring_seconds if manners.answers else None):
        return
    if manners.refuse_code is not None:
        leg.refuse(manners.refuse_code, manners.refuse_reason)
        return
    call.accept()
    if manners.talk_seconds is not None and not await _is_over_within(call, manners.talk_seconds):
        call.hang_up()


async def _is_over_within(call: PhoneCall, seconds: float | None) -> bool:
    try:
        await asyncio.wait_for(call.ended.wait(), seconds)
    except TimeoutError:
        return False
    return True
