"""Whatever is found out about a trunk or an account is said in the five languages of the web app."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT / "web/src/pages/settings/connections/words"
SAYING = ("centre/trunk_findings.py", "centre/channel_findings.py", "model/finding.py")
_CODE = re.compile(r"""\b(?:good|notice|bad|tell|\))\(\s*"([a-z_]+)",""")


def codes() -> set[str]:
    texts = ((ROOT / "src/skipline" / one).read_text() for one in SAYING)
    return {code for text in texts for code in _CODE.findall(text)}


@pytest.mark.parametrize("language", ["en", "es", "pt", "zh", "id"])
def test_each_finding_has_its_words(language: str) -> None:
    said = json.loads((WORDS / f"{language}.json").read_text())["said"]
    assert len(codes()) > 30
    assert codes() == set(said)
