"""A caller waits, an agent is rung, both talk: a real worker, real SIP, and what each of them hears."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sipp_scenarios as s
from fake_centre import FakeCentre, WorkerProcess, configuration, connected
from sipp_runner import SippBench
from waiting_room import (
    AGENT_HZ,
    CALLER_HZ,
    MUSIC_HZ,
    OTHER_HZ,
    agent_phone,
    calling,
    hear_each_other,
    hears_music,
    hears_speech_then_music,
    is_near,
    join,
    let_wait,
    music_folder,
    pitches,
    rehearse,
    ring,
    until,
)

from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import HangUp, LeaveQueue, RingAgent, SayText, StopRinging, TellWaiting, WaitInQueue
from skipline.model.events import AgentJoined, AgentLeft, AgentRang, AgentRefused, CallEnded, PromptEnded, WaitEnded
from skipline.model.ids import CommandId, EntryId, ReservationId
from skipline.model.voice_link import Do
from skipline.voice.phone import Manners, Phone, PhoneCall, loudness

GAP_SECONDS = 0.5
"""A switch that leaves a caller in silence takes longer. How short it is really, `bench/switching.py` measures."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return music_folder(tmp_path_factory.mktemp("audio"))


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    started = WorkerProcess.start(tmp_path_factory.mktemp("worker"))
    yield started
    assert started.stop() == 0
    assert "call_task_failed" not in started.log.read_text(), started.log.read_text()


@pytest.fixture
async def centre(worker: WorkerProcess, folder: Path) -> AsyncIterator[FakeCentre]:
    async with connected(worker, configuration(audio_folder=str(folder))) as found:
        yield found


