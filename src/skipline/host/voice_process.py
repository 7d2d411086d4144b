"""Starts the voice worker as a process of its own, or finds the one that outlived the last centre."""

import asyncio
import hashlib
import os
import stat
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from skipline.host.certificate import CertificateFiles

log = structlog.get_logger(__name__)

_LONGEST_SOCKET_PATH = 100
"""sockaddr_un holds 108 bytes with its final zero; some are kept spare."""


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """What a voice worker is started with: SIP addresses (`host:port`, port 0: any free one), its data folder, the
    speech engine's URL (empty: the one that comes along), and the addresses for TLS with the certificate for them."""

    data: Path
    sip: Sequence[str]
    log_file: Path
    speech_url: str = ""
    tls: Sequence[str] = ()
    certificate: CertificateFiles | None = None

    @property
    def socket(self) -> Path:
        """The UNIX socket the worker listens on: in the data folder, or a private folder when that path is too long."""
        near = self.data / "voice.sock"
        if len(str(near)) <= _LONGEST_SOCKET_PATH:
            return near
        name = hashlib.sha256(str(self.data).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"skipline-{os.getuid()}-{name}" / "voice.sock"


def with_found_ports(settings: VoiceSettings, sip: Sequence[str], tls: Sequence[str] = ()) -> VoiceSettings:
    """Where any free port was asked for, ask for the one found: callers know it, and the next worker must be there."""
    return replace(settings, sip=_with_found(settings.sip, sip), tls=_with_found(settings.tls, tls))


def _with_found(asked: Sequence[str], bound: Sequence[str]) -> Sequence[str]:
    if len(bound) != len(asked):
        return asked
    return [found if one.endswith(":0") else one for one, found in zip(asked, bound, strict=True)]


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


BegunVoice = Process | Connection
"""A process that was started, or the connection to one that outlived the last centre. Such a worker takes a connection
for its centre and tells it everything at once, so it must be kept."""


async def begin_voice(settings: VoiceSettings) -> BegunVoice:
    """Find the worker that is there, or start one without waiting for it. Raises `OSError` when its socket's folder is
    not ours."""
    _make_socket_folder(settings)
    return await reach_voice_process(settings, seconds=0) or await start_voice_process(settings)


async def start_voice_process(settings: VoiceSettings) -> Process:
    """A new worker in a session of its own, so that a signal to the centre's group does not end its calls."""
    _make_socket_folder(settings)
    settings.socket.unlink(missing_ok=True)
    arguments = [f"--sip={address}" for address in settings.sip]
    with settings.log_file.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "skipline.voice",
            f"--socket={settings.socket}",
            f"--cache={settings.data / 'cache'}",
            f"--speech-url={settings.speech_url}",
            *arguments,
            *_tls_arguments(settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    log.info("voice_process_started", pid=process.pid)
    return process


def _tls_arguments(settings: VoiceSettings) -> list[str]:
    if settings.certificate is None:
        return []
    files = settings.certificate
    addresses = [f"--tls={address}" for address in settings.tls]
    return [*addresses, f"--certificate={files.certificate}", f"--key={files.key}"]


def _make_socket_folder(settings: VoiceSettings) -> None:
    """Make the socket's folder. One that somebody else put among the temporary files is refused: whoever listens there
    would be told the trunks' passwords."""
    folder = settings.socket.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if folder != settings.data and (found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode)):
        raise OSError(f"{folder} belongs to somebody else: remove it, or choose a data folder with a shorter path")


async def reach_voice_process(settings: VoiceSettings, *, seconds: float) -> Connection | None:
    """A connection to the worker's socket, tried for up to `seconds`; None when nobody answers."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await asyncio.open_unix_connection(settings.socket)
        except OSError:
            if asyncio.get_running_loop().time() >= deadline:
                return None
            await asyncio.sleep(0.02)
