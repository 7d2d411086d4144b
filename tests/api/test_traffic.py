"""Live counts, the contacts behind a line, and the values that were seen."""

from datetime import timedelta
from pathlib import Path

from api_client import client_of
from centre_room import VIP
from inside_server import inside, workspace_files

from skipline.model.contact import Contact
from skipline.model.ids import RunId, StepId
from skipline.model.run import Outcome, Run, TraceEntry
from skipline.store import runs


async def test_counts_contacts_and_values_are_told_of_the_live_flow(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        now = room.services.clock()
        document = (await client.get("/flows/loyalty/document"))["document"]
        start = document["start"]
        exit_ = next(iter(document["steps"][start]["next"]))
        for number in range(3):
            entry = TraceEntry(step=StepId(start), type="x", exit=exit_, at=now, ms=1.0, detail={})
            run = Run(
                id=RunId(room.services.ids()),
                flow="loyalty",
                version=1,
                started_at=now - timedelta(seconds=3 - number),
                contact=Contact(phone=VIP),
                variables={"loyalty_status": "gold" if number else "silver", "orders": 12, "note": "•••", "list": [1]},
                trace=[entry],
                outcome=Outcome.ANSWERED,
                ended_at=now,
            )
            await room.database.write(runs.start, run)
            await room.database.write(runs.end, run)
        told = await client.get("/flows/loyalty/traffic?window=15m")
        assert (told["version"], told["steps"][start]) == (1, {"entered": 3, "here": 0, "exits": {exit_: 3}})
        assert all(one["entered"] == 0 for step, one in told["steps"].items() if step != start)
        behind = await client.get(f"/flows/loyalty/passages?step={start}&exit={exit_}&limit=2")
        assert len(behind) == 2
        assert await client.get(f"/flows/loyalty/passages?step={start}") == []
        seen = await client.get("/flows/loyalty/seen")
        assert seen == {"loyalty_status": ["gold", "silver"], "orders": ["12"]}


async def test_windows_zones_and_versions_that_are_none_are_refused(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        today = await client.get("/flows/loyalty/traffic?window=today&zone=Asia/Jakarta")
        assert "T17:00:00" in today["since"]
        refused = {
            "/traffic?window=today&zone=Mars": (422, "bad_zone"),
            "/traffic?window=2y": (422, "not_understood"),
            "/traffic?version=7": (404, "not_found"),
        }
        for path, (status, code) in refused.items():
            answer = await client.ask("GET", f"/api/v1/flows/loyalty{path}")
            assert (answer.status, answer.code) == (status, code)
        assert (await client.ask("GET", "/api/v1/flows/other/seen")).code == "not_found"
        await client.send("POST", "/flows", {"name": "New"})
        assert await client.get("/flows/new/seen") == {}
        assert (await client.ask("GET", "/api/v1/flows/new/traffic")).code == "not_found"


async def test_a_version_is_told_as_it_is_drawn(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        drawn = await client.get("/flows/loyalty/versions/1")
        opened = await client.get("/flows/loyalty/document")
        assert (drawn["document"], drawn["exits"]) == (opened["document"], opened["exits"])
        assert (drawn["flow"], drawn["version"], drawn["name"]) == ("loyalty", 1, opened["document"]["name"])
        for none in ("loyalty/versions/7", "other/versions/1"):
            answer = await client.ask("GET", f"/api/v1/flows/{none}")
            assert (answer.status, answer.code) == (404, "not_found")
