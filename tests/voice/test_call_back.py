"""Call-backs: the worker rings an agent and a contact and joins them, over real SIP."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import msgspec
import pytest
from fake_centre import CARRIER, FakeCentre, WorkerProcess, configuration, connected
from waiting_room import (
    AGENT_HZ,
    CALLER_HZ,
    MUSIC_HZ,
    OTHER_HZ,
    agent_phone,
    hear_each_other,
    hears_music,
    is_near,
    join,
    music_folder,
    pitches,
    until,
)

from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import HangUp, PlaceCallBack, StopRinging
from skipline.model.configuration import VoiceConfiguration
from skipline.model.events import (
    AgentJoined,
    AgentLeft,
    AgentRang,
    AgentRefused,
    CallEnded,
    ContactJoined,
    ContactRefused,
    WaitEnded,
)
from skipline.model.ids import CallId, ReservationId
from skipline.model.voice_link import Do
from skipline.voice.phone import Manners, Phone

CONTACT, OWN = "+31687654321", "+31201234567"
RESERVATION = ReservationId("back-1")
_numbers = count(1)


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    patience = {"look": 0.3, "look_in_talk": 0.3, "silence": 0.8, "reply": 1.0}
    started = WorkerProcess.start(tmp_path_factory.mktemp("worker"), patience=patience)
    yield started
    assert started.stop() == 0
    assert "call_task_failed" not in started.log.read_text(), started.log.read_text()


@pytest.fixture
def call() -> CallId:
    return CallId(f"back-{next(_numbers)}")


@pytest.fixture
async def contact() -> AsyncIterator[Phone]:
    async with agent_phone(hz=CALLER_HZ, ring_seconds=0.5) as found:
        yield found


@pytest.fixture
async def agent() -> AsyncIterator[Phone]:
    async with agent_phone(hz=AGENT_HZ) as found:
        yield found


@asynccontextmanager
async def centre_with(worker: WorkerProcess, contact: Phone, tmp_path: Path) -> AsyncIterator[FakeCentre]:
    async with connected(worker, settings_for(contact, tmp_path)) as found:
        yield found


def settings_for(contact: Phone, tmp_path: Path) -> VoiceConfiguration:
    trunk = msgspec.structs.replace(CARRIER, server=f"127.0.0.1:{contact.address[1]}")
    return configuration(trunk, audio_folder=str(music_folder(tmp_path / "audio")))


def place(centre: FakeCentre, call: CallId, agent: Phone, **more: object) -> PlaceCallBack:
    usual = {"whisper": "A call-back for Ana.", "music": "tone", "caller_number": OWN, "trunk": "carrier"}
    order = PlaceCallBack(
        reservation=RESERVATION,
        agent="ana",
        agent_phone=agent.uri,
        phone=CONTACT,
        **(usual | more),  # type: ignore[arg-type]
    )
    centre.do(call, order, memo=b"call-back")
    return order


def kinds(centre: FakeCentre, call: CallId) -> list[str]:
    return [type(event).__name__ for event in centre.events if getattr(event, "call", None) == call]


async def test_the_agent_is_rung_first_then_the_contact_and_both_talk(
    worker: WorkerProcess, contact: Phone, agent: Phone, tmp_path: Path, call: CallId
) -> None:
    agent.manners = Manners(ring_seconds=1.2, sound=agent.manners.sound)
    contact.manners = Manners(ring_seconds=1.5, sound=contact.manners.sound)
    async with centre_with(worker, contact, tmp_path) as centre:
        place(centre, call, agent)
        await centre.next(AgentJoined, call=call)
        await until(lambda: bool(contact.calls), "the contact is rung")
        await until(lambda: is_near(agent.calls[0].heard_hz, 425), "the agent hears ringing")
        invite, ringing = contact.calls[0].invite, agent.calls[0].invite
        assert invite is not None
        assert ringing is not None
        assert OWN in invite.from_uri
        assert CONTACT in invite.request_uri
        assert OWN in invite.headers["p-asserted-identity"][0]
        assert CONTACT in ringing.from_uri
        await centre.next(ContactJoined, call=call)
        await until(lambda: is_near(contact.calls[0].heard_hz, AGENT_HZ), "the contact hears the agent")
        await until(lambda: is_near(agent.calls[0].heard_hz, CALLER_HZ), "the agent hears the contact")
        agent.calls[0].hang_up()
        ended = await centre.next(CallEnded, call=call)
        assert (ended.by, ended.code) == (EndedBy.TARGET, 200)
        await asyncio.wait_for(contact.calls[0].ended.wait(), 3)
        assert kinds(centre, call) == ["AgentRang", "AgentJoined", "ContactJoined", "AgentLeft", "CallEnded"]
        left = centre.all(AgentLeft, call)[0]
        assert not left.is_lost
        assert 0 < left.talk_seconds < 8


async def test_the_contact_may_be_rung_first_and_hears_music_until_the_agent_is_there(
    worker: WorkerProcess, contact: Phone, agent: Phone, tmp_path: Path, call: CallId
) -> None:
    agent.manners = Manners(ring_seconds=1.2, sound=agent.manners.sound)
    async with centre_with(worker, contact, tmp_path) as centre:
        place(centre, call, agent, rings_agent_first=False, whisper="")
        await centre.next(ContactJoined, call=call)
        await hears_music(contact.calls[0])
        await centre.next(AgentJoined, call=call)
        await hear_each_other(contact.calls[0], agent.calls[0])
        assert set(pitches(contact.calls[0])) <= {MUSIC_HZ, AGENT_HZ, -1}
        contact.calls[0].hang_up()
        assert (await centre.next(CallEnded, call=call)).by is EndedBy.CALLER
        await asyncio.wait_for(agent.calls[0].ended.wait(), 3)
        assert kinds(centre, call) == ["ContactJoined", "AgentRang", "AgentJoined", "AgentLeft", "CallEnded"]


@pytest.mark.parametrize(
    ("manners", "end", "code"),
    [(Manners(refuse_code=486), TryEnd.BUSY, 486), (Manners(ring_seconds=0.2, refuse_code=480), TryEnd.NO_ANSWER, 480)],
)
async def test_a_contact_who_does_not_answer_ends_it_and_the_agent_is_let_go(
    worker: WorkerProcess,
    contact: Phone,
    agent: Phone,
    tmp_path: Path,
    call: CallId,
    manners: Manners,
    end: TryEnd,
    code: int,
) -> None:
    contact.manners = manners
    async with centre_with(worker, contact, tmp_path) as centre:
        place(centre, call, agent, contact_ring_seconds=1.0, whisper="")
        refused = await centre.next(ContactRefused, call=call, seconds=10)
        assert (refused.reservation, refused.end, refused.code) == (RESERVATION, end, code)
        assert (await centre.next(CallEnded, call=call)).by is EndedBy.TARGET
        await asyncio.wait_for(agent.calls[0].ended.wait(), 3)
        assert kinds(centre, call) == ["AgentRang", "AgentJoined", "ContactRefused", "CallEnded"]


async def test_a_number_without_a_way_out_is_told_as_such(worker: WorkerProcess, agent: Phone, call: CallId) -> None:
    async with connected(worker, configuration()) as centre:
        place(centre, call, agent, whisper="")
        refused = await centre.next(ContactRefused, call=call)
        assert (refused.end, "has no server" in refused.reason) == (TryEnd.FAILED, True)
        await centre.next(CallEnded, call=call)


async def test_an_agent_who_refuses_ends_it_before_the_contact_is_bothered(
    worker: WorkerProcess, contact: Phone, agent: Phone, tmp_path: Path, call: CallId
) -> None:
    agent.manners = Manners(refuse_code=603)
    async with centre_with(worker, contact, tmp_path) as centre:
        place(centre, call, agent)
        assert (await centre.next(AgentRefused, call=call)).end is TryEnd.BUSY
        assert (await centre.next(CallEnded, call=call)).by is EndedBy.TARGET
        assert not contact.calls


async def test_an_agent_who_hangs_up_while_the_contact_rings_is_told_as_lost(
    worker: WorkerProcess, contact: Phone, agent: Phone, tmp_path: Path, call: CallId
) -> None:
    contact.manners = Manners(answers=False)
    async with centre_with(worker, contact, tmp_path) as centre:
        place(centre, call, agent, whisper="")
        await until(lambda: bool(contact.calls), "the contact is rung")
        agent.calls[0].hang_up()
        assert (await centre.next(AgentLeft, call=call)).is_lost
        await centre.next(CallEnded, call=call)
        await asyncio.wait_for(contact.calls[0].ended.wait(), 3)
        assert centre.all(ContactRefused, call) == []


async def test_when_their_agent_refuses_a_contact_who_was_rung_first_gets_another_one(
    worker: WorkerProcess, contact: Phone, agent: Phone, tmp_path: Path, call: CallId
) -> None:
    async with centre_with(worker, contact, tmp_path) as centre, agent_phone(hz=OTHER_HZ) as second:
        agent.manners = Manners(refuse_code=486)
        place(centre, call, agent, rings_agent_first=False)
        await centre.next(AgentRefused, call=call)
        await hears_music(contact.calls[0])
        await join(centre, call, second, contact.calls[0], OTHER_HZ)
        second.calls[0].hang_up()
        assert (await centre.next(CallEnded, call=call)).by is EndedBy.TARGET
        assert centre.all(WaitEnded, call) == []


@pytest.mark.parametrize("moment", ["agent rings", "contact rings", "together"])
async def test_the_centre_may_call_it_off(
    worker: WorkerProcess, contact: Phone, agent: Phone, tmp_path: Path, call: CallId, moment: str
) -> None:
    if moment == "agent rings":
        agent.manners = Manners(answers=False)
    if moment == "contact rings":
        contact.manners = Manners(answers=False)
    async with centre_with(worker, contact, tmp_path) as centre:
        place(centre, call, agent, whisper="")
        if moment == "agent rings":
            await centre.next(AgentRang, call=call)
            centre.do(call, StopRinging(reservation=RESERVATION))
        elif moment == "contact rings":
            await until(lambda: bool(contact.calls), "the contact is rung")
            centre.do(call, HangUp())
        else:
            await centre.next(ContactJoined, call=call)
            centre.do(call, HangUp())
        await centre.next(CallEnded, call=call)
        for phone in (agent, contact):
            for one in phone.calls:
                await asyncio.wait_for(one.ended.wait(), 3)


async def test_a_centre_that_comes_back_finds_the_call_back_and_does_not_begin_it_twice(
    worker: WorkerProcess, contact: Phone, agent: Phone, tmp_path: Path, call: CallId
) -> None:
    settings = settings_for(contact, tmp_path)
    async with connected(worker, settings) as centre:
        order = place(centre, call, agent, whisper="")
        await centre.next(ContactJoined, call=call)
    async with connected(worker, settings) as centre:
        held = next(one for one in centre.hello.held if one.arrived.call.id == call)
        assert (held.is_call_back, held.memo, held.arrived.call.to) == (True, b"call-back", CONTACT)
        assert held.command is not None
        assert held.agent is not None
        assert (held.agent.reservation, held.agent.agent) == (RESERVATION, "ana")
        assert held.agent.joined_at is not None
        await centre.next(AgentJoined, call=call)
        await centre.next(ContactJoined, call=call)
        centre.send(Do(call=call, command=held.command, body=order))
        await asyncio.sleep(0.3)
        assert (len(agent.calls), len(contact.calls)) == (1, 1)
        contact.calls[0].hang_up()
        await centre.next(CallEnded, call=call)
        centre.send(Do(call=call, command=held.command, body=order))
        await asyncio.sleep(0.3)
        assert len(agent.calls) == 1


async def test_when_the_agents_phone_vanishes_the_contact_hears_music_and_gets_another_one(
    worker: WorkerProcess, contact: Phone, agent: Phone, tmp_path: Path, call: CallId
) -> None:
    async with centre_with(worker, contact, tmp_path) as centre, agent_phone(hz=OTHER_HZ) as second:
        place(centre, call, agent, whisper="")
        await centre.next(ContactJoined, call=call)
        await hear_each_other(contact.calls[0], agent.calls[0])
        await agent.calls[0]._line.close()
        await agent._stack.stop()
        assert (await centre.next(AgentLeft, call=call, seconds=10)).is_lost
        await hears_music(contact.calls[0])
        await join(centre, call, second, contact.calls[0], OTHER_HZ)
