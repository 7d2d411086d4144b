"""A conversation from its first message to its end: intake, durable run, sending, queue and agent are the real things,
the provider takes what it is sent."""

from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from api_client import Client, client_of
from channel_folder import add_letters
from fake_system import serving
from inside_server import Inside, inside
from letters_room import ENVIRON, deliver, letter_files, until, wrote

from skipline.host.messages.desk_memory import sign_in_agent
from skipline.model.durable import RunStatus
from skipline.model.lookup import HttpRequest, Reach, Secrets
from skipline.model.message import MessageKind
from skipline.model.messaging import Outbound
from skipline.store import conversation_stays, conversations
from skipline.store.message_schema import contacts as contact_rows
from skipline.store.message_schema import conversations as conversation_rows

pytestmark = pytest.mark.timeout(60)

FLOW = """
format: 1
name: Shop
triggers: [{type: incoming_message, accounts: [shop]}]
start: mark
steps:
  mark: {type: tag, with: {add: ["wrote {{ message.channel }}", NEW], remove: [lead]}, next: {done: greet}}
  greet: {type: say, with: {text: "Hello {{ contact.name }}, you wrote {{ message.text }}"}, next: {done: menu}}
  menu:
    type: ask
    with:
      question: What is it about?
      buttons: [{id: order, title: My order}, {id: rest, title: Something else}]
      keep_as: about
      keep: id
    next: {order: queue, rest: bye, other: bye, silence: bye}
  queue:
    type: add_to_queue
    with: {queue: support}
    next: {answered: bye, overflowed: bye, failed: bye}
  bye: {type: say, with: {text: "Bye, {{ about }}"}}
"""
OFFICE = """
queues: [{name: support}]
agents: [{name: ana, queues: [support]}]
"""
ANA = "+5511987654321"


class Provider:
    """What the provider was asked to send, in its order."""

    def __init__(self) -> None:
        self.sent: list[Outbound] = []

    async def take(self, request: web.Request) -> web.Response:
        self.sent.append(msgspec.json.decode(await request.read(), type=Outbound))
        return web.json_response({})

    async def until_said(self, words: str) -> Outbound:
        async def is_said() -> Outbound | None:
            return next((one for one in reversed(self.sent) if words in one.body.text), None)

        found: Outbound = await until(is_said)
        return found


@pytest.fixture(autouse=True, scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> None:
    add_letters(tmp_path_factory.mktemp("channels"))


@pytest.fixture(autouse=True)
def own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the piece reach a provider on this machine, as a setting of its own would."""

    def write(piece: Any, message: Outbound, secrets: Secrets) -> HttpRequest:
        body, reach = msgspec.json.encode(message), Reach(is_private_allowed=True)
        return HttpRequest(url=f"{piece.base_url}/send", method="POST", body=body, reach=reach)

    monkeypatch.setattr(import_module("skipline.channels.letters.channel").Letters, "write", write)


def _files(address: str) -> dict[str, str]:
    files = letter_files(more=f', base_url: "{address}"', flow=FLOW)
    return {**files, "skipline.yaml": files["skipline.yaml"] + OFFICE}


async def _run_of(client: Client, number: int = 0) -> dict[str, Any]:
    page = await client.get("/runs?phone=%2B5511987654321")
    run: dict[str, Any] = await client.get(f"/runs/{page['runs'][number]['id']}")
    return run


async def _until_over(client: Client) -> dict[str, Any]:
    async def is_over() -> dict[str, Any] | None:
        run = await _run_of(client)
        return run if run["ended_at"] else None

    found: dict[str, Any] = await until(is_over)
    return found


async def _conversation(room: Inside) -> Any:
    rows = await room.database.read(lambda it: [row.id for row in it.execute(conversation_rows.select())])
    return await room.database.read(conversations.read, rows[0])


async def test_a_conversation_goes_from_its_first_message_through_an_agent_to_its_end(tmp_path: Path) -> None:
    provider, application = Provider(), web.Application()
    application.router.add_post("/send", provider.take)
    async with (
        serving(application) as address,
        inside(tmp_path, _files(address), environ=ENVIRON) as room,
        client_of(room) as client,
    ):
        await deliver(client, wrote("Hi", 1))
        asked = await provider.until_said("What is it about?")
        assert [one.body.text for one in provider.sent] == ["Hello Ana, you wrote Hi", "What is it about?"]
        titles = [(one.id, one.title) for one in asked.body.buttons]
        assert titles == [("order", "My order"), ("rest", "Something else")]
        await deliver(client, wrote("👍", 2, kind=MessageKind.REACTION))
        await deliver(client, wrote("My order", 3, kind=MessageKind.CHOICE, choice="order"))
        await sign_in_agent(room.database, room.host, "ana", room.services.clock)
        conversation = (await _conversation(room)).id

        await until(lambda: _is_offered(room, conversation))
        assert room.services.desk is not None
        await room.services.desk.accept(conversation, "ana")
        await deliver(client, wrote("Are you there?", 4))
        assert await room.services.desk.close(conversation, "ana")
        await provider.until_said("Bye, order")
        run = await _until_over(client)
    assert [(one["step"], one["exit"]) for one in run["trace"]] == [
        ("mark", "done"),
        ("greet", "done"),
        ("menu", "order"),
        ("queue", "answered"),
        ("bye", "done"),
    ]
    assert (run["outcome"], run["contact"]["phone"], run["variables"]["about"]) == ("answered", ANA, "order")
    assert run["trigger"]["type"] == "incoming_message"
    assert run["trigger"]["details"] == {
        "account": "shop",
        "channel": "whatsapp",
        "conversation": conversation,
        "message": run["trigger"]["details"]["message"],
    }


async def _is_offered(room: Inside, conversation: Any) -> bool:
    stay = await room.database.read(conversation_stays.present, conversation)
    return stay is not None and stay.agent == "ana"


async def test_the_message_after_the_end_begins_again_and_one_before_the_question_is_no_answer(tmp_path: Path) -> None:
    provider, application = Provider(), web.Application()
    application.router.add_post("/send", provider.take)
    async with (
        serving(application) as address,
        inside(tmp_path, _files(address), environ=ENVIRON) as room,
        client_of(room) as client,
    ):
        await deliver(client, wrote("Hi", 1), wrote("2", 2, seconds=0.01))
        await provider.until_said("What is it about?")
        assert (await _run_of(client))["standing"]["status"] == RunStatus.WAITING
        await deliver(client, wrote("something ELSE", 3))
        await provider.until_said("Bye, rest")
        first = await _until_over(client)
        await deliver(client, wrote("Hello again", 4))
        await provider.until_said("you wrote Hello again")
        page = await client.get("/runs?phone=%2B5511987654321")
        second = await _run_of(client)
        kept = await room.database.read(lambda it: [tuple(row.tags) for row in it.execute(contact_rows.select())])
    assert (first["outcome"], len(page["runs"])) == ("ended", 2)
    assert kept == [("wrote whatsapp", "NEW")]
    assert second["contact"]["tags"] == ["wrote whatsapp", "NEW"]
    assert [one["detail"]["why"] for one in (first["trace"][0], second["trace"][0])] == [
        "puts on wrote whatsapp, NEW",
        "the contact's tags stay as they are",
    ]
