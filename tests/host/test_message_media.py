"""Files of messages are fetched at once, capped, and put away under their hash."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
import sqlalchemy as sa
from aiohttp import web
from fake_system import serving
from lookup_room import no_secrets
from media_values import GPS, PDF, SVG, exif, jpeg, make_older
from message_values import ACCOUNT, make_conversation, read_message
from sending_room import Parcels

from skipline.base.clock import system_clock
from skipline.host.live import Live
from skipline.host.lookups.wire import Wire
from skipline.host.messages.accounts import LiveAccount
from skipline.host.messages.media import CAP_BYTES, MediaFetcher
from skipline.host.messages.shelf import NoSpace, Shelf
from skipline.model.configuration import Account
from skipline.model.conversation import Direction, MediaRecord, Message
from skipline.model.ids import ConversationId, MessageId
from skipline.model.lookup import HttpRequest, HttpResponse, Reach, Secrets
from skipline.model.messaging import Attachment, CannotWrite
from skipline.store import Database, messages
from skipline.store import media_files as media_files_store
from skipline.store.clock import read_clock
from skipline.store.message_schema import media_files

MEGABYTE = b"x" * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures(Parcels):
    """A provider of files: the first answer may send us elsewhere, to its own hosts alone."""

    is_private_allowed: bool = True

    def fetch(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        if not attachment.url:
            return None
        if attachment.url.endswith("/secret"):
            secrets("key")
        return HttpRequest(url=attachment.url, reach=Reach(is_private_allowed=self.is_private_allowed))

    def fetched(self, attachment: Attachment, response: HttpResponse, secrets: Secrets) -> HttpRequest | bytes:
        if response.status == 302:
            target = response.headers["location"]
            if not target.startswith("http://127.0.0.1"):
                raise CannotWrite("the provider sends us to a stranger")
            return HttpRequest(url=target, reach=Reach(is_private_allowed=self.is_private_allowed))
        if response.status != 200:
            raise CannotWrite(f"the provider answered {response.status}")
        return response.body

    def forget(self, attachment: Attachment, secrets: Secrets) -> HttpRequest | None:
        return HttpRequest(url=attachment.url, method="DELETE", reach=Reach(is_private_allowed=True))


class Gallery:
    """The provider's files, and what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failures = 2
        self.streamed = 0
        self.closing = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        self.asked.append(f"{request.method} {path}")
        if path in self._told:
            return await self._told[path](request)
        if path in self._moves:
            raise web.HTTPFound(self._moves[path].replace("here:", str(request.url.origin())))
        return web.Response(status=404)

    _moves: ClassVar[dict[str, str]] = {
        "/moved": "here:/photo",
        "/away": "http://169.254.169.254/latest/meta-data",
        "/circle": "here:/circle",
    }

    @property
    def _told(self) -> dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]:
        return {
            "/photo": self._photo,
            "/svg": self._svg,
            "/flaky": self._flaky,
            "/silent": self._silent,
            "/endless": self._stream,
        }

    async def _photo(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=jpeg(exif()))

    async def _svg(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=SVG, content_type="image/png")

    async def _flaky(self, request: web.Request) -> web.StreamResponse:
        self.failures -= 1
        return web.Response(status=503) if self.failures >= 0 else web.Response(body=PDF)

    async def _silent(self, request: web.Request) -> web.StreamResponse:
        await self.closing.wait()
        return web.Response()

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(200):
            await response.write(MEGABYTE)
            self.streamed += 1
        return response


@asynccontextmanager
async def open_gallery() -> AsyncIterator[tuple[Gallery, str]]:
    gallery, application = Gallery(), web.Application()
    application.router.add_route("*", "/{path:.*}", gallery.answer)
    async with serving(application) as address:
        try:
            yield gallery, address
        finally:
            gallery.closing.set()


