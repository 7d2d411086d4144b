"""A contact who wants no more messages gets none, in the middle of a flow and from people too, until they want them
again."""

from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from api_client import client_of
from channel_folder import add_letters
from fake_system import serving
from inside_server import Inside, inside
from letters_room import ENVIRON, deliver, letter_files, rows, transcript, until, until_handled, wrote

from skipline.model.conversation import Direction, Message
from skipline.model.lookup import HttpRequest, Reach, Secrets
from skipline.model.message import MessageBody, SendState
from skipline.model.messaging import Outbound
from skipline.store.message_schema import contact_changes, conversations

FLOW = """
format: 1
name: Shop
triggers: [{type: incoming_message, accounts: [shop]}]
start: greet
steps:
  greet: {type: say, with: {text: How was it?}, next: {done: rest}}
  rest: {type: wait, with: {duration: 3s}, next: {done: more}}
  more: {type: say, with: {text: One thing more}}
"""
STUBBORN = "+5511000000005"
CONTACTS = {
    "+5511000000001": " stop ",
    "+5511000000002": "STOP ALL!",
    "+5511000000003": "\uff33\uff54\uff4f\uff50",
    "+5511000000004": "Unsubscribe.",
    STUBBORN: "do not stop",
}


@pytest.fixture(autouse=True)
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider of the tests, which the piece may reach on this machine."""
    add_letters(tmp_path / "channels")

    def write(piece: Any, message: Outbound, secrets: Secrets) -> HttpRequest:
        body, reach = msgspec.json.encode(message), Reach(is_private_allowed=True)
        return HttpRequest(url=f"{piece.base_url}/send", method="POST", body=body, reach=reach)

    monkeypatch.setattr(import_module("skipline.channels.letters.channel").Letters, "write", write)


async def test_stop_in_the_middle_of_a_flow_is_honoured_at_once_however_it_is_spelled(tmp_path: Path) -> None:
    said: list[Outbound] = []

    async def take(request: web.Request) -> web.Response:
        said.append(msgspec.json.decode(await request.read(), type=Outbound))
        return web.json_response({})

    application = web.Application()
    application.router.add_post("/send", take)
    async with serving(application) as address:
        files = letter_files(more=f', base_url: "{address}"', flow=FLOW)
        async with inside(tmp_path / "data", files, environ=ENVIRON) as room, client_of(room) as client:
            await deliver(client, *(wrote("Hello", 1, who=who) for who in CONTACTS))
            await until(lambda: settled(room, "How was it?"))
            await deliver(client, *(wrote(text, 2, who=who) for who, text in CONTACTS.items()))
            ends = await until(lambda: settled(room, "One thing more"))
            assert [one.code for one in ends] == ["opted_out"] * 4 + [""]
            typed = await _type(room, ends, "But wait")
            assert [one.state for one in typed] == [SendState.FAILED] * 4 + [SendState.SENT]
            deeds = [(one["deed"], one["author"]) for one in await rows(room.database, contact_changes)]
            assert deeds.count(("message_refused", "flow:shop")) == deeds.count(("message_refused", "ana")) == 4
            await deliver(client, *(wrote("Start", 3, who=who) for who in CONTACTS))
            await until_handled(room.database)
            again = await _type(room, ends, "Welcome back")
            assert {one.state for one in again} == {SendState.SENT}
    stubborn = [one.body.text for one in said if one.to == STUBBORN and one.body.text != "How was it?"]
    assert stubborn == ["One thing more", "But wait", "Welcome back"]
    for who in CONTACTS.keys() - {STUBBORN}:
        assert [one.body.text for one in said if one.to == who] == ["How was it?", "Welcome back"]


async def settled(room: Inside, words: str) -> list[Message]:
    """Messages of ours with these words, in the order of `CONTACTS`, once none of them is on its way any more."""
    ours = [one for one in await transcript(room.database) if one.direction is Direction.OUT and one.text == words]
    over = [one for one in ours if one.state is not SendState.QUEUED]
    found = await rows(room.database, conversations)
    contacts = {one["id"]: list(CONTACTS).index(one["provider_id"]) for one in found}
    return sorted(over, key=lambda one: contacts[one.conversation]) if len(over) == len(CONTACTS) else []


async def _type(room: Inside, before: list[Message], words: str) -> list[Message]:
    """What becomes of a message that an agent types to each contact."""
    post = room.services.messages.post
    for one in before:
        await post.post(one.conversation, MessageBody(text=words), "ana", is_from_person=True)
    found: list[Message] = await until(lambda: settled(room, words))
    return found
