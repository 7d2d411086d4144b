"""The guide about webhooks is right: its sender is taken by its flow."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from command_line import PATIENCE_SECONDS, Serving, run, serving
from doc_pages import ROOT, snippets_of

from skipline.triggers.webhook.signature import sign

GUIDE = ROOT / "docs" / "guides" / "webhooks-and-schedules.md"
SECRET = "nYoO2eXsT0yK8sG6hTzLwq1c"


def _save_files(folder: Path) -> None:
    for snippet in snippets_of(GUIDE):
        if snippet.file:
            (folder / snippet.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / snippet.file).write_text(snippet.text)


def test_the_stories_of_the_guide_go_as_it_shows(tmp_path: Path) -> None:
    _save_files(tmp_path)
    (block,) = [one.text for one in snippets_of(GUIDE) if one.language == "console"]
    command, _, shown = block.partition("\n")
    played = run(*command.removeprefix("$ skipline ").split(), cwd=tmp_path)
    assert (played.returncode, played.stdout) == (0, shown)


def test_the_sender_of_the_guide_starts_its_flow(tmp_path: Path) -> None:
    _save_files(tmp_path)
    with serving(tmp_path / "data", "--apply", tmp_path / "shop", SKIPLINE_SECRET_ORDERS_KEY=SECRET) as server:
        address = f"http://{server.http}/hooks/webhook/orders"
        sent = subprocess.run(
            [sys.executable, tmp_path / "send_order.py", address],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            env={"ORDERS_KEY": SECRET},
            check=False,
        )
        status, _, taken = sent.stdout.partition(" ")
        assert status == "202", sent.stderr
        record = _until_over(server, json.loads(taken)["run"])
        assert record["trace"][1]["detail"]["note"] == "Ana, with us since 2019, ordered for 129.5"
        (webhook,) = server.ask("/api/v1/webhooks")[1]
        assert webhook["has_secret"]
        (schedule,) = server.ask("/api/v1/schedules")[1]
        assert schedule["flow"] == "morning"


def _until_over(server: Serving, run_id: str) -> dict[str, Any]:
    while not (found := server.ask(f"/api/v1/runs/{run_id}")[1])["ended_at"]:
        pass
    return found


def test_the_known_answer_of_the_guide_is_right() -> None:
    text = GUIDE.read_text()
    secret, id_, stamp, body = re.search(
        r"secret `(whsec_\w+)`,\nthe id `(\w+)`, the timestamp `(\d+)` and the body `(.*?)` give", text
    ).groups()
    assert f"`v1,{sign(id_, stamp, body.encode(), secret)}`" in text
