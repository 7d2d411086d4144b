import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from voice_frames import encode_frame, read_from_worker

from skipline.model.call import EndedBy
from skipline.model.commands import HangUp
from skipline.model.events import CallEnded
from skipline.model.ids import CallId, CommandId
from skipline.model.voice_link import Do, Drain, FromCentre, FromWorker, Happened, Hello
from skipline.voice.link import CentreLink, LinkMistake, read_frame

HELLO = Hello(version="1", pid=1, sip=("127.0.0.1:5060",))


def ended(name: str) -> CallEnded:
    return CallEnded(at=datetime(2026, 1, 1, tzinfo=UTC), call=CallId(name), by=EndedBy.CALLER)


class Worker:
    def __init__(self, path: Path) -> None:
        self.frames: asyncio.Queue[FromCentre] = asyncio.Queue()
        self.changes: asyncio.Queue[bool] = asyncio.Queue()
        self.link = CentreLink(
            path, greet=lambda: [HELLO], on_frame=self.frames.put_nowait, on_change=self.changes.put_nowait
        )


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[tuple[Worker, Path]]:
    path = folder / "voice.sock"
    worker = Worker(path)
    await worker.link.open()
    try:
        yield worker, path
    finally:
        await worker.link.close()


async def read(reader: asyncio.StreamReader) -> FromWorker | None:
    return await asyncio.wait_for(read_from_worker(reader), 5)


async def test_a_centre_is_greeted_and_both_sides_talk(tmp_path: Path) -> None:
    async with listening(tmp_path) as (worker, path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        reader, writer = await asyncio.open_unix_connection(path)
        assert await read(reader) == HELLO
        do = Do(call=CallId("c"), command=CommandId("k"), body=HangUp(), memo=b"\x00\xff")
        writer.write(encode_frame(do))
        assert await worker.frames.get() == do
        worker.link.tell(ended("c"))
        assert await read(reader) == Happened(event=ended("c"))
        writer.close()


async def test_facts_of_a_time_without_a_centre_reach_the_next_one_in_order(tmp_path: Path) -> None:
    async with listening(tmp_path) as (worker, path):
        for name in ("a", "b"):
            worker.link.tell(ended(name))
        reader, writer = await asyncio.open_unix_connection(path)
        assert [await read(reader) for _ in range(3)] == [
            HELLO,
            Happened(event=ended("a")),
            Happened(event=ended("b")),
        ]
        assert await worker.changes.get() is True
        writer.close()
        assert await worker.changes.get() is False
        assert not worker.link.is_connected


async def test_a_new_centre_replaces_the_old_one(tmp_path: Path) -> None:
    async with listening(tmp_path) as (worker, path):
        old_reader, old_writer = await asyncio.open_unix_connection(path)
        assert await read(old_reader) == HELLO
        new_reader, new_writer = await asyncio.open_unix_connection(path)
        assert await read(new_reader) == HELLO
        assert await read(old_reader) is None
        old_writer.close()
        worker.link.tell(ended("c"))
        assert await read(new_reader) == Happened(event=ended("c"))
        assert worker.link.is_connected
        new_writer.close()


async def test_a_centre_that_talks_nonsense_is_let_go_and_the_next_one_is_served(tmp_path: Path) -> None:
    async with listening(tmp_path) as (worker, path):
        for nonsense in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x02\xc1\xc1"):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(nonsense)
            assert await read(reader) == HELLO
            assert await read(reader) is None
            writer.close()
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(encode_frame(Drain(seconds=1)))
        assert await worker.frames.get() == Drain(seconds=1)
        writer.close()


async def test_a_frame_that_is_cut_short_is_an_end_and_a_wrong_one_a_mistake() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(encode_frame(Drain(seconds=1))[:-1])
    reader.feed_eof()
    assert await read_frame(reader) is None
    wrong = asyncio.StreamReader()
    body = msgspec.msgpack.encode({"type": "Unknown"})
    wrong.feed_data(len(body).to_bytes(4, "big") + body)
    with pytest.raises(LinkMistake):
        await read_frame(wrong)
