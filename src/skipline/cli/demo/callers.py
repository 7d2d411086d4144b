"""The demo's callers: who calls, how the company's API behaves meanwhile, and which line they should reach."""

import asyncio
from dataclasses import dataclass

from skipline.cli.demo.company import Company, Mode
from skipline.cli.demo.lines import Line, line_heard
from skipline.voice.phone import Phone, PhoneCall
from skipline.voice.tones import tone

NUMBER = "+31201234567"
_CALLER_HZ = 1000.0
_GIVE_UP_SECONDS = 12.0
_LISTEN_SECONDS = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One scripted call."""

    who: str
    phone: str
    mode: Mode = Mode.OK
    expects: str


CALLERS = (
    Caller(who="Petra, platinum", phone="+31611111111", expects="VIP"),
    Caller(who="Gustav, gold", phone="+31622222222", expects="VIP"),
    Caller(who="Silvia, silver", phone="+31633333333", expects="Silver"),
    Caller(who="a number nobody knows", phone="+31699999999", expects="General"),
    Caller(who="Stan, first call, API slow", phone="+31644444444", mode=Mode.SLOW, expects="General"),
    Caller(who="Paul, on the VIP list, API slow", phone="+31655555555", mode=Mode.SLOW, expects="VIP"),
    Caller(who="Petra again, API down", phone="+31611111111", mode=Mode.DOWN, expects="VIP"),
    Caller(who="Silvia again, API talks nonsense", phone="+31633333333", mode=Mode.GARBAGE, expects="Silver"),
)
"""In this order: the later ones live off what the API said to the earlier ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """How a scripted call went, as its caller saw it. `line` is the one whose tone was heard; times in seconds."""

    caller: Caller
    line: str
    rang_after: float | None
    answered_after: float | None
    code: int

    @property
    def is_right(self) -> bool:
        """Whether the caller heard the line they should."""
        return self.line == self.caller.expects


async def place_call(phone: Phone, sip: str, caller: Caller, company: Company, lines: dict[str, Line]) -> CallResult:
    """Place one call over real SIP, listen to who answers, and hang up."""
    company.behave(caller.mode)
    host, _, port = sip.rpartition(":")
    call = phone.call(
        f"sip:{NUMBER}@{sip}",
        caller=caller.phone,
        sound=tone(_CALLER_HZ, 1.0),
        via=(host.strip("[]"), int(port), "udp"),
    )
    await _wait_for_answer(call)
    if call.answered.is_set():
        await asyncio.sleep(_LISTEN_SECONDS)
    heard = line_heard(lines, call.heard_hz)
    call.hang_up()
    await asyncio.wait_for(call.ended.wait(), 5)
    return CallResult(
        caller=caller,
        line=heard,
        rang_after=call.timeline.after_seconds(180, 183),
        answered_after=call.timeline.after_seconds(200),
        code=call.code,
    )


async def _wait_for_answer(call: PhoneCall) -> None:
    ends = [asyncio.create_task(one.wait()) for one in (call.answered, call.ended)]
    await asyncio.wait(ends, timeout=_GIVE_UP_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
