"""Thousands of broken flow files: each is told what is wrong with it, none breaks us. `make fuzz` tries many more."""

from pathlib import Path

import pytest
from flow_fuzz import fuzz, load


def test_broken_flows_break_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tally = fuzz(2_000, seed=1)
    assert tally.troubles == []
    assert tally.count == 2_000
    assert tally.played >= 10
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["", "\x00", "[" * 10_000, "{" * 10_000, "a: " * 5_000, "- " * 5_000, "&a [*a]", "!!python/name:os.system", "﻿"],
)
def test_hostile_files_are_told(text: str) -> None:
    assert not load(text).is_sound
    assert load(text).issues
