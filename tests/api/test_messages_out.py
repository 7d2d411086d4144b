"""What the API shows of sending, and how it hands out what contacts sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from api_client import Client, client_of
from channel_folder import add_letters
from inside_server import Inside, inside
from letters_room import ENVIRON, deliver, letter_files, transcript, until, until_handled, wrote
from media_values import PDF

from skipline.model.conversation import MediaRecord, Message
from skipline.model.media import MediaFile
from skipline.model.message import MessageBody, SendState
from skipline.model.messaging import Attachment
from skipline.store import media_files, message_schema


@pytest.fixture(autouse=True, scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> None:
    add_letters(tmp_path_factory.mktemp("channels"))


@asynccontextmanager
async def shop(folder: Path, place: Path | str | None = None) -> AsyncIterator[tuple[Inside, Client]]:
    async with inside(folder, letter_files(), place=place, environ=ENVIRON) as room, client_of(room) as client:
        yield room, client


async def received(room: Inside, client: Client, **more: Any) -> Message:
    assert (await deliver(client, wrote("Hello", **more))).status == 200
    await until_handled(room.database)
    (message,) = await transcript(room.database)
    return message


async def test_the_state_of_a_channel_tells_what_waits_and_what_is_wrong(tmp_path: Path, place: Path | str) -> None:
    async with shop(tmp_path / "data", place) as (room, client):
        state = await client.get("/channels/shop/state")
        assert (state["type"], state["health"], state["waiting"], state["per_second"]) == ("letters", "well", 0, 1000.0)
        message = await received(room, client)
        post = room.services.messages.post
        ours = await post.post(message.conversation, MessageBody(text="Hi"), "ana", is_from_person=True)

        async def is_failed() -> bool:
            found = {one.id: one.state for one in await transcript(room.database)}
            return found[ours.id] is SendState.FAILED

        await until(is_failed)
        state = await client.get("/channels/shop/state")
        assert (state["health"], state["code"], state["waiting"]) == ("alarm", "not_reached", 0)
        assert "was not asked" in state["reason"]
        assert (await client.ask("GET", "/api/v1/channels/none/state")).status == 404


async def keep_file(room: Inside, message: Message, record: MediaRecord, data: bytes) -> None:
    """The file of a message as if it had been fetched."""
    file = await room.services.messages.media.shelf.keep(data)
    fetched = MediaFile(
        message=message.id,
        position=0,
        account="shop",
        attachment=Attachment(kind=record.kind),
        record=record,
        attempts=1,
    )
    kept = MediaRecord(kind=record.kind, type=record.type, name=record.name, size_bytes=len(data), file=file)
    await room.database.write(media_files.settle, fetched, kept)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/pass\r\nwd.exe", "etcpasswd.pdf"),
        ('<img src=x onerror="alert(1)">.html', "img src=x onerror=alert(1).pdf"),
        ("", "document.pdf"),
    ],
)
async def test_a_file_is_handed_out_to_keep_and_never_to_run(tmp_path: Path, name: str, shown: str) -> None:
    async with shop(tmp_path) as (room, client):
        message = await received(room, client, attachments=(Attachment(kind="document", name=name),))
        await until(lambda: _is_settled(room))
        await keep_file(room, message, MediaRecord(kind="document", type="application/pdf", name=name), PDF)
        path = f"/api/v1/conversations/{message.conversation}/messages/{message.id}/media/0"
        answer = await client.ask("GET", path)
        assert (answer.status, answer.text.encode()) == (200, PDF)
        headers = answer.headers
        assert headers["content-type"] == "application/pdf"
        assert headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-disposition"].startswith("attachment; ")
        assert _name_in(headers["content-disposition"]) == shown
        assert (await client.ask("GET", path, token="")).status == 401
        assert (await client.ask("GET", path[:-1] + "1")).status == 404


async def test_a_file_that_is_not_here_says_why(tmp_path: Path) -> None:
    async with shop(tmp_path) as (room, client):
        message = await received(room, client, attachments=(Attachment(kind="document"),))
        await until(lambda: _is_settled(room))
        answer = await client.ask("GET", f"/api/v1/conversations/{message.conversation}/messages/{message.id}/media/0")
        assert (answer.status, answer.code) == (404, "media_not_here")
        assert "gives no address that it may be fetched from" in answer.body["detail"]


async def _is_settled(room: Inside) -> bool:
    def read(transaction: sa.Connection) -> int:
        is_due = message_schema.media_files.c.due_at.is_not(None)
        return transaction.scalar(sa.select(sa.func.count()).where(is_due)) or 0

    return await room.database.read(read) == 0


def _name_in(disposition: str) -> str:
    _, _, written = disposition.partition("filename")
    return unquote(written.removeprefix("*=utf-8''").removeprefix('="').removesuffix('"'))
