"""Kill -9 of the voice worker: its calls are lost and on record as such, and a new one takes the next call."""

import asyncio
import time
from pathlib import Path

import pytest
from e2e_room import Room, eventually, hear_each_other, open_room
from faulty_server import hangs

from skipline.voice.phone import PhoneCall

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def call_until_answered(room: Room) -> PhoneCall:
    """Call again and again, as people do; UDP says nothing about a port where nobody listens."""
    for _ in range(50):
        call = room.call(await room.phone())
        done = [asyncio.create_task(one.wait()) for one in (call.answered, call.ended)]
        await asyncio.wait(done, timeout=2, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.cancel()
        if call.answered.is_set():
            return call
        call.hang_up()
        await asyncio.sleep(0.05)
    pytest.fail("no call was answered any more")


async def test_lost_calls_are_on_record_and_the_next_call_works(room: Room) -> None:
    target = await room.phone()
    room.send_to(target.uri)
    talking = [room.new_caller() for _ in range(3)]
    for caller in talking:
        call = room.call(await room.phone(), caller=caller)
        await asyncio.wait_for(call.answered.wait(), 5)
    room.company.fault = hangs
    waiting = room.call(await room.phone(), caller=(undecided := room.new_caller()))
    await eventually(lambda: waiting.timeline.after_seconds(180) is not None, "it rings")
    room.send_to(target.uri)
    target.calls.clear()
    before, began = room.server.worker_pid(), time.monotonic()
    room.server.kill_worker()
    call = await call_until_answered(room)
    print(f"a call was answered {time.monotonic() - began:.2f} s after the worker was killed")
    assert room.server.worker_pid() not in (None, before)
    await hear_each_other(call, target.calls[-1])
    for caller in (*talking, undecided):
        run = await room.run_of(caller)
        assert run["outcome"] == "lost"
        record = await room.call_of(run)
        assert (record["ended_by"], bool(record["ended_at"])) == ("lost", True)


async def test_it_may_die_again_and_again(room: Room) -> None:
    target = await room.phone()
    room.send_to(target.uri)
    for _ in range(3):
        room.server.kill_worker()
        (await call_until_answered(room)).hang_up()


async def test_both_processes_die_and_the_records_are_closed_at_the_next_start(room: Room) -> None:
    target = await room.phone()
    room.send_to(target.uri)
    call = room.call(await room.phone(), caller=(caller := room.new_caller()))
    await asyncio.wait_for(call.answered.wait(), 5)
    await room.server.kill_centre()
    room.server.kill_worker()
    await room.server.start()
    run = await room.run_of(caller)
    record = await room.call_of(run)
    assert (run["outcome"], record["ended_by"]) == ("lost", "lost")
    (await call_until_answered(room)).hang_up()


async def test_any_port_stays_the_same_port(tmp_path: Path) -> None:
    async with open_room(tmp_path, sip_port=0) as room:
        target = await room.phone()
        room.send_to(target.uri)
        room.server.kill_worker()
        (await call_until_answered(room)).hang_up()
        await room.stop_phones()
