"""A centre that comes back: calls that the worker carries go on, all others are over, and the records say so."""

from pathlib import Path

from centre_room import NUMBER, VIP, Room, arrived, call_from, connected, ended, forwarded, loyalty_flow, new_centre
from fake_worker import FakeWorker
from faulty_server import FaultyServer, answers
from inside_server import Inside, inside, workspace_files
from store_values import make_run

from skipline.api.services import Services
from skipline.flow.run import freeze_run
from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import ForwardCall, HangUp, SayText
from skipline.model.ids import CallId, CommandId, RunId
from skipline.model.run import Outcome, Run
from skipline.model.voice_link import HeldCall
from skipline.store import calls, runs

GOLD = answers(b'{"loyalty_status": "gold"}')
CALL = CallId("call1")


def _held_at_vip() -> tuple[HeldCall, CommandId]:
    """What a worker keeps of a call that is on its way to the VIP line."""
    room = Room()
    forward = room.reach_vip()
    return HeldCall(arrived=arrived(), command=forward, memo=freeze_run(room.run())), forward


async def _read(room: Inside, run: str = "call1") -> Run:
    await room.records.settle()
    kept = await room.database.read(runs.read, RunId(run))
    assert kept is not None
    return kept


async def test_a_call_with_a_memo_goes_on_where_it_stood(tmp_path: Path) -> None:
    held, forward = _held_at_vip()
    async with inside(tmp_path, workspace_files(), worker=FakeWorker((held,))) as room:
        assert room.host.centre.runs[CALL].run.step == "to_vip"
        assert room.worker.orders == []
        room.worker.tell(forwarded(forward, TryEnd.NO_ANSWER, 408))
        do, body = await room.worker.order(ForwardCall)
        assert (do.command, body.targets) == ("call1:4", ("sip:general@127.0.0.1:5073",))


async def test_its_rows_are_written_even_if_the_centre_before_wrote_none(tmp_path: Path) -> None:
    held, forward = _held_at_vip()
    async with inside(tmp_path, workspace_files(), worker=FakeWorker((held,))) as room:
        going_on = await _read(room)
        assert (going_on.outcome, going_on.flow) == (None, "loyalty")
        room.host.take(connected(forward))
        room.host.take(forwarded(forward, TryEnd.ANSWERED, 200))
        room.host.take(ended(EndedBy.TARGET))
        assert (await _read(room)).outcome is Outcome.ANSWERED
        record = await room.database.read(calls.read, CALL)
        assert record is not None
        assert (record.ended_by, record.call.to) == (EndedBy.TARGET, NUMBER)


async def test_a_run_that_had_ended_keeps_its_outcome_although_its_last_row_was_lost(tmp_path: Path) -> None:
    past = Room()
    forward = past.reach_vip()
    [hang_up] = past.tell(forwarded(forward, TryEnd.ANSWERED, 200)).commands
    held = HeldCall(arrived=arrived(), command=hang_up.id, memo=freeze_run(past.run()))
    async with inside(tmp_path, workspace_files(), worker=FakeWorker((held,))) as room:
        room.host.take(ended(EndedBy.FLOW))
        assert (await _read(room)).outcome is Outcome.ANSWERED


async def test_a_call_without_a_memo_begins_its_run_anew(tmp_path: Path) -> None:
    held = HeldCall(arrived=arrived())
    async with (
        FaultyServer(GOLD) as company,
        inside(tmp_path, workspace_files(company.url), worker=FakeWorker((held,))) as room,
    ):
        _, said = await room.worker.order(SayText)
        assert said.text == "Hello"


async def test_a_call_waiting_for_its_time_is_woken_in_the_new_centre_too(tmp_path: Path) -> None:
    past = Room()
    past.tell(arrived())
    held = HeldCall(arrived=arrived(), command=None, memo=freeze_run(past.run()))
    async with inside(tmp_path, workspace_files(), worker=FakeWorker((held,))) as room:
        _, body = await room.worker.order(ForwardCall)
        assert body.targets == ("sip:general@127.0.0.1:5073",)


async def test_a_rescued_call_is_ended_by_the_new_centre(tmp_path: Path) -> None:
    past = Room()
    past.reach_vip()
    run = past.run()
    run.ended_at, run.outcome, run.waiting_for, run.step = past.now, Outcome.FAILED, CommandId("call1:9"), None
    held = HeldCall(arrived=arrived(), command=CommandId("call1:9"), memo=freeze_run(run))
    async with inside(tmp_path, workspace_files(), worker=FakeWorker((held,))) as room:
        room.worker.tell(forwarded(CommandId("call1:9"), TryEnd.ANSWERED, 200))
        await room.worker.order(HangUp)


async def test_a_memo_that_cannot_be_read_costs_no_other_call(tmp_path: Path) -> None:
    held, forward = _held_at_vip()
    unreadable = HeldCall(arrived=arrived(call_from(id_="call0")), command=CommandId("x:1"), memo=b"not a run")
    unknown = HeldCall(arrived=arrived(call_from(id_="call9")), command=forward, memo=_memo_of_flow("gone"))
    async with inside(tmp_path, workspace_files(), worker=FakeWorker((unreadable, unknown, held))) as room:
        assert list(room.host.centre.runs) == ["call1"]
        assert room.host.centre.runs[CALL].flow.version == 1


def _memo_of_flow(flow: str) -> bytes:
    room = Room(new_centre(loyalty_flow()))
    room.reach_vip()
    run = room.run()
    run.flow = flow
    return freeze_run(run)


async def test_a_call_stays_on_a_version_that_is_not_live_any_more(tmp_path: Path) -> None:
    held, forward = _held_at_vip()
    newer = workspace_files(flow=workspace_files()["flows/loyalty.yaml"].replace(VIP, "sip:other@127.0.0.1:5071"))
    async with inside(tmp_path, workspace_files()):
        pass
    async with inside(tmp_path, newer, worker=FakeWorker((held,))) as room:
        assert room.host.centre.flows[NUMBER].flow.version == 2
        assert room.host.centre.runs[CALL].flow.version == 1
        room.host.take(forwarded(forward, TryEnd.ANSWERED, 200))


async def test_calls_that_the_worker_does_not_carry_are_closed_as_lost(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as before:
        run = make_run(7, after_seconds=-3600 * 24 * 365 * 5)
        assert run.call is not None
        await before.database.write(calls.start, run.call)
        await before.database.write(runs.start, run)
    held, _ = _held_at_vip()
    async with inside(tmp_path, worker=FakeWorker((held,))) as room:
        assert (await _read(room, run.id)).outcome is Outcome.LOST
        record = await room.database.read(calls.read, run.call.id)
        assert record is not None
        assert record.ended_by is EndedBy.LOST
        assert (await _read(room)).outcome is None


async def test_a_full_disk_does_not_keep_a_worker_from_being_taken_over(tmp_path: Path) -> None:
    def lose_the_disk(services: Services) -> None:
        services.database._writer._is_closed = True

    held, forward = _held_at_vip()
    async with inside(tmp_path, workspace_files(), worker=FakeWorker((held,)), before_voice=lose_the_disk) as room:
        room.worker.tell(forwarded(forward, TryEnd.ANSWERED, 200))
        await room.worker.order(HangUp)