async def test_a_caller_hears_music_then_the_agent_and_the_agent_a_whisper_then_the_caller(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone(ring_seconds=0.8) as phone:
        command = await let_wait(centre, caller, call)
        await rehearse(centre, caller, call, "A gold caller: Ana Smith.")
        caller.forget_heard()
        headers = {"X-Skipline-Run": "run-7", "X-Skipline-Tier": "gold"}
        reservation = ring(centre, call, phone, whisper="A gold caller: Ana Smith.", headers=headers)
        assert (await centre.next(AgentRang)).reservation == reservation
        assert (await centre.next(AgentJoined)).reservation == reservation
        agent = phone.calls[0]
        await hear_each_other(caller, agent)
        assert set(pitches(caller)) <= {MUSIC_HZ, AGENT_HZ, -1}
        assert caller.longest_gap_seconds < GAP_SECONDS
        assert agent.longest_gap_seconds < GAP_SECONDS
        assert loudness(agent.heard[:8000]) > 300
        assert pitches(agent)[0] != CALLER_HZ
        agent.hang_up()
        left = await centre.next(AgentLeft)
        assert (left.reservation, left.is_lost, left.is_transfer) == (reservation, False, False)
        assert 0.1 < left.talk_seconds < 10
        ended = await centre.next(WaitEnded)
        assert (ended.command, ended.has_talked, ended.problem) == (command, True, "")
        assert (await centre.next(CallEnded)).by is EndedBy.TARGET


async def test_the_music_plays_on_until_a_phone_that_takes_its_time_sends(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone(on_call=PhoneCall.mute) as phone:
        await let_wait(centre, caller, call)
        caller.forget_heard()
        ring(centre, call, phone)
        await centre.next(AgentJoined)
        await asyncio.sleep(0.8)
        phone.calls[0].unmute()
        await hear_each_other(caller, phone.calls[0])
        assert caller.longest_gap_seconds < GAP_SECONDS


async def test_the_music_does_not_wait_for_a_phone_that_is_muted(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone(on_call=PhoneCall.mute) as phone:
        await let_wait(centre, caller, call)
        ring(centre, call, phone)
        await centre.next(AgentJoined)
        await asyncio.sleep(1.5)
        heard = caller.packets_heard
        await asyncio.sleep(0.3)
        assert caller.packets_heard == heard
        assert is_near(phone.calls[0].heard_hz, CALLER_HZ)


async def test_an_agent_is_shown_who_calls_and_offered_the_callers_codec_alone(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        await let_wait(centre, caller, call)
        ring(centre, call, phone, headers={"X-Skipline-Run": "run-7", "X-Skipline-Tier": "gold"})
        await centre.next(AgentJoined)
        invite = phone.calls[0].invite
        assert invite is not None
        assert "+31611111111" in invite.from_uri
        assert (invite.headers["x-skipline-run"], invite.headers["x-skipline-tier"]) == (["run-7"], ["gold"])
        media = next(line for line in (invite.sdp or "").splitlines() if line.startswith("m=audio"))
        assert media.split()[3:] == ["0", "101"]


@pytest.mark.parametrize(
    ("manners", "end", "code"),
    [
        (Manners(refuse_code=486), TryEnd.BUSY, 486),
        (Manners(refuse_code=603, refuse_reason="Decline"), TryEnd.BUSY, 603),
        (Manners(ring_seconds=0.1, refuse_code=480), TryEnd.NO_ANSWER, 480),
        (Manners(answers=False), TryEnd.NO_ANSWER, 408),
        (Manners(refuse_code=500), TryEnd.FAILED, 500),
    ],
    ids=["busy", "declined", "not there", "no answer", "broken"],
)
async def test_an_agent_who_does_not_take_the_caller_leaves_the_music_as_it_was(
    centre: FakeCentre, manners: Manners, end: TryEnd, code: int
) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        phone.manners = manners
        await let_wait(centre, caller, call)
        caller.forget_heard()
        reservation = ring(centre, call, phone, ring_seconds=1.0)
        refused = await centre.next(AgentRefused)
        assert (refused.reservation, refused.end, refused.code) == (reservation, end, code)
        await asyncio.sleep(0.3)
        assert set(pitches(caller)) == {MUSIC_HZ}
        assert caller.longest_gap_seconds < GAP_SECONDS
        await asyncio.wait_for(phone.calls[0].ended.wait(), 3)
        phone.manners = Manners(sound=phone.manners.sound)


async def test_a_phone_that_is_not_registered_is_told_at_once(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call):
        await let_wait(centre, caller, call)
        ring(centre, call, "ana")
        refused = await centre.next(AgentRefused)
        assert (refused.end, refused.code) == (TryEnd.FAILED, 0)
        assert "'ana' is not registered" in refused.reason


async def test_the_second_agent_is_heard_though_the_first_sends_on(centre: FakeCentre) -> None:
    """Also an agent whose audio came before the answer must not keep the place of the next."""
    async with (
        calling(centre) as (caller, call),
        agent_phone(ring_seconds=0.5, has_early_audio=True) as early,
        agent_phone(hz=OTHER_HZ) as second,
    ):
        await let_wait(centre, caller, call)
        early.manners = Manners(has_early_audio=True, answers=False, sound=early.manners.sound)
        ring(centre, call, early, ring_seconds=1.0)
        assert (await centre.next(AgentRefused)).end is TryEnd.NO_ANSWER
        assert AGENT_HZ not in pitches(caller)
        agent = await join(centre, call, second, caller, OTHER_HZ)
        assert AGENT_HZ not in pitches(caller)
        assert not agent.ended.is_set()


async def test_a_withdrawn_offer_stops_the_phone_and_nothing_is_told(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        phone.manners = Manners(answers=False)
        await let_wait(centre, caller, call)
        reservation = ring(centre, call, phone)
        await centre.next(AgentRang)
        centre.do(call, StopRinging(reservation=reservation))
        await asyncio.wait_for(phone.calls[0].ended.wait(), 3)
        centre.do(call, StopRinging(reservation=reservation))
        phone.manners = Manners(sound=Phone().manners.sound)
        ring(centre, call, phone)
        await centre.next(AgentJoined)
        assert centre.all(AgentRefused) == []
        assert set(pitches(caller)) <= {MUSIC_HZ, 0, -1}


async def test_an_answer_that_crosses_the_withdrawal_is_acknowledged_and_hung_up_on(
    centre: FakeCentre, tmp_path: Path
) -> None:
    bench = SippBench(tmp_path)
    sipp = await bench.target(s.scenario(s.take_call(), s.ring(), s.answer_despite_cancel()))
    async with calling(centre) as (caller, call):
        await let_wait(centre, caller, call)
        reservation = ring(centre, call, f"sip:ana@127.0.0.1:{sipp.port}")
        await centre.next(AgentRang)
        centre.do(call, StopRinging(reservation=reservation))
        result = await sipp.result()
        assert (result.succeeded, result.failed) == (1, 0), result.errors + result.messages
        await hears_music(caller)
        assert centre.all(AgentJoined) == []
    await bench.stop()


async def test_a_key_ends_the_wait_and_the_phone_that_rings(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        phone.manners = Manners(answers=False)
        command = await let_wait(centre, caller, call, keys=("1", "*"))
        ring(centre, call, phone)
        await centre.next(AgentRang)
        await caller.press("51")
        ended = await centre.next(WaitEnded)
        assert (ended.command, ended.key, ended.has_talked) == (command, "1", False)
        await asyncio.wait_for(phone.calls[0].ended.wait(), 3)
        before = caller.packets_heard
        await asyncio.sleep(0.3)
        assert caller.packets_heard - before < 10
        centre.do(call, SayText(text="We will call you back."))
        assert (await centre.next(PromptEnded)).problem == ""
        ring(centre, call, phone)
        assert (await centre.next(AgentRefused)).end is TryEnd.CANCELLED


async def test_an_announcement_interrupts_the_music_which_then_goes_on(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call):
        await let_wait(centre, caller, call)
        caller.forget_heard()
        await hears_music(caller)
        centre.do(call, TellWaiting(text="You are first in line."))
        await hears_speech_then_music(caller)
        assert caller.longest_gap_seconds < GAP_SECONDS
        heard = pitches(caller)
        assert (heard[0], heard[-1]) == (MUSIC_HZ, MUSIC_HZ)
        assert centre.all(WaitEnded) == []


async def test_commands_about_the_wait_do_not_replace_it_and_repeated_ones_do_nothing(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        command = await let_wait(centre, caller, call)
        centre.do(call, TellWaiting(text="Still here."), memo=b"later")
        reservation = ring(centre, call, phone)
        await centre.next(AgentJoined)
        await hear_each_other(caller, phone.calls[0])
        ring(centre, call, phone)
        refused = await centre.next(AgentRefused)
        assert (refused.end, refused.reservation == reservation) == (TryEnd.CANCELLED, False)
        centre.do(call, LeaveQueue())
        centre.do(call, StopRinging(reservation=reservation))
        await asyncio.sleep(0.2)
        await hear_each_other(caller, phone.calls[0])
        assert len(phone.calls) == 1
        phone.calls[0].hang_up()
        assert (await centre.next(WaitEnded)).command == command


async def test_what_a_centre_sends_again_is_not_done_again(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        command = await let_wait(centre, caller, call)
        centre.send(Do(call=call, command=command, body=WaitInQueue(entry=EntryId("e"), music="tone")))
        order = RingAgent(reservation=ReservationId("again"), agent="ana", phone=phone.uri)
        for name in ("ring-1", "ring-1", "ring-2"):
            centre.send(Do(call=call, command=CommandId(name), body=order))
        await centre.next(AgentJoined)
        await hear_each_other(caller, phone.calls[0])
        centre.send(Do(call=call, command=CommandId("ring-3"), body=order))
        assert (await centre.next(AgentJoined, nth=2)).at == centre.all(AgentJoined)[0].at
        await hear_each_other(caller, phone.calls[0])
        assert len(phone.calls) == 1
        assert centre.all(WaitEnded) == []


async def test_a_caller_taken_off_the_queue_goes_on_with_what_the_flow_says(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call):
        command = await let_wait(centre, caller, call)
        centre.do(call, LeaveQueue(reason="Everybody has gone home."))
        ended = await centre.next(WaitEnded)
        assert (ended.command, ended.key, ended.has_talked) == (command, "", False)
        again = await let_wait(centre, caller, call)
        third = centre.do(call, WaitInQueue(entry=EntryId("e"), music="tone"))
        assert (await centre.next(WaitEnded, nth=2)).command == again
        centre.do(call, LeaveQueue())
        assert (await centre.next(WaitEnded, nth=3)).command == third
        centre.do(call, HangUp())
        assert (await centre.next(CallEnded)).by is EndedBy.FLOW


@pytest.mark.parametrize("moment", ["waiting", "ringing", "whispering", "talking"])
async def test_a_caller_may_leave_at_any_moment_and_the_agents_phone_knows(centre: FakeCentre, moment: str) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        phone.manners = Manners(answers=moment != "ringing", sound=phone.manners.sound)
        await let_wait(centre, caller, call)
        if moment != "waiting":
            ring(centre, call, phone, whisper="A caller who has little time." if moment == "whispering" else "")
            await centre.next(AgentRang if moment == "ringing" else AgentJoined)
        if moment == "talking":
            await hear_each_other(caller, phone.calls[0])
        caller.hang_up()
        assert (await centre.next(CallEnded)).by is EndedBy.CALLER
        for agent in phone.calls:
            await asyncio.wait_for(agent.ended.wait(), 3)
        kinds = [type(event) for event in centre.events if getattr(event, "call", None) == call]
        assert (AgentLeft in kinds) == (moment in ("whispering", "talking"))
        assert kinds[-1] is CallEnded
        assert WaitEnded not in kinds


async def test_an_agent_who_hangs_up_during_the_whisper_leaves_a_caller_who_still_waits(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        await let_wait(centre, caller, call)
        story = "A caller with a long story about a parcel."
        await rehearse(centre, caller, call, story)
        caller.forget_heard()
        ring(centre, call, phone, whisper=story)
        await centre.next(AgentJoined)
        phone.calls[0].hang_up()
        left = await centre.next(AgentLeft)
        assert (left.is_lost, left.talk_seconds) == (True, 0.0)
        await join(centre, call, phone, caller)
        assert 0 not in pitches(caller)
        assert caller.longest_gap_seconds < GAP_SECONDS


async def test_whoever_is_held_hears_music_and_the_agents_hold_is_counted(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        await let_wait(centre, caller, call)
        agent = await join(centre, call, phone, caller)
        agent.hold()
        await hears_music(caller)
        await asyncio.sleep(0.6)
        agent.resume()
        await hear_each_other(caller, agent)
        caller.hold()
        await until(lambda: pitches(agent)[-1] == MUSIC_HZ, "the agent hears music")
        caller.resume()
        await hear_each_other(caller, agent)
        agent.hang_up()
        left = await centre.next(AgentLeft)
        assert 0.6 < left.hold_seconds < left.talk_seconds
        assert [moment.what for moment in caller.timeline if "changed" in moment.what or "hold" in moment.what] == [
            "asked for hold"
        ]


async def test_a_caller_may_hold_and_change_the_talk_while_they_wait(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        await let_wait(centre, caller, call)
        caller.hold()
        await asyncio.sleep(0.3)
        caller.resume()
        await asyncio.sleep(0.3)
        caller.forget_heard()
        await hears_music(caller)
        agent = await join(centre, call, phone, caller)
        assert not agent.ended.is_set()
        assert centre.all(WaitEnded) == []


async def test_music_that_is_not_there_is_replaced_by_our_own(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call):
        centre.do(call, WaitInQueue(entry=EntryId("e"), music="missing"))
        await until(lambda: loudness(caller.heard[-8000:]) > 300, "music is heard")
        await asyncio.sleep(0.5)
        assert MUSIC_HZ not in pitches(caller)
        assert caller.longest_gap_seconds < GAP_SECONDS
