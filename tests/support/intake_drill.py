"""The crash drill of messages that come in: nodes are fed, die at every boundary, start again, and in the end all was
done once."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import sqlalchemy as sa
from channel_folder import add_letters
from durable_values import publish
from letter_channel import HEADER, sign
from letters_room import FLOW, SECRET, body_of, wrote

from skipline.base.clock import system_clock
from skipline.base.fault_points import arm
from skipline.base.ids import time_ordered_ids
from skipline.centre.state import LiveFlow
from skipline.flow.compiled import CompiledFlow
from skipline.flow.loading import compile_flow, load_flow
from skipline.host.carriers import Carriers
from skipline.host.durable_node import serving_durable_runs
from skipline.host.live import Live
from skipline.host.lookups import Lookups, Wire
from skipline.host.messages import intake as intake_room
from skipline.host.messages.accounts import Accounts
from skipline.host.messages.ingress import Ingress
from skipline.host.messages.intake import Intake
from skipline.host.messages.kept_news import News
from skipline.model.configuration import Account, Configuration
from skipline.model.conversation import Conversation, Message
from skipline.model.messaging import Received
from skipline.store import Database
from skipline.store.errors import StorageError
from skipline.store.last_known import StoredAnswers
from skipline.store.message_schema import channel_events, contacts, conversations, messages
from skipline.store.schema import durable_runs, inbox
from skipline.workspace.reading import all_pieces
from skipline.workspace.sources import build_source

POINTS = ("delivery_written", "delivery_kept", "events_taken", "message_kept", "message_told", "event_done")
"""Every boundary at which a node may die."""
IN_BATCHES = ("delivery_written", "events_taken")
"""Those that are passed once for many events."""
LEASE = timedelta(seconds=2)
SHOP = Account(name="shop", type="letters", settings={"secret": "shop_key"})


@dataclass(frozen=True)
class Plan:
    """What a node is to do: be fed what these contacts wrote, and die at `fatal` (`NAME:COUNT`; empty: nowhere)."""

    place: str
    folder: str
    owner: str
    seed: int
    people: int
    lines: int
    start: datetime
    fatal: str = ""

    def sent(self) -> list[Received]:
        """Everything once to three times, in any order."""
        rng = random.Random(f"{self.seed} {self.owner}")
        found = [
            wrote(f"line {line}", line, who=f"+3161{person:07}", at=self.start + timedelta(seconds=line / 10))
            for person in range(self.people)
            for line in range(self.lines)
            for _ in range(rng.randint(1, 3))
        ]
        rng.shuffle(found)
        return found


def begin(plan: Plan) -> ForkServerProcess:
    """Start a node."""
    process = _loaded().Process(target=live, args=(plan,))
    process.start()
    return process


def live(plan: Plan) -> None:
    """The life of a process that was forked from one that has everything loaded."""
    threading.Thread(target=_end_with_the_drill, daemon=True).start()
    sys.stdout = sys.stderr = (Path(plan.folder).parent / f"{plan.owner}.log").open("w", buffering=1)
    add_letters(Path(plan.folder).parent / f"pieces-{plan.owner}")
    intake_room.LEASE = LEASE
    arm(plan.fatal)
    asyncio.run(_serve(plan))


async def _serve(plan: Plan) -> None:
    loaded = load_flow(FLOW, "flows/shop.yaml", all_pieces())
    flow = LiveFlow("shop", compile_flow(loaded, 1, {}))

    async def find_flow(_flow: str, _version: int) -> CompiledFlow:
        return flow.flow

    async with await Database.open(plan.place, folder=Path(plan.folder)) as database:
        lookups = Lookups(
            clock=system_clock, build=build_source, secrets=str, last_known=StoredAnswers(database), wire=Wire()
        )
        durable_runs_at_work = serving_durable_runs(
            database=database,
            find_flow=find_flow,
            sources=lookups,
            carriers=Carriers(),
            clock=system_clock,
            owner=plan.owner,
            lease=LEASE,
            poll_seconds=0.05,
        )
        async with lookups, durable_runs_at_work as durable:
            configuration, news = Configuration(channels=(SHOP,)), News()
            accounts = Accounts(lambda: configuration, "https://chat.example.com")
            ingress = Ingress(
                database=database,
                accounts=accounts,
                secrets=lambda _: SECRET,
                clock=system_clock,
                ids=time_ordered_ids,
                news=news,
            )
            intake = Intake(
                database=database,
                accounts=accounts,
                live_flows=lambda: [flow],
                receive=durable.receive,
                live=Live(),
                clock=system_clock,
                ids=time_ordered_ids,
                owner=plan.owner,
                news=news,
                help_contact=_no_help,
                poll_seconds=0.1,
            )
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(intake.run())
                sent = iter(plan.sent())
                await asyncio.gather(*(_feed(ingress, sent) for _ in range(8)))
                while True:
                    if not await database.read(_open_count):
                        break
                    await asyncio.sleep(0.05)
                intake.stop()
            await ingress.close()


async def _feed(ingress: Ingress, sent: object) -> None:
    for event in sent:  # type: ignore[attr-defined]
        body = body_of([event])
        headers = [(HEADER, sign(body, SECRET))]
        while True:
            try:
                await ingress.take("letters", "shop", "POST", "/hooks/letters/shop", headers, body)
                break
            except StorageError:  # as a provider does, it delivers again what was not acknowledged
                await asyncio.sleep(0.1)


async def _no_help(_conversation: Conversation, _message: Message) -> None:
    """Nobody asks for help in the drill."""


def _open_count(transaction: sa.Connection) -> int:
    """How many events are not done yet, and how many turns are not taken."""
    events = sa.select(sa.func.count()).where(channel_events.c.due_at.is_not(None))
    turns = sa.select(sa.func.count()).where(durable_runs.c.status != "waiting")
    return sum(transaction.scalar(one) or 0 for one in (events, turns))


def _end_with_the_drill() -> None:
    """A drill that is killed leaves no node behind."""
    drill = multiprocessing.parent_process()
    if drill is not None:
        drill.join()
    os._exit(1)


def _loaded() -> ForkServerContext:
    """Nodes are forked from a process that has loaded everything: a start of Python would take most of the drill."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["intake_drill"])
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    try:
        forkserver.ensure_running()
    finally:
        os.environ["PYTHONPATH"] = before
    return context


