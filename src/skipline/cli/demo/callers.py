"""The demo's callers: who calls, how the company's API behaves meanwhile, and which line or queue they should reach."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from skipline.cli.demo.company import Mode
from skipline.cli.demo.stage import NUMBER, Demo
from skipline.cli.demo.watch import Row
from skipline.voice.phone import PhoneCall
from skipline.voice.tones import tone

_CALLER_HZ = 1000.0
_GIVE_UP_SECONDS = 20.0
_LISTEN_SECONDS = 0.1
_TONE_WIDTH_HZ = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One scripted call."""

    who: str
    phone: str
    mode: Mode = Mode.OK
    expects: str


CALLERS = (
    Caller(who="Petra, platinum", phone="+31611111111", expects="VIP line"),
    Caller(who="Gustav, gold", phone="+31622222222", expects="vip queue"),
    Caller(who="Silvia, silver", phone="+31633333333", expects="vip queue"),
    Caller(who="a number nobody knows", phone="+31699999999", expects="General line"),
    Caller(who="Stan, first call, API slow", phone="+31644444444", mode=Mode.SLOW, expects="General line"),
    Caller(who="Paul, on the VIP list, API slow", phone="+31655555555", mode=Mode.SLOW, expects="VIP line"),
    Caller(who="Petra again, API down", phone="+31611111111", mode=Mode.DOWN, expects="VIP line"),
    Caller(who="Silvia again, API talks nonsense", phone="+31633333333", mode=Mode.GARBAGE, expects="vip queue"),
)
"""In this order: the later ones live off what the API said to the earlier ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """How a scripted call went. `heard` is the line or the agent whose tone the caller heard; `row` is the record.
    Times in seconds after the call was placed, as its caller saw them."""

    caller: Caller
    heard: str
    rang_after: float | None
    picked_up_after: float | None
    code: int
    row: Row | None

    @property
    def reached(self) -> str:
        """The line that was heard, or the queue of the agent who was heard and is on record; empty when nobody was."""
        row = self.row
        if row is not None and row.agent and row.agent == self.heard:
            return f"{row.queue} queue"
        return self.heard

    @property
    def answered_after(self) -> float | None:
        """When the caller had somebody to talk with: a waiting caller's call is picked up long before that."""
        if self.row is None or not self.row.agent or self.row.answered_at is None:
            return self.picked_up_after
        return (self.row.answered_at - self.row.call.arrived_at).total_seconds()

    @property
    def is_right(self) -> bool:
        """Whether the caller got to where they should."""
        return self.reached == self.caller.expects


def dial(demo: Demo, phone: str) -> PhoneCall:
    """Have a customer call the company."""
    sip = demo.server.sip[0]
    host, _, port = sip.rpartition(":")
    via = (host.strip("[]"), int(port), "udp")
    return demo.phone.call(f"sip:{NUMBER}@{sip}", caller=phone, sound=tone(_CALLER_HZ, 1.0), via=via)


async def place_call(demo: Demo, caller: Caller) -> CallResult:
    """Place one call over real SIP, listen until somebody answers, and hang up."""
    demo.company.behave(caller.mode)
    return await finish_call(demo, caller, dial(demo, caller.phone))


async def finish_call(demo: Demo, caller: Caller, call: PhoneCall) -> CallResult:
    """Listen to a call until somebody answers, and hang up."""
    heard = await _listen(demo.voices, call)
    row = demo.watch.latest(caller.phone)
    call.hang_up()
    await asyncio.wait_for(call.ended.wait(), 5)
    return CallResult(
        caller=caller,
        heard=heard,
        rang_after=call.timeline.after_seconds(180, 183),
        picked_up_after=call.timeline.after_seconds(200),
        code=call.code,
        row=row,
    )


async def _listen(voices: Mapping[str, float], call: PhoneCall) -> str:
    """Whose tone is heard; empty when the call ends, or the caller has enough, before anybody's is."""
    try:
        async with asyncio.timeout(_GIVE_UP_SECONDS):
            while not call.ended.is_set():
                heard = next(_known(voices, call.heard_hz), "") if call.answered.is_set() else ""
                if heard:
                    return heard
                await asyncio.sleep(_LISTEN_SECONDS)
    except TimeoutError:
        pass
    return ""


def _known(voices: Mapping[str, float], hz: float | None) -> Iterator[str]:
    return (name for name, own in voices.items() if hz and abs(own - hz) < _TONE_WIDTH_HZ)
