"""What the stand-ins share: the ledger, the customers' phones, the way webhooks go out, and who may disturb them."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Protocol

import msgspec
from aiohttp import web

from skipline.base.clock import Clock, system_clock
from skipline.cli.demo.providers.handsets import Bubble, Handset, Handsets
from skipline.cli.demo.providers.ledger import Ledger, Line, What
from skipline.cli.demo.providers.postman import Postman

TOLD = ((0.05, "sent"), (0.2, "delivered"), (0.8, "read"))
"""How far messages come, and how many seconds after they were accepted."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a provider, with its body read."""

    request: web.Request
    body: bytes

    @property
    def path(self) -> str:
        """The path as it came."""
        return self.request.path


class Manners(Protocol):
    """What may befall a request besides what the provider makes of it."""

    async def before(self, asked: Asked) -> web.StreamResponse | None:
        """An answer in the provider's place, which then never hears of the request."""

    async def after(self, asked: Asked, answer: web.StreamResponse) -> web.StreamResponse:
        """What the asker gets of the provider's answer."""


class GoodManners:
    """Nothing befalls anything."""

    async def before(self, asked: Asked) -> web.StreamResponse | None:
        """Nothing."""
        return None

    async def after(self, asked: Asked, answer: web.StreamResponse) -> web.StreamResponse:
        """The answer as it is."""
        return answer


class Refusal(Exception):
    """A request that the provider refuses, with the answer that it gives."""

    def __init__(self, status: int, body: Any, code: str = "") -> None:
        super().__init__(code)
        self.status, self.body, self.code = status, body, code


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a customer sent."""

    id: str
    data: bytes
    type: str
    name: str = ""


@dataclass(slots=True)
class Office:
    """Shared by the stand-ins of all providers. `told` is what becomes of a message that was accepted; `url` is where
    they listen, as soon as they do."""

    ledger: Ledger = field(default_factory=Ledger)
    clock: Clock = system_clock
    manners: Manners = field(default_factory=GoodManners)
    told: Sequence[tuple[float, str]] = TOLD
    url: str = ""
    handsets: Handsets = field(default_factory=Handsets)
    files: dict[str, File] = field(default_factory=dict)
    hooks: dict[str, str] = field(default_factory=dict)
    last_wrote: dict[tuple[str, str], datetime] = field(default_factory=dict)
    postman: Postman = field(init=False)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.postman = Postman(self.ledger, self.clock)

    def new_id(self, prefix: str = "") -> str:
        """An id nobody had before."""
        return prefix + base64.b32encode(f"skipline{next(self._numbers):010}".encode()).decode().rstrip("=")

    def number(self) -> int:
        """A number nobody had before."""
        return next(self._numbers)

    def hook_of(self, account: str) -> str:
        """The webhook address of an account. Raises `LookupError` when it was told none."""
        return self.hooks[account]

    def handset(self, account: str, contact: str) -> Handset:
        """A customer's phone."""
        return self.handsets.of(account, contact)

    def wrote(self, provider: str, account: str, contact: str, bubble: Bubble) -> None:
        """A customer wrote to an account: it is on their phone and in the ledger."""
        self.last_wrote[account, contact] = bubble.at
        self.handset(account, contact).show(bubble)
        self._note(What.WROTE, provider, account, contact, bubble)

    def accepted(self, provider: str, account: str, contact: str, bubble: Bubble, tell: Tell) -> None:
        """A message of the company's was taken: it arrives on the customer's phone, and the company is told of it."""
        self._note(What.ACCEPTED, provider, account, contact, bubble)
        self.handset(account, contact).show(bubble)
        if account in self.hooks and self.told:
            self.postman.later(self._tell(provider, account, contact, bubble, tell))

    def refused(self, provider: str, account: str, refusal: Refusal, reference: str = "") -> None:
        """A message of the company's was not taken."""
        self.ledger.note(
            Line(
                at=self.clock(),
                what=What.REFUSED,
                provider=provider,
                account=account,
                reference=reference,
                state=refusal.code,
                status=refusal.status,
            )
        )

    async def _tell(self, provider: str, account: str, contact: str, bubble: Bubble, tell: Tell) -> None:
        waited = 0.0
        for after_seconds, state in self.told:
            await asyncio.sleep(after_seconds - waited)
            waited = after_seconds
            self._note(What.TOLD, provider, account, contact, bubble, state)
            tell(state)

    def _note(self, what: What, provider: str, account: str, contact: str, bubble: Bubble, state: str = "") -> None:
        self.ledger.note(
            Line(
                at=self.clock(),
                what=what,
                provider=provider,
                account=account,
                id=bubble.id,
                reference=bubble.reference,
                contact=contact,
                text=bubble.text,
                state=state,
            )
        )


def middleware(office: Office) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Hands every request to the office's manners first, and its answer afterwards; a refusal becomes its answer."""

    @web.middleware
    async def meet(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        asked = Asked(request, await request.read())
        instead = await office.manners.before(asked)
        if instead is not None:
            return instead
        try:
            answer = await handler(request)
        except Refusal as refusal:
            answer = as_json(refusal.body, refusal.status)
        return await office.manners.after(asked, answer)

    return meet


def as_json(value: object, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


async def read_object(request: web.Request) -> dict[str, Any]:
    """A request's JSON object. Raises `Refusal`."""
    try:
        found = msgspec.json.decode(await request.read())
    except msgspec.DecodeError:
        found = None
    if not isinstance(found, dict):
        raise Refusal(400, {"error": {"message": "the body is no JSON object"}}, "not_json")
    return found


def texts_of(form: Mapping[str, Any]) -> dict[str, str]:
    """A form's texts, the last of a name."""
    return {name: str(value) for name, value in form.items()}
