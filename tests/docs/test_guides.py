"""The guides are right: a stranger who follows them to the letter gets what they show."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run
from doc_pages import ROOT
from piece_cases import play_case

import skipline
import skipline.sources
import skipline.steps
from skipline.workspace.reading import all_pieces
from skipline.workspace.sources import source_pieces

GUIDES = ROOT / "docs" / "guides"
_FILE = re.compile(r"^<!-- file: (\S+) -->\n(`{3,})\w*\n(.*?)^\2$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ skipline (.*)$", re.MULTILINE)
_PIECES = {"write-a-step": ("steps/greet", skipline.steps), "write-a-source": ("sources/phonebook", skipline.sources)}


def _save_files(guide: str, folder: Path) -> None:
    """Save every file that a guide shows, where it says."""
    for found in _FILE.finditer((GUIDES / f"{guide}.md").read_text(encoding="utf-8")):
        place = folder / found[1]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(found[3], encoding="utf-8")


@pytest.mark.parametrize(
    ("guide", "shown_blocks"), [("stories", 2), ("queues", 2), ("whatsapp", 1), ("sms", 1), ("messages-in-flows", 2)]
)
def test_stories_go_as_the_guide_shows(tmp_path: Path, guide: str, shown_blocks: int) -> None:
    _save_files(guide, tmp_path)
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == shown_blocks
    for block in blocks:
        shown = ""
        for command in _COMMAND.findall(block):
            words, _, target = command.partition(" > ")
            if target:
                (tmp_path / target).touch()  # as a shell does before the command begins
            done = run(*words.split(), cwd=tmp_path)
            assert done.returncode == 0, done.stdout + done.stderr
            if target:
                (tmp_path / target).write_text(done.stdout)
            else:
                shown += done.stdout
        assert shown == _COMMAND.sub("", block).lstrip("\n")


def test_a_story_that_fails_is_told_as_the_guide_shows(tmp_path: Path) -> None:
    _save_files("stories", tmp_path)
    file = tmp_path / "shop/flows/shop.story.yaml"
    changed = file.read_text().replace("choose.vip, to_vip.answered", "choose.else, to_shop.answered")
    file.write_text(changed.replace("      reaches: vip@\n", ""))
    done = run("test", "shop", cwd=tmp_path)
    (shown,) = re.findall(r"```text\n(.*?)```", (GUIDES / "stories.md").read_text(encoding="utf-8"), re.DOTALL)
    assert done.stdout.startswith(shown)
    assert done.returncode == 1


@pytest.mark.parametrize("guide", _PIECES)
def test_who_does_what_the_guide_says_has_a_whole_piece(tmp_path: Path, guide: str) -> None:
    package = tmp_path / "skipline"
    shutil.copytree(Path(skipline.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__", "_web"))
    folder, _ = _PIECES[guide]
    kind, name = folder.split("s/")
    assert run("new", kind, name, "--into", package).returncode == 0
    _save_files(guide, package)
    (shell,) = re.findall(r"```sh\n(.*?)```", (GUIDES / f"{guide}.md").read_text(encoding="utf-8"), re.DOTALL)
    subprocess.run(shell, shell=True, check=True, cwd=package / folder)
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/pieces/test_cases.py", "-k", name],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert told.returncode == 0, told.stdout
    assert re.search(r"\d\d passed", told.stdout)


@pytest.fixture(params=_PIECES)
def piece(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The folder of a piece that a guide writes, found like those that ship."""
    folder, package = _PIECES[request.param]
    _save_files(request.param, tmp_path)
    room, _ = folder.split("/")
    (tmp_path / folder / "__init__.py").touch()
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / room)])
    _forget_pieces()
    yield str(tmp_path / folder)
    _forget_pieces()
    shutil.rmtree(tmp_path / folder)


def _forget_pieces() -> None:
    all_pieces.cache_clear()
    source_pieces.cache_clear()


def test_every_case_of_the_guides_piece_holds(piece: str) -> None:
    folder = "/".join(Path(piece).parts[-2:])
    cases = json.loads(Path(piece, "cases.json").read_text())
    assert len(cases) >= 3
    for case in cases:
        play_case(folder, case)


def test_the_guides_page_and_words_are_whole(piece: str) -> None:
    room, name = Path(piece).parts[-2:]
    made = all_pieces().steps[name] if room == "steps" else source_pieces()[name]
    page = Path(piece, "page.md").read_text()
    words = json.loads(Path(piece, "words.en.json").read_text())
    assert [key for key in made.keys[()] if f"`{key}`" not in page] == []
    assert set(words) >= {"title", "about", *made.keys[()]}
