"""The run store against a small model of itself: hypothesis finds the order of things that breaks a rule."""

import asyncio
import tempfile
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from durable_values import (
    arrival,
    command_ids,
    count_open_events,
    let_leases_end,
    let_times_come,
    make_run,
    publish,
    turn_of,
)
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from skipline.model.durable import Claim, RunStatus, TurnEnd, Verdict
from skipline.store import Database
from skipline.store.durable import RunStore, open_run_store
from skipline.store.durable.writing import write_run
from skipline.store.schema import metadata

CONVERSATIONS = st.sampled_from(["c1", "c2", "c3"])
OWNERS = st.sampled_from(["one", "two"])


class RunStoreMachine(RuleBasedStateMachine):
    """Two owners take in events, take turns, and lose leases, in any order."""

    place: Path | str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.claims: list[Claim] = []
        self.delivered: dict[str, str] = {}
        self.saved: set[tuple[str, int]] = set()
        self.commands: list[str] = []
        self.used: list[int] = []
        self.count = 0

    @initialize()
    def open(self) -> None:
        self.runner.run(self._open())

    async def _open(self) -> None:
        place = self.place if isinstance(self.place, str) else Path(self.folder.name) / "data"
        self.database = await Database.open(place, folder=Path(self.folder.name) / "data")
        await self.database.write(_delete_everything)
        await publish(self.database)
        self.store: RunStore = await open_run_store(self.database)

    @rule(conversation=CONVERSATIONS, owner=OWNERS, is_held=st.booleans(), begins=st.booleans())
    def event_comes(self, conversation: str, owner: str, is_held: bool, begins: bool) -> None:
        self.count += 1
        dedup = f"event{self.count}"
        sent = arrival(
            conversation, dedup, begins=make_run(f"run{self.count}") if begins else None, payload=f"{self.count}"
        )
        ingested = self.runner.run(self.store.ingest(sent, owner if is_held else None))
        assert ingested.verdict is not Verdict.REPEATED
        self.delivered[dedup] = conversation
        if ingested.claim is not None:
            self.claims.append(ingested.claim)

    @rule(data=st.data(), owner=OWNERS)
    def event_comes_again(self, data: st.DataObject, owner: str) -> None:
        if self.delivered:
            dedup = data.draw(st.sampled_from(sorted(self.delivered)))
            again = arrival(self.delivered[dedup], dedup, begins=make_run("never"))
            assert self.runner.run(self.store.ingest(again, owner)).verdict is Verdict.REPEATED

    @rule(owner=OWNERS, most=st.integers(1, 3))
    def look_for_due_runs(self, owner: str, most: int) -> None:
        claims, _ = self.runner.run(self.store.claim(owner, most))
        assert len({claim.run for claim in claims}) == len(claims) <= most
        self.claims += claims

    @rule(data=st.data(), end=st.sampled_from([RunStatus.WAITING, RunStatus.DONE]), commands=st.integers(0, 2))
    def turn_ends(self, data: st.DataObject, end: RunStatus, commands: int) -> None:
        if not self.claims:
            return
        claim = data.draw(st.sampled_from(self.claims))
        turn = turn_of(claim, end, commands=commands, due_in_seconds=data.draw(st.sampled_from([None, 3600.0])))
        is_saved = self.runner.run(self.store.commit(claim, turn))
        if is_saved:
            # Rule 3: of each turn one saving counts, and of each event one use.
            assert (claim.run, claim.rev) not in self.saved
            self.saved.add((claim.run, claim.rev))
            self.commands += [issued.id for issued in turn.commands]
            if claim.event_id is not None:
                assert claim.event_id not in self.used
                self.used.append(claim.event_id)

    @rule(data=st.data())
    def turn_is_saved_so_far(self, data: st.DataObject) -> None:
        if not self.claims:
            return
        claim = data.draw(st.sampled_from(self.claims))
        turn = turn_of(claim, RunStatus.RUNNING, commands=1)
        held = self.runner.run(self.store.checkpoint(claim, turn))
        if held is not None:
            assert (claim.run, claim.rev) not in self.saved
            self.saved.add((claim.run, claim.rev))
            self.commands += [issued.id for issued in turn.commands]
            if claim.event_id is not None:
                assert claim.event_id not in self.used
                self.used.append(claim.event_id)
            self.claims.append(_as_saved(held, turn))

    @rule()
    def everybody_is_silent_too_long(self) -> None:
        self.runner.run(let_leases_end(self.database))

    @rule()
    def time_passes(self) -> None:
        self.runner.run(let_times_come(self.database))

    @invariant()
    def commands_are_there_once(self) -> None:
        if hasattr(self, "store"):
            assert sorted(self.runner.run(self.database.read(command_ids))) == sorted(self.commands)

    @invariant()
    def a_conversation_has_one_live_run(self) -> None:
        if hasattr(self, "store"):
            live = [one.conversation for one in self.runner.run(self.store.find())]
            assert len(live) == len(set(live))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.runner.run(self._finish())
        self.runner.close()
        self.folder.cleanup()

    async def _finish(self) -> None:
        """Whatever happened, looking and finishing brings everything to its end, and no event is left open."""
        store = self.store
        for _ in range(3 * len(self.delivered) + 20):
            await let_leases_end(self.database)
            await let_times_come(self.database)
            for summary in await store.find(RunStatus.PARKED):
                await store.release(summary.id)
            for claim in (await store.claim("last", 10))[0]:
                status = RunStatus.DONE if claim.event is None else RunStatus.WAITING
                assert await store.commit(claim, turn_of(claim, status))
        assert await store.find() == ()
        assert await self.database.read(count_open_events) == 0
        await store.close()
        await self.database.close()


def _delete_everything(transaction: sa.Connection) -> None:
    """What the machine before left in a database that is shared."""
    for table in reversed(metadata.sorted_tables):
        transaction.execute(sa.delete(table))


def _as_saved(held: Claim, turn: TurnEnd) -> Claim:
    """The claim with the state that was saved, which a real holder has in hand."""
    return msgspec.structs.replace(held, state=write_run(turn.kept))


@pytest.fixture
def machine(place: Path | str) -> type[RunStoreMachine]:
    return type("Machine", (RunStoreMachine,), {"place": place})


@pytest.mark.timeout(300)
def test_no_order_of_things_breaks_a_rule(machine: type[RunStoreMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
