"""Parked runs in a running `skipline serve`, on either kind of database: one is released and goes on, one given up."""

import asyncio
import json
import time
import urllib.request

import pytest
from command_line import PATIENCE_SECONDS, Serving, serving
from parked_room import park_in


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_an_operator_looks_after_parked_runs(kind, request, tmp_path):
    data, more = tmp_path / "data", []
    if kind == "postgres":
        server, template = request.getfixturevalue("postgres"), request.getfixturevalue("migrated")
        more = ["--database", server.make_database(template=template)]
    asyncio.run(park_in(more[-1] if more else data, data, "run1", "run2"))
    with serving(data, *more) as running:
        _status, found = running.ask("/api/v1/runs?status=parked")
        assert {one["id"] for one in found["runs"]} == {"run1", "run2"}
        assert _do(running, "run1", "release")["status"] == "ready"
        assert _do(running, "run2", "give_up", why="paid by hand")["status"] == "done"
        run = _until_over(running, "run1")
        assert (run["outcome"], run["variables"]["settled"]) == ("ended", "yes")
        assert [one["deed"] for one in run["standing"]["care"]] == ["parked", "released"]
        assert _until_over(running, "run2")["outcome"] == "failed"
        assert running.stop() == 0


def _do(running: Serving, run: str, deed: str, **wish: str) -> dict:
    request = urllib.request.Request(
        f"http://{running.http}/api/v1/runs/{run}/{deed}",
        data=json.dumps(wish).encode(),
        headers={"Authorization": f"Bearer {running.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        return json.load(answer)


def _until_over(running: Serving, run: str) -> dict:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        _status, found = running.ask(f"/api/v1/runs/{run}")
        if found["ended_at"] is not None or found["standing"]["status"] == "parked":
            return found
        time.sleep(0.1)
    raise AssertionError(f"run {run} did not end: {found}")
