"""Flows for tests: the real pieces, a small workspace, and runs that travel as JSON between their turns."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from skipline import steps, triggers
from skipline.flow.compiled import CompiledFlow
from skipline.flow.issue import format_issue
from skipline.flow.loading import compile_flow, load_flow
from skipline.flow.pieces import Catalogue, read_catalogue
from skipline.flow.run import Turn, freeze_run, resume_run, start_run, thaw_run
from skipline.model.call import Call
from skipline.model.commands import Issued
from skipline.model.configuration import Account, Configuration, Number, Source, Table, Tier, Trunk
from skipline.model.contact import Contact
from skipline.model.events import LookupAnswered, LookupStatus, Reply
from skipline.model.ids import CallId, RunId
from skipline.model.queueing import Agent, Overflow, Queue, Skill
from skipline.model.run import Run

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)

WORKSPACE = Configuration(
    tiers=(Tier(name="platinum", target_seconds=10), Tier(name="gold", target_seconds=20)),
    trunks=(Trunk(name="carrier", hosts=("127.0.0.1",)),),
    numbers=(Number(number="+31201234567"),),
    sources=(Source(name="loyalty", type="http"),),
    tables=(
        Table(
            name="vip_list",
            key="phone",
            columns={"tier": "text"},
            rows=({"phone": "+31611111111", "tier": "platinum"},),
        ),
    ),
    queues=(
        Queue(name="vip", overflow=Overflow(after_seconds=120.0)),
        Queue(name="general", comfort={"en": "We are with you soon."}),
    ),
    skills=(Skill(name="dutch"),),
    agents=(
        Agent(name="ana", queues=("vip", "general"), skills={"dutch": 3}),
        Agent(name="ben", queues=("vip",)),
        Agent(name="cas", queues=("general",)),
    ),
    channels=(Account(name="support", type="meta"), Account(name="sales", type="meta")),
)


def real_catalogue() -> Catalogue:
    """The pieces that ship with the product."""
    return read_catalogue(steps, triggers)


def compiled(text: str, catalogue: Catalogue | None = None, version: int = 1) -> CompiledFlow:
    """A flow ready to run; a mistake in it fails the test with its sentence."""
    loaded = load_flow(text, "flow.yaml", catalogue or real_catalogue(), WORKSPACE)
    assert loaded.is_sound, "\n".join(map(format_issue, loaded.issues))
    tables = {table.name: table for table in WORKSPACE.tables}
    return compile_flow(loaded, version, tables, agents={agent.name: agent for agent in WORKSPACE.agents})


def fresh_run(flow: CompiledFlow, phone: str = "+31612345678") -> Run:
    """A run of a caller from `phone`, not yet started."""
    call = Call(id=CallId("call1"), arrived_at=NOON, from_=phone, to="+31201234567", trunk="carrier")
    contact = Contact(phone=phone, address=phone)
    return Run(id=RunId("run1"), flow=flow.name, version=flow.version, started_at=NOON, contact=contact, call=call)


@dataclass
class Caller:
    """A caller in a flow: takes one turn after another, half a second apart, the run going through JSON each time."""

    flow: CompiledFlow
    run: Run
    now: datetime = NOON
    turns: list[Turn] = field(default_factory=list)

    def start(self) -> tuple[Issued, ...]:
        """The first turn's commands."""
        return self._keep(start_run(self.flow, self.run, self.now))

    def reply(self, reply: Reply | None, *, after_seconds: float = 0.5) -> tuple[Issued, ...]:
        """The next turn's commands; None means that the time is up."""
        self.now += timedelta(seconds=after_seconds)
        return self._keep(resume_run(self.flow, self.run, reply, self.now))

    @property
    def way(self) -> list[tuple[str, str]]:
        """The steps taken so far, each with its exit."""
        return [(entry.step, entry.exit) for entry in self.run.trace]

    def _keep(self, turn: Turn) -> tuple[Issued, ...]:
        self.turns.append(turn)
        self.run = thaw_run(freeze_run(self.run))
        return turn.commands


def played_with(text: str, **value: object) -> tuple[Run, tuple[Issued, ...]]:
    """A flow that begins with a look-up, as far as it goes once that has answered `value`; and the commands then."""
    flow = compiled(text)
    caller = Caller(flow, fresh_run(flow))
    (asked,) = caller.start()
    reply = LookupAnswered(at=caller.now, call=asked.call, command=asked.id, status=LookupStatus.OK, value=value)
    commands = caller.reply(reply)
    return caller.run, commands