async def receive(database: Database, attachment: Attachment, number: int = 1) -> MessageId:
    """A message that came with a file."""
    message = Message(
        id=MessageId(f"m{number}"),
        conversation=await make_conversation(database, number),
        direction=Direction.IN,
        at=system_clock(),
        media=(messages.media_of(attachment),),
    )

    def write(transaction: sa.Connection) -> None:
        messages.add(transaction, message, ACCOUNT)
        messages.add_media(transaction, message, ACCOUNT, [attachment], read_clock(transaction))

    await database.write(write)
    return message.id


@asynccontextmanager
async def fetching(database: Database, folder: Path, *, is_private_allowed: bool = True) -> AsyncIterator[None]:
    """A node that fetches files."""
    pictures = Pictures(is_private_allowed=is_private_allowed)
    account = LiveAccount(Account(name=ACCOUNT, type="pictures"), pictures, "")
    async with Wire(cap_bytes=CAP_BYTES, connect_seconds=1.0) as wire:
        fetcher = MediaFetcher(
            database=database,
            find_account={ACCOUNT: account}.get,
            secrets=no_secrets,
            wire=wire,
            shelf=Shelf(folder),
            live=Live(),
            clock=system_clock,
            back_off=lambda attempts: timedelta(0),
        )
        running = asyncio.create_task(fetcher.run())
        try:
            yield
        finally:
            fetcher.stop()
            await running


async def fetch(
    database: Database, folder: Path, attachment: Attachment, *, is_private_allowed: bool = True
) -> MediaRecord:
    """What a message shows of its file once that is settled."""
    message = await receive(database, attachment)
    async with fetching(database, folder, is_private_allowed=is_private_allowed):
        await until_unsettled(database, 0)
    (record,) = (await read_message(database, message)).media
    return record


async def until_unsettled(database: Database, count: int) -> None:
    """Wait until no more files than these are on their way."""
    while await database.read(unsettled) > count:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


def unsettled(transaction: sa.Connection) -> int:
    return transaction.scalar(sa.select(sa.func.count()).where(media_files.c.due_at.is_not(None))) or 0


def photo(url: str) -> Attachment:
    return Attachment(kind="image", url=url, type="image/jpeg", name="photo.jpg")


@pytest.mark.parametrize("path", ["/photo", "/moved"])
async def test_a_photo_is_put_away_without_its_place(database: Database, tmp_path: Path, path: str) -> None:
    async with open_gallery() as (gallery, address):
        record = await fetch(database, tmp_path, photo(f"{address}{path}"))
    assert (record.type, record.problem, record.name) == ("image/jpeg", "", "photo.jpg")
    kept = Shelf(tmp_path).path_of(record.file)
    assert kept is not None
    assert GPS not in kept.read_bytes()
    assert kept.stat().st_size == record.size_bytes
    assert kept.stat().st_mode & 0o077 == 0
    assert gallery.asked[-1] == f"DELETE {path}"


async def test_what_is_kept_aside_is_not_served(database: Database, tmp_path: Path) -> None:
    async with open_gallery() as (gallery, address):
        record = await fetch(database, tmp_path, photo(f"{address}/svg"))
    assert (record.file, record.type) == ("", "image/svg+xml")
    assert record.problem == "it is kept aside and not shown: it may run in a browser (image/svg+xml)"
    (aside,) = (tmp_path / "media-aside").rglob("*/*")
    assert aside.read_bytes() == SVG
    assert not any(one.startswith("DELETE") for one in gallery.asked)


async def test_a_file_without_end_is_cut_off_at_the_cap(database: Database, tmp_path: Path) -> None:
    async with open_gallery() as (gallery, address):
        record = await fetch(database, tmp_path, Attachment(kind="document", url=f"{address}/endless"))
    assert "larger than 25" in record.problem
    assert record.file == ""
    assert gallery.streamed < 60
    assert not (tmp_path / "media").exists()


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/away", "the provider sends us to a stranger"),
        ("/circle", "the provider sends us from one address to the next"),
        ("/gone", "the provider answered 404"),
    ],
)
async def test_a_file_that_cannot_be_had_is_told(database: Database, tmp_path: Path, path: str, problem: str) -> None:
    async with open_gallery() as (gallery, address):
        record = await fetch(database, tmp_path, photo(f"{address}{path}"))
    assert record.problem == problem
    assert len(gallery.asked) <= 5


