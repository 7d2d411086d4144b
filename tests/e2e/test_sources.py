"""Sources, secrets and tables in the web app: set up without files, against the demo company's own API."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread
from browser_drive import SHOTS, drive, emptied, invited
from command_line import demo_workspace, serving

from skipline.cli.demo.company import Company, open_company


def test_a_connection_is_made_while_drawing_and_its_secret_is_never_shown(tmp_path: Path) -> None:
    shots = emptied(SHOTS / "sources")
    with _company() as url, serving(tmp_path / "data", f"--apply={demo_workspace(tmp_path / 'workspace')}"):
        links = [invited(name, tmp_path / "data", role) for name, role in (("nina", "admin"), ("eve", "editor"))]
        seen = drive("sources.mjs", *links, url, shots)
    assert seen["errors"] == []
    assert not seen["violations"], "\n".join(seen["violations"])
    assert (seen["suggested"], seen["chosen"]) == ("orders_key", "orders")
    assert seen["answers"] > 50, "answers were looked at"
    assert (seen["leaks"], seen["shown"]) == ([], False)
    assert seen["step"] == _STEP
    assert (seen["drawn"], seen["named"], seen["offered"]) == ("orders", "orders_key", 0), "an editor chooses"
    assert seen["secret"].startswith("orders_key Set ")
    assert "Source orders" in seen["secret"]
    assert seen["problem"].startswith("Line 4 points: 'many' is not a number")
    assert seen["wrong"] == "true"
    assert seen["csv"].splitlines()[:4] == ["phone,tier,points", "'+31611111111,gold,12", "0612,,9", "0613,silver,3"]


_STEP: dict[str, Any] = {
    "source": "orders",
    "path": "/customers/{{ contact.phone }}",
    "keep": [{"from": "/loyalty_status", "as": "loyalty_status", "type": "text"}],
}


@contextmanager
def _company() -> Iterator[str]:
    """The address of the demo company's API, which runs until the block ends."""
    found: list[str] = []
    is_open, is_over = threading.Event(), threading.Event()

    async def run() -> None:
        async with open_company(Company()) as url:
            found.append(url)
            is_open.set()
            await anyio.to_thread.run_sync(is_over.wait)

    thread = threading.Thread(target=anyio.run, args=(run,))
    thread.start()
    try:
        assert is_open.wait(10)
        yield found[0]
    finally:
        is_over.set()
        thread.join(10)
