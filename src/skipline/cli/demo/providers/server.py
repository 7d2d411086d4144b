"""All providers at one address of this machine; their paths tell them apart."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from skipline.cli.demo.providers.bird import Bird, BirdAccount
from skipline.cli.demo.providers.messagebird import MessageBird, MessageBirdAccount
from skipline.cli.demo.providers.meta import Meta, MetaAccount
from skipline.cli.demo.providers.office import Office, middleware
from skipline.cli.demo.providers.twilio import Twilio, TwilioAccount
from skipline.cli.demo.providers.vonage import Vonage, VonageAccount

_MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Providers:
    """The stand-ins, with one account each."""

    office: Office
    meta: Meta
    twilio: Twilio
    bird: Bird
    messagebird: MessageBird
    vonage: Vonage

    @property
    def url(self) -> str:
        """Where all of them listen: what to write in place of the providers' own addresses."""
        return self.office.url

    def routes(self) -> list[web.RouteDef]:
        """What they answer."""
        all_ = (self.meta, self.twilio, self.bird, self.messagebird, self.vonage)
        return [route for one in all_ for route in one.routes()]


def make_providers(
    office: Office | None = None, *, meta: MetaAccount | None = None, vonage_public_key: str = ""
) -> Providers:
    """The stand-ins, not listening yet."""
    office = office or Office()
    return Providers(
        office,
        Meta(office, meta or MetaAccount()),
        Twilio(office, TwilioAccount()),
        Bird(office, BirdAccount()),
        MessageBird(office, MessageBirdAccount()),
        Vonage(office, VonageAccount(public_key=vonage_public_key)),
    )


@asynccontextmanager
async def open_providers(
    providers: Providers, *, more: Iterable[web.RouteDef] = (), host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Providers]:
    """Have them listen within the block, with `more` to answer beside them. Port 0 picks a free one."""
    application = web.Application(middlewares=[middleware(providers.office)], client_max_size=_MOST_BYTES)
    application.router.add_routes([*more, *providers.routes()])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        found_host, found_port = runner.addresses[0][:2]
        providers.office.url = f"http://{found_host}:{found_port}"
        async with providers.office.postman:
            yield providers
    finally:
        await runner.cleanup()
