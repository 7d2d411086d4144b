import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import hostile_formulas
import pytest

MADE_UP = 2_000
LONGEST_MS = 250
"""Five times the goal of 50 ms, because the machine that runs the tests may be busy; the worst here takes about 20."""
LARGEST_GROWTH_MB = 64


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What became of each hostile expression, tried in a child with little memory."""
    folder = tmp_path_factory.mktemp("hostile")
    child = subprocess.run(
        [sys.executable, hostile_formulas.__file__, str(MADE_UP), "7", str(folder)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    lines = child.stdout.splitlines()
    assert child.returncode == 0, f"{child.stderr[-500:]} after {lines[-1:]}"
    assert not list(Path(folder).iterdir())
    return [json.loads(line) for line in lines[1::2]]


def test_nothing_but_a_refusal_comes_out(outcomes: list[dict[str, Any]]) -> None:
    tried = len(hostile_formulas.FORMULAS) + len(hostile_formulas.TEXTS) + len(hostile_formulas.PATTERNS) + MADE_UP
    assert len(outcomes) == tried
    assert [one for one in outcomes if one["end"].startswith("BUG")] == []


def test_nothing_takes_long(outcomes: list[dict[str, Any]]) -> None:
    assert [one for one in outcomes if one["ms"] > LONGEST_MS] == []


def test_nothing_takes_much_memory(outcomes: list[dict[str, Any]]) -> None:
    assert outcomes[-1]["mb"] - outcomes[0]["mb"] < LARGEST_GROWTH_MB


@pytest.mark.parametrize(
    "name",
    [
        "formula: three loops",
        "formula: two loops",
        "formula: texts joined in a loop",
        "formula: lists joined",
        "formula: regex on a long text in a loop",
        "formula: parens",
        "formula: a long chain",
        "formula: python attributes",
        "formula: python calls",
        "formula: replace",
        "text: many holes",
        "text: attribute filter",
        "pattern: back-reference",
    ],
)
def test_what_could_hurt_is_refused(outcomes: list[dict[str, Any]], name: str) -> None:
    (outcome,) = [one for one in outcomes if one["name"] == name]
    assert outcome["end"].startswith("refused: "), outcome


def test_made_up_formulas_are_not_all_refused(outcomes: list[dict[str, Any]]) -> None:
    assert sum(one["end"] == "worked out" for one in outcomes if one["name"].startswith("made up")) > 50
