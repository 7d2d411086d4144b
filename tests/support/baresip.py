"""A real softphone of somebody else's: baresip (Debian package `baresip-core`), without sound card and terminal."""

import asyncio
import json
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sipp_runner import free_port

from skipline.voice.tones import tone

_MODULES = ("stun.so", "uuid.so", "g711.so", "aufile.so", "ctrl_tcp.so")
_APPS = ("account.so", "menu.so")
_CONFIG = """\
sip_listen 0.0.0.0:{port}
audio_player aufile,{folder}/heard.wav
audio_source aufile,{folder}/said.wav
audio_alert aufile,{folder}/alert.wav
ausrc_srate 8000
auplay_srate 8000
rtp_timeout 0
call_max_calls 4
module_path {modules_folder}
{modules}
ctrl_tcp_listen 127.0.0.1:{control}
"""


@dataclass
class Baresip:
    """One running softphone."""

    process: asyncio.subprocess.Process
    folder: Path
    writer: asyncio.StreamWriter

    def command(self, name: str, parameters: str = "") -> None:
        """Do as if somebody had pressed a key: `accept`, `hangup`, `hold`, `transfer`."""
        body = json.dumps({"command": name, "params": parameters, "token": "t"})
        self.writer.write(f"{len(body)}:{body},".encode())

    @property
    def log(self) -> str:
        """What it wrote."""
        return (self.folder / "log.txt").read_text(errors="replace")


@asynccontextmanager
async def baresip(folder: Path, account: str, *, answers: str = "auto", regint: int = 60) -> AsyncIterator[Baresip]:
    """A softphone with `account`, such as `sip:ana@127.0.0.1:5060;transport=tcp>;auth_pass=x`, until the block ends."""
    control = free_port()
    _prepare(folder, account=f"<{account};answermode={answers};regint={regint}\n", control=control)
    with (folder / "log.txt").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *("baresip", "-f", str(folder)), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
        )
    try:
        yield Baresip(process, folder, await _reach(control))
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 3)
            except TimeoutError:
                process.kill()
                await process.wait()


def _prepare(folder: Path, *, account: str, control: int) -> None:
    folder.mkdir(exist_ok=True)
    modules = "\n".join([*(f"module {one}" for one in _MODULES), *(f"module_app {one}" for one in _APPS)])
    config = _CONFIG.format(
        port=free_port(), control=control, folder=folder, modules=modules, modules_folder="/usr/lib/baresip/modules"
    )
    (folder / "config").write_text(config)
    (folder / "accounts").write_text(account)
    (folder / "contacts").write_text("")
    _write_tone(folder / "said.wav")


async def _reach(port: int) -> asyncio.StreamWriter:
    for _ in range(100):
        try:
            return (await asyncio.open_connection("127.0.0.1", port))[1]
        except OSError:
            await asyncio.sleep(0.05)
    raise AssertionError("baresip did not come up")


def _write_tone(file: Path) -> None:
    """What it says: 600 Hz. (Its own tone generator knows 48 kHz only.)"""
    with wave.open(str(file), "wb") as output:
        output.setparams((1, 2, 8000, 0, "NONE", ""))
        output.writeframes(tone(600, 10.0).tobytes())
