"""The folder of finished prompts: `<key>.0` in mu-law and `<key>.8` in A-law, as the media relay wants them."""

import os
import tempfile
from array import array
from dataclasses import dataclass
from pathlib import Path

from skipline.voice.g711 import RATE, law_for

LARGEST_FOLDER_BYTES = 500_000_000
"""About eight hours of prompts; the least recently used go first."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A sound ready to be played: files `path` + `.0` and `.8`, and how long it sounds."""

    path: Path
    seconds: float


class PromptFolder:
    """Keeps prompts by key, whole or not at all, within a size."""

    def __init__(self, folder: Path, *, largest_bytes: int = LARGEST_FOLDER_BYTES) -> None:
        self._folder = folder
        self._largest_bytes = largest_bytes
        self._bytes: int | None = None

    def find(self, key: str) -> Prompt | None:
        """The prompt kept under `key`, now the most recently used one."""
        path = self._folder / key
        mulaw, alaw = _files(path)
        try:
            os.utime(mulaw)
            size, twin_size = mulaw.stat().st_size, alaw.stat().st_size
        except OSError:
            return None
        return Prompt(path, size / RATE) if size == twin_size else None

    def keep(self, key: str, samples: "array[int]") -> Prompt:
        """Write a prompt of 8,000 samples a second; a crash in the middle leaves nothing that `find` would take."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / key
        for payload, file in zip((0, 8), _files(path), strict=True):
            _write_whole(file, law_for(payload).encode(samples))
        self._make_room(2 * len(samples))
        return Prompt(path, len(samples) / RATE)

    def turned(self, prompt: Prompt, seconds: float) -> Prompt:
        """`prompt` beginning at `seconds`, with what was before that at its end."""
        path = self._folder / f"{prompt.path.name}-from{seconds:g}"
        found, size, cut = self.find(path.name), 0, round(seconds * RATE)
        if found is not None:
            return found
        for file, original in zip(_files(path), _files(prompt.path), strict=True):
            data = original.read_bytes()
            size += len(data)
            _write_whole(file, data[cut:] + data[:cut])
        self._make_room(size)
        return Prompt(path, prompt.seconds)

    def _make_room(self, added_bytes: int) -> None:
        if self._bytes is not None and self._bytes + added_bytes <= self._largest_bytes:
            self._bytes += added_bytes
            return
        kept = sorted((stat.st_mtime, stat.st_size, file) for file, stat in self._prompts())
        total = 2 * sum(size for _, size, _ in kept)
        for _, size, file in kept:
            if total <= self._largest_bytes:
                break
            for law in _files(file.with_suffix("")):
                law.unlink(missing_ok=True)
            total -= 2 * size
        self._bytes = total

    def _prompts(self) -> list[tuple[Path, os.stat_result]]:
        return [(file, file.stat()) for file in self._folder.glob("*.0")]


def _files(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}.0"), path.with_name(f"{path.name}.8")


def _write_whole(file: Path, data: bytes) -> None:
    descriptor, unfinished = tempfile.mkstemp(dir=file.parent, prefix=".unfinished-")
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
        Path(unfinished).replace(file)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
