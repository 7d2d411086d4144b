"""Workspace folders on disk, as texts by path and back."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

_LARGEST_FILE = 2 * 1024 * 1024
"""Bytes; a flow of 500 steps has some 100 kB."""


class FolderMistake(Exception):
    """A folder or file that cannot be used; the message names it and the fix."""


def read_folder(folder: Path) -> dict[str, str]:
    """Every YAML and CSV file of a workspace folder, by its path below it with `/`. Raises `FolderMistake`."""
    if not folder.is_dir():
        raise FolderMistake(f"{folder} is not a folder: name the one that holds skipline.yaml")
    named = (path for pattern in ("*.y*ml", "*.csv") for path in folder.rglob(pattern))
    found = sorted(path for path in named if path.is_file() and not _is_hidden(path, folder))
    return {path.relative_to(folder).as_posix(): read_text(path) for path in found}


def read_text(path: Path) -> str:
    """A file's text. Raises `FolderMistake` when it is too large, unreadable or not UTF-8."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise FolderMistake(f"{path} is larger than 2 MB, which no workspace file is")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        raise FolderMistake(f"{path} is not UTF-8 text (byte {wrong.start}): save it as UTF-8") from None
    except OSError as trouble:
        raise FolderMistake(f"{path} cannot be read: {trouble.strerror}") from None


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write `files` into `folder`, each whole or not at all; flow files of flows that are gone are removed.

    Stories and everything else in the folder stay. Raises `FolderMistake`, also for a path that leads elsewhere.
    """
    for path in files:
        _refuse_way_out(path)
    try:
        for path, text in files.items():
            _write_whole(folder / path, text)
        for old in (folder / "flows").glob("*.yaml"):
            if old.relative_to(folder).as_posix() not in files and not old.name.endswith(".story.yaml"):
                old.unlink()
    except OSError as trouble:
        raise FolderMistake(f"{trouble.filename} cannot be written: {trouble.strerror}") from None


def _refuse_way_out(path: str) -> None:
    # The paths come from a server, which may be anybody's.
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise FolderMistake(f"{path!r} is not a file of a workspace folder: no file was written")


def _write_whole(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.new")
    half.write_text(text, encoding="utf-8")
    half.replace(path)


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
