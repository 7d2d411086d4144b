"""The providers' stand-ins with faults on top: what befalls their requests, and what becomes of their webhooks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import msgspec
from aiohttp import web

from skipline.cli.demo.providers.meta import MetaAccount
from skipline.cli.demo.providers.office import Asked, Office
from skipline.cli.demo.providers.postman import Hook
from skipline.cli.demo.providers.server import Providers, make_providers, open_providers

_VERY_LONG_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What befalls a request. `status` answers in the provider's place (with `body`, and Retry-After when
    `retry_after` is set); `hangs` never answers; `resets` closes the connection. `after`: only once the provider took
    the request, so that nobody but its ledger knows. `garbage`: 200 with something that is no answer."""

    delay_seconds: float = 0.0
    status: int = 0
    body: object = None
    retry_after: int | None = None
    hangs: bool = False
    resets: bool = False
    garbage: bool = False
    after: bool = False


RATE_LIMITED = Fault(status=429, retry_after=1, body={"error": {"code": 130429, "message": "Rate limit hit"}})
BROKEN = Fault(status=500, body={"error": {"code": 131000, "message": "Something went wrong"}})
HANGS = Fault(hangs=True)
HANGS_AFTER_ACCEPT = Fault(hangs=True, after=True)
RESETS = Fault(resets=True)
RESETS_AFTER_ACCEPT = Fault(resets=True, after=True)
GARBAGE_AFTER_ACCEPT = Fault(garbage=True, after=True)


@dataclass(slots=True)
class Faults:
    """Manners that go wrong as a test says. Each fault of `plan` befalls one request, in order (None: nothing does);
    `always` befalls all the others. Both only where `where` is right about the request; `asked` are all requests."""

    plan: list[Fault | None] = field(default_factory=list)
    always: Fault | None = None
    where: Callable[[Asked], bool] = lambda asked: asked.request.method == "POST"
    asked: list[Asked] = field(default_factory=list)
    _ahead: dict[int, Fault | None] = field(default_factory=dict)

    async def before(self, asked: Asked) -> web.StreamResponse | None:
        self.asked.append(asked)
        fault = self._next() if self.where(asked) else None
        self._ahead[id(asked.request)] = fault
        if fault is None or fault.after:
            return None
        self._ahead.pop(id(asked.request))
        return await _befall(fault, asked)

    async def after(self, asked: Asked, answer: web.StreamResponse) -> web.StreamResponse:
        fault = self._ahead.pop(id(asked.request), None)
        return answer if fault is None else await _befall(fault, asked) or answer

    def _next(self) -> Fault | None:
        return self.plan.pop(0) if self.plan else self.always


async def _befall(fault: Fault, asked: Asked) -> web.StreamResponse | None:
    await asyncio.sleep(_VERY_LONG_SECONDS if fault.hangs else fault.delay_seconds)
    if fault.resets:
        assert asked.request.transport is not None
        asked.request.transport.abort()
        return web.Response()
    if fault.garbage:
        return web.Response(text="<html>Whoops", content_type="text/html")
    if fault.status:
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        body = msgspec.json.encode(fault.body)
        return web.Response(body=body, status=fault.status, content_type="application/json", headers=headers)
    return None


@dataclass(slots=True, kw_only=True)
class Unruly:
    """A postman's route that repeats, delays and shuffles webhooks by a seeded chance: each is delivered, at least
    once, within `shuffled_seconds`; a share of them up to `most_copies` times."""

    rng: Random
    repeats_share: float = 0.05
    most_copies: int = 2
    shuffled_seconds: float = 0.0

    def __call__(self, hook: Hook) -> Sequence[tuple[float, Hook]]:
        is_repeated = self.rng.random() < self.repeats_share
        copies = self.rng.randint(2, self.most_copies) if is_repeated else 1
        return [(self.rng.random() * self.shuffled_seconds, hook) for _ in range(copies)]


def badly_signed(hook: Hook) -> Sequence[tuple[float, Hook]]:
    """A route that changes one byte of each signature."""
    headers = {name: _spoilt(value) if _is_signature(name) else value for name, value in hook.headers.items()}
    return [(0.0, msgspec.structs.replace(hook, headers=headers))]


def _is_signature(name: str) -> bool:
    return "signature" in name.lower() or name == "Authorization"


def _spoilt(value: str) -> str:
    place = len(value) // 2
    return value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]


@asynccontextmanager
async def open_fakes(
    *, told: Sequence[tuple[float, str]] | None = None, meta: MetaAccount | None = None, vonage_public_key: str = ""
) -> AsyncIterator[Providers]:
    """The stand-ins listening, with `Faults` as their manners; `told` is what becomes of what they take."""
    office = Office(manners=Faults())
    if told is not None:
        office.told = told
    made = make_providers(office, meta=meta, vonage_public_key=vonage_public_key)
    async with open_providers(made) as providers:
        yield providers


def faults_of(providers: Providers) -> Faults:
    """What befalls the requests of these stand-ins."""
    manners = providers.office.manners
    assert isinstance(manners, Faults)
    return manners
