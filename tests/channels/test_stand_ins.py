"""Twilio's and Vonage's pieces against the providers' stand-ins over real HTTP, each written apart from the other: what
one signs the other takes, and what is sent comes back as reported."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from skipline.channels.twilio.channel import Twilio
from skipline.channels.vonage.channel import Vonage
from skipline.cli.demo.providers.office import File
from skipline.cli.demo.providers.server import Providers, make_providers, open_providers
from skipline.model.lookup import HttpRequest, HttpResponse, Secrets
from skipline.model.message import Button, Channel, MessageBody, SendState
from skipline.model.messaging import (
    Accepted,
    AnyChannelEvent,
    ChannelSettings,
    Delivery,
    DeliveryRefused,
    Outbound,
    Received,
    Recovers,
    Refused,
    Remedy,
    SendResult,
    StateTold,
)

ANA = "+31611111111"
REFERENCE = "0198f3c5-7f1e-7b7e-8a67-3f0f6a4c9d11:1"
"""As commands of runs are named."""
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
SECRETS: Secrets = {
    "token": "demo-auth-token",
    "key": "demo-key-secret",
    "secret": "demo-api-secret",
    "signature": "demo-signature-secret",
    "pem": PEM,
    "wrong": "wrong",
}.__getitem__


@dataclass(slots=True)
class Desk:
    """Our side: an account's piece, the address of its webhook and what was told there."""

    settings: ChannelSettings
    providers: Providers
    session: aiohttp.ClientSession
    url: str
    events: list[AnyChannelEvent] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    async def send(self, body: MessageBody, channel: Channel = Channel.SMS, reference: str = "ref1") -> SendResult:
        """Send a message and wait until everything about it was told."""
        message = Outbound(
            reference=reference, channel=channel, to=ANA, body=body, callback_url=self.url, at=datetime.now(UTC)
        )
        result = self.settings.understand(await self.ask(self.settings.write(message, SECRETS)), message)
        await self.providers.office.postman.settled()
        return result

    async def ask(self, request: HttpRequest) -> HttpResponse:
        """Put a request on the wire."""
        async with self.session.request(
            request.method, request.url, headers=request.headers, data=request.body or None, allow_redirects=False
        ) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return HttpResponse(status=answer.status, headers=headers, body=await answer.read())

    async def take(self, request: web.Request) -> web.Response:
        """The webhook."""
        delivery = Delivery(
            method=request.method,
            url=str(request.url),
            headers=tuple((name.lower(), value) for name, value in request.headers.items()),
            body=await request.read(),
            received_at=datetime.now(UTC),
        )
        try:
            self.settings.verify(delivery, SECRETS)
        except DeliveryRefused as refused:
            self.refused.append(str(refused))
            return web.Response(status=200)
        self.events += self.settings.read(delivery)
        thanks = self.settings.thank(delivery)
        return web.Response(status=thanks.status, text=thanks.body, content_type=thanks.content_type)

    def states(self) -> list[SendState]:
        """How far our messages came, as told."""
        return [one.state for one in self.events if isinstance(one, StateTold)]

    def received(self) -> list[Received]:
        """What contacts wrote."""
        return [one for one in self.events if isinstance(one, Received)]


