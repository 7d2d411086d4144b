"""The host joins voice, centre, look-ups and records: real database, real HTTP, real socket to a scripted worker."""

import asyncio
from dataclasses import replace
from pathlib import Path

from centre_room import (
    FLOW,
    GENERAL,
    VIP,
    BrokenTrigger,
    arrived,
    call_from,
    connected,
    ended,
    forwarded,
    found,
    spoken,
    with_broken,
)
from fake_worker import FakeWorker
from faulty_server import FaultyServer, answers, hangs
from inside_server import Inside, inside, workspace_files

from skipline.centre.memo import thaw_memo
from skipline.centre.state import LiveFlow
from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import ForwardCall, HangUp, Issued, SayText
from skipline.model.events import CallEnded, LookupAnswered
from skipline.model.ids import CallId, RunId
from skipline.model.run import Outcome, Run
from skipline.store import calls, runs

GOLD = answers(b'{"loyalty_status": "gold"}')
RESCUE = "sip:night@127.0.0.1:5099"


async def _forward(room: Inside) -> tuple[str, ForwardCall]:
    """Lead a call up to its forward."""
    room.worker.tell(arrived())
    say, _ = await room.worker.order(SayText)
    room.worker.tell(spoken(say.command))
    do, forward = await room.worker.order(ForwardCall)
    return do.command, forward


async def _kept_run(room: Inside) -> Run:
    await room.records.settle()
    [summary] = (await room.database.read(runs.find)).runs
    run = await room.database.read(runs.read, summary.id)
    assert run is not None
    return run


async def _over(room: Inside, call: str = "call1") -> None:
    """Wait until the host knows that a call is over."""
    with room.host.live.listen() as facts:
        if CallId(call) not in room.host.centre.runs:
            return
        async with asyncio.timeout(10):
            async for fact in facts:
                if isinstance(fact, CallEnded) and fact.call == call:
                    return


async def test_a_call_travels_from_the_worker_through_a_look_up_and_back_into_the_records(tmp_path: Path) -> None:
    async with FaultyServer(GOLD) as company, inside(tmp_path, workspace_files(company.url)) as room:
        command, forward = await _forward(room)
        assert forward.targets == (VIP,)
        room.worker.tell(connected(command))
        room.worker.tell(forwarded(command, TryEnd.ANSWERED, 200))
        await room.worker.order(HangUp)
        room.worker.tell(ended(EndedBy.TARGET))
        await _over(room)
        run = await _kept_run(room)
        assert (run.outcome, [entry.step for entry in run.trace]) == (
            Outcome.ANSWERED,
            ["look_up", "tier", "greet", "to_vip"],
        )
        record = await room.database.read(calls.read, CallId("call1"))
        assert record is not None
        assert (record.ended_by, [attempt.target for attempt in record.tries]) == (EndedBy.TARGET, [VIP])


async def test_each_command_carries_the_run_as_it_stands_after_it(tmp_path: Path) -> None:
    async with FaultyServer(GOLD) as company, inside(tmp_path, workspace_files(company.url)) as room:
        command, _ = await _forward(room)
        memo = thaw_memo(room.worker.orders[-1].memo).run
        assert memo is not None
        assert (memo.step, memo.waiting_for, memo.variables["loyalty_status"]) == ("to_vip", command, "gold")


async def test_a_run_has_its_row_while_it_goes_on(tmp_path: Path) -> None:
    async with FaultyServer(hangs) as company, inside(tmp_path, workspace_files(company.url, time_limit="1s")) as room:
        room.worker.tell(arrived())
        await company.first_request()
        run = await _kept_run(room)
        assert (run.outcome, run.trace, run.contact.phone) == (None, [], "+31612345678")


async def test_a_caller_who_leaves_while_the_source_hangs_is_over_at_once(tmp_path: Path) -> None:
    async with FaultyServer(hangs) as company, inside(tmp_path, workspace_files(company.url, time_limit="1s")) as room:
        room.worker.tell(arrived())
        await company.first_request()
        room.worker.tell(ended())
        await _over(room)
        assert (await _kept_run(room)).outcome is Outcome.ABANDONED
        assert room.worker.orders == []


async def test_a_full_disk_drops_no_call(tmp_path: Path) -> None:
    async with FaultyServer(GOLD) as company, inside(tmp_path, workspace_files(company.url)) as room:
        limit = await room.database.write(lambda it: it.exec_driver_sql("PRAGMA page_count").scalar())
        await room.database.write(lambda it: it.exec_driver_sql(f"PRAGMA max_page_count={limit}").scalar())
        for number in range(200):
            room.host.take(arrived(call_from("+316" + "1" * 8, id_=f"filler{number}", to="+31209999999")))
        await room.records.settle()
        command, _ = await _forward(room)
        room.worker.tell(forwarded(command, TryEnd.ANSWERED, 200))
        hang_up, _ = await room.worker.order(HangUp, 201)
        assert hang_up.call == "call1"


async def test_a_closed_database_drops_no_call(tmp_path: Path) -> None:
    async with FaultyServer(GOLD) as company, inside(tmp_path, workspace_files(company.url)) as room:
        await room.database.close()
        command, _ = await _forward(room)
        room.worker.tell(forwarded(command, TryEnd.ANSWERED, 200))
        await room.worker.order(HangUp)


async def test_a_broken_step_is_recorded_and_its_caller_rescued(tmp_path: Path) -> None:
    def break_step(room: Inside) -> None:
        [(number, live)] = room.host.centre.flows.items()
        room.host.centre.flows = {number: LiveFlow(live.key, with_broken(live.flow, "greet"))}

    async with FaultyServer(GOLD) as company, inside(tmp_path, workspace_files(company.url, fallback=RESCUE)) as room:
        break_step(room)
        room.worker.tell(arrived())
        rescue, forward = await room.worker.order(ForwardCall)
        assert forward.targets == (RESCUE,)
        room.worker.tell(forwarded(rescue.command, TryEnd.ANSWERED, 200))
        await room.worker.order(HangUp)
        run = await _kept_run(room)
        assert (run.outcome, run.trace[-1].step) == (Outcome.FAILED, "greet")