def kill_everywhere(place: str, folder: Path, *, people: int, lines: int, seed: int, beside: bool) -> None:
    """Let a node die at each point in turn, `beside` another one or alone, and the last ones finish in peace."""
    asyncio.run(_publish(place, folder))
    others: list[ForkServerProcess] = []
    try:
        _kill_each(place, folder, others, people=people, lines=lines, seed=seed, beside=beside)
    finally:
        for node in others:
            node.kill()


async def _publish(place: str, folder: Path) -> None:
    async with await Database.open(place, folder=folder / "data") as database:
        await publish(database, FLOW, "shop")


def _kill_each(
    place: str, folder: Path, nodes: list[ForkServerProcess], *, people: int, lines: int, seed: int, beside: bool
) -> None:
    rng, start = random.Random(seed), system_clock() - timedelta(minutes=1)

    def begin_one(owner: str, share: int, fatal: str = "", data: str = "data") -> ForkServerProcess:
        nodes.append(begin(Plan(place, str(folder / data), owner, seed, share, lines, start, fatal)))
        return nodes[-1]

    other = begin_one("other", people, data="other") if beside else None
    for number, point in enumerate(rng.sample(POINTS, len(POINTS))):
        mortal = f"mortal{number}"
        share = people * (number + 1) // len(POINTS)  # something new for each, whatever those before have done
        node = begin_one(mortal, share, f"{point}:{1 if point in IN_BATCHES else rng.randint(1, 3)}")
        node.join(60)
        # Beside a node that does half of the work a point may be left unpassed.
        assert node.exitcode == -signal.SIGKILL or (beside and node.exitcode == 0), _log(folder, mortal)
    last = begin_one("last", people)
    for name, node in (("last", last), *((("other", other),) if other is not None else ())):
        node.join(60)
        assert node.exitcode == 0, _log(folder, name)


def _log(folder: Path, owner: str) -> str:
    return (folder / f"{owner}.log").read_text(errors="replace")[-4000:]


async def what_is_there(place: str, folder: Path) -> dict[str, object]:
    """What the drill left behind."""

    def read(transaction: sa.Connection) -> dict[str, object]:
        tables = (contacts, conversations, messages, durable_runs, inbox, channel_events)
        counts = {one.name: transaction.scalar(sa.select(sa.func.count()).select_from(one)) for one in tables}
        in_order = sa.select(messages.c.text).order_by(messages.c.conversation_id, messages.c.at, messages.c.position)
        return {
            **counts,
            "unread": set(transaction.scalars(sa.select(conversations.c.unread))),
            "problems": set(transaction.scalars(sa.select(channel_events.c.problem))),
            "texts": list(transaction.scalars(in_order)),
        }

    async with await Database.open(place, folder=folder / "data") as database:
        return await database.read(read)
