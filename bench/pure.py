"""Speeds of the parts that need no wire: conditions, formulas, texts, flow steps; and of look-ups through a source,
beside those of a bare HTTP client."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import aiohttp
import msgspec
import structlog

from skipline.base.clock import system_clock
from skipline.expr.rows import Operator, Row
from skipline.expr.scope import Scope
from skipline.flow.compiled import CompiledFlow
from skipline.flow.loading import compile_flow, load_flow
from skipline.flow.run import start_run
from skipline.host.lookups import Lookups, NothingKept, Wire
from skipline.model.call import Call
from skipline.model.commands import Issued, LookUp
from skipline.model.configuration import Source
from skipline.model.contact import Contact
from skipline.model.events import LookupStatus
from skipline.model.ids import CallId, CommandId, RunId
from skipline.model.run import Run
from skipline.workspace.reading import all_pieces
from skipline.workspace.sources import build_source

_NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
_VARIABLES: dict[str, Any] = {
    "loyalty_status": "gold",
    "points": 1200,
    "contact": {"phone": "+34600000000", "name": "Ana", "language": "es", "tags": ["vip"]},
}
_NAMES = {"loyalty_status": "text", "points": "number", "contact": "map"}
_PAIRS_OF_STEPS = 20
_AT_ONCE = 50


def measure_expressions(seconds: float) -> dict[str, float]:
    """Evaluations a second of a condition row, a CEL formula and a text with holes, compiled once."""
    scope = Scope(_NAMES)
    row = scope.row(Row(variable="loyalty_status", operator=Operator.IS_ONE_OF, value=("gold", "platinum")))
    formula = scope.formula('loyalty_status in ["gold", "platinum"] && points >= 1000.0')
    text = scope.text("Hello {{ contact.name }}, you have {{ points | fixed:0 }} points.")
    return {
        "condition rows": _a_second(lambda: row(_VARIABLES, _ignore), seconds),
        "CEL formulas": _a_second(lambda: formula.value(_VARIABLES), seconds),
        "texts with two holes": _a_second(lambda: text.render(_VARIABLES, _ignore), seconds),
    }


def measure_flow_steps(seconds: float) -> float:
    """Steps a second of a run that asks nobody: branches and variables in turn, with the whole trace kept."""
    flow = _long_flow()
    walk = _walk(flow)
    return _a_second(lambda: start_run(flow, _fresh_run(flow), _NOON), seconds) * walk.steps_taken


async def measure_lookups(company_port: int, seconds: float) -> float:
    """Look-ups a second through the source layer, 50 callers at once, every one a question to the API."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("info"))
    settings = {"base_url": f"http://127.0.0.1:{company_port}", "allow_private": True}
    source = Source(name="loyalty", type="http", settings=settings, cache_seconds=0, max_at_once=_AT_ONCE)
    lookups = Lookups(
        clock=system_clock, build=build_source, secrets=_no_secret, last_known=NothingKept(), wire=Wire(own_ports=())
    )
    async with lookups:
        lookups.configure([source])
        numbers, began = count(), time.perf_counter()
        until = began + seconds
        async with asyncio.TaskGroup() as callers:
            for _ in range(_AT_ONCE):
                callers.create_task(_keep_asking(lookups, numbers, until))
        return next(numbers) / (time.perf_counter() - began)


async def measure_bare_requests(company_port: int, seconds: float) -> float:
    """The same questions a second to the same API, asked with aiohttp and nothing around it."""
    numbers, began = count(), time.perf_counter()
    until = began + seconds
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_AT_ONCE)) as session,
        asyncio.TaskGroup() as callers,
    ):
        for _ in range(_AT_ONCE):
            callers.create_task(_keep_fetching(session, company_port, numbers, until))
    return next(numbers) / (time.perf_counter() - began)


async def _keep_fetching(
    session: aiohttp.ClientSession, company_port: int, numbers: "count[int]", until: float
) -> None:
    while time.perf_counter() < until:
        url = f"http://127.0.0.1:{company_port}/customers/+316{next(numbers):08}"
        async with session.get(url) as answer:
            msgspec.json.decode(await answer.read())


async def _keep_asking(lookups: Lookups, numbers: "count[int]", until: float) -> None:
    while time.perf_counter() < until:
        number = next(numbers)
        body = LookUp(source="loyalty", path=f"/customers/+316{number:08}")
        issued = Issued(id=CommandId(f"c{number}"), run=RunId("run"), call=CallId("call"), body=body)
        answered = await lookups.answer(issued)
        if answered.status is not LookupStatus.OK:
            raise RuntimeError(f"a look-up failed: {answered.reason}")


def _a_second(work: Callable[[], object], seconds: float) -> float:
    """How often `work` can be done in a second: the best of five tries, as the noise only ever slows down."""
    work()
    return max(_rate(work, seconds / 5) for _ in range(5))


def _rate(work: Callable[[], object], seconds: float) -> float:
    done, began = 0, time.perf_counter()
    while time.perf_counter() < began + seconds:
        for _ in range(10):
            work()
        done += 10
    return done / (time.perf_counter() - began)


def _long_flow() -> CompiledFlow:
    parts = [
        "format: 1\nname: Long\ntriggers: [{type: incoming_call, numbers: ['+31201234567']}]\nstart: set0\nsteps:\n"
    ]
    for number in range(_PAIRS_OF_STEPS):
        following = f"set{number + 1}" if number + 1 < _PAIRS_OF_STEPS else "end"
        rule = f"{{variable: tier{number}, operator: is, value: gold}}"
        parts.append(
            f"  set{number}: {{type: set_variables, with: {{values: {{tier{number}: gold}}}},"
            f" next: {{done: ask{number}}}}}\n"
            f"  ask{number}: {{type: branch, with: {{paths: [{{id: gold, all: [{rule}]}}]}},"
            f" next: {{gold: {following}, else: end}}}}\n"
        )
    loaded = load_flow("".join([*parts, "  end: {type: hang_up}\n"]), "long.yaml", all_pieces())
    return compile_flow(loaded, 1, {})


def _walk(flow: CompiledFlow) -> Run:
    run = _fresh_run(flow)
    start_run(flow, run, _NOON)
    return run


def _fresh_run(flow: CompiledFlow) -> Run:
    phone = "+31612345678"
    call = Call(id=CallId("call"), arrived_at=_NOON, from_=phone, to="+31201234567", trunk="carrier")
    contact = Contact(phone=phone, address=phone)
    return Run(id=RunId("run"), flow=flow.name, version=1, started_at=_NOON, contact=contact, call=call)


def _ignore(_: str) -> None:
    """Warnings are not measured."""


def _no_secret(name: str) -> str:
    raise LookupError(name)
