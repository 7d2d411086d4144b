"""Durable runs at work: woken by events and by time, kept over restarts, parked when hopeless. On both databases."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from durable_pieces import Ledger, LedgerCarrier, LedgerSources, orders
from durable_room import answered, started, working
from durable_values import arrival, let_leases_end, let_times_come, publish
from message_room import received

from skipline.host.carriers import NotCarried
from skipline.model.commands import AskContact, Issued, SendMessage, SendRequest
from skipline.model.durable import RunStatus, Verdict
from skipline.model.events import HostReply, Reply
from skipline.model.run import Outcome
from skipline.store import Database


async def test_a_run_goes_from_its_webhook_to_its_end(database: Database) -> None:
    await publish(database, orders(1))
    async with working(database) as room:
        assert await room.durable.receive(started("c1")) is Verdict.STARTED
        await room.until(lambda: any("AskContact" in line for line in room.ledger.lines))
        assert await room.durable.receive(answered("c1")) is Verdict.RESUMED
        record = await room.until_over("run-c1")
        await room.until(lambda: len(room.ledger.lines) == 5)
    assert record.outcome is Outcome.ENDED
    assert record.variables == {"order": "shoes", "said": "yes"}
    assert [entry.exit for entry in record.trace] == ["done", "done", "paid", "answered", "done"]
    assert sorted(room.ledger.lines) == [
        "AskContact run-c1:4",
        "LookUp run-c1:2",
        "SendMessage run-c1:1 Hello v1",
        "SendMessage run-c1:5 Thanks v1",
        "SendRequest run-c1:3",
    ]


async def test_a_run_that_waits_is_shown_with_what_it_knows(database: Database) -> None:
    await publish(database, orders(1))
    async with working(database) as room:
        await room.durable.receive(started("c1"))
        await room.until(lambda: any("AskContact" in line for line in room.ledger.lines))
        record = await room.record("run-c1")
    assert record is not None
    assert (record.outcome, record.ended_at, record.variables) == (None, None, {"order": "shoes"})
    assert [entry.step for entry in record.trace] == ["greet", "look", "pay"]


async def test_an_answer_to_another_question_changes_nothing(database: Database) -> None:
    await publish(database, orders(1))
    async with working(database) as room:
        await room.durable.receive(started("c1"))
        await room.until(lambda: any("AskContact" in line for line in room.ledger.lines))
        await room.durable.receive(answered("c1", "wrong", number=99))
        await room.durable.receive(answered("c1", "right"))
        record = await room.until_over("run-c1")
        await room.until(lambda: len(room.ledger.lines) == 5)
    assert record.variables["said"] == "yes"


async def test_a_time_that_has_come_leaves_by_its_exit(database: Database) -> None:
    await publish(database, orders(1).replace('text: "Happy?"', 'text: "Happy?", patience: 1ms'))
    async with working(database) as room:
        await room.durable.receive(started("c1"))
        record = await room.until_over("run-c1")
    assert [entry.exit for entry in record.trace][-2:] == ["silence", "done"]


async def test_a_run_ends_on_the_version_it_began_on_after_a_restart(database: Database) -> None:
    await publish(database, orders(1))
    async with working(database, "first") as room:
        await room.durable.receive(started("c1"))
        await room.until(lambda: any("AskContact" in line for line in room.ledger.lines))
    assert await publish(database, orders(2)) == 2
    async with working(database, "second") as room:
        await room.durable.receive(started("c2", version=2))
        await room.until(lambda: any("AskContact run-c2" in line for line in room.ledger.lines))
        for conversation in ("c1", "c2"):
            await room.durable.receive(answered(conversation))
            await room.until_over(f"run-{conversation}")
        await room.until(lambda: sum("Thanks" in line for line in room.ledger.lines) == 2)
    assert {"SendMessage run-c1:5 Thanks v1", "SendMessage run-c2:5 Thanks v2"} <= set(room.ledger.lines)


class _DyingSources(LedgerSources):
    """A bank that takes the money; then the process is gone before the answer is saved."""

    async def carry_out(self, issued: Issued) -> HostReply:
        if isinstance(issued.body, SendRequest):
            self.ledger.note(issued)
            await asyncio.Event().wait()
        return await super().carry_out(issued)


async def test_a_request_that_may_have_been_sent_is_sent_again_under_the_same_id(database: Database) -> None:
    await publish(database, orders(1))
    ledger = Ledger()
    with pytest.raises(ExceptionGroup, match="unhandled errors"):
        async with working(database, "dies", sources=_DyingSources(ledger), ledger=ledger) as room:
            await room.durable.receive(started("c1"))
            await room.until(lambda: "SendRequest run-c1:3" in ledger.lines)
            # A second event meanwhile waits for its turn.
            assert await room.durable.receive(answered("c1")) is Verdict.QUEUED
            raise RuntimeError("the process ends here")
    await let_leases_end(database)
    async with working(database, "lives", ledger=ledger) as room:
        await room.until_over("run-c1")
        await room.until(lambda: any("Thanks" in line for line in ledger.lines))
    assert ledger.lines.count("SendRequest run-c1:3") == 2
    # The first node may have ended between sending and noting that, so its provider sees an id twice.
    assert len({line for line in ledger.lines if "Hello" in line or "Thanks" in line}) == 2


CHANGING = """\
format: 1
name: Changing
triggers: [{type: always}]
start: look
steps:
  look: {type: fetch, with: {keep_as: order}, next: {done: change}}
  change: {type: fetch, with: {keep_as: changed, method: POST}, next: {done: thank}}
  thank: {type: message, with: {text: "Thanks"}}
