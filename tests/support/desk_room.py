"""Conversations, queues, agents and durable runs of one node, without voices and providers; everything is the real
thing but the clock, which tests may put forward."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from durable_values import publish
from flow_room import real_catalogue
from message_values import conversation_key, make_conversation, provider_id_of

from skipline.base.clock import system_clock
from skipline.base.ids import time_ordered_ids
from skipline.centre.conversation_stays import ConversationStay
from skipline.centre.presence import configure_queues, note_phone
from skipline.flow.compiled import CompiledFlow
from skipline.flow.issue import format_issue
from skipline.flow.loading import compile_flow, load_flow
from skipline.host.carriers import ANY_CHANNEL, Carriers
from skipline.host.durable import DurableRuns
from skipline.host.durable_node import serving_durable_runs
from skipline.host.host import Host
from skipline.host.lookups import Lookups, Wire
from skipline.host.messages.call_backs import call_back_carriers
from skipline.host.messages.desk import Desk, queue_carriers
from skipline.host.messages.desk_memory import sign_in_agent
from skipline.host.messages.desk_node import open_desk, serving_desk
from skipline.host.messages.desk_watch import Watch
from skipline.host.messages.post import MessagePost
from skipline.host.records import Records
from skipline.host.shared_memory import SharedMemory
from skipline.host.shared_office import SharedOffice, serving_office
from skipline.model.configuration import Account, Configuration, Tier
from skipline.model.contact import Contact
from skipline.model.conversation import Conversation, Direction, Message
from skipline.model.durable import Arrival
from skipline.model.events import Event, PhoneRegistered
from skipline.model.ids import ConversationId, EntryId, RunId
from skipline.model.queueing import Agent, AgentPhone, Queue, Visit
from skipline.model.run import Run
from skipline.queue.lists import AgentStanding
from skipline.store import Database, conversation_stays, conversations, flows, runs, visits
from skipline.store.errors import FlowUnknown
from skipline.store.last_known import StoredAnswers
from skipline.store.message_schema import conversation_stays as stay_rows
from skipline.store.message_schema import messages
from skipline.workspace.sources import build_source

FLOW = """
format: 1
name: Chat
triggers: [{type: incoming_message, accounts: [main]}]
start: wait
steps:
  wait:
    type: add_to_queue
    with: {queue: vip, tier: gold}
    next: {answered: thanks, overflowed: sorry, failed: sorry}
  thanks: {type: set_variables, with: {values: {came_to: thanked}}}
  sorry: {type: set_variables, with: {values: {came_to: sorry}}}
