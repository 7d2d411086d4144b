"""Every page of the web app in every language, light and dark: no error, nothing that axe minds, no words cut off."""

import os
from pathlib import Path

import pytest
from browser_drive import SHOTS, drive, emptied, invited
from closed_line import add_closed_line, leave_word
from command_line import CALLER, NUMBER, demo_workspace, run, serving

IN_EACH_CHANGE = ("en+axe", "es", "pt", "zh", "id", "long")
WHOLE = ("en+axe+all", "es+axe+all", "pt+axe+all", "zh+axe+all", "id+axe+all", "long+all")
"""axe and a picture of each page in each language, light and dark: with `PAGES=all`, because it takes many minutes."""


@pytest.mark.timeout(1800)
def test_every_page_can_be_read_in_every_language(tmp_path: Path) -> None:
    workspace, shots = add_closed_line(demo_workspace(tmp_path / "workspace")), emptied(SHOTS / "pages")
    languages = WHOLE if os.environ.get("PAGES") == "all" else IN_EACH_CHANGE
    with serving(tmp_path / "data", f"--apply={workspace}") as server:
        leave_word(server)
        called = run("call", "--from", CALLER, "--to", NUMBER, "--via", server.sip, "--ring", "5", "--talk", "0")
        assert "Ringing" in called.stdout, called.stdout
        link = invited("nina", tmp_path / "data", "admin")
        seen = drive("pages.mjs", link, shots, *languages, patience_seconds=1700)
    assert seen["errors"] == []
    assert not seen["violations"], "\n".join(seen["violations"])
    assert not seen["unreadable"], "\n".join(seen["unreadable"])
    assert len(seen["pages"]) > 30, seen["pages"]
    assert all((shots / shot).stat().st_size > 5_000 for shot in seen["shots"])