"""


class _DyingAtTheSecond(LedgerSources):
    """A source that answers one question; at the next, the process is gone before the answer is saved."""

    async def carry_out(self, issued: Issued) -> HostReply:
        reply = await super().carry_out(issued)
        if len(self.ledger.lines) == 2:
            await asyncio.Event().wait()
        return reply


async def test_a_question_that_may_change_something_is_saved_before_it_is_asked(database: Database) -> None:
    await publish(database, CHANGING)
    ledger = Ledger()
    with pytest.raises(ExceptionGroup, match="unhandled errors"):
        async with working(database, "dies", sources=_DyingAtTheSecond(ledger), ledger=ledger) as room:
            await room.durable.receive(started("c1"))
            await room.until(lambda: len(ledger.lines) == 2)
            raise RuntimeError("the process ends here")
    await let_leases_end(database)
    async with working(database, "lives", ledger=ledger) as room:
        await room.until_over("run-c1")
        await room.until(lambda: any("Thanks" in line for line in ledger.lines))
    assert [line for line in ledger.lines if "LookUp" in line] == [
        "LookUp run-c1:1",
        "LookUp run-c1:2",
        "LookUp run-c1:2",
    ]


class _SlowSources(LedgerSources):
    """A source that answers when it is let to."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.may_answer = asyncio.Event()

    async def carry_out(self, issued: Issued) -> HostReply:
        answer = await super().carry_out(issued)
        await self.may_answer.wait()
        return answer


async def test_a_worker_that_outlived_its_lease_saves_nothing(database: Database) -> None:
    await publish(database, orders(1))
    seen_by_old, seen_by_new = Ledger(), Ledger()
    slow = _SlowSources(seen_by_old)
    async with working(database, "old", sources=slow, ledger=seen_by_old, carry={}, poll_seconds=600) as old:
        await old.durable.receive(started("c1"))
        await old.until(lambda: "LookUp run-c1:2" in seen_by_old.lines)
        await let_leases_end(database)  # it does not look for runs that are due; its turn goes on
        async with working(database, "new", ledger=seen_by_new) as new:
            await new.until(lambda: any("AskContact" in line for line in seen_by_new.lines))
            before = await new.store.find()
            slow.may_answer.set()
            await old.until(lambda: not old.durable._turns)
            assert await new.store.find() == before
            assert await new.durable.receive(answered("c1")) is Verdict.RESUMED
            record = await new.until_over("run-c1")
            await new.until(lambda: len(seen_by_new.lines) == 5)
    assert record.variables == {"order": "shoes", "said": "yes"}
    # It asked, which changes nothing, and was stopped at the saving that comes before a payment.
    assert seen_by_old.lines == ["LookUp run-c1:2"]
    assert len(set(seen_by_new.lines)) == 5


async def test_a_broken_step_parks_its_run_and_the_others_go_on(database: Database) -> None:
    await publish(database, orders(1).replace("type: pay,", "type: break,").replace("paid: ask", "done: ask"))
    assert await publish(database, orders(1)) == 2
    async with working(database) as room:
        await room.durable.receive(started("bad", version=1))
        await room.durable.receive(started("good", version=2))
        await room.until(lambda: any("AskContact run-good" in line for line in room.ledger.lines))
        while not (parked := await room.store.find(RunStatus.PARKED)):
            await let_times_come_for_retries(database)
        (summary,) = parked
        assert (summary.id, summary.attempts) == ("run-bad", 5)
        assert summary.problem == "at step pay (break): RuntimeError: this step is broken"
        await room.durable.receive(answered("good"))
        await room.until_over("run-good")
        assert await room.store.give_up(summary.id)
        record = await room.until_over("run-bad")
        assert record.outcome is Outcome.FAILED


async def let_times_come_for_retries(database: Database) -> None:
    await asyncio.sleep(0.05)
    await let_times_come(database)


class _Flaky(LedgerCarrier):
    """Fails as often as told, then carries."""

    def __init__(self, ledger: Ledger, failures: int, *, may_retry: bool = True, may_repeat: bool = True) -> None:
        super().__init__(ledger, may_repeat=may_repeat)
        self.failures, self._may_retry = failures, may_retry

    async def carry(self, issued: Issued) -> Reply | None:
        if self.failures:
            self.failures -= 1
            raise NotCarried("the provider is down", may_retry=self._may_retry)
        return await super().carry(issued)


