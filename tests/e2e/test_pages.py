"""Every page of the web app in every language, light and dark: no error, nothing that axe minds, no words cut off."""

import os
from pathlib import Path

from browser_drive import SHOTS, drive, emptied, invited
from command_line import CALLER, NUMBER, demo_workspace, run, serving

LANGUAGES = ("en", "es", "pt", "zh", "id", "long")
LOOKED_AT = LANGUAGES if os.environ.get("AXE") == "all" else ("en",)
"""In which languages axe looks, too: in all it takes minutes."""


def test_every_page_can_be_read_in_every_language(tmp_path: Path) -> None:
    workspace, shots = demo_workspace(tmp_path / "workspace"), emptied(SHOTS / "pages")
    languages = [f"{one}+axe" if one in LOOKED_AT else one for one in LANGUAGES]
    with serving(tmp_path / "data", f"--apply={workspace}") as server:
        called = run("call", "--from", CALLER, "--to", NUMBER, "--via", server.sip, "--ring", "5", "--talk", "0")
        assert "Ringing" in called.stdout, called.stdout
        link = invited("nina", tmp_path / "data", "admin")
        seen = drive("pages.mjs", link, shots, *languages, patience_seconds=600)
    assert seen["errors"] == []
    assert not seen["violations"], "\n".join(seen["violations"])
    assert not seen["unreadable"], "\n".join(seen["unreadable"])
    assert len(seen["pages"]) > 30, seen["pages"]
    assert all((shots / shot).stat().st_size > 5_000 for shot in seen["shots"])
