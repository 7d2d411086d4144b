"""A running `Lookups` with a clock that tests turn, and questions to put to it."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp.abc import AbstractResolver

from skipline.base.ids import counted_ids
from skipline.host.lookups import LastKnown, Lookups, NothingKept, Wire
from skipline.model.commands import Issued, LookUp
from skipline.model.configuration import Source
from skipline.model.events import LookupAnswered
from skipline.model.ids import CallId, CommandId, RunId
from skipline.model.lookup import KnownAnswer, Secrets, SourceSettings
from skipline.workspace.sources import build_source

_ids = counted_ids("c")


class TurnedClock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **ahead: float) -> None:
        self.now += timedelta(**ahead)


class KnownInMemory:
    """A `LastKnown` that outlives a `Lookups`, as a database does."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], KnownAnswer] = {}

    async def recall(self, source: str, key: str) -> KnownAnswer | None:
        return self.answers.get((source, key))

    async def remember(self, source: str, key: str, answer: KnownAnswer) -> None:
        self.answers[source, key] = answer

    async def forget(self, source: str, key: str) -> None:
        self.answers.pop((source, key), None)


def no_secrets(name: str) -> str:
    raise LookupError(f"there is no secret named {name}")


def these_secrets(**known: str) -> Secrets:
    """Secrets for tests, by name."""

    def value(name: str) -> str:
        return known[name] if name in known else no_secrets(name)

    return value


def source_at(url: str, *, allow_private: bool = True, verify: bool = True, **more: Any) -> Source:
    settings = {"base_url": url, "allow_private": allow_private, "verify": verify}
    return Source(name="loyalty", type="http", settings=settings, **{"time_limit_seconds": 0.5, **more})


@asynccontextmanager
async def open_lookups(
    *sources: Source,
    clock: TurnedClock | None = None,
    last_known: LastKnown | None = None,
    own_ports: Collection[int] = (),
    resolver: AbstractResolver | None = None,
    build: Callable[[Source], SourceSettings] = build_source,
    secrets: Secrets = no_secrets,
) -> AsyncIterator[Lookups]:
    wire = Wire(own_ports=own_ports, resolver=resolver)
    lookups = Lookups(
        clock=clock or TurnedClock(),
        build=build,
        secrets=secrets,
        last_known=last_known or NothingKept(),
        wire=wire,
    )
    async with lookups:
        lookups.configure(sources)
        yield lookups


async def look_up(lookups: Lookups, path: str = "/customers/1", **more: Any) -> LookupAnswered:
    body = LookUp(**{"source": "loyalty", "path": path, **more})
    return await lookups.answer(Issued(id=CommandId(_ids()), run=RunId("run"), call=CallId("call"), body=body))
