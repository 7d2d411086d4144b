"""Turns any WAV into the telephone's 8,000 samples a second, in a child process so that no call has to wait for it.

`python -m skipline.voice.conversion` is that child: WAV on its input, raw samples (or a sentence of complaint) out.
"""

import asyncio
import sys
from array import array

from skipline.voice.g711 import RATE
from skipline.voice.pcm import AudioMistake, Pcm, resample
from skipline.voice.wav import read_wav

CONVERSION_SECONDS = 60.0
"""How long a child may take; a minute of sound needs about two seconds."""


async def telephone_pcm(wav: bytes) -> Pcm:
    """The sound of `wav` at the telephone's rate. Raises `AudioMistake`."""
    return await pcm_of("skipline.voice.conversion", wav)


async def pcm_of(module: str, wav: bytes = b"") -> Pcm:
    """What a child running `module` makes of `wav`: samples at the telephone's rate. Raises `AudioMistake`."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, complaint = await asyncio.wait_for(child.communicate(wav), CONVERSION_SECONDS)
    except TimeoutError:
        raise AudioMistake(f"the audio could not be converted within {CONVERSION_SECONDS:g} s") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise AudioMistake(_last_line(complaint))
    return Pcm(array("h", output), RATE)


def _last_line(complaint: bytes) -> str:
    lines = complaint.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "the audio could not be converted"


def convert(wav: bytes) -> bytes:
    """What the child does: WAV in, native 16-bit samples at the telephone's rate out."""
    return resample(read_wav(wav), RATE).samples.tobytes()


def main() -> None:
    """Convert standard input to standard output."""
    try:
        sys.stdout.buffer.write(convert(sys.stdin.buffer.read()))
    except AudioMistake as mistake:
        sys.exit(str(mistake))


if __name__ == "__main__":
    main()
