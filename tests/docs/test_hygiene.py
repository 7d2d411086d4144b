"""The repository tells nothing about the machines it was written on, and leaves nothing half-said."""

import re
import subprocess
from pathlib import Path

import pytest
from doc_pages import ROOT

_HALF_SAID = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
_OF_A_MACHINE = re.compile(r"(?<![\w.])/(wo" r"rk|ho" r"me|ro" r"ot|Users)/\w")
_REGISTRY = re.compile(
    r"py" r"pi\.org|python" r"hosted|index-u" r"rl|arti" r"factory|registry\.np" r"mjs", re.IGNORECASE
)
_TEXTS = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".lock", ".in", ".sql", ".txt", ".xml", ".cfg", ""}


def _files() -> list[Path]:
    """The files under version control; without git, as in a source archive, all but what was made here."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file() and Path(name).suffix in _TEXTS]
    rooms = ("src", "tests", "docs", "bench", "tools", "requirements", "changes")
    return [file for room in rooms for file in (ROOT / room).rglob("*") if file.is_file() and file.suffix in _TEXTS]


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for file in _files():
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    return found


@pytest.mark.parametrize("pattern", [_HALF_SAID, _OF_A_MACHINE, _REGISTRY], ids=["half said", "machine", "registry"])
def test_nothing_of_the_kind_is_anywhere(pattern: re.Pattern[str]) -> None:
    assert _lines_with(pattern) == []


def test_lock_files_pin_by_hash_and_name_no_address() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert len(locks) >= 3
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][\w.-]*(?:\[[^\]]+\])?==\S+", text, re.MULTILINE)
        assert pinned
        assert "://" not in text, lock.name
        assert text.count("--hash=sha256:") >= len(pinned), lock.name
