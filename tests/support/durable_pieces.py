"""Small steps for durable runs, flows of them, and sources and carriers that only write down what they did."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from skipline.flow.compiled import CompiledFlow
from skipline.flow.fields import Duration, Template, VariableName, field
from skipline.flow.issue import format_issue
from skipline.flow.loading import compile_flow, load_flow
from skipline.flow.outcome import Context, Go, Kept, Start, StepOutcome, Wait
from skipline.flow.pieces import make_catalogue
from skipline.model.commands import AskContact, Issued, LookUp, SendMessage, SendRequest
from skipline.model.contact import Contact
from skipline.model.events import (
    ContactAnswered,
    Event,
    HostReply,
    LookupAnswered,
    LookupStatus,
    MessageSent,
    Reply,
    RequestAnswered,
)
from skipline.store import Database, flows


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Sends a message and goes on."""

    exits: ClassVar[tuple[str, ...]] = ("done",)
    serves_caller: ClassVar[bool] = True
    text: Template = field(label="text")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        ctx.do(SendMessage(text=ctx.text(self.text)))
        return Go("done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Asks the contact, and waits for the answer as long as `patience`."""

    exits: ClassVar[tuple[str, ...]] = ("answered", "silence")
    text: Template = field(label="text")
    patience: Duration = field(label="patience", kind="duration", default=86400.0)

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        if ctx.timed_out:
            return Go("silence")
        if isinstance(reply, ContactAnswered):
            ctx.set("said", reply.text or reply.problem)
            return Go("answered")
        ctx.do(AskContact(question=ctx.text(self.text)))
        return Wait(until=ctx.now + timedelta(seconds=self.patience))

    def keeps(self) -> tuple[Kept, ...]:
        return (Kept("said", "text"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Asks a source, which changes nothing unless the `method` does."""

    exits: ClassVar[tuple[str, ...]] = ("done",)
    keep_as: VariableName = field(label="keep_as")
    method: str = field(label="method", default="GET")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        if isinstance(reply, LookupAnswered):
            ctx.set(self.keep_as, reply.value)
            return Go("done")
        ctx.do(LookUp(source="shop", method=self.method))
        return Wait()

    def keeps(self) -> tuple[Kept, ...]:
        return (Kept(self.keep_as),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """Sends a request that must not be sent twice."""

    exits: ClassVar[tuple[str, ...]] = ("paid",)

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        if reply is not None:
            return Go("paid")
        ctx.do(SendRequest(source="bank"))
        return Wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Does what no step may do."""

    exits: ClassVar[tuple[str, ...]] = ("done",)

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        raise RuntimeError("this step is broken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Always:
    """Everything that happens starts the flow."""

    def match(self, event: Event) -> Start | None:
        return Start(contact=Contact())


CATALOGUE = make_catalogue(
    {"message": Message, "question": Question, "fetch": Fetch, "pay": Pay, "break": Break}, {"always": Always}
)

ORDERS = """\
format: 1
name: Orders
triggers: [{type: always}]
start: greet
steps:
  greet: {type: message, with: {text: "Hello VERSION"}, next: {done: look}}
  look: {type: fetch, with: {keep_as: order}, next: {done: pay}}
  pay: {type: pay, next: {paid: ask}}
  ask: {type: question, with: {text: "Happy?"}, next: {answered: thank, silence: thank}}
  thank: {type: message, with: {text: "Thanks VERSION"}}
"""
"""Four commands of each run: 1 greets, 2 looks up, 3 pays, 4 asks, 5 thanks; 2 is carried out within the turn."""


def orders(version: int) -> str:
    """The flow as its `version`-th version reads: its messages name it."""
    return ORDERS.replace("VERSION", f"v{version}")


class Shelf:
    """Compiles the versions that a database holds, each once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._compiled: dict[tuple[str, int], CompiledFlow] = {}

    async def find(self, flow: str, version: int) -> CompiledFlow:
        if (flow, version) not in self._compiled:
            content = (await self._database.read(flows.read_version, flow, version)).content
            loaded = load_flow(content.text, f"{flow}.yaml", CATALOGUE)
            assert loaded.is_sound, "\n".join(map(format_issue, loaded.issues))
            self._compiled[flow, version] = compile_flow(loaded, version, {})
        return self._compiled[flow, version]


class Ledger:
    """What the outside world saw: a line for each command that reached it, kept in a file when one is named, so that
    it outlives a process that is killed."""

    def __init__(self, file: Path | None = None) -> None:
        self.lines: list[str] = []
        self._file = file.open("a", buffering=1) if file is not None else None

    def note(self, issued: Issued) -> None:
        text = issued.body.text if isinstance(issued.body, SendMessage) else ""
        self.lines.append(f"{type(issued.body).__name__} {issued.id} {text}".strip())
        if self._file is not None:
            self._file.write(self.lines[-1] + "\n")


class LedgerSources:
    """Sources that answer at once."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    async def carry_out(self, issued: Issued) -> HostReply:
        self.ledger.note(issued)
        at = datetime.now(UTC)
        await asyncio.sleep(0)
        if isinstance(issued.body, SendRequest):
            return RequestAnswered(at=at, call=issued.call, command=issued.id, status=LookupStatus.OK, code=200)
        return LookupAnswered(at=at, call=issued.call, command=issued.id, status=LookupStatus.OK, value="shoes")


class LedgerCarrier:
    """A provider that knows a command by its id and does it once."""

    def __init__(self, ledger: Ledger, *, may_repeat: bool = True) -> None:
        self.ledger, self.may_repeat = ledger, may_repeat

    async def carry(self, issued: Issued) -> Reply | None:
        self.ledger.note(issued)
        if isinstance(issued.body, AskContact):
            return None
        return MessageSent(at=datetime.now(UTC), call=issued.call, command=issued.id)


def carriers(ledger: Ledger) -> Mapping[type, LedgerCarrier]:
    return {SendMessage: LedgerCarrier(ledger), AskContact: LedgerCarrier(ledger)}
