"""Queues at work in a whole server beside a scripted worker: rows, restarts, promises, breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from fake_worker import FakeWorker
from inside_server import Inside, inside
from queue_company import FILES, Company, eventually

from skipline.centre.call_back import CallBack, CallBackState
from skipline.centre.entry_facts import call_back_record
from skipline.host.queue_memory import pause_agent, ready_agent
from skipline.model.call import EndedBy
from skipline.model.commands import LeaveQueue, PlaceCallBack, RequestCallBack, RingAgent, SayText, TellWaiting
from skipline.model.events import AgentJoined, CallBackTaken, ContactJoined
from skipline.model.ids import CallId, EntryId
from skipline.model.live_events import AgentStateChanged, EntryChanged
from skipline.model.queueing import AgentState, Entry, EntryState, Place, Visit
from skipline.model.voice_link import AgentTalk
from skipline.store import agent_states, calls, entries, visits


@asynccontextmanager
async def company(folder: Path, worker: FakeWorker | None = None, *, is_new: bool = True) -> AsyncIterator[Company]:
    async with inside(folder, FILES if is_new else None, worker=worker) as room:
        yield Company(room)


async def state_of(room: Inside, agent: str) -> AgentState:
    found = await room.host.office.agent(agent)
    assert found is not None
    return found.state


async def test_a_caller_is_taken_and_everything_is_on_record(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        wait, _ = await firm.call("call1")
        firm.sign_in("ana")
        do, ring = await firm.ring()
        assert (ring.agent, ring.phone) == ("ana", "ana")
        firm.join(do, ring)
        await eventually(lambda: firm.room.host.centre.runs[CallId("call1")].stay.connected_at)  # type: ignore[union-attr]
        firm.part(do, ring, wait)
        firm.hang_up("call1", EndedBy.FLOW)
        await eventually(lambda: not firm.room.host.centre.runs)
        await firm.room.records.settle()
        database = firm.room.database
        [visit] = (await database.read(visits.read_batch)).visits
        assert (visit.agent, visit.talk_seconds, visit.ended) == ("ana", 12.0, EntryState.CONNECTED)
        record = await database.read(entries.read, EntryId("call1:1"))
        assert record is not None
        assert (record.state, record.agent, record.left_at is not None) == (EntryState.CONNECTED, "ana", True)
        now = firm.room.services.clock()
        spells = (await database.read(agent_states.read_batch, visit.joined_at, now)).spells
        assert [spell.state for spell in spells if spell.agent == "ana"][-1] is AgentState.AVAILABLE


async def test_a_visit_is_on_record_though_everything_stopped_while_the_agent_wrapped_up(tmp_path: Path) -> None:
    slow = FILES | {"skipline.yaml": FILES["skipline.yaml"].replace("{name: vip}", "{name: vip, wrap_up: 1h}")}
    async with inside(tmp_path, slow) as room:
        firm = Company(room)
        wait, _ = await firm.call("call1")
        firm.sign_in("ana")
        do, ring = await firm.ring()
        firm.join(do, ring)
        firm.part(do, ring, wait)
        firm.hang_up("call1", EndedBy.FLOW)
        await eventually(lambda: room.host.centre.phones and not room.host.centre.runs)
    for _ in range(2):
        async with company(tmp_path, is_new=False) as firm:
            found: tuple[Visit, ...] = ()
            async with asyncio.timeout(10):
                while not found:
                    found = (await firm.room.database.read(visits.read_batch)).visits
            [visit] = found
            assert (visit.entry, visit.agent, visit.ended) == ("call1:1", "ana", EntryState.CONNECTED)
            assert (visit.target_seconds, visit.waited_seconds >= 0, visit.talk_seconds >= 0) == (20, True, True)


async def test_who_watches_sees_states_and_no_names(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        with firm.room.host.live.listen() as facts:
            await firm.call("call1", "+31612345678")
            firm.sign_in("ana")
            await firm.ring()
            seen = []
            async with asyncio.timeout(10):
                async for fact in facts:
                    seen.append(fact)
                    if isinstance(fact, AgentStateChanged):
                        break
        told = [fact for fact in seen if isinstance(fact, EntryChanged | AgentStateChanged)]
        assert [str(fact.state) for fact in told] == ["waiting", "reserved", "reserved"]
        assert "+31612345678" not in str(told)


async def test_waiting_callers_keep_their_places_through_a_restart(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        for number in range(3):
            await firm.call(f"call{number}")
        joined = [stay.entry.joined_at for stay in firm.room.host.office.state.stays.values()]  # type: ignore[attr-defined]
        held = tuple(firm.held(f"call{number}") for number in (2, 0, 1))
    async with company(tmp_path, FakeWorker(held, phones=("ana",)), is_new=False) as firm:
        do, ring = await firm.ring()
        assert do.call == "call0"
        stays = firm.room.host.office.state.stays.values()  # type: ignore[attr-defined]
        assert sorted(stay.entry.joined_at for stay in stays) == joined
        firm.join(do, ring)
        await eventually(lambda: firm.room.host.centre.runs[CallId("call0")].stay.connected_at)  # type: ignore[union-attr]
        assert await state_of(firm.room, "ana") is AgentState.ENGAGED


async def test_waiting_callers_are_not_sent_away_by_a_restart_because_agents_are_known_a_moment_later(
    tmp_path: Path,
) -> None:
    strict = {
        "skipline.yaml": FILES["skipline.yaml"].replace(
            "{name: vip}", "{name: vip, overflow: {nobody_signed_in: true}}"
        ),
        "flows/support.yaml": FILES["flows/support.yaml"].replace(
            "{wants_call_back:", "{overflowed: promise, wants_call_back:"
        ),
    }
    async with inside(tmp_path, strict) as room:
        firm = Company(room)
        firm.sign_in("ana")
        await eventually(lambda: room.host.centre.phones)
        for number in range(2):
            await firm.call(f"call{number}")
        held = tuple(firm.held(f"call{number}") for number in range(2))
    async with company(tmp_path, FakeWorker(held, phones=("ana",)), is_new=False) as firm:
        do, _ = await firm.ring()
        assert do.call == "call0"
        assert [one for one in firm.worker.orders if isinstance(one.body, LeaveQueue)] == []


async def test_a_caller_who_talks_goes_on_talking_and_their_agent_is_not_rung(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        wait, _ = await firm.call("call1")
        firm.sign_in("ana")
        do, ring = await firm.ring()
        firm.join(do, ring)
        await eventually(lambda: firm.room.host.centre.runs[CallId("call1")].stay.connected_at)  # type: ignore[union-attr]
        await firm.call("call2")
        talk = AgentTalk(reservation=ring.reservation, agent="ana", joined_at=firm.room.services.clock())
        held = (firm.held("call2"), firm.held("call1", talk))
    async with company(tmp_path, FakeWorker(held, phones=("ana",)), is_new=False) as firm:
        await eventually(lambda: firm.room.host.centre.phones)
        assert await state_of(firm.room, "ana") is AgentState.ENGAGED
        assert [do for do in firm.worker.orders if isinstance(do.body, RingAgent)] == []
        firm.part(do, ring, wait)
        again, _ = await firm.ring()
        assert again.call == "call2"


async def test_a_promised_call_back_outlives_everything(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        wait, _ = await firm.call("call1", "+31612345678")
        with firm.room.host.live.listen() as facts:
            firm.press(wait, "1")
            async with asyncio.timeout(10):
                taken = await anext(fact async for fact in facts if isinstance(fact, CallBackTaken))
        record = await firm.room.database.read(entries.read, taken.entry)
        assert record is not None
        assert record.call_back is not None
        await firm.worker.order(SayText)
        firm.hang_up("call1")
    async with company(tmp_path, FakeWorker(phones=("ana",)), is_new=False) as firm:
        do, order = await firm.worker.order(PlaceCallBack)
        assert (order.agent, order.phone, order.trunk) == ("ana", "+31612345678", "outward")
        stay = firm.room.host.office.state.stays[taken.entry]  # type: ignore[attr-defined]
        assert stay.entry.joined_at == record.entry.joined_at
        held = firm.worker.orders[-1]
        firm.worker.tell(AgentJoined(at=firm.room.services.clock(), call=do.call, reservation=order.reservation))
        firm.worker.tell(ContactJoined(at=firm.room.services.clock(), call=do.call, reservation=order.reservation))
        await eventually(lambda: firm.room.host.centre.call_backs[taken.entry].connected_at)
        firm.hang_up(held.call)
        await eventually(lambda: not firm.room.host.centre.call_backs)
        await firm.room.records.settle()
        record = await firm.room.database.read(entries.read, taken.entry)
        assert record is not None
        assert (record.state, record.call_back) == (EntryState.CONNECTED, None)
        call = await firm.room.database.read(calls.read, held.call)
        assert call is not None
        assert (call.call.to, call.ended_by) == ("+31612345678", EndedBy.CALLER)


async def test_a_contact_who_was_not_reached_before_a_restart_is_called_again(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        now = firm.room.services.clock()
        place = Place(queue="vip", tier="gold")
        entry = Entry(id=EntryId("call1:3"), joined_at=now, place=place, is_call_back=True)
        rests = CallBack(
            entry=entry,
            request=RequestCallBack(place=place, phone="+31612345678", trunk="outward"),
            state=CallBackState.RESTING,
            attempts=1,
            calls=1,
            retry_at=now + timedelta(seconds=0.1),
            is_wrapping=True,
        )
        await firm.room.database.write(entries.keep, call_back_record(rests))
    async with company(tmp_path, FakeWorker(phones=("ana",)), is_new=False) as firm:
        do, order = await firm.worker.order(PlaceCallBack)
        assert (do.call, order.phone) == ("call1:3:2", "+31612345678")


async def test_no_call_back_is_promised_while_nothing_can_be_written(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        wait, _ = await firm.call("call1", "+31612345678")
        firm.room.database._writer._is_closed = True
        with firm.room.host.live.listen() as facts:
            firm.press(wait, "1")
            async with asyncio.timeout(10):
                taken = await anext(fact async for fact in facts if isinstance(fact, CallBackTaken))
        firm.room.database._writer._is_closed = False
        assert taken.problem == "It could not be written down."
        assert firm.room.host.centre.call_backs == {}


async def test_a_break_lasts_through_a_restart(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        room = firm.room
        firm.sign_in("ana")
        await eventually(lambda: room.host.centre.phones)
        await pause_agent(room.database, room.host, "ana", "lunch", room.services.clock())
        assert await state_of(room, "ana") is AgentState.AWAY
    async with company(tmp_path, FakeWorker(phones=("ana",)), is_new=False) as firm:
        room = firm.room
        await firm.call("call1")
        await eventually(lambda: room.host.centre.phones)
        assert await state_of(room, "ana") is AgentState.AWAY
        await ready_agent(room.database, room.host, "ana", room.services.clock())
        _, ring = await firm.ring()
        assert ring.agent == "ana"
    async with company(tmp_path, FakeWorker(phones=("ana",)), is_new=False) as firm:
        await eventually(lambda: firm.room.host.centre.phones)
        assert await state_of(firm.room, "ana") is AgentState.AVAILABLE


async def test_a_worker_that_dies_loses_no_place_of_those_who_ring_back(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        await firm.call("call1", "+31612345678")
        firm.sign_in("ana", "ben")
        await firm.ring()
        firm.worker.hang_up()
        await eventually(lambda: not firm.room.host.centre.runs)
        assert firm.room.host.centre.phones == set()
        await eventually(lambda: firm.worker.connections == 2)
        await firm.call("call2", "+31612345678")
        stay = firm.room.host.office.state.stays[EntryId("call2:1")]  # type: ignore[attr-defined]
        assert "in a call that we lost" in stay.entry.reasons[-1]
        await firm.room.records.settle()
        record = await firm.room.database.read(entries.read, EntryId("call1:1"))
        assert record is not None
        assert record.is_lost


async def test_who_was_lost_with_centre_and_worker_is_remembered_from_the_database(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        await firm.call("call1", "+31612345678")
        await firm.room.records.settle()
    async with company(tmp_path, is_new=False) as firm:
        await firm.call("call2", "+31612345678")
        stay = firm.room.host.office.state.stays[EntryId("call2:1")]  # type: ignore[attr-defined]
        assert "in a call that we lost" in stay.entry.reasons[-1]


async def test_a_new_agent_whose_phone_is_there_already_is_rung(tmp_path: Path) -> None:
    async with company(tmp_path) as firm:
        await firm.call("call1")
        firm.sign_in("cas")
        more = "  - {name: cas, queues: [vip], phone: {user: cas, password_secret: cas_sip}}\n"
        applied = await firm.room.workspace.apply({**FILES, "skipline.yaml": FILES["skipline.yaml"] + more})
        assert applied.is_applied
        _, ring = await firm.ring()
        assert ring.agent == "cas"


async def test_a_waiting_caller_is_told_where_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skipline.centre.announcing.FIRST_TOLD_SECONDS", 0.1)
    async with company(tmp_path) as firm:
        await firm.call("call1")
        _, told = await firm.worker.order(TellWaiting)
        assert "next" in told.text
