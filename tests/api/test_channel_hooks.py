"""Deliveries of providers over real HTTP: what is kept before it is acknowledged, and what is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from api_client import Client, client_of
from channel_folder import add_letters
from inside_server import Inside, inside
from letter_channel import GREETING, HEADER, sign
from letters_room import (
    ENVIRON,
    HOOK,
    SECRET,
    body_of,
    count,
    deliver,
    letter_files,
    rows,
    transcript,
    until_handled,
    wrote,
)

from skipline.api.channel_hooks import LARGEST_BODY_BYTES
from skipline.model.message import MessageKind
from skipline.model.messaging import Attachment
from skipline.store.errors import StorageFailed
from skipline.store.message_schema import channel_deliveries, channel_events, conversations, media_files
from skipline.store.schema import durable_runs


@pytest.fixture(autouse=True, scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> None:
    add_letters(tmp_path_factory.mktemp("channels"))


@asynccontextmanager
async def shop(
    folder: Path, place: Path | str | None = None, *, environ: dict[str, str] | None = None
) -> AsyncIterator[tuple[Inside, Client]]:
    """A server with the account `shop`, and a client of it."""
    secrets = ENVIRON if environ is None else environ
    async with inside(folder, letter_files(), place=place, environ=secrets) as room, client_of(room) as client:
        yield room, client


async def test_three_deliveries_of_an_album_are_five_messages_and_one_run(tmp_path: Path, place: Path | str) -> None:
    album = [
        wrote("", number, kind=MessageKind.MEDIA, attachments=(Attachment(kind="image", id=f"f{number}"),))
        for number in range(1, 6)
    ]
    async with shop(tmp_path / "data", place) as (room, client):
        answers = await asyncio.gather(*(deliver(client, one) for one in album * 3))
        assert {(answer.status, answer.text) for answer in answers} == {(200, "thanks")}
        await until_handled(room.database)
        assert len(await transcript(room.database)) == 5
        counted = [
            await count(room.database, table) for table in (conversations, durable_runs, media_files, channel_events)
        ]
        assert counted == [1, 1, 5, 5]
        (conversation,) = await rows(room.database, conversations)
        assert (conversation["unread"], conversation["state"]) == (5, "bot")


async def test_what_is_delivered_is_kept_byte_for_byte_without_credentials(tmp_path: Path) -> None:
    async with shop(tmp_path) as (room, client):
        body = b" " + body_of([wrote("h\u00e9")])
        extra = {HEADER: sign(body, SECRET), "Authorization": "Bearer secret"}
        assert (await client.ask("POST", HOOK, token="", data=body, extra=extra)).status == 200
        (kept,) = await rows(room.database, channel_deliveries)
        assert kept["body"] == body
        names = [name for name, _ in kept["headers"]]
        assert HEADER in names
        assert "authorization" not in names


async def test_what_cannot_be_read_is_kept_and_thanked_for(tmp_path: Path) -> None:
    async with shop(tmp_path) as (room, client):
        assert (await deliver(client, body=b"no json")).status == 200
        (event,) = await rows(room.database, channel_events)
        assert (event["kind"], event["due_at"]) == ("unreadable", None)


@pytest.mark.parametrize("signature", ["0" * 64, sign(b"another body", SECRET), "?"])
async def test_a_wrong_signature_is_refused_and_nothing_is_kept(tmp_path: Path, signature: str) -> None:
    async with shop(tmp_path) as (room, client):
        answer = await deliver(client, wrote("hello"), signature=signature)
        assert (answer.status, answer.text) == (403, "")
        assert await count(room.database, channel_deliveries) == 0
        assert await count(room.database, channel_events) == 0


async def test_a_missing_or_doubled_signature_is_refused(tmp_path: Path) -> None:
    async with shop(tmp_path) as (room, client):
        body = body_of([wrote("hello")])
        assert (await client.ask("POST", HOOK, token="", data=body)).status == 403
        twice = [(HEADER, sign(body, SECRET)), (HEADER, sign(body, SECRET))]
        async with client.session.post(client.url + HOOK, data=body, headers=twice) as answer:
            assert answer.status == 403
        assert await count(room.database, channel_deliveries) == 0


async def test_without_a_secret_nothing_counts(tmp_path: Path) -> None:
    async with shop(tmp_path, environ={}) as (room, client):
        answer = await deliver(client, wrote("hello"))
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")
        assert await count(room.database, channel_deliveries) == 0


@pytest.mark.parametrize("path", ["/hooks/letters/nobody", "/hooks/meta/shop", "/hooks/nothing/shop"])
async def test_an_unknown_account_or_another_provider_is_not_found(tmp_path: Path, path: str) -> None:
    async with shop(tmp_path) as (_, client):
        body = body_of([wrote("hello")])
        answer = await client.ask("POST", path, token="", data=body, extra={HEADER: sign(body, SECRET)})
        assert answer.status == 404


async def test_a_handshake_is_answered_with_its_word_and_keeps_nothing(tmp_path: Path) -> None:
    async with shop(tmp_path) as (room, client):
        greeted = await client.ask("GET", f"{HOOK}?word=4711", token="", extra={GREETING: SECRET})
        assert (greeted.status, greeted.text) == (200, "4711")
        assert (await client.ask("GET", f"{HOOK}?word=4711", token="", extra={GREETING: "x"})).status == 403
        assert await count(room.database, channel_deliveries) == 0


async def test_a_body_is_refused_by_its_length_before_it_is_read(tmp_path: Path) -> None:
    async with shop(tmp_path) as (_, client):
        host, port = client.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        request = f"POST {HOOK} HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGEST_BODY_BYTES + 1}\r\n\r\n"
        writer.write(request.encode())
        assert b" 413 " in await reader.readline()
        writer.close()


async def test_what_could_not_be_kept_is_the_providers_to_deliver_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shop(tmp_path) as (room, client):
        with monkeypatch.context() as patched:

            def fail(*_: object, **__: object) -> None:
                raise StorageFailed("the disk is full")

            for way in ("write", "write_first"):
                patched.setattr(room.database, way, fail)
            assert (await deliver(client, wrote("hello"))).status == 503
        assert (await deliver(client, wrote("hello"))).status == 200
        await until_handled(room.database)
        assert [one.text for one in await transcript(room.database)] == ["hello"]


async def test_nothing_works_before_there_is_an_account(tmp_path: Path) -> None:
    async with inside(tmp_path, {"skipline.yaml": "tiers: []"}, environ=ENVIRON) as room, client_of(room) as client:
        assert (await deliver(client, wrote("hello"))).status == 404
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert "messages" in names
        applied = await room.workspace.apply(letter_files())
        assert applied.is_applied
        assert (await deliver(client, wrote("hello"))).status == 200
        await until_handled(room.database)
        assert len(await transcript(room.database)) == 1


async def test_an_account_is_put_and_taken_away_over_the_api(tmp_path: Path) -> None:
    async with inside(tmp_path, {"skipline.yaml": "tiers: []"}, environ=ENVIRON) as room, client_of(room) as client:
        put = await client.send("PUT", "/channels/shop", {"type": "letters", "secret": "shop_key", "expire": "10m"})
        assert (put.status, put.body) == (
            200,
            {"name": "shop", "type": "letters", "secret": "shop_key", "expire": "10m"},
        )
        assert (await deliver(client, wrote("hello"))).status == 200
        assert [one["name"] for one in await client.get("/channels")] == ["shop"]
        wrong = await client.send("PUT", "/channels/other", {"type": "pigeons"})
        assert (wrong.status, wrong.body["issues"][0]["code"]) == (422, "unknown_channel_type")
        await until_handled(room.database)
        assert (await client.send("DELETE", "/channels/shop")).status == 204
        assert (await deliver(client, wrote("hello", 2))).status == 404


async def test_an_account_waits_until_its_provider_is_heard_and_says_why_it_is_not(
    tmp_path: Path, place: Path | str
) -> None:
    async with shop(tmp_path / "data", place) as (room, client):
        waiting = await client.get("/channels/shop/state")
        assert waiting["webhook"] == {"address": f"https://chat.example.com{HOOK}", "is_public": True}
        assert (waiting["deliveries"], waiting["first_delivery_at"], waiting["refused"]) == ("waiting", None, None)
        assert [one["code"] for one in waiting["findings"]] == ["waiting", "sending_well"]
        assert (await deliver(client, wrote("hello"), signature="0" * 64)).status == 403
        refused = await client.get("/channels/shop/state")
        assert (refused["refused"]["count"], refused["verdict"]) == (1, "bad")
        assert [one["code"] for one in refused["findings"]] == ["deliveries_refused", "waiting", "sending_well"]
        assert refused["refused"]["why"] in refused["findings"][0]["sentence"]
        greeting = await client.ask("GET", f"{HOOK}?word=hi", token="", extra={GREETING: SECRET})
        assert greeting.status == 200
        assert [one["code"] for one in (await client.get("/channels/shop/state"))["findings"]][1] == "greeted"
        assert (await deliver(client, wrote("hello"))).status == 200
        assert (await deliver(client, wrote("again", 2))).status == 200
        heard = await client.get("/channels/shop/state")
        assert (heard["deliveries"], heard["verdict"]) == ("heard", "notice")
        assert heard["first_delivery_at"] < heard["last_delivery_at"]
        assert (await client.get("/channels/shop/deliveries"))["last_received_at"] == heard["last_delivery_at"]
        await until_handled(room.database)


async def test_an_account_without_its_secret_says_which(tmp_path: Path) -> None:
    async with shop(tmp_path, environ={}) as (_, client):
        await deliver(client, wrote("hello"))
        found = await client.get("/channels/shop/state")
        assert (found["deliveries"], found["missing_secrets"], found["verdict"]) == (
            "not_ready",
            ["shop_key"],
            "bad",
        )
        assert found["findings"][0]["code"] == "secret_missing"
        assert found["refused"]["count"] == 1