async def test_no_file_is_fetched_from_a_private_address(database: Database, tmp_path: Path) -> None:
    async with open_gallery() as (gallery, address):
        record = await fetch(database, tmp_path, photo(f"{address}/photo"), is_private_allowed=False)
    assert "was not asked" in record.problem
    assert gallery.asked == []


async def test_a_provider_that_fails_is_asked_again(database: Database, tmp_path: Path) -> None:
    async with open_gallery() as (gallery, address):
        record = await fetch(database, tmp_path, Attachment(kind="document", url=f"{address}/flaky"))
    assert (record.type, record.problem) == ("application/pdf", "")
    assert gallery.asked.count("GET /flaky") == 3


async def test_a_file_that_does_not_come_holds_up_no_other(database: Database, tmp_path: Path) -> None:
    async with open_gallery() as (gallery, address):
        await receive(database, photo(f"{address}/silent"))
        async with fetching(database, tmp_path):
            while not gallery.asked:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await receive(database, photo(f"{address}/photo"), number=2)
            await until_unsettled(database, 1)


async def test_a_file_that_was_on_its_way_is_fetched_at_the_next_start(in_folder: Database, tmp_path: Path) -> None:
    async with open_gallery() as (gallery, address):
        await receive(in_folder, photo(f"{address}/silent"))
        for count in (1, 2):
            async with fetching(in_folder, tmp_path):
                while len(gallery.asked) < count:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)


async def test_a_full_disk_is_left_to_calls_and_messages(tmp_path: Path) -> None:
    with pytest.raises(NoSpace):
        await Shelf(tmp_path, least_free_bytes=1 << 60).keep(PDF)


async def test_the_same_file_is_there_once_and_names_lead_nowhere_else(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    (tmp_path / "secret").write_text("x")
    assert await shelf.keep(PDF) == await shelf.keep(PDF)
    assert len([one for one in (tmp_path / "media").rglob("*") if one.is_file()]) == 1
    for name in ("", "../secret", "ab/../../secret", "/etc/passwd", "ab/" + "." * 64, "no/" + "a" * 64):
        assert shelf.path_of(name) is None


async def test_files_go_a_day_after_the_last_message_that_they_came_with(tmp_path: Path) -> None:
    shelf, now = Shelf(tmp_path), datetime.now(UTC)
    old, again, aside = await shelf.keep(PDF), await shelf.keep(SVG), await shelf.keep(PDF, is_aside=True)
    make_older(tmp_path, now - timedelta(days=400))
    assert await shelf.keep(SVG) == again
    assert await shelf.forget(now - timedelta(days=399.5)) == 0
    assert await shelf.forget(now - timedelta(days=365)) == 2
    assert shelf.path_of(old) is None
    assert shelf.path_of(again) is not None
    assert not (tmp_path / "media-aside" / aside).exists()
    assert await shelf.keep(PDF) == old
    assert shelf.path_of(old) is not None


async def test_a_file_belongs_to_its_conversation_alone(database: Database, tmp_path: Path) -> None:
    message = await receive(database, photo("http://127.0.0.1:9/"))
    assert await database.read(media_files_store.find, ConversationId("conversation1"), message, 0) == MediaRecord(
        kind="image", type="image/jpeg", name="photo.jpg"
    )
    assert await database.read(media_files_store.find, ConversationId("conversation2"), message, 0) is None
    assert await database.read(media_files_store.find, ConversationId("conversation1"), message, 1) is None
