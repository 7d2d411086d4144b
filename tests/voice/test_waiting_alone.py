"""Phones that vanish and centres that die while callers wait: a real worker that loses its patience quickly."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest
from fake_centre import CARRIER, NUMBER, FakeCentre, WorkerProcess, configuration, connected
from waiting_room import (
    AGENT_HZ,
    OTHER_HZ,
    agent_phone,
    calling,
    hear_each_other,
    hears_music,
    join,
    let_wait,
    music_folder,
    ring,
    until,
)

from skipline.model.call import EndedBy
from skipline.model.configuration import Phone as PhoneLogin
from skipline.model.configuration import VoiceConfiguration
from skipline.model.events import AgentJoined, AgentLeft, AgentRang, CallArrived, CallEnded, WaitEnded
from skipline.voice.phone import AgentPhone, Manners, Phone
from skipline.voice.tones import tone

PATIENCE = {"alone": 1.5, "look": 0.3, "look_in_talk": 0.3, "silence": 0.8, "reply": 1.0, "decision": 1.0}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> VoiceConfiguration:
    return configuration(audio_folder=str(music_folder(tmp_path_factory.mktemp("audio"))))


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    started = WorkerProcess.start(tmp_path_factory.mktemp("worker"), patience=PATIENCE)
    yield started
    assert started.stop() == 0
    assert "call_task_failed" not in started.log.read_text(), started.log.read_text()


@pytest.fixture
async def centre(worker: WorkerProcess, settings: VoiceConfiguration) -> AsyncIterator[FakeCentre]:
    async with connected(worker, settings) as found:
        yield found


async def pull_the_plug(phone: Phone) -> None:
    """The phone loses its power: no BYE, no RTP, no answer."""
    for call in phone.calls:
        await call._line.close()
    await phone._stack.stop()


async def test_a_caller_whose_phone_vanished_is_noticed_while_music_plays(centre: FakeCentre) -> None:
    own = Phone()
    await own.start()
    host, port = centre.sip[0]
    caller = own.call(f"sip:{NUMBER}@{host}:{port}", caller="+31611111111", sound=tone(1000, 1.0))
    call = (await centre.next(CallArrived)).call.id
    async with agent_phone() as phone:
        await let_wait(centre, caller, call)
        phone.manners = Manners(answers=False)
        ring(centre, call, phone)
        await centre.next(AgentRang)
        await pull_the_plug(own)
        ended = await centre.next(CallEnded, seconds=15)
        assert (ended.call, ended.by) == (call, EndedBy.CALLER)
        await asyncio.wait_for(phone.calls[0].ended.wait(), 3)
    await own.stop()


async def test_a_silent_caller_who_answers_is_kept(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call):
        await let_wait(centre, caller, call)
        caller.mute()
        await asyncio.sleep(3)
        assert not caller.ended.is_set()
        await hears_music(caller)
        assert centre.all(CallEnded, call) == []


async def test_when_an_agents_phone_vanishes_the_caller_hears_music_and_gets_another_agent(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as doomed, agent_phone(hz=OTHER_HZ) as second:
        await let_wait(centre, caller, call)
        await join(centre, call, doomed, caller)
        await pull_the_plug(doomed)
        left = await centre.next(AgentLeft, seconds=15)
        assert left.is_lost
        assert left.talk_seconds > 0.5
        await hears_music(caller)
        assert centre.all(WaitEnded) == []
        await join(centre, call, second, caller, OTHER_HZ)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_registered_phone_is_rung_the_way_it_came_and_noticed_when_it_vanishes(
    worker: WorkerProcess, settings: VoiceConfiguration, transport: str
) -> None:
    login = PhoneLogin(user="ana", password_secret="ana_sip")
    with_phone = msgspec.structs.replace(settings, phones=(login,), passwords={"ana_sip": "secret of ana"})
    async with connected(worker, with_phone) as centre, calling(centre) as (caller, call):
        manners = Manners(ring_seconds=0.2, sound=tone(OTHER_HZ, 1.0))
        phone = AgentPhone("ana", "secret of ana", centre.sip[0], transport=transport, manners=manners)
        await phone.start()
        await asyncio.wait_for(phone.registered.wait(), 5)
        await let_wait(centre, caller, call)
        ring(centre, call, "ana")
        await centre.next(AgentJoined)
        await hear_each_other(caller, phone.calls[0], OTHER_HZ)
        await phone.vanish()
        assert (await centre.next(AgentLeft, seconds=15)).is_lost
        await hears_music(caller)


async def test_an_agent_who_is_muted_is_kept(centre: FakeCentre) -> None:
    async with calling(centre) as (caller, call), agent_phone() as phone:
        await let_wait(centre, caller, call)
        agent = await join(centre, call, phone, caller)
        agent.mute()
        await asyncio.sleep(3)
        assert centre.all(AgentLeft) == []
        assert not agent.ended.is_set()


async def test_a_waiting_caller_keeps_the_music_until_a_centre_is_back(
    worker: WorkerProcess, settings: VoiceConfiguration
) -> None:
    own = Phone()
    await own.start()
    async with agent_phone() as phone:
        async with connected(worker, settings) as centre:
            host, port = centre.sip[0]
            caller = own.call(f"sip:{NUMBER}@{host}:{port}", caller="+31611111111", sound=tone(1000, 1.0))
            call = (await centre.next(CallArrived)).call.id
            command = await let_wait(centre, caller, call)
        await asyncio.sleep(0.5)
        await hears_music(caller)
        async with connected(worker, settings) as centre:
            held = next(one for one in centre.hello.held if one.arrived.call.id == call)
            assert (held.command, held.memo, held.agent) == (command, b"run of " + call.encode(), None)
            await asyncio.sleep(1.6)
            phone.manners = Manners(answers=False)
            reservation = ring(centre, call, phone)
            await centre.next(AgentRang)
        async with connected(worker, settings) as centre:
            held = next(one for one in centre.hello.held if one.arrived.call.id == call)
            assert held.agent is not None
            assert (held.agent.reservation, held.agent.agent, held.agent.joined_at) == (reservation, "ana", None)
            assert (await centre.next(AgentRang)).reservation == reservation
        phone.calls[0].accept()
        phone.calls[0].play(tone(AGENT_HZ, 1.0))
        await hear_each_other(caller, phone.calls[0])
        async with connected(worker, settings) as centre:
            assert (await centre.next(AgentJoined)).reservation == reservation
            held = next(one for one in centre.hello.held if one.arrived.call.id == call)
            assert held.agent is not None
            assert held.agent.joined_at == centre.all(AgentJoined)[0].at
        await asyncio.sleep(2)
        assert not caller.ended.is_set()
        phone.calls[0].hang_up()
        async with connected(worker, settings) as centre:
            assert (await centre.next(AgentLeft)).reservation == reservation
            ended = await centre.next(WaitEnded)
            assert (ended.command, ended.has_talked) == (command, True)
            assert (await centre.next(CallEnded)).by is EndedBy.TARGET
    await own.stop()


@pytest.mark.parametrize("has_fallback", [True, False])
async def test_when_no_centre_comes_the_fall_back_takes_the_waiting_caller(
    worker: WorkerProcess, settings: VoiceConfiguration, has_fallback: bool
) -> None:
    own = Phone()
    await own.start()
    async with agent_phone(hz=OTHER_HZ) as fallback:
        trunk = msgspec.structs.replace(CARRIER, fallback=fallback.uri if has_fallback else "")
        with_fallback = msgspec.structs.replace(settings, trunks=(trunk,))
        async with connected(worker, with_fallback) as centre:
            host, port = centre.sip[0]
            caller = own.call(f"sip:{NUMBER}@{host}:{port}", caller="+31611111111", sound=tone(1000, 1.0))
            call = (await centre.next(CallArrived)).call.id
            await let_wait(centre, caller, call)
        if has_fallback:
            await until(lambda: bool(fallback.calls), "the fall-back is called", seconds=10)
            await hear_each_other(caller, fallback.calls[0], OTHER_HZ)
            async with connected(worker, settings) as centre:
                assert next(one for one in centre.hello.held if one.arrived.call.id == call).has_fallen_back
        else:
            await asyncio.sleep(2)
            assert not fallback.calls
            assert not caller.ended.is_set()
    await own.stop()
