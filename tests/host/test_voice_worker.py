"""Starting, finding and losing the voice worker."""

import asyncio
from pathlib import Path

import pytest
from fake_worker import FakeWorker

from skipline.host.voice_process import VoiceSettings, begin_voice
from skipline.host.voice_worker import VoiceUnavailable, VoiceWorker
from skipline.model.events import VoiceEvent
from skipline.model.voice_link import Hello


async def _hear(hello: Hello) -> None:
    assert hello.sip


def _ignore(_: VoiceEvent) -> None:
    pass


def _is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _worker(settings: VoiceSettings) -> VoiceWorker:
    return VoiceWorker(settings, on_hello=_hear, on_event=_ignore, on_lost=lambda: None)


async def test_a_worker_that_is_there_already_is_used(tmp_path: Path) -> None:
    settings = VoiceSettings(tmp_path, ("127.0.0.1:0",), tmp_path / "voice.log")
    async with FakeWorker().listening(settings.socket) as found:
        voice = _worker(settings)
        running = asyncio.create_task(voice.run())
        async with asyncio.timeout(10):
            await voice.ready.wait()
        assert voice.hello is not None
        assert voice.hello.pid == 1
        assert not settings.log_file.exists()
        voice.drain(0)
        async with asyncio.timeout(10):
            await voice.left.wait()
            await running
        assert found.connections == 1


async def test_a_worker_is_started_when_there_is_none_and_leaves_when_it_is_drained(tmp_path: Path) -> None:
    voice = _worker(VoiceSettings(tmp_path, ("127.0.0.1:0",), tmp_path / "voice.log"))
    running = asyncio.create_task(voice.run())
    async with asyncio.timeout(20):
        await voice.ready.wait()
    assert voice.hello is not None
    assert _is_alive(voice.hello.pid)
    voice.drain(0)
    async with asyncio.timeout(20):
        await running
    assert not _is_alive(voice.hello.pid)


async def test_a_worker_that_cannot_start_says_why(tmp_path: Path) -> None:
    voice = _worker(VoiceSettings(tmp_path, ("192.0.2.1:5060",), tmp_path / "voice.log"))
    with pytest.raises(VoiceUnavailable, match=r"192\.0\.2\.1"):
        await voice.run()


async def test_a_worker_of_another_age_is_not_waited_for(tmp_path: Path) -> None:
    settings = VoiceSettings(tmp_path, ("127.0.0.1:0",), tmp_path / "voice.log")

    async def speak_strangely(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\x00\x00\x03abc")

    async with await asyncio.start_unix_server(speak_strangely, settings.socket):
        with pytest.raises(VoiceUnavailable, match="not of this version"):
            await _worker(settings).run()


def test_the_socket_of_a_deep_folder_gets_a_short_path() -> None:
    deep = Path("/") / ("x" * 60) / ("y" * 60)
    settings = VoiceSettings(deep, (), deep / "voice.log")
    assert len(str(settings.socket)) <= 100
    assert settings.socket == VoiceSettings(deep, (), deep / "voice.log").socket
    assert settings.socket != VoiceSettings(deep / "z", (), deep / "voice.log").socket


async def test_a_socket_folder_that_is_not_ours_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    data = tmp_path / "long" / ("x" * 100)
    settings = VoiceSettings(data, ("127.0.0.1:0",), tmp_path / "voice.log")
    assert settings.socket.parent.parent == tmp_path
    (tmp_path / "theirs").mkdir()
    settings.socket.parent.symlink_to(tmp_path / "theirs")
    with pytest.raises(OSError, match="somebody else"):
        await begin_voice(settings)
    assert not settings.log_file.exists()