async def test_a_provider_that_is_down_is_tried_again(database: Database) -> None:
    await publish(database, orders(1))
    ledger = Ledger()
    carry = {SendMessage: _Flaky(ledger, 1), AskContact: LedgerCarrier(ledger)}
    async with working(database, carry=carry, ledger=ledger) as room:
        await room.durable.receive(started("c1"))
        await room.until(lambda: carry[SendMessage].failures == 0)
        assert not any("AskContact" in line for line in ledger.lines)
        await room.until(lambda: any("AskContact" in line for line in ledger.lines))
    assert [line for line in ledger.lines if "Hello" in line or "Ask" in line] == [
        "SendMessage run-c1:1 Hello v1",
        "AskContact run-c1:4",
    ]


class _Hanging(LedgerCarrier):
    """A provider that never answers about one run."""

    def __init__(self, ledger: Ledger, run: str) -> None:
        super().__init__(ledger)
        self.run, self.may_answer, self.is_asked = run, asyncio.Event(), asyncio.Event()

    async def carry(self, issued: Issued) -> Reply | None:
        if issued.run == self.run:
            self.is_asked.set()
            await self.may_answer.wait()
        return await super().carry(issued)


async def test_a_provider_that_hangs_holds_up_no_other_command(database: Database) -> None:
    await publish(database, orders(1))
    ledger = Ledger()
    hanging = _Hanging(ledger, "run-slow")
    async with working(
        database, carry={SendMessage: hanging, AskContact: LedgerCarrier(ledger)}, ledger=ledger
    ) as room:
        await room.durable.receive(started("slow"))
        await hanging.is_asked.wait()
        await room.durable.receive(started("c1"))
        await room.until(lambda: "AskContact run-c1:4" in ledger.lines)
        hanging.may_answer.set()
        await room.until(lambda: "AskContact run-slow:4" in ledger.lines)
    assert "SendMessage run-slow:1 Hello v1" in ledger.lines


async def test_what_nothing_carries_is_answered_with_the_reason(database: Database) -> None:
    await publish(database, orders(1))
    ledger = Ledger()
    async with working(database, carry={SendMessage: LedgerCarrier(ledger)}, ledger=ledger) as room:
        await room.durable.receive(started("c1"))
        record = await room.until_over("run-c1")
    assert record.variables["said"] == "nothing here carries out AskContact"


async def test_what_must_not_be_repeated_is_tried_once(database: Database) -> None:
    await publish(database, orders(1))
    ledger = Ledger()
    carry = {SendMessage: _Flaky(ledger, 1, may_repeat=False), AskContact: LedgerCarrier(ledger)}
    async with working(database, carry=carry, ledger=ledger) as room:
        await room.durable.receive(started("c1"))
        await room.until(lambda: any("AskContact" in line for line in ledger.lines))
    assert not any("Hello" in line for line in ledger.lines)


async def test_two_nodes_share_the_work_and_do_it_once(place: Path | str, tmp_path: Path) -> None:
    if isinstance(place, Path):
        return  # a folder belongs to one process, which another test shows
    ledger, numbers = Ledger(), range(40)
    async with (
        await Database.open(place, folder=tmp_path / "one") as one,
        await Database.open(place, folder=tmp_path / "two") as two,
    ):
        await publish(one, orders(1))
        async with working(one, "one", ledger=ledger) as first, working(two, "two", ledger=ledger) as second:
            nodes = (first, second)
            await asyncio.gather(*(nodes[n % 2].durable.receive(started(f"c{n}")) for n in numbers))
            await asyncio.gather(*(nodes[n % 2].durable.receive(started(f"c{n}")) for n in numbers))
            await asyncio.gather(*(nodes[(n + 1) % 2].durable.receive(answered(f"c{n}")) for n in numbers))
            for number in numbers:
                await first.until_over(f"run-c{number}")
            await first.until(lambda: sum("Thanks" in line for line in ledger.lines) == len(numbers))
    assert len(ledger.lines) == len(set(ledger.lines)) == 5 * len(numbers)


async def test_a_message_answers_the_question_that_was_asked_before_it_and_no_other(database: Database) -> None:
    await publish(database, orders(1))
    async with working(database) as room:
        await room.durable.receive(started("c1"))
        await room.until(lambda: any("AskContact" in line for line in room.ledger.lines))
        for name, text, at in (("early", "no", datetime(2020, 1, 1, tzinfo=UTC)), ("late", "yes", datetime.now(UTC))):
            payload = msgspec.json.encode(received(text, at)).decode()
            await room.durable.receive(arrival("c1", name, payload=payload))
        record = await room.until_over("run-c1")
    assert record.variables["said"] == "yes"
