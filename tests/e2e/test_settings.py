"""The settings of the web app against a real server, in a real browser: what a manager sets up, and what stops them."""

import re
from pathlib import Path

from browser_drive import SHOTS, drive, emptied, invited
from command_line import demo_workspace, run, serving


def test_a_manager_sets_up_what_flows_use_and_overwrites_nobody(tmp_path: Path) -> None:
    workspace, shots, data = demo_workspace(tmp_path / "workspace"), SHOTS / "settings", tmp_path / "data"
    with serving(data, f"--apply={workspace}"):
        roles = {"nina": "admin", "edda": "editor", "vera": "supervisor", "ana": "agent"}
        link, *others = (invited(name, data, role=role) for name, role in roles.items())
        seen = drive("settings.mjs", link, emptied(shots), *others)
        exported = run("export", tmp_path / "exported", "--data", data)
        assert exported.returncode == 0, exported.stderr
    told = [one for one in seen["errors"] if not re.search(r"status of (409|412|422)", one)]
    assert told == []
    assert not seen["violations"], "\n".join(seen["violations"])
    assert (seen["users"], seen["invited"]) == (1, 1)
    assert "cannot be a name" in seen["wrong"]
    assert re.search(r"25 seconds.*45 seconds", seen["meanwhile"])
    assert (seen["over"], seen["stayed"], seen["discarded"]) == ("45", "50", "47")
    assert "Loyalty line" in seen["refused"] or "WhatsApp" in seen["refused"]
    assert (seen["puts"], seen["back"], seen["unread"]) == (1, "47", "This did not work: not now")
    assert seen["friday"] == "17:00"
    assert "#/link/" in seen["link"]
    assert (seen["reads"], seen["places"]) == ([True, 0], 0)
    assert (seen["looks"], seen["offered"], seen["modes"]) == (True, 0, 2)
    assert "passes everybody of" in seen["says"]
    assert re.fullmatch(r"([A-Z2-7]{4} ?)+", seen["key"])
    written = (tmp_path / "exported" / "skipline.yaml").read_text()
    assert "silver_plus" in written
    assert "{name: returns, policy: strict, offer_time: 20s}" in written
    assert all((shots / shot).stat().st_size > 10_000 for shot in seen["shots"])