"""


def agent(name: str, *queues: str, **more: Any) -> Agent:
    return Agent(name=name, queues=queues or ("vip",), **more)


def phoned(name: str, *queues: str, **more: Any) -> Agent:
    return agent(name, *queues, phone=AgentPhone(user=f"{name}-phone", password_secret="sip"), **more)


WORKSPACE = Configuration(
    tiers=(Tier(name="gold", target_seconds=20), Tier(name="silver", target_seconds=60)),
    queues=(Queue(name="vip", fair_lane=0, misses=0), Queue(name="general", fair_lane=0, misses=0)),
    agents=(agent("ana"), agent("ben"), agent("cas", "general")),
    channels=(Account(name="main", type="letter"),),
)


class MovedClock:
    """The present, and `ahead` of it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.ahead

    def pass_time(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@dataclass
class DeskRoom:
    """A node. `facts` is what people who watch were told."""

    database: Database
    host: Host
    desk: Desk
    durable: DurableRuns
    post: MessagePost
    clock: MovedClock
    flow: CompiledFlow
    facts: list[Event] = field(default_factory=list)

    async def write_in(self, number: int = 1, tier: str = "gold") -> ConversationId:
        """Contact `number` has written, and their run leads them into the queue."""
        async with asyncio.timeout(20):
            conversation = await make_conversation(self.database, number)
            await self.begin(number, tier=tier)
            while await self.stay(conversation) is None:  # noqa: ASYNC110 - what it waits for has no event
                await asyncio.sleep(0.01)
        return conversation

    async def begin(self, number: int = 1, run: str = "", tier: str = "gold") -> RunId:
        run_id = RunId(run or f"run{number}")
        contact = Contact(phone=f"+{provider_id_of(number)}", name=f"Contact {number}", tier=tier)
        begins = Run(id=run_id, flow="chat", version=1, started_at=self.clock(), contact=contact)
        key = conversation_key(number)
        await self.durable.receive(Arrival(channel="whatsapp/main", dedup=run_id, conversation=key, begins=begins))
        return run_id

    async def sign_in(self, *agents: str) -> None:
        for name in agents:
            await sign_in_agent(self.database, self.host, name, self.clock)

    def register(self, *agents: str) -> None:
        """Agents' phones register."""
        for name in agents:
            event = PhoneRegistered(at=self.clock(), user=f"{name}-phone")
            self.host.decide(lambda event=event: note_phone(self.host.centre, event))  # type: ignore[misc]

    async def stay(self, conversation: ConversationId) -> ConversationStay | None:
        return await self.database.read(conversation_stays.present, conversation)

    async def offered(self, conversation: ConversationId, agent: str = "") -> str:
        """Wait until a conversation is offered, to `agent` or to anybody; gives to whom."""

        async def is_offered() -> str:
            stay = await self.stay(conversation)
            is_so = stay is not None and stay.state == "offered" and agent in ("", stay.agent)
            return stay.agent if is_so and stay is not None else ""

        return str(await self.until(is_offered))

    async def taken(self, number: int, agent: str) -> ConversationId:
        """A conversation that an agent has."""
        conversation = await self.write_in(number)
        await self.offered(conversation, agent)
        await self.desk.accept(conversation, agent)
        return conversation

    async def read(self, conversation: ConversationId) -> Conversation:
        found = await self.database.read(conversations.read, conversation)
        assert found is not None
        return found

    async def ended_run(self, run: str = "run1") -> Run:
        async def is_over() -> Run | None:
            found = await self.database.read(runs.read, RunId(run))
            return found if found is not None and found.ended_at is not None else None

        found = await self.until(is_over)
        assert isinstance(found, Run)
        return found

    async def standing(self, name: str) -> AgentStanding:
        found = await self.host.office.agent(name)
        assert found is not None
        return found

    async def visits(self, count: int) -> list[Visit]:
        """Wait for so many visits on record."""

        async def are_there() -> list[Visit] | None:
            batch = await self.database.read(visits.read_batch)
            return list(batch.visits) if len(batch.visits) >= count else None

        found = await self.until(are_there)
        assert isinstance(found, list)
        return found

    async def no_rows(self) -> None:
        """Wait until no stay is left in the database."""

        async def are_gone() -> bool:
            return not await self.database.read(lambda it: it.scalar(sa.select(sa.func.count()).select_from(stay_rows)))

        await self.until(are_gone)

    async def until(self, is_so: Callable[[], Any]) -> object:
        """Wait for what a question to the database says."""
        async with asyncio.timeout(20):
            while not (found := await is_so()):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        return found

    def watch(self) -> Watch:
        """The rounds, to be done when a test wants them."""
        return Watch(
            database=self.database,
            host=self.host,
            stays=self.desk.stays,
            clock=self.clock,
            post=self.post,
        )

    async def hear(
        self,
        conversation: ConversationId,
        text: str = "Hello?",
        *,
        id_: str = "in1",
        direction: Direction = Direction.IN,
    ) -> None:
        """The contact writes, as the intake would keep it; or somebody of ours in the provider's own app."""
        message = Message(id=id_, conversation=conversation, direction=direction, at=self.clock(), text=text)  # type: ignore[arg-type]
        row = {
            "id": id_,
            "conversation_id": conversation,
            "direction": direction.value,
            "at": message.at,
            "account": "main",
            "kind": "text",
            "text": text,
            "body": msgspec.to_builtins(message),
        }
        await self.database.write(lambda it: it.execute(sa.insert(messages).values(row)) and None)

    async def explain(self, entry: EntryId) -> tuple[str, ...]:
        found = await self.host.office.explain(entry)
        return () if found is None else found.why


@asynccontextmanager
async def working_desk(
    database: Database,
    *,
    name: str = "",
    workspace: Configuration = WORKSPACE,
    flow: str = FLOW,
    clock: MovedClock | None = None,
    share_url: str = "",
    silence_seconds: float = 10.0,
) -> AsyncIterator[DeskRoom]:
    """A node at work. With `share_url` it shares queues with others on that database."""
    clock, name = clock or MovedClock(), name or time_ordered_ids()
    lookups = Lookups(
        clock=clock, build=build_source, secrets=_no_secret, last_known=StoredAnswers(database), wire=Wire()
    )
    records = Records(database, name)
    compiled = _compiled(flow, workspace)
    await _publish(database, flow)

    async def find_flow(_: str, __: int) -> CompiledFlow:
        return compiled

    async with lookups, asyncio.TaskGroup() as tasks, AsyncExitStack() as stack:
        host = Host(clock=clock, lookups=lookups, records=records, tasks=tasks, name=name)
        if share_url:
            await stack.enter_async_context(_shared(database, host, clock, share_url, silence_seconds))
        host.decide(lambda: configure_queues(host.centre, workspace, clock()))
        carriers = Carriers()
        post = MessagePost(database=database, live=host.live, ids=time_ordered_ids, lifetimes=dict)
        node = open_desk(
            database=database,
            host=host,
            receive=lambda arrival: durable.receive(arrival),
            clock=clock,
            ids=time_ordered_ids,
            post=post,
        )
        carriers.add(ANY_CHANNEL, {**queue_carriers(node.desk), **call_back_carriers(database, host, clock)})
        durable = await stack.enter_async_context(
            serving_durable_runs(
                database=database,
                find_flow=find_flow,
                sources=lookups,
                carriers=carriers,
                clock=clock,
                owner=name,
                poll_seconds=0.05,
            )
        )
        desk = await stack.enter_async_context(serving_desk(node, host, []))
        room = DeskRoom(database, host, desk, durable, post, clock, compiled)
        listening = tasks.create_task(_listen(host, room.facts))
        await asyncio.sleep(0)
        yield room
        listening.cancel()
    await records.settle()


@asynccontextmanager
async def _shared(
    database: Database, host: Host, clock: MovedClock, url: str, silence_seconds: float
) -> AsyncIterator[SharedOffice]:
    memory = SharedMemory(database, host, clock)
    office = SharedOffice(
        url=url,
        node=host.centre.node,
        clock=clock,
        ids=time_ordered_ids,
        decided=host.take_decision,
        node_silence=timedelta(seconds=silence_seconds),
    )
    office.on_node_lost = memory.inherit
    host.office, host.centre.lines = office, office.lines
    async with serving_office(office):
        yield office


async def _listen(host: Host, facts: list[Event]) -> None:
    with host.live.listen() as told:
        async for fact in told:
            facts.append(fact)  # noqa: PERF401 - it never ends


def _compiled(text: str, workspace: Configuration) -> CompiledFlow:
    loaded = load_flow(text, "flow.yaml", real_catalogue(), workspace)
    assert loaded.is_sound, "\n".join(map(format_issue, loaded.issues))
    return compile_flow(loaded, 1, {}, agents={one.name: one for one in workspace.agents})


async def _publish(database: Database, text: str) -> None:
    """Have version 1 of the flow on record, which runs refer to."""
    try:
        await database.read(flows.read_version, "chat", 1)
    except FlowUnknown:
        await publish(database, text, "chat")


def _no_secret(name: str) -> str:
    raise LookupError(name)
