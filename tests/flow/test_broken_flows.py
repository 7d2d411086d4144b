"""Every wrong flow of `tests/flows/broken` says, in a comment at the line, what should be found there; nothing else
may be found. One whose first line says so is checked in a workspace without accounts of messages."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from flow_room import WORKSPACE, real_catalogue

from skipline.base.sentence import in_language
from skipline.flow.graph import lines_of
from skipline.flow.inspection import Inspection, all_checks
from skipline.flow.issue import format_issue
from skipline.flow.loading import LoadedFlow, load_flow
from skipline.model.configuration import Configuration

BROKEN = Path(__file__).parent.parent / "flows" / "broken"
_UNWRITTEN = "# the workspace has no accounts"
_EXPECTED = re.compile(r"# expect: ([a-z_ ]+)$")
FILES = sorted(BROKEN.glob("*.yaml"))


def _load(file: Path) -> LoadedFlow:
    text = file.read_text()
    return load_flow(text, file.name, real_catalogue(), _workspace(text))


def _workspace(text: str) -> Configuration:
    return msgspec.structs.replace(WORKSPACE, channels=()) if text.startswith(_UNWRITTEN) else WORKSPACE


def _inspections() -> Iterator[Inspection]:
    """Every wrong flow that can be drawn, as the checks look at it."""
    for file in FILES:
        loaded, workspace = _load(file), _workspace(file.read_text())
        if loaded.drawing is not None and loaded.values is not None:
            yield Inspection(loaded.drawing, loaded.values, lines_of(loaded.drawing), workspace)


def _expected(file: Path) -> Counter[tuple[int, str]]:
    found: Counter[tuple[int, str]] = Counter()
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        if (match := _EXPECTED.search(line)) is not None:
            found.update((number, code) for code in match[1].split())
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_wrong_flow_is_explained_at_its_line(file: Path) -> None:
    issues = _load(file).issues
    assert _expected(file), "a broken flow says what is expected"
    assert Counter((one.line, one.code) for one in issues) == _expected(file), "\n".join(map(format_issue, issues))
    for one in issues:
        assert one.sentence and not one.sentence.endswith("."), one
        assert one.file == file.name


def test_every_mistake_comes_with_a_way_out() -> None:
    without = [format_issue(one) for file in FILES for one in _load(file).issues if not one.fix]
    assert without == []


@pytest.mark.parametrize("language", ["es", "pt", "zh", "id"])
def test_what_is_wrong_is_told_in(language: str) -> None:
    told = {part for file in FILES for one in _load(file).issues for part in (one.sentence, one.fix)}
    assert len(told) > 100
    assert [one for one in told if in_language(one, language) == one] == []


def test_every_check_has_a_wrong_flow() -> None:
    silent = dict(all_checks())
    for inspection in _inspections():
        silent = {name: check for name, check in silent.items() if not list(check(inspection))}
    assert sorted(silent) == []
