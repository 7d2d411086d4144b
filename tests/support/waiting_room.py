"""Callers who wait and agents who are rung, all over real SIP and RTP: what tests of waiting calls share."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from fake_centre import NUMBER, FakeCentre

from skipline.model.commands import RingAgent, TellWaiting, WaitInQueue
from skipline.model.events import AgentJoined, CallArrived, CallEnded
from skipline.model.ids import CallId, CommandId, EntryId, ReservationId
from skipline.voice.pcm import Pcm
from skipline.voice.phone import Manners, Phone, PhoneCall, hear
from skipline.voice.tones import tone
from skipline.voice.wav import write_wav

CALLER_HZ, AGENT_HZ, MUSIC_HZ, OTHER_HZ = 1000, 600, 440, 800
_reservations = count(1)


def music_folder(folder: Path) -> Path:
    """An audio folder whose `tone` is music of one pitch, easy to tell from people."""
    folder.mkdir(exist_ok=True)
    (folder / "tone.wav").write_bytes(write_wav(Pcm(tone(MUSIC_HZ, 2.0), 8000)))
    return folder


@asynccontextmanager
async def agent_phone(
    hz: float = AGENT_HZ,
    ring_seconds: float = 0.2,
    on_call: Callable[[PhoneCall], None] | None = None,
    **manners: object,
) -> AsyncIterator[Phone]:
    """A phone that answers soon and sends a tone."""
    told = Manners(ring_seconds=ring_seconds, sound=tone(hz, 1.0), **manners)  # type: ignore[arg-type]
    phone = Phone(manners=told, on_call=on_call)
    await phone.start()
    try:
        yield phone
    finally:
        await phone.stop()


@asynccontextmanager
async def calling(
    centre: FakeCentre, sound: "array[int] | None" = None, phone: Phone | None = None
) -> AsyncIterator[tuple[PhoneCall, CallId]]:
    """A caller with a tone of its own; the call is at the centre when this begins, and over when it ends."""
    own = phone or Phone()
    if phone is None:
        await own.start()
    host, port = centre.sip[0]
    number = len(centre.all(CallArrived)) + 1
    try:
        call = own.call(f"sip:{NUMBER}@{host}:{port}", caller="+31611111111", sound=sound or tone(CALLER_HZ, 1.0))
        arrived = await centre.next(CallArrived, nth=number)
        yield call, arrived.call.id
        call.hang_up()
    finally:
        if phone is None:
            await own.stop()
    await centre.next(CallEnded, call=arrived.call.id)


async def let_wait(centre: FakeCentre, caller: PhoneCall, call: CallId, **more: object) -> CommandId:
    """Have the caller wait with music, and hear it."""
    order = WaitInQueue(entry=EntryId(f"{call}:1"), **{"music": "tone", **more})  # type: ignore[arg-type]
    command = centre.do(call, order, memo=b"run of " + call.encode())
    await until(lambda: is_near(caller.heard_hz, MUSIC_HZ), f"the caller hears music ({caller.heard_hz})")
    return command


async def rehearse(centre: FakeCentre, caller: PhoneCall, call: CallId, text: str) -> None:
    """Have `text` rendered, by saying it to the waiting caller, so that as a whisper it is ready in any case."""
    caller.forget_heard()
    centre.do(call, TellWaiting(text=text))
    await hears_speech_then_music(caller)


def ring(centre: FakeCentre, call: CallId, phone: Phone | str, **more: object) -> ReservationId:
    """Ring an agent for the caller."""
    reservation = ReservationId(f"r{next(_reservations)}")
    uri = phone if isinstance(phone, str) else phone.uri
    centre.do(call, RingAgent(reservation=reservation, agent="ana", phone=uri, **more))  # type: ignore[arg-type]
    return reservation


async def join(centre: FakeCentre, call: CallId, phone: Phone, caller: PhoneCall, hz: float = AGENT_HZ) -> PhoneCall:
    """Ring an agent and wait until both hear each other; gives the agent's call."""
    before = len(phone.calls)
    reservation = ring(centre, call, phone)
    await until(lambda: any(one.reservation == reservation for one in centre.all(AgentJoined)), "the agent joined")
    agent = phone.calls[before]
    await hear_each_other(caller, agent, hz)
    return agent


async def hear_each_other(caller: PhoneCall, agent: PhoneCall, hz: float = AGENT_HZ) -> None:
    """Until each hears the other's tone."""
    await until(lambda: is_near(caller.heard_hz, hz), f"the caller hears the agent ({caller.heard_hz})")
    await until(lambda: is_near(agent.heard_hz, CALLER_HZ), f"the agent hears the caller ({agent.heard_hz})")


async def hears_music(caller: PhoneCall) -> None:
    """Until music is heard."""
    await until(lambda: is_near(caller.heard_hz, MUSIC_HZ), f"music is heard ({caller.heard_hz})")


async def hears_speech_then_music(caller: PhoneCall) -> None:
    """Until something was said, and music has gone on since for half a second."""

    def is_so() -> bool:
        tail = [one.hz for one in hear(caller.heard[-4096:])]
        was_speech = None in [one.hz for one in hear(caller.heard)]
        return was_speech and len(caller.heard) > 4096 and all(is_near(hz, MUSIC_HZ) for hz in tail)

    await until(is_so, "speech is heard, then music")


async def until(is_true: Callable[[], bool], what: str, seconds: float = 8) -> None:
    """Wait until something is so."""
    for _ in range(round(seconds / 0.02)):
        if is_true():
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"never happened: {what}")


def is_near(heard: float | None, wanted: float) -> bool:
    """Whether a pitch is the wanted one, as near as it can be told."""
    return heard is not None and abs(heard - wanted) < 15


def pitches(call: PhoneCall) -> list[int]:
    """The tones that were heard, one after the other; 0 is silence, -1 what is no tone."""
    return [-1 if one.hz is None else round(one.hz, -1) for one in hear(call.heard)]  # type: ignore[misc]
