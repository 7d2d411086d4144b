"""espeak-ng in a process of its own: the library is GPL, so it is never loaded beside our code, and it may crash alone.

`python -m skipline.voice.speech.espeak_child` reads one JSON object a line, `{"text": ..., "language": ...}`, and
answers with a line `{"rate": ..., "bytes": ...}` followed by that many bytes of samples, or `{"problem": ...}`.
It ends when its input ends, or after a minute without work.
"""

import ctypes
import json
import os
import resource
import select
import sys
from array import array
from typing import BinaryIO

import espeakng_loader

from skipline.voice.pcm import Pcm, resample

IDLE_SECONDS = 60.0
LARGEST_MEMORY_BYTES = 600_000_000
LONGEST_SPEECH_SECONDS = 300

_TELEPHONE_RATE = 8000
_SYNCHRONOUS, _DO_NOT_EXIT, _UTF8 = 2, 0x8000, 1
_OWN_NAMES = {"zh": "cmn", "zh-cn": "cmn", "zh-hans": "cmn", "zh-sg": "cmn", "zh-hk": "yue"}

_OnSamples = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Voice:
    """The loaded library. One text at a time."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DO_NOT_EXIT))
        if self.rate <= 0:
            raise RuntimeError("espeak-ng did not find its data")
        self._samples = array("h")
        self._callback = _OnSamples(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def _take(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
        if samples and count > 0:
            self._samples.frombytes(ctypes.string_at(samples, 2 * count))
        return int(len(self._samples) > LONGEST_SPEECH_SECONDS * self.rate)

    def choose(self, language: str) -> bool:
        """Take the voice of a BCP 47 tag, or of its first part."""
        tag = language.lower().replace("_", "-")
        names = (_OWN_NAMES.get(tag, tag), _OWN_NAMES.get(tag.partition("-")[0], tag.partition("-")[0]))
        return any(name and self._library.espeak_SetVoiceByName(name.encode()) == 0 for name in names)

    def speak(self, text: str) -> Pcm:
        """`text` in the chosen voice, at the library's own rate."""
        self._samples = array("h")
        written = text.encode("utf-8", errors="replace") + b"\0"
        self._library.espeak_Synth(written, len(written), 0, 1, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        return Pcm(self._samples, self.rate)


def answer(voice: Voice, line: bytes) -> tuple[dict[str, int | str], bytes]:
    """The header and the samples for one request."""
    request = json.loads(line)
    if not voice.choose(request["language"]):
        return {"problem": f"espeak-ng has no voice for the language {request['language'][:40]!r}"}, b""
    spoken = resample(voice.speak(request["text"].replace("\0", " ")), _TELEPHONE_RATE)
    data = spoken.samples.tobytes()
    return {"rate": spoken.rate, "bytes": len(data)}, data


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more for a while."""
    voice = Voice()
    while select.select([requests], [], [], IDLE_SECONDS)[0]:
        line = requests.readline()
        if not line:
            return
        header, data = answer(voice, line)
        answers.write(json.dumps(header).encode() + b"\n" + data)
        answers.flush()


def main() -> None:
    """Serve on standard input and output."""
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY_BYTES, LARGEST_MEMORY_BYTES))
    # The library may print; what it prints must not end up between the answers.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
