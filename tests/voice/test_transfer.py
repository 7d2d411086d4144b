"""Agents hand callers on: their phone asks by REFER, the centre decides, and what everybody hears meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from fake_centre import FakeCentre, WorkerProcess, configuration, connected
from waiting_room import (
    CALLER_HZ,
    MUSIC_HZ,
    OTHER_HZ,
    agent_phone,
    calling,
    hear_each_other,
    hears_music,
    join,
    let_wait,
    music_folder,
    pitches,
    ring,
    until,
)

from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import ForwardCall, TransferCall
from skipline.model.events import (
    AgentJoined,
    AgentLeft,
    CallConnected,
    CallEnded,
    ForwardEnded,
    TargetRang,
    TransferAsked,
    TransferEnded,
    WaitEnded,
)
from skipline.model.ids import ReservationId
from skipline.voice.phone import Manners

PATIENCE = {"decision": 1.0}


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    started = WorkerProcess.start(tmp_path_factory.mktemp("worker"), patience=PATIENCE)
    yield started
    assert started.stop() == 0
    assert "call_task_failed" not in started.log.read_text(), started.log.read_text()


@pytest.fixture
async def centre(worker: WorkerProcess, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FakeCentre]:
    settings = configuration(audio_folder=str(music_folder(tmp_path_factory.mktemp("audio"))))
    async with connected(worker, settings) as found:
        yield found


def reservation_of(centre: FakeCentre) -> ReservationId:
    return centre.all(AgentJoined)[-1].reservation


async def test_a_phone_hands_the_caller_on_and_hears_that_it_went_well(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone, agent_phone(hz=OTHER_HZ) as other:
        command = await let_wait(centre, caller, call)
        agent = await join(centre, call, phone, caller)
        agent.hold()
        await hears_music(caller)
        agent.transfer("sip:sales@skipline.example")
        asked = await centre.next(TransferAsked)
        assert (asked.reservation, asked.to) == (reservation_of(centre), "sip:sales@skipline.example")
        other.manners = Manners(ring_seconds=1.0, sound=other.manners.sound)
        caller.forget_heard()
        transfer = centre.do(call, TransferCall(reservation=asked.reservation, targets=(other.uri,)))
        left = await centre.next(AgentLeft)
        assert (left.is_transfer, left.is_lost) == (True, False)
        await asyncio.wait_for(agent.ended.wait(), 3)
        assert [told.code for told in agent.transfers] == [100, 200]
        assert (await centre.next(TargetRang)).command == transfer
        assert (await centre.next(CallConnected)).command == transfer
        await hear_each_other(caller, other.calls[0], OTHER_HZ)
        assert set(pitches(caller)) <= {MUSIC_HZ, OTHER_HZ, -1}
        other.calls[0].hang_up()
        ended = await centre.next(TransferEnded)
        assert (ended.command, ended.end, ended.target) == (transfer, TryEnd.ANSWERED, other.uri)
        assert ended.talk_seconds > 0.1
        assert ((await centre.next(WaitEnded)).command, centre.all(WaitEnded)[0].has_talked) == (command, True)
        assert (await centre.next(CallEnded)).by is EndedBy.TARGET


async def test_a_phone_that_hangs_up_as_soon_as_it_asked_leaves_the_caller_with_music(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone, agent_phone(hz=OTHER_HZ) as other:
        await let_wait(centre, caller, call)
        agent = await join(centre, call, phone, caller)
        agent.transfer("sip:sales@skipline.example")
        asked = await centre.next(TransferAsked)
        agent.hang_up()
        assert (await centre.next(AgentLeft)).is_transfer
        await hears_music(caller)
        centre.do(call, TransferCall(reservation=asked.reservation))
        await join(centre, call, other, caller, OTHER_HZ)
        assert centre.all(WaitEnded) == []
        assert centre.all(TransferEnded) == []


async def test_a_transfer_nobody_answers_leaves_a_caller_who_waits_on(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone, agent_phone(hz=OTHER_HZ) as busy:
        await let_wait(centre, caller, call)
        await join(centre, call, phone, caller)
        busy.manners = Manners(refuse_code=486)
        order = TransferCall(reservation=reservation_of(centre), targets=("not a target", busy.uri), ring_seconds=1)
        transfer = centre.do(call, order)
        ended = await centre.next(TransferEnded)
        assert (ended.command, ended.end, len(ended.tries)) == (transfer, TryEnd.BUSY, 2)
        await hears_music(caller)
        assert centre.all(WaitEnded) == []
        await join(centre, call, phone, caller)


async def test_a_transfer_nobody_decides_on_is_declined_and_the_talk_goes_on(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        await let_wait(centre, caller, call)
        agent = await join(centre, call, phone, caller)
        agent.transfer("sip:nowhere@skipline.example")
        await until(lambda: [told.code for told in agent.transfers] == [100, 603], "the phone hears no")
        await hear_each_other(caller, agent)
        agent.transfer("sip:nowhere@skipline.example")
        await centre.next(TransferAsked, nth=2)
        agent.hang_up()
        assert (await centre.next(WaitEnded)).has_talked


async def test_a_transfer_of_somebody_elses_talk_does_nothing(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        await let_wait(centre, caller, call)
        agent = await join(centre, call, phone, caller)
        centre.do(call, TransferCall(reservation=ReservationId("another"), targets=("sip:x@127.0.0.1:9",)))
        await asyncio.sleep(0.2)
        await hear_each_other(caller, agent)
        assert centre.all(AgentLeft) == []


async def test_a_caller_who_leaves_while_the_new_party_rings_or_talks_ends_it(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone, agent_phone(hz=OTHER_HZ) as other:
        await let_wait(centre, caller, call)
        await join(centre, call, phone, caller)
        other.manners = Manners(answers=False)
        centre.do(call, TransferCall(reservation=reservation_of(centre), targets=(other.uri,)))
        await centre.next(TargetRang)
        caller.hang_up()
        assert (await centre.next(CallEnded)).by is EndedBy.CALLER
        await asyncio.wait_for(other.calls[0].ended.wait(), 3)


async def test_a_call_consulted_elsewhere_is_joined_there_by_name(centre: FakeCentre) -> None:
    """The agent asked a colleague on another system first: our INVITE names the call whose place it takes."""
    async with (
        calling(centre) as (caller, call),
        agent_phone() as phone,
        agent_phone(hz=OTHER_HZ) as colleague,
    ):
        await let_wait(centre, caller, call)
        agent = await join(centre, call, phone, caller)
        agent.hold()
        consulted = phone.call(colleague.uri)
        await asyncio.wait_for(consulted.answered.wait(), 3)
        agent.transfer(colleague.uri, consulted)
        asked = await centre.next(TransferAsked)
        centre.do(call, TransferCall(reservation=asked.reservation, targets=(asked.to,)))
        await centre.next(CallConnected)
        invite = colleague.calls[1].invite
        dialog = colleague.calls[0].leg.dialog if colleague.calls[0].leg else None
        assert invite is not None
        assert dialog is not None
        replaces = f"{dialog.call_id};to-tag={dialog.local_tag};from-tag={dialog.remote_tag}"
        assert invite.headers["replaces"] == [replaces]
        await hear_each_other(caller, colleague.calls[1], OTHER_HZ)
        assert pitches(colleague.calls[1])[-1] == CALLER_HZ


async def test_a_consulted_colleague_in_another_call_of_ours_takes_the_callers_agents_place(centre: FakeCentre) -> None:
    async with (
        calling(centre) as (caller, call),
        agent_phone() as phone,
        agent_phone(hz=OTHER_HZ) as colleague,
        calling(centre, phone=phone) as (consulting, other_call),
    ):
        command = await let_wait(centre, caller, call)
        agent = await join(centre, call, phone, caller)
        agent.hold()
        centre.do(other_call, ForwardCall(targets=(colleague.uri,)))
        await centre.next(CallConnected, call=other_call)
        agent.transfer("sip:colleague@skipline.example", consulting)
        assert (await centre.next(AgentLeft)).is_transfer
        await hear_each_other(caller, colleague.calls[0], OTHER_HZ)
        await asyncio.wait_for(asyncio.gather(agent.ended.wait(), consulting.ended.wait()), 3)
        assert [told.code for told in agent.transfers] == [100, 200]
        assert (await centre.next(CallEnded, call=other_call)).by is EndedBy.TARGET
        assert (await centre.next(ForwardEnded, call=other_call)).end is TryEnd.ANSWERED
        assert not colleague.calls[0].ended.is_set()
        colleague.calls[0].hang_up()
        ended = await centre.next(TransferEnded)
        assert (ended.call, ended.command, ended.end, ended.target) == (call, "", TryEnd.ANSWERED, colleague.uri)
        assert (await centre.next(WaitEnded)).command == command
        assert centre.all(TransferAsked) == []


async def test_a_consulted_agent_of_another_queue_takes_over_with_their_reservation(centre: FakeCentre) -> None:
    async with (
        calling(centre) as (caller, call),
        agent_phone() as phone,
        agent_phone(hz=OTHER_HZ) as colleague,
        calling(centre, phone=phone) as (consulting, other_call),
    ):
        await let_wait(centre, caller, call)
        agent = await join(centre, call, phone, caller)
        await let_wait(centre, consulting, other_call)
        second = ring(centre, other_call, colleague)
        await centre.next(AgentJoined, call=other_call)
        agent.transfer("sip:colleague@skipline.example", consulting)
        joined = await centre.next(AgentJoined, call=call, nth=2)
        assert joined.reservation == second
        left = centre.all(AgentLeft)
        assert [(one.call, one.is_transfer) for one in left] == [(other_call, True), (call, True)]
        await hear_each_other(caller, colleague.calls[0], OTHER_HZ)
        await centre.next(CallEnded, call=other_call)
        caller.hang_up()
        assert (await centre.next(AgentLeft, call=call, nth=2)).reservation == second
        await asyncio.wait_for(colleague.calls[0].ended.wait(), 3)


async def test_a_consulted_call_in_which_nobody_is_yet_cannot_be_joined(centre: FakeCentre) -> None:
    async with (
        calling(centre) as (caller, call),
        agent_phone() as phone,
        calling(centre, phone=phone) as (consulting, other_call),
    ):
        await let_wait(centre, caller, call)
        agent = await join(centre, call, phone, caller)
        await let_wait(centre, consulting, other_call)
        agent.transfer("sip:colleague@skipline.example", consulting)
        await until(lambda: [told.code for told in agent.transfers] == [100, 603], "the phone hears no")
        await hear_each_other(caller, agent)
