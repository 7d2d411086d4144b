"""Questions answered with keys, by a real phone through a real worker."""

import asyncio
from collections.abc import Iterator

import pytest
from fake_centre import NUMBER, WorkerProcess, connected

from skipline.model.call import EndedBy
from skipline.model.commands import AskContact, HangUp
from skipline.model.events import CallArrived, CallEnded, ContactAnswered
from skipline.voice.phone import Phone


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    started = WorkerProcess.start(tmp_path_factory.mktemp("worker"))
    yield started
    assert started.stop() == 0
    assert "call_task_failed" not in started.log.read_text()


@pytest.mark.parametrize(
    ("keys", "most_digits", "answer"),
    [("2", 1, "2"), ("0012", 4, "0012"), ("31#9", 8, "31"), ("", 1, "")],
    ids=["one key", "several", "ended with #", "silence"],
)
async def test_keys_are_the_answer(worker: WorkerProcess, keys: str, most_digits: int, answer: str) -> None:
    async with connected(worker) as centre:
        phone = Phone()
        await phone.start()
        host, port = centre.sip[0]
        caller = phone.call(f"sip:{NUMBER}@{host}:{port}", caller="+31611111111")
        call = (await centre.next(CallArrived)).call.id
        order = AskContact(question="Press a key.", most_digits=most_digits, patience_seconds=1.5)
        command = centre.do(call, order)
        await asyncio.wait_for(caller.answered.wait(), 10)
        if keys:
            await caller.press(keys)
        told = await centre.next(ContactAnswered)
        assert (told.command, told.text, told.problem) == (command, answer, "")
        centre.do(call, HangUp())
        await centre.next(CallEnded)
        await phone.stop()


async def test_a_caller_who_leaves_answers_nothing(worker: WorkerProcess) -> None:
    async with connected(worker) as centre:
        phone = Phone()
        await phone.start()
        host, port = centre.sip[0]
        caller = phone.call(f"sip:{NUMBER}@{host}:{port}", caller="+31611111111")
        call = (await centre.next(CallArrived)).call.id
        centre.do(call, AskContact(question="Press a key.", patience_seconds=30))
        await asyncio.wait_for(caller.answered.wait(), 10)
        caller.hang_up()
        assert (await centre.next(CallEnded)).by is EndedBy.CALLER
        await phone.stop()