@asynccontextmanager
async def desk(make: Callable[[str], ChannelSettings], account: str) -> AsyncIterator[Desk]:
    """The stand-ins, and a desk whose piece is made for their address."""
    providers = make_providers(vonage_public_key=PUBLIC)
    providers.office.told = ((0.0, "sent"), (0.01, "delivered"))
    async with open_providers(providers), aiohttp.ClientSession() as session:
        one = Desk(make(providers.url), providers, session, "")
        app = web.Application()
        app.router.add_route("*", "/hooks/{provider}/{account}", one.take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        one.url = f"{site.name}/hooks/any/{account}".replace("127.0.0.1:0", f"127.0.0.1:{runner.addresses[0][1]}")
        providers.office.hooks[account] = one.url
        yield one
        await runner.cleanup()


def twilio(url: str) -> Twilio:
    return Twilio(
        account_sid="AC00000000000000000000000000000001",
        secret="token",
        sms_from="+31970000001",
        base_url=url,
        allow_private=True,
    )


def vonage(url: str) -> Vonage:
    return Vonage(
        api_key="abcd1234",
        secret="secret",
        signature_secret="signature",
        sms_from="+31970000004",
        whatsapp_from="+31970000004",
        base_url=url,
        sms_url=url,
        allow_private=True,
    )


def by_key(url: str) -> Twilio:
    return replace(twilio(url), api_key="SK00000000000000000000000000000001", api_key_secret="key")


def by_application(url: str) -> Vonage:
    return replace(vonage(url), application="aaaaaaaa-0000-4000-8000-000000000001", private_key="pem")


def by_sms_api(url: str) -> Vonage:
    return replace(vonage(url), sms_api=True)


@pytest.mark.parametrize(
    ("make", "account"),
    [(twilio, "twilio"), (by_key, "twilio"), (vonage, "vonage"), (by_application, "vonage"), (by_sms_api, "vonage")],
)
async def test_what_is_sent_is_taken_and_reported_under_our_reference(
    make: Callable[[str], ChannelSettings], account: str
) -> None:
    async with desk(make, account) as ours:
        body = MessageBody(text="Which?", buttons=(Button(id="a", title="One"), Button(id="b", title="Two")))
        result = await ours.send(body, reference=REFERENCE)
        assert isinstance(result, Accepted)
        assert ours.refused == []
        assert ours.states() == [SendState.SENT, SendState.DELIVERED]
        for told in ours.events:
            assert isinstance(told, StateTold)
            assert (told.id, told.reference) == (result.id, REFERENCE)
        (shown,) = ours.providers.office.handset(account, ANA).bubbles
        assert shown.text == "Which?\n1. One\n2. Two"


async def test_what_a_contact_writes_by_twilio_is_received_with_its_file_and_found_again() -> None:
    async with desk(twilio, "twilio") as ours:
        stand_in = ours.providers.twilio
        file = File(id="ME1", data=b"JFIF", type="image/jpeg")
        id_ = stand_in.write(stand_in.accounts[0], ANA, "see & read = ü", file=file)
        await ours.providers.office.postman.settled()
        (received,) = ours.received()
        assert (received.id, received.sender.phone, received.text) == (id_, ANA, "see & read = ü")
        request = ours.settings.fetch(received.attachments[0], SECRETS)
        assert request is not None
        assert ours.settings.fetched(received.attachments[0], await ours.ask(request), SECRETS) == b"JFIF"
        assert isinstance(ours.settings, Recovers)
        listing = ours.settings.list_missed(datetime(2026, 1, 1, tzinfo=UTC), "", SECRETS)
        assert listing is not None
        missed, _ = ours.settings.read_missed(await ours.ask(listing), datetime(2026, 1, 1, tzinfo=UTC), "")
        assert [one.key for one in missed] == [received.key]


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
async def test_what_a_contact_writes_by_vonage_is_received(channel: str) -> None:
    async with desk(vonage, "vonage") as ours:
        stand_in = ours.providers.vonage
        ours.providers.office.handsets.names[ANA] = "Ana"
        id_ = stand_in.write(stand_in.accounts[0], ANA, "see & read = ü", channel=channel)
        await ours.providers.office.postman.settled()
        (received,) = ours.received()
        assert (received.id, received.channel, received.sender.phone) == (id_, channel, ANA)
        assert received.text == "see & read = ü"


async def test_parts_of_a_long_sms_say_which_they_are() -> None:
    async with desk(vonage, "vonage") as ours:
        stand_in = ours.providers.vonage
        ids = stand_in.write_sms(stand_in.accounts[0], ANA, "first & second = third", parts=3)
        await ours.providers.office.postman.settled()
        assert ours.refused == []
        parts = sorted(ours.received(), key=lambda one: one.part.number if one.part else 0)
        assert [one.id for one in parts] == ids
        assert "".join(one.text for one in parts) == "first & second = third"
        assert {one.part.total for one in parts if one.part} == {3}
        assert len({one.part.reference for one in parts if one.part}) == 1


@pytest.mark.parametrize(
    ("make", "account"),
    [
        (lambda url: replace(twilio(url), secret="wrong"), "twilio"),
        (lambda url: replace(vonage(url), signature_secret="wrong"), "vonage"),
    ],
)
async def test_with_another_secret_nothing_counts(make: Callable[[str], ChannelSettings], account: str) -> None:
    async with desk(make, account) as ours:
        if account == "twilio":
            ours.providers.twilio.write(ours.providers.twilio.accounts[0], ANA, "hi")
        else:
            ours.providers.vonage.write(ours.providers.vonage.accounts[0], ANA, "hi")
            ours.providers.vonage.write_sms(ours.providers.vonage.accounts[0], ANA, "hi")
        await ours.providers.office.postman.settled()
        assert ours.events == []
        assert ours.refused


async def test_refusals_of_the_stand_ins_are_understood() -> None:
    async with desk(twilio, "twilio") as ours:
        ours.providers.twilio.opted_out.add(ANA)
        opted_out = await ours.send(MessageBody(text="hi"))
        assert isinstance(opted_out, Refused)
        assert (opted_out.remedy, opted_out.code) == (Remedy.NEVER, "21610")
        ours.settings = replace(twilio(ours.providers.url), secret="wrong")
        unknown = await ours.send(MessageBody(text="hi"))
        assert isinstance(unknown, Refused)
        assert unknown.remedy is Remedy.ALARM
    for make in (vonage, by_sms_api):
        async with desk(make, "vonage") as ours:
            ours.settings = replace(make(ours.providers.url), secret="wrong")
            unknown = await ours.send(MessageBody(text="hi"))
            assert isinstance(unknown, Refused)
            assert unknown.remedy is Remedy.ALARM
