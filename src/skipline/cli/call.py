"""`skipline call`: one real test call, told moment by moment."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Annotated

import typer

from skipline.cli.settings import split_address
from skipline.cli.terminal import fail
from skipline.voice.phone import Moment, Phone, PhoneCall, Stretch, hear
from skipline.voice.tones import tone

OWN_TONE_HZ = 440.0
_FIRST_KEY_AFTER_SECONDS = 0.5
_BETWEEN_KEYS_SECONDS = 0.5
_GOODBYE_SECONDS = 2.0
_KEYS = re.compile(r"[0-9*#A-Da-d]+(,[0-9*#A-Da-d]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The call that is wanted: who calls what, where the INVITE goes, and what happens once it is answered."""

    caller: str
    uri: str
    hop: tuple[str, int, str]
    keys: tuple[str, ...]
    ring_seconds: float
    talk_seconds: float


def call(
    from_: Annotated[str, typer.Option("--from", help="the caller's number")],
    to: Annotated[str, typer.Option(help="the number, or a sip: address, to call")],
    via: Annotated[str, typer.Option(help="HOST:PORT of the server that gets the call")] = "127.0.0.1:5060",
    digits: Annotated[str, typer.Option(help="keys to press once answered, in turns: 1,2 or 42#")] = "",
    talk: Annotated[float, typer.Option(min=0.0, help="seconds to stay on the line after the keys")] = 3.0,
    ring: Annotated[float, typer.Option(min=1.0, help="seconds to let it ring")] = 60.0,
    tcp: Annotated[bool, typer.Option("--tcp", help="call over TCP instead of UDP")] = False,
) -> None:
    """Place one real test call, sending a 440 Hz tone, and print what happens; status 0 when it was answered."""
    hop = (*_address_of(via), "tcp" if tcp else "udp")
    plan = Plan(
        caller=from_,
        uri=_uri_of(to, via),
        hop=hop,
        keys=_read_keys(digits),
        ring_seconds=ring,
        talk_seconds=talk,
    )
    try:
        is_answered = asyncio.run(_place(plan))
    except socket.gaierror as unknown:
        fail(f"--via: the host {hop[0]} is not known: {unknown.strerror}", 2)
    except (OSError, ValueError) as trouble:
        fail(f"the call could not be placed: {trouble}", 2)
    if not is_answered:
        raise typer.Exit(1)


async def _place(plan: Plan) -> bool:
    async with _phone_near(plan.hop[0]) as phone:
        placed = phone.call(
            plan.uri, caller=plan.caller, ring_seconds=plan.ring_seconds, sound=tone(OWN_TONE_HZ, 1.0), via=plan.hop
        )
        placed.timeline.watch(_show_moment)
        await _live_through(placed, plan)
    _show_end(placed)
    return placed.answered.is_set()


async def _live_through(placed: PhoneCall, plan: Plan) -> None:
    """Wait for the answer, press the keys, talk, hang up; the other side may end it at any moment."""
    ended = asyncio.create_task(placed.ended.wait())
    talking = asyncio.create_task(_talk(placed, plan))
    await asyncio.wait({ended, talking}, return_when=asyncio.FIRST_COMPLETED)
    talking.cancel()
    placed.hang_up()
    with suppress(TimeoutError):
        await asyncio.wait_for(ended, _GOODBYE_SECONDS)


async def _talk(placed: PhoneCall, plan: Plan) -> None:
    await placed.answered.wait()
    for number, keys in enumerate(plan.keys):
        await asyncio.sleep(_BETWEEN_KEYS_SECONDS if number else _FIRST_KEY_AFTER_SECONDS)
        await placed.press(keys)
    await asyncio.sleep(plan.talk_seconds)


@asynccontextmanager
async def _phone_near(host: str) -> AsyncIterator[Phone]:
    """A phone at the address of this machine that reaches `host`."""
    phone = Phone((await asyncio.to_thread(_own_address, host), 0))
    await phone.start()
    try:
        yield phone
    finally:
        await phone.stop()


def _own_address(host: str) -> str:
    family, _, _, _, address = socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect(address)
        return str(probe.getsockname()[0])


def _show_moment(moment: Moment) -> None:
    told = moment.what if not moment.code or str(moment.code) in moment.what else f"{moment.code} {moment.what}"
    typer.echo(f"{moment.after_seconds * 1000:7.0f} ms  {told}")


def _show_end(placed: PhoneCall) -> None:
    if not placed.answered.is_set():
        typer.echo(f"not answered: {placed.code} {placed.reason}" if placed.code else "not answered")
        return
    typer.echo(f"answered; heard {describe_heard(hear(placed.heard))}")


def describe_heard(stretches: tuple[Stretch, ...]) -> str:
    """What was heard, in words: `silence for 0.3 s, 1000 Hz for 2.0 s`."""
    return ", ".join(f"{_sound(one.hz)} for {one.end_seconds - one.begin_seconds:.1f} s" for one in stretches) or (
        "nothing"
    )


def _sound(hz: float | None) -> str:
    if hz is None:
        return "speech or music"
    return f"{hz:.0f} Hz" if hz else "silence"


def _address_of(via: str) -> tuple[str, int]:
    try:
        host, port = split_address(via)
    except ValueError as wrong:
        fail(f"--via: {wrong}", 2)
    if not host or not port:
        fail(f"--via: {via!r} is not where a server can be: write HOST:PORT, such as 127.0.0.1:5060", 2)
    return host, port


def _uri_of(to: str, via: str) -> str:
    return to if to.lower().startswith("sip:") else f"sip:{to}@{via}"


def _read_keys(digits: str) -> tuple[str, ...]:
    if digits and not _KEYS.fullmatch(digits):
        fail(f"--digits: {digits!r} are no telephone keys: write 0-9, * and #, with commas between turns", 2)
    return tuple(digits.upper().split(",")) if digits else ()
