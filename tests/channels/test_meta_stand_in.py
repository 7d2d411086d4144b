"""Meta's piece against Meta's stand-in over real HTTP, each written apart from the other."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from fake_providers import GARBAGE_AFTER_ACCEPT, RATE_LIMITED, badly_signed, faults_of, open_fakes
from hook_desk import HookDesk, open_desk

from skipline.channels.meta.channel import Meta
from skipline.cli.demo.providers.handsets import Choice
from skipline.cli.demo.providers.office import File
from skipline.cli.demo.providers.server import Providers
from skipline.model.lookup import HttpRequest, HttpResponse
from skipline.model.message import Button, Channel, MessageBody, MessageKind, SendState, Template
from skipline.model.messaging import (
    Accepted,
    AnyChannelEvent,
    Delivery,
    DeliveryRefused,
    Outbound,
    Received,
    Refused,
    Remedy,
    SendResult,
    StateTold,
    Uncertain,
)

ANA = "31611111111"
BUTTONS = (Button(id="a", title="This"), Button(id="b", title="That"))
PICTURE = File(id="900", data=b"\x89PNG" + b"x" * 5_000, type="image/png", name="a.png")


@dataclass(slots=True)
class Room:
    """An account at the stand-in, and where its webhooks arrive."""

    settings: Meta
    providers: Providers
    desk: HookDesk
    session: aiohttp.ClientSession

    def secret(self, name: str) -> str:
        account = self.providers.meta.accounts[0]
        return {"app": account.app_secret, "verify": account.verify_token, "token": account.token}[name]

    async def ask(self, request: HttpRequest) -> HttpResponse:
        async with self.session.request(
            request.method, request.url, headers=request.headers, data=request.body or None, allow_redirects=False
        ) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return HttpResponse(status=answer.status, headers=headers, body=await answer.read())

    async def send(
        self, body: MessageBody, channel: Channel = Channel.WHATSAPP, *, to: str = ANA, is_from_person: bool = False
    ) -> SendResult:
        message = Outbound(reference="ref1", channel=channel, to=to, body=body, is_from_person=is_from_person)
        if is_from_person:
            now = datetime.now(UTC)
            message = Outbound(
                reference="ref1",
                channel=channel,
                to=to,
                body=body,
                is_from_person=True,
                at=now,
                window_ends_at=now - timedelta(hours=1),
            )
        result = self.settings.understand(await self.ask(self.settings.write(message, self.secret)), message)
        await self.providers.office.postman.settled()
        return result

    def told(self) -> list[AnyChannelEvent]:
        """What was delivered, each delivery proven."""
        events: list[AnyChannelEvent] = []
        for request, body in self.desk.taken:
            headers = tuple((name.lower(), value) for name, value in request.headers.items())
            delivery = Delivery(
                method="POST", url=str(request.url), headers=headers, body=body, received_at=datetime.now(UTC)
            )
            self.settings.verify(delivery, self.secret)
            events += self.settings.read(delivery)
        return events

    async def written(self, channel: str = "whatsapp", text: str = "", **more: object) -> Received:
        """What a contact wrote, as it was delivered."""
        account = self.providers.meta.accounts[0]
        self.providers.meta.write(account, ANA, text, channel=channel, **more)  # type: ignore[arg-type]
        await self.providers.office.postman.settled()
        event = self.told()[-1]
        assert isinstance(event, Received)
        return event

    def wrote_long_ago(self, by: timedelta) -> None:
        self.providers.office.last_wrote["meta", ANA] = datetime.now(UTC) - by


@asynccontextmanager
async def room(**ids: str) -> AsyncIterator[Room]:
    desk = HookDesk()
    told = ((0.0, "sent"), (0.01, "delivered"), (0.02, "read"))
    async with open_desk(desk) as url, open_fakes(told=told) as providers, aiohttp.ClientSession() as session:
        providers.office.hooks["meta"] = f"{url}/hooks/meta/meta"
        account = providers.meta.accounts[0]
        settings = Meta(
            **(ids or {"phone_number_id": account.phone_number_id, "page_id": account.page, "app_id": "1234"}),  # type: ignore[arg-type]
            app_secret="app",
            verify_token="verify",
            access_token="token",
            base_url=providers.url,
            allow_private=True,
        )
        one = Room(settings, providers, desk, session)
        one.wrote_long_ago(timedelta())
        yield one


@pytest.mark.parametrize(
    "body",
    [
        MessageBody(text="Hello ä / \U0001f4e6"),
        MessageBody(text="Which?", buttons=BUTTONS),
        MessageBody(text="Which?", rows=BUTTONS),
        MessageBody(template=Template(name="ready", language="nl", values=("Ana", "7"))),
        MessageBody(text="see", media_url="https://example.com/a.png", media_kind="image"),
    ],
)
async def test_what_whatsapp_took_comes_back_with_our_reference(body: MessageBody) -> None:
    async with room() as one:
        result = await one.send(body)
        assert isinstance(result, Accepted)
        states = [event for event in one.told() if isinstance(event, StateTold)]
        assert {event.state for event in states} == {SendState.SENT, SendState.DELIVERED, SendState.READ}
        assert {(event.id, event.reference) for event in states} == {(result.id, "ref1")}


async def test_somebody_without_a_number_is_reached_by_the_id_that_they_wrote_with() -> None:
    async with room() as one:
        written = await one.written(text="hi")
        assert (written.sender.id, written.sender.phone) == (f"NL.{ANA}", f"+{ANA}")
        assert isinstance(await one.send(MessageBody(text="Hello"), to=written.sender.id), Accepted)


async def test_what_they_tap_is_the_id_of_the_button() -> None:
    async with room() as one:
        tapped = await one.written(choice=Choice(id="b", title="That"), refers_to="wamid.ours")
        assert (tapped.kind, tapped.choice, tapped.text) == (MessageKind.CHOICE, "b", "That")
        row = await one.written(choice=Choice(id="r", title="Row", description="more", is_row=True))
        assert (row.choice, row.text) == ("r", "Row")


@pytest.mark.parametrize("channel", ["whatsapp", "messenger"])
async def test_a_file_is_fetched_as_it_was_sent(channel: str) -> None:
    async with room() as one:
        (attachment,) = (await one.written(channel, "look", file=PICTURE)).attachments
        assert attachment.kind == "image"
        if channel == "whatsapp":
            assert attachment.sha256 == hashlib.sha256(PICTURE.data).hexdigest()
        came: HttpRequest | bytes | None = one.settings.fetch(attachment, one.secret)
        hops = 0
        while isinstance(came, HttpRequest):
            came, hops = one.settings.fetched(attachment, await one.ask(came), one.secret), hops + 1
        assert came == PICTURE.data
        assert hops == (2 if channel == "whatsapp" else 1)


async def test_a_day_after_they_wrote_only_a_template_goes() -> None:
    async with room() as one:
        one.wrote_long_ago(timedelta(hours=25))
        result = await one.send(MessageBody(text="Hello"))
        assert isinstance(result, Refused)
        assert (result.remedy, result.code) == (Remedy.TEMPLATE, "131047")
        assert isinstance(await one.send(MessageBody(template=Template(name="ready", language="nl"))), Accepted)


async def test_a_day_after_they_wrote_to_a_page_only_a_person_may_answer() -> None:
    async with room() as one:
        one.wrote_long_ago(timedelta(hours=25))
        result = await one.send(MessageBody(text="Hello"), Channel.MESSENGER)
        assert isinstance(result, Refused)
        assert result.remedy is Remedy.TEMPLATE
        assert isinstance(await one.send(MessageBody(text="Hello"), Channel.MESSENGER, is_from_person=True), Accepted)


@pytest.mark.parametrize("body", [MessageBody(text="Hi"), MessageBody(text="Which?", buttons=BUTTONS)])
async def test_messenger_tells_how_far_a_message_came(body: MessageBody) -> None:
    async with room() as one:
        result = await one.send(body, Channel.MESSENGER)
        assert isinstance(result, Accepted)
        states = [event for event in one.told() if isinstance(event, StateTold)]
        assert [event.state for event in states] == [SendState.DELIVERED, SendState.READ]
        assert states[0].id == result.id


async def test_instagram_alone_takes_a_long_text_that_was_cut() -> None:
    async with room(instagram_id="17841400008460056", app_id="1234") as one:
        result = await one.send(MessageBody(text="é" * 2_000, buttons=BUTTONS), Channel.INSTAGRAM)
        assert isinstance(result, Accepted)
        written = await one.written("instagram", "hola")
        assert (written.channel, written.text) == (Channel.INSTAGRAM, "hola")


async def test_an_instagram_account_that_is_linked_to_a_page_is_reached_through_the_page() -> None:
    ids = {"page_id": "1067280970047460", "instagram_id": "17841400008460056", "app_id": "1234"}
    async with room(**ids) as one:
        await one.written("instagram", "hola")
        assert isinstance(await one.send(MessageBody(text="x" * 1_500), Channel.INSTAGRAM), Accepted)
        states = [event for event in one.told() if isinstance(event, StateTold)]
        assert [event.state for event in states] == [SendState.DELIVERED, SendState.READ]
        assert '"object":"instagram"' in one.desk.taken[-1][1].decode()


async def test_what_meta_does_not_take_and_what_nobody_knows() -> None:
    async with room() as one:
        faults_of(one.providers).plan = [RATE_LIMITED, GARBAGE_AFTER_ACCEPT]
        busy = await one.send(MessageBody(text="one"))
        assert isinstance(busy, Refused)
        assert (busy.remedy, busy.after_seconds) == (Remedy.RETRY, 1.0)
        assert isinstance(await one.send(MessageBody(text="two")), Uncertain)
        assert {event.reference for event in one.told() if isinstance(event, StateTold)} == {"ref1"}


async def test_a_wrong_token_rings_the_alarm() -> None:
    async with room() as one:
        faults_of(one.providers)
        message = Outbound(reference="r", channel=Channel.WHATSAPP, to=ANA, body=MessageBody(text="Hi"))
        response = await one.ask(one.settings.write(message, lambda _: "another token"))
        result = one.settings.understand(response, message)
        assert isinstance(result, Refused)
        assert result.remedy is Remedy.ALARM


async def test_a_spoilt_signature_does_not_count() -> None:
    async with room() as one:
        one.providers.office.postman.route = badly_signed
        with pytest.raises(DeliveryRefused):
            await one.written(text="hi")
