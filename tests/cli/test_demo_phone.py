"""The page of a customer's phone: what is written on it reaches the company as a webhook, what it answers is shown."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

import aiohttp
import pytest
from hook_desk import HookDesk, open_desk

from skipline.cli.demo.whatsapp import WhatsApp, open_whatsapp

GRETA = "31622222223"


@asynccontextmanager
async def open_phone(desk: HookDesk) -> AsyncIterator[tuple[WhatsApp, aiohttp.ClientSession]]:
    async with open_desk(desk) as url, open_whatsapp() as whatsapp, aiohttp.ClientSession() as session:
        desk._verify_token = whatsapp.account.verify_token
        whatsapp.providers.office.told = ()
        assert await whatsapp.connect(url.removeprefix("http://"))
        yield whatsapp, session


async def answer_with_buttons(whatsapp: WhatsApp, session: aiohttp.ClientSession) -> None:
    buttons = [{"type": "reply", "reply": {"id": "order", "title": "My order"}}]
    interactive = {"type": "button", "body": {"text": "What is it about?"}, "action": {"buttons": buttons}}
    body = {"messaging_product": "whatsapp", "to": GRETA, "type": "interactive", "interactive": interactive}
    url = f"{whatsapp.providers.url}/v25.0/{whatsapp.account.phone_number_id}/messages"
    async with session.post(url, json=body, headers={"Authorization": f"Bearer {whatsapp.account.token}"}) as answer:
        assert answer.status == 200


async def test_a_customer_writes_sees_the_answer_and_taps_it() -> None:
    desk = HookDesk()
    async with open_phone(desk) as (whatsapp, session):
        async with session.post(f"{whatsapp.page_url}/write", json={"contact": GRETA, "text": "Hello"}) as answer:
            assert answer.status == 200
        await answer_with_buttons(whatsapp, session)
        async with session.get(f"{whatsapp.page_url}/thread?contact={GRETA}&after=1") as answer:
            (message,) = (await answer.json())["messages"]
        assert (message["text"], message["choices"][0]["title"]) == ("What is it about?", "My order")
        tapped = {"contact": GRETA, "choice": "order", "refers_to": message["id"]}
        async with session.post(f"{whatsapp.page_url}/write", json=tapped) as answer:
            assert answer.status == 200
        await whatsapp.providers.office.postman.settled()
    told = [json.loads(raw)["entry"][0]["changes"][0]["value"] for _, raw in desk.taken]
    messages = [one["messages"][0] for one in told if "messages" in one]
    assert messages[0]["text"] == {"body": "Hello"}
    assert messages[1]["interactive"]["button_reply"] == {"id": "order", "title": "My order"}
    assert messages[1]["context"] == {"id": message["id"]}


@pytest.mark.parametrize(
    "body",
    [
        {"contact": GRETA, "text": ""},
        {"contact": GRETA, "text": "x" * 1001},
        {"contact": "0", "text": "hello"},
        {"contact": GRETA, "choice": "order", "refers_to": "none"},
        {"contact": GRETA, "text": "hello", "more": 1},
        [],
    ],
)
async def test_what_cannot_be_written_is_told(body: object) -> None:
    async with open_phone(HookDesk()) as (whatsapp, session):
        async with session.post(f"{whatsapp.page_url}/write", json=body) as answer:
            assert answer.status == 400
            assert (await answer.json())["error"]
        assert not whatsapp.handset(GRETA).bubbles


async def test_another_sites_page_cannot_write() -> None:
    async with open_phone(HookDesk()) as (whatsapp, session):
        raw = json.dumps({"contact": GRETA, "text": "Hello"})
        async with session.post(
            f"{whatsapp.page_url}/write", data=raw, headers={"Content-Type": "text/plain"}
        ) as answer:
            assert answer.status == 400


async def test_the_page_runs_no_script_but_its_own() -> None:
    async with open_phone(HookDesk()) as (whatsapp, session):
        async with session.get(whatsapp.page_url) as answer:
            policy, page = answer.headers["Content-Security-Policy"], await answer.text()
        for name in ("phone.css", "phone.js"):
            async with session.get(f"{whatsapp.page_url}/{name}") as answer:
                assert answer.status == 200
        async with session.get(f"{whatsapp.page_url}/page.py") as answer:
            assert answer.status == 404
    assert "default-src 'none'; script-src 'self'" in policy
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", page)
    script = (files("skipline.cli.demo.phone") / "phone.js").read_text()
    assert "innerHTML" not in script
