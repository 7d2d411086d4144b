"""Each demo caller comes to the right line or queue, whatever state the company's API is in.

No telephony here: the flow asks the real look-ups, they ask the real API, and the next command says where.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from lookup_room import TurnedClock, open_lookups

from skipline.cli.demo.company import Company, Mode, open_company
from skipline.cli.demo.workspace_files import Places, write_workspace
from skipline.flow.compiled import CompiledFlow
from skipline.flow.loading import compile_flow, load_flow
from skipline.flow.run import resume_run, start_run
from skipline.host.lookups import Lookups
from skipline.model.call import Call
from skipline.model.commands import EnterQueue, ForwardCall
from skipline.model.configuration import Configuration
from skipline.model.contact import Contact
from skipline.model.ids import CallId, RunId
from skipline.model.run import Run
from skipline.workspace.reading import all_pieces, read_workspace

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PETRA, PAUL, GUSTAV = "+31611111111", "+31655555555", "+31622222222"
SILVIA, STAN, STRANGER = "+31633333333", "+31644444444", "+31600000000"
VIP, QUEUE, GENERAL = "sip:vip@127.0.0.1:1", "vip", "sip:general@127.0.0.1:3"


def demo(folder: Path, url: str) -> tuple[Configuration, CompiledFlow]:
    places = Places(company_url=url, vip_address="127.0.0.1:1", general_address="127.0.0.1:3")
    write_workspace(folder, places)
    workspace = read_workspace(
        {str(one.relative_to(folder)): one.read_text(encoding="utf-8") for one in folder.rglob("*.yaml")}
    ).workspace
    assert workspace is not None
    configuration = msgspec.structs.replace(
        workspace.configuration,
        sources=tuple(msgspec.structs.replace(one, time_limit_seconds=0.4) for one in workspace.configuration.sources),
    )
    loaded = load_flow(workspace.flows[0].text, "loyalty.yaml", all_pieces(), configuration)
    return configuration, compile_flow(loaded, 1, {table.name: table for table in configuration.tables})


async def call(lookups: Lookups, flow: CompiledFlow, phone: str) -> tuple[str, str, str]:
    """The line or queue that a caller's run comes to, the tier, and why its look-up said what it said."""
    caller = Call(id=CallId("call"), arrived_at=NOW, from_=phone)
    run = Run(id=RunId("run"), flow="loyalty", version=1, started_at=NOW, contact=Contact(phone=phone), call=caller)
    [asked] = start_run(flow, run, NOW).commands
    [issued] = resume_run(flow, run, await lookups.answer(asked), NOW).commands
    return *_where(issued.body), run.trace[0].detail["why"]


def _where(command: object) -> tuple[str, str]:
    if isinstance(command, EnterQueue):
        return command.place.queue, command.place.tier
    assert isinstance(command, ForwardCall)
    return command.targets[0], command.headers["X-Skipline-Tier"]


@asynccontextmanager
async def open_demo(folder: Path, company: Company, clock: TurnedClock) -> AsyncIterator[tuple[Lookups, CompiledFlow]]:
    async with open_company(company) as url:
        configuration, flow = demo(folder, url)
        async with open_lookups(*configuration.sources, clock=clock) as lookups:
            yield lookups, flow


@pytest.mark.parametrize(
    ("phone", "line", "tier", "why"),
    [
        (PETRA, VIP, "platinum", "loyalty_status is platinum"),
        (GUSTAV, QUEUE, "gold", "loyalty_status is gold"),
        (SILVIA, QUEUE, "silver", "loyalty_status is silver"),
        (STAN, GENERAL, "standard", "loyalty_status is standard"),
        (STRANGER, GENERAL, "standard", "loyalty answered 404: it knows nobody like this"),
    ],
)
async def test_the_api_decides_who_goes_where(tmp_path: Path, phone: str, line: str, tier: str, why: str) -> None:
    async with open_demo(tmp_path, Company(), TurnedClock()) as (lookups, flow):
        where, waits_as, told = await call(lookups, flow, phone)
    assert (where, waits_as) == (line, tier)
    assert why in told


@pytest.mark.parametrize("mode", [Mode.SLOW, Mode.DOWN, Mode.GARBAGE])
@pytest.mark.parametrize(
    ("phone", "line", "why"),
    [
        (PETRA, VIP, "its answer of 2 h ago stands in: loyalty_status is platinum"),
        (SILVIA, QUEUE, "its answer of 2 h ago stands in: loyalty_status is silver"),
        (PAUL, VIP, "so the row of table vip_list counts: loyalty_status is platinum"),
        (GUSTAV, GENERAL, "the defaults count: loyalty_status is standard"),
    ],
)
async def test_a_broken_api_changes_as_little_as_can_be(
    tmp_path: Path, mode: Mode, phone: str, line: str, why: str
) -> None:
    company, clock = Company(), TurnedClock()
    async with open_demo(tmp_path, company, clock) as (lookups, flow):
        for known in (PETRA, SILVIA):
            await call(lookups, flow, known)
        company.behave(mode)
        clock.turn(hours=2)
        where, _, told = await call(lookups, flow, phone)
    assert where == line
    assert why in told


async def test_who_hides_the_number_is_not_asked_about(tmp_path: Path) -> None:
    async with open_demo(tmp_path, Company(), TurnedClock()) as (_, flow):
        run = Run(id=RunId("run"), flow="loyalty", version=1, started_at=NOW, contact=Contact(), call=None)
        [forward] = start_run(flow, run, NOW).commands
    assert isinstance(forward.body, ForwardCall)
    assert forward.body.targets == (GENERAL,)
