"""The worker's life beside a centre that comes and goes, over real SIP."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from fake_centre import CARRIER, NUMBER, FakeCentre, WorkerProcess, configuration, connected

from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import ForwardCall, HangUp, KeepMemo
from skipline.model.configuration import Trunk
from skipline.model.events import CallArrived, CallConnected, CallEnded, ForwardEnded
from skipline.model.voice_link import Do, Drain
from skipline.voice.phone import Manners, Phone, PhoneCall
from skipline.voice.tones import tone


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[WorkerProcess]:
    started = WorkerProcess.start(tmp_path)
    yield started
    if started.process.poll() is None:
        assert started.stop() == 0
    assert "call_task_failed" not in started.log.read_text()


@asynccontextmanager
async def phone(manners: Manners | None = None) -> AsyncIterator[Phone]:
    found = Phone(manners=manners)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


def dial(caller: Phone, address: tuple[str, int], number: str = NUMBER) -> PhoneCall:
    host, port = address
    return caller.call(f"sip:{number}@{host}:{port}", caller="+31611111111", sound=tone(1000, 1.0))


async def until(is_true: Callable[[], bool], what: str, seconds: float = 10) -> None:
    for _ in range(round(seconds / 0.02)):
        if is_true():
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"never happened: {what}")


async def connect_one(centre: FakeCentre, caller: Phone, target: Phone, memo: bytes) -> PhoneCall:
    call = dial(caller, centre.sip[0])
    arrived = await centre.next(CallArrived, nth=len(caller.calls))
    centre.do(arrived.call.id, ForwardCall(targets=(target.uri,)), memo=memo)
    await centre.next(CallConnected, call=arrived.call.id)
    return call


async def test_talks_outlive_the_centre_and_are_handed_back_with_their_memo(worker: WorkerProcess) -> None:
    async with phone() as caller, phone(Manners(sound=tone(550, 1.0))) as target:
        async with connected(worker) as centre:
            calls = [await connect_one(centre, caller, target, memo=f"run {n}".encode()) for n in range(10)]
        for call in calls:
            call.forget_heard()
        await until(lambda: all(call.packets_heard > 20 for call in calls), "audio goes on without a centre")
        target.calls[0].hang_up()
        await asyncio.wait_for(calls[0].ended.wait(), 10)
        async with connected(worker) as back:
            assert {held.memo for held in back.hello.held} == {f"run {n}".encode() for n in range(10)}
            first = next(held for held in back.hello.held if held.memo == b"run 0")
            ended = await back.next(ForwardEnded, call=first.arrived.call.id)
            assert (ended.command, ended.end) == (first.command, TryEnd.ANSWERED)
            assert (await back.next(CallEnded, call=first.arrived.call.id)).by is EndedBy.TARGET
            assert not any(call.ended.is_set() for call in calls[1:])
            calls[1].hang_up()
            await back.next(CallEnded, nth=2)


async def test_a_memo_that_comes_alone_is_kept_and_the_talk_goes_on(worker: WorkerProcess) -> None:
    async with phone() as caller, phone(Manners(sound=tone(550, 1.0))) as target:
        async with connected(worker) as centre:
            call = await connect_one(centre, caller, target, memo=b"then")
            centre.do((await centre.next(CallArrived)).call.id, KeepMemo(), memo=b"now")
            call.forget_heard()
            await until(lambda: call.packets_heard > 20, "audio goes on")
        async with connected(worker) as back:
            assert [held.memo for held in back.hello.held] == [b"now"]
            call.hang_up()
            assert (await back.next(ForwardEnded)).end is TryEnd.ANSWERED
            assert (await back.next(CallEnded)).by is EndedBy.CALLER


async def test_a_new_call_after_the_centre_came_back_works(worker: WorkerProcess) -> None:
    async with phone() as caller, phone() as target:
        async with connected(worker):
            pass
        async with connected(worker) as centre:
            call = await connect_one(centre, caller, target, memo=b"")
            call.hang_up()
            assert (await centre.next(CallEnded)).by is EndedBy.CALLER


async def test_a_caller_who_comes_while_the_centre_is_away_rings_and_is_handed_over(worker: WorkerProcess) -> None:
    async with phone() as caller:
        async with connected(worker) as centre:
            sip = centre.sip[0]
        call = dial(caller, sip)
        await until(lambda: call.timeline.after_seconds(180) is not None, "it rings")
        async with connected(worker) as back:
            held = back.hello.held[0]
            assert (held.arrived.call.to, held.command) == (NUMBER, None)
            assert back.all(CallArrived) == []
            back.do(held.arrived.call.id, HangUp(code=486))
            assert (await back.next(CallEnded)).by is EndedBy.FLOW
        await asyncio.wait_for(call.ended.wait(), 5)
        assert call.code == 486


async def test_without_a_centre_the_fallback_takes_the_caller(worker: WorkerProcess) -> None:
    async with phone() as caller, phone() as rescue:
        settings = configuration(msgspec.structs.replace(CARRIER, fallback=rescue.uri))
        async with connected(worker, settings) as centre:
            sip = centre.sip[0]
        call = dial(caller, sip)
        await asyncio.wait_for(call.answered.wait(), 10)
        async with connected(worker, settings) as back:
            assert [held.has_fallen_back for held in back.hello.held] == [True]
            rescue.calls[0].hang_up()
            assert (await back.next(CallEnded)).by is EndedBy.TARGET


async def test_without_a_centre_and_a_fallback_the_caller_may_try_again(worker: WorkerProcess) -> None:
    async with phone() as caller:
        async with connected(worker) as centre:
            sip = centre.sip[0]
        call = dial(caller, sip)
        await asyncio.wait_for(call.ended.wait(), 20)
        assert call.code == 503
        async with connected(worker) as back:
            assert (await back.next(CallEnded)).by is EndedBy.LOST
            assert len(back.hello.held) == 1


async def test_an_answer_is_told_again_to_a_centre_that_may_not_have_read_it(worker: WorkerProcess) -> None:
    async with phone() as caller, phone(Manners(refuse_code=486)) as target:
        async with connected(worker) as centre:
            dial(caller, centre.sip[0])
            arrived = await centre.next(CallArrived)
            centre.do(arrived.call.id, ForwardCall(targets=(target.uri,)), memo=b"m")
            told = await centre.next(ForwardEnded)
        async with connected(worker) as back:
            assert await back.next(ForwardEnded) == told
            back.do(arrived.call.id, HangUp(code=486))
            await back.next(CallEnded)


async def test_the_same_command_is_never_carried_out_twice(worker: WorkerProcess) -> None:
    async with phone() as caller, phone(Manners(refuse_code=486)) as target, connected(worker) as centre:
        dial(caller, centre.sip[0])
        arrived = await centre.next(CallArrived)
        command = centre.do(arrived.call.id, ForwardCall(targets=(target.uri,)))
        told = await centre.next(ForwardEnded)
        centre.send(Do(call=arrived.call.id, command=command, body=ForwardCall(targets=(target.uri,))))
        assert await centre.next(ForwardEnded, nth=2) == told
        assert len(target.calls) == 1
        centre.do(arrived.call.id, HangUp())
        assert (await centre.next(CallEnded)).code == 603


async def test_a_drained_worker_refuses_new_calls_and_leaves_after_the_last(worker: WorkerProcess) -> None:
    async with phone() as caller, phone() as target, connected(worker) as centre:
        talk = await connect_one(centre, caller, target, memo=b"")
        centre.send(Drain(seconds=60))
        await until(lambda: "worker_drains" in worker.log.read_text(), "the worker has heard of it")
        late = dial(caller, centre.sip[0])
        await asyncio.wait_for(late.ended.wait(), 10)
        assert late.code == 503
        assert worker.process.poll() is None
        talk.hang_up()
        await centre.next(CallEnded)
        await until(lambda: worker.process.poll() == 0, "the worker leaves")


async def test_when_the_time_to_drain_is_over_calls_are_ended_and_recorded_as_lost(worker: WorkerProcess) -> None:
    async with phone() as caller, phone() as target, connected(worker) as centre:
        talk = await connect_one(centre, caller, target, memo=b"")
        centre.send(Drain(seconds=0.2))
        assert (await centre.next(CallEnded)).by is EndedBy.LOST
        await asyncio.wait_for(talk.ended.wait(), 5)
        await asyncio.wait_for(target.calls[0].ended.wait(), 5)
        await until(lambda: worker.process.poll() == 0, "the worker leaves")


async def test_strangers_are_refused_a_few_times_and_then_not_heard(worker: WorkerProcess) -> None:
    elsewhere = Trunk(name="carrier", hosts=("192.0.2.0/24",))
    async with phone() as stranger, connected(worker, configuration(elsewhere)) as centre:
        calls = [dial(stranger, centre.sip[0]) for _ in range(7)]
        for call in calls:
            await asyncio.wait_for(call.ended.wait(), 15)
        assert sorted(call.code for call in calls) == [403] * 5 + [408] * 2
        assert centre.events == []


async def test_the_caller_is_named_to_targets_on_trusted_trunks_only(worker: WorkerProcess) -> None:
    async with phone() as caller, phone() as target:
        host, port = target.address
        carrier = msgspec.structs.replace(CARRIER, server=f"{host}:{port}")
        for is_trusted in (True, False):
            settings = configuration(msgspec.structs.replace(carrier, is_trusted=is_trusted))
            async with connected(worker, settings) as centre:
                call = dial(caller, centre.sip[0])
                arrived = await centre.next(CallArrived)
                centre.do(arrived.call.id, ForwardCall(targets=("+31207654321",)))
                await asyncio.wait_for(call.answered.wait(), 10)
                call.hang_up()
                await centre.next(CallEnded)
        asserted = [one.invite.headers.get("p-asserted-identity") for one in target.calls if one.invite]
        assert asserted == [[f"<sip:+31611111111@{host}>"], None]
        assert [one.invite.request_uri for one in target.calls if one.invite] == [f"sip:+31207654321@{host}:{port}"] * 2


async def test_a_call_that_goes_in_a_circle_is_stopped(worker: WorkerProcess) -> None:
    async with phone() as caller, phone() as target, connected(worker) as centre:
        centre.forward_all(target.uri)
        host, port = centre.sip[0]
        uri = f"sip:{NUMBER}@{host}:{port}"
        once_more = caller.call(uri, headers={"X-Skipline-Hops": "9"})
        await asyncio.wait_for(once_more.answered.wait(), 10)
        assert [one.invite.headers["x-skipline-hops"] for one in target.calls if one.invite] == [["10"]]
        circled = caller.call(uri, headers={"X-Skipline-Hops": "10"})
        await asyncio.wait_for(circled.ended.wait(), 10)
        assert circled.code == 482
        itself = caller.call(uri, headers={"X-Skipline-Hops": "nonsense"})
        await asyncio.wait_for(itself.answered.wait(), 10)


async def test_a_port_that_is_taken_stops_the_start_with_a_sentence(worker: WorkerProcess, tmp_path: Path) -> None:
    async with connected(worker) as centre:
        host, port = centre.sip[0]
        arguments = [f"--socket={tmp_path / 'other.sock'}", f"--cache={tmp_path}", f"--sip={host}:{port}"]
        ran = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "skipline.voice", *arguments],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert ran.returncode == 2
    assert f"cannot listen on {host}:{port}" in ran.stderr.splitlines()[-1]
