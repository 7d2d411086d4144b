"""How long a password has to be is said in the same figure everywhere: by the server, the app and the pages."""

import json
import re
from pathlib import Path

import pytest

from skipline.host.passwords import SHORTEST, WeakPassword, check_password

ROOT = Path(__file__).parents[2]
WORDS = sorted((ROOT / "web/src/words").glob("*.json"))
LONG_ENOUGH = "a few words in a row here"[:SHORTEST]


def test_the_server_takes_what_is_just_long_enough_and_refuses_what_is_shorter() -> None:
    check_password(LONG_ENOUGH, "mia")
    with pytest.raises(WeakPassword, match=f"at least {SHORTEST} characters"):
        check_password(LONG_ENOUGH[:-1], "mia")


@pytest.mark.parametrize("file", WORDS, ids=lambda file: file.stem)
def test_the_app_says_the_servers_figure_in_each_language(file: Path) -> None:
    sentence = json.loads(file.read_text(encoding="utf-8"))["sign_in"]["length"]
    assert re.findall(r"\d+", sentence) == [str(SHORTEST)]


def test_the_form_refuses_what_the_server_would() -> None:
    form = (ROOT / "web/src/pages/sign_in/NewPassword.tsx").read_text(encoding="utf-8")
    assert re.findall(r"minLength=\{(\d+)\}", form) == [str(SHORTEST)]


@pytest.mark.parametrize("page", ["guides/people.md", "explain/access.md"])
def test_the_pages_say_it_too(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    said = [line for line in text.splitlines() if re.search(r"\bpasswords?\b.*\bcharacters\b", line, re.IGNORECASE)]
    assert said
    assert all(re.findall(r"\d+", line) == [str(SHORTEST)] for line in said), said
