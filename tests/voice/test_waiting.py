"""A caller waits, an agent is rung, both talk: a real worker, real SIP, and what each of them hears."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from fake_centre import FakeCentre, WorkerProcess, configuration, connected
from waiting_room import (
    AGENT_HZ,
    CALLER_HZ,
    MUSIC_HZ,
    agent_phone,
    calling,
    hear_each_other,
    hears_music,
    is_near,
    join,
    let_wait,
    music_folder,
    pitches,
    ring,
    until,
)

from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import LeaveQueue, StopRinging, TellWaiting, WaitInQueue
from skipline.model.events import AgentJoined, AgentLeft, AgentRang, AgentRefused, CallEnded, WaitEnded
from skipline.model.ids import EntryId
from skipline.voice.phone import loudness


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
        caller.forget_heard()
        headers = {"X-Skipline-Run": "run-7", "X-Skipline-Tier": "gold"}
        reservation = ring(centre, call, phone, whisper="A gold caller: Ana Smith.", headers=headers)
        rang = await centre.next(AgentRang)
        assert rang.reservation == reservation
        assert (await centre.next(AgentJoined)).reservation == reservation
        agent = phone.calls[0]
        assert agent.invite is not None
        assert agent.invite.headers["x-skipline-run"] == ["run-7"]
        assert agent.invite.headers["x-skipline-tier"] == ["gold"]
        assert "+31611111111" in agent.invite.from_uri
        assert "m=audio" in (agent.invite.sdp or "")
        assert " 8 " not in (agent.invite.sdp or "").split("m=audio")[1].split("\r\n")[0] + " "
        await hear_each_other(caller, agent)
        heard = pitches(caller)
        assert set(heard) <= {MUSIC_HZ, AGENT_HZ, -1}
        assert caller.longest_gap_seconds < 0.06 + 0.1  # see below: the machine may be late, the relay is not
        assert loudness(agent.heard[:8000]) > 300
        assert pitches(agent)[-1] == CALLER_HZ
        agent.hang_up()
        left = await centre.next(AgentLeft)
        assert (left.reservation, left.is_lost, left.is_transfer) == (reservation, False, False)
        assert 0.1 < left.talk_seconds < 10
        ended = await centre.next(WaitEnded)
        assert (ended.command, ended.has_talked) == (command, True)
        assert (await centre.next(CallEnded)).by is EndedBy.TARGET
