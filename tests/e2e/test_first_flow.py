"""The promise to a manager who writes no code: from an empty flow to one that takes calls, by a few clicks."""

import asyncio
import sys
from pathlib import Path

import pytest
from browser_drive import SHOTS, drive, emptied, invited
from command_line import CALLER, NUMBER
from e2e_server import ServeProcess

from skipline.cli.demo.company import Company, open_company
from skipline.cli.demo.workspace_files import Places, write_workspace
from skipline.voice.phone import Manners, Phone

MOST_ACTIONS = 40


@pytest.mark.timeout(300)
async def test_a_manager_draws_a_loyalty_line_and_it_takes_a_real_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vip, general = Phone(manners=Manners()), Phone(manners=Manners())
    await vip.start()
    await general.start()
    server = ServeProcess(tmp_path, hosts=("127.0.0.1",))
    shots = emptied(SHOTS / "first-flow")
    async with open_company(Company()) as company:
        try:
            await server.start(_workspace(tmp_path / "demo", company))
            host, port = server.sip[0]
            call = (
                sys.executable,
                "-m",
                "skipline",
                "call",
                "--from",
                CALLER,
                "--to",
                NUMBER,
                "--via",
                f"{host}:{port}",
                "--talk",
                "0.2",
            )
            monkeypatch.setenv("VIP", vip.uri)
            monkeypatch.setenv("GENERAL", general.uri)
            link = await asyncio.to_thread(invited, "nina", server.data, "publisher")
            seen = await asyncio.to_thread(drive, "first_flow.mjs", link, shots, *call, patience_seconds=250)
            reached = {"vip": len(vip.calls), "general": len(general.calls)}
        finally:
            await server.stop()
            await vip.stop()
            await general.stop()
    told = "\n".join(f"{number:3} {action}" for number, action in enumerate(seen["actions"], 1))
    (shots / "actions.txt").write_text(f"{told}\n")
    print(told)
    assert (seen["errors"], seen["violations"], seen["problems"]) == ([], [], [])
    assert seen["toPublish"] <= MOST_ACTIONS, told
    assert "drag" not in told
    assert ["answered" in one for one in seen["calls"]] == [True, True, True]
    assert (reached["vip"], reached["general"]) == (2, 1), "versions 1, 2 and 1 again"
    assert seen["told"].startswith("Answered"), "the company's API was asked for real"
    assert {"Found": "1", "Not found": "0", "Gold & platinum": "1", "Silver": "0"}.items() <= seen["counted"].items()
    assert "v1\tGold & platinum → Forward call" in seen["row"]
    assert "Answered" in seen["row"]
    assert seen["lit"] == 3


def _workspace(folder: Path, company: str) -> dict[str, str]:
    """The demo company's settings; its number belongs to no flow yet."""
    write_workspace(folder, Places(company_url=company, vip_address="127.0.0.1:9", general_address="127.0.0.1:9"))
    return {"skipline.yaml": (folder / "skipline.yaml").read_text()}