async def test_a_broken_trigger_refuses_its_caller_and_the_host_serves_on(tmp_path: Path) -> None:
    async with FaultyServer(GOLD) as company, inside(tmp_path, workspace_files(company.url)) as room:
        flows = dict(room.host.centre.flows)
        [(number, live)] = flows.items()
        broken = replace(live.flow, triggers=(BrokenTrigger(),))
        room.host.centre.flows = {number: LiveFlow(live.key, broken)}
        room.worker.tell(arrived(call_from(id_="call0")))
        do, hang_up = await room.worker.order(HangUp)
        assert (do.call, hang_up.code) == ("call0", 503)
        room.host.centre.flows = flows
        await _forward(room)


async def test_a_run_is_woken_when_its_time_is_over_and_the_late_answer_changes_nothing(tmp_path: Path) -> None:
    is_late = asyncio.Event()

    async def answer_late(issued: Issued) -> LookupAnswered:
        await is_late.wait()
        return found(issued.id, loyalty_status="gold")

    in_a_hurry = FLOW.replace("source: loyalty", "source: loyalty\n      time_limit: 100ms")
    async with inside(tmp_path, workspace_files(flow=in_a_hurry)) as room:
        room.host._lookups.answer = answer_late  # type: ignore[method-assign]
        room.worker.tell(arrived())
        _, forward = await room.worker.order(ForwardCall)
        assert forward.targets == (GENERAL,)
        is_late.set()
        with room.host.live.listen() as facts:
            assert isinstance(await anext(facts), LookupAnswered)
        run = room.host.centre.runs[CallId("call1")].run
        assert ([entry.exit for entry in run.trace], run.variables["loyalty_status"]) == (
            ["failed", "else"],
            "standard",
        )
        assert len(room.worker.orders) == 1


async def test_no_alarm_outlives_its_call(tmp_path: Path) -> None:
    async with FaultyServer(hangs) as company, inside(tmp_path, workspace_files(company.url, time_limit="1s")) as room:
        room.worker.tell(arrived())
        await company.first_request()
        assert list(room.host._alarms) == ["call1"]
        room.host.take(ended())
        assert list(room.host._alarms) == []


async def test_when_the_worker_dies_its_calls_are_lost_and_the_next_worker_takes_new_ones(tmp_path: Path) -> None:
    async with FaultyServer(GOLD) as company, inside(tmp_path, workspace_files(company.url)) as room:
        await _forward(room)
        room.worker.hang_up()
        await _over(room)
        async with asyncio.timeout(10):
            await room.voice.ready.wait()
        assert (await _kept_run(room)).outcome is Outcome.LOST
        assert room.worker.connections == 2
        room.worker.tell(arrived(call_from(id_="call2")))
        say, _ = await room.worker.order(SayText, 2)
        assert say.call == "call2"


async def test_a_frame_that_is_no_frame_costs_no_call(tmp_path: Path) -> None:
    async with FaultyServer(GOLD) as company, inside(tmp_path, workspace_files(company.url)) as room:
        room.worker.send_bytes(b"\x00\x00\x00\x03abc")
        await _forward(room)
        assert room.worker.connections == 1


async def test_a_stream_out_of_step_is_begun_again(tmp_path: Path) -> None:
    async with FaultyServer(GOLD) as company, inside(tmp_path, workspace_files(company.url)) as room:
        room.worker.send_bytes(b"\xff\xff\xff\xff")
        await room.worker.configured(lambda _: room.worker.connections == 2)
        await _forward(room)


async def test_listeners_hear_each_fact_in_order(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room:
        with room.host.live.listen() as facts:
            room.host.take(arrived())
            room.host.take(ended())
            heard = [type(await anext(facts)).__name__ for _ in range(4)]
        assert heard == ["CallArrived", "RunStarted", "CallEnded", "RunEnded"]


async def test_a_listener_who_falls_behind_loses_the_oldest_facts_only(tmp_path: Path) -> None:
    async with inside(tmp_path) as room:
        with room.host.live.listen() as facts:
            for number in range(1005):
                room.host.take(ended(call=f"call{number}"))
            first = await anext(facts)
            assert isinstance(first, CallEnded)
            assert first.call == "call5"


async def test_a_listener_who_left_is_told_nothing_more(tmp_path: Path) -> None:
    async with inside(tmp_path) as room:
        with room.host.live.listen():
            pass
        assert not room.host.live._listeners


async def test_a_fact_that_cannot_be_handled_ends_nothing(tmp_path: Path) -> None:
    async with FaultyServer(GOLD) as company, inside(tmp_path, workspace_files(company.url)) as room:
        room.host.centre.runs[CallId("odd")] = None  # type: ignore[assignment]
        room.host.take(ended(call="odd"))
        await _forward(room)


async def test_the_worker_hears_what_is_live_as_soon_as_it_connects(tmp_path: Path) -> None:
    worker = FakeWorker()
    async with inside(tmp_path, workspace_files(), worker=worker):
        configuration = (await worker.configured()).configuration
        assert configuration.live_numbers == ("+31201234567",)
        assert VIP in configuration.watched_targets
        assert [trunk.name for trunk in configuration.trunks] == ["carrier"]


async def test_a_run_unknown_to_the_records_reads_as_none(tmp_path: Path) -> None:
    async with inside(tmp_path) as room:
        assert await room.database.read(runs.read, RunId("nobody")) is None
