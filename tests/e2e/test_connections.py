"""Trunks, accounts and numbers as a manager sets them up in the browser: tested for real, and told in words."""

import json
from pathlib import Path

from browser_drive import SHOTS, drive, emptied, invited
from command_line import demo_workspace, serving
from options_carrier import carrier

from skipline import channels

WIRE = Path(next(iter(channels.__path__))) / "meta" / "wire"


def _account(folder: Path) -> Path:
    """The recorded account of WhatsApp with its first message, for the script."""
    account = json.loads((WIRE / "account.json").read_text())
    account["delivery"] = json.loads((WIRE / "whatsapp_text.json").read_text())["delivery"]["body"]
    (folder / "account.json").write_text(json.dumps(account))
    return folder / "account.json"


def test_a_manager_connects_a_carrier_and_an_account_and_moves_a_number(tmp_path: Path) -> None:
    workspace, shots = demo_workspace(tmp_path / "workspace"), SHOTS / "connections"
    settings = workspace / "skipline.yaml"
    with carrier("200 OK") as answering, carrier() as silent:
        more = f'  - {{name: answering, server: "{answering}"}}\n  - {{name: silent, server: "{silent}"}}\n'
        settings.write_text(settings.read_text().replace("trunks:\n", f"trunks:\n{more}"))
        with serving(tmp_path / "data", f"--apply={workspace}") as server:
            link = invited("nina", tmp_path / "data", "admin")
            seen = drive("connections.mjs", link, emptied(shots), _account(tmp_path))
    assert seen["errors"] == []
    assert not seen["violations"], "\n".join(seen["violations"])
    assert any(f"{answering} answered in" in one for one in seen["answering"])
    assert any(f"{silent} did not answer within 3 s" in one for one in seen["silent"])
    assert seen["address"] == f"http://{server.http}/hooks/meta/whatsapp_line"
    assert (seen["secrets"], seen["refused"], seen["taken"]) == (3, 403, 200)
    assert (seen["before"], seen["after"][:13]) == ("Waiting for the first message", "First message")
    assert "answers no number any more" in seen["told"]
    assert all((shots / shot).stat().st_size > 10_000 for shot in seen["shots"])
