"""The guide to a channel of one's own is right: its piece passes what the pieces that ship must pass."""

import importlib
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from doc_pages import ROOT

import skipline.channels
from skipline.base.yaml_lines import read_yaml
from skipline.model.messaging import DeliveryRefused
from skipline.workspace.channels import read_account

GUIDE = ROOT / "docs" / "guides" / "write-a-channel.md"
_FILE = re.compile(r"^<!-- file: (\S+) -->\n(`{3,})\w*\n(.*?)^\2$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The tests' own reader of channel pieces, which finds the guide's piece alone."""
    for found in _FILE.finditer(GUIDE.read_text(encoding="utf-8")):
        place = tmp_path / found[1]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(found[3], encoding="utf-8")
    (tmp_path / "channels" / "pigeon" / "__init__.py").touch()
    monkeypatch.setattr(skipline.channels, "__path__", [str(tmp_path / "channels")])
    monkeypatch.syspath_prepend(str(tmp_path / "support"))
    cases = importlib.import_module("channel_cases")
    monkeypatch.setattr(cases, "CHANNELS", tmp_path / "channels")
    _forget(cases)
    yield cases
    _forget(cases)
    for name in [name for name in sys.modules if "pigeon" in name]:
        del sys.modules[name]


def _forget(cases: ModuleType) -> None:
    cases.channel_pieces.cache_clear()
    cases.account.cache_clear()


def test_every_case_and_recording_of_the_guide_holds(room: ModuleType) -> None:
    cases = list(room.all_cases())
    assert [provider for provider, _ in cases] == ["pigeon"] * 3
    for provider, case in cases:
        room.play_case(provider, case)
    told = room.recordings("pigeon")
    assert sorted(told) == ["lost", "text"]
    for recording in told.values():
        room.play_recording("pigeon", recording)


def test_only_what_pigeon_signed_counts(room: ModuleType) -> None:
    settings, secrets = room.settings_of("pigeon"), room.secrets_of("pigeon")
    delivery = room.delivery_of("pigeon", room.recordings("pigeon")["text"])
    settings.verify(room.signed("pigeon", delivery), secrets)
    with pytest.raises(DeliveryRefused):
        settings.verify(delivery, secrets)


def test_broken_deliveries_are_noted(room: ModuleType) -> None:
    fuzz, mutations = importlib.import_module("channel_fuzz"), importlib.import_module("channel_mutations")
    settings, chance = room.settings_of("pigeon"), random.Random(1)
    for _ in range(300):
        recording = chance.choice(list(room.recordings("pigeon").values()))
        body = mutations.broken_body(recording["delivery"], chance)
        faults, _ = fuzz.faults_of(settings, room.replaced(room.delivery_of("pigeon", recording), body))
        assert faults == []


def test_the_guides_page_and_words_are_whole(room: ModuleType) -> None:
    folder, piece = room.CHANNELS / "pigeon", room.channel_pieces()["pigeon"]
    page = (folder / "page.md").read_text()
    words = json.loads((folder / "words.en.json").read_text())
    assert [key for key in piece.keys[()] if f"`{key}`" not in page] == []
    assert set(words) == {"title", "about", *piece.keys[()]}
    (entry,) = read_yaml(page.split("```yaml\n")[1].split("```")[0]).data["channels"]
    assert read_account(entry).type == "pigeon"
