"""Runs and calls through the API: one by one, and page by page, newest first."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api_client import Client, client_of
from centre_room import CALLER, NUMBER, VIP, arrived, ended, forwarded
from faulty_server import FaultyServer, hangs
from gold_company import be_answered, gold_company
from inside_server import Inside, inside, workspace_files
from store_values import ANA, BEN, NOON, finish, make_run

from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import SayText
from skipline.model.run import Outcome, Run
from skipline.store import calls, runs


async def _keep(room: Inside, *kept: Run) -> None:
    for run in kept:
        assert run.call is not None
        await room.database.write(calls.start, run.call)
        await room.database.write(runs.start, run)
        if run.ended_at is not None:
            await room.database.write(runs.end, run)


async def _ids(client: Client, query: str) -> list[str]:
    return [run["id"] for run in (await client.get(f"/runs{query}"))["runs"]]


async def test_a_run_tells_what_happened_and_why(tmp_path: Path) -> None:
    async with gold_company(tmp_path) as (room, client):
        forward = await be_answered(room)
        run = await client.get(f"/runs/{forward.headers['X-Skipline-Run']}")
        assert (run["flow"], run["version"], run["outcome"]) == ("loyalty", 1, "answered")
        assert run["contact"]["phone"] == CALLER
        trigger = {"type": "incoming_call", "call": "call1", "to": NUMBER, "trunk": "carrier", "details": {}}
        assert run["trigger"] == trigger
        assert run["variables"]["loyalty_status"] == "gold"
        assert [(entry["step"], entry["type"], entry["exit"]) for entry in run["trace"]] == [
            ("look_up", "fetch_variables", "found"),
            ("tier", "branch", "vip"),
            ("greet", "say", "done"),
            ("to_vip", "forward_call", "answered"),
        ]
        assert all(entry["detail"]["why"] for entry in run["trace"])
        assert all(entry["ms"] >= 0 and entry["at"] >= run["started_at"] for entry in run["trace"])
        assert await _ids(client, "") == [run["id"]]


async def test_a_run_in_progress_shows_the_steps_so_far(tmp_path: Path) -> None:
    async with gold_company(tmp_path) as (room, client):
        room.worker.tell(arrived())
        await room.worker.order(SayText)
        await room.records.settle()
        [listed] = (await client.get("/runs"))["runs"]
        run = await client.get(f"/runs/{listed['id']}")
        assert (run["outcome"], run["ended_at"], listed["outcome"]) == (None, None, None)
        assert [entry["step"] for entry in run["trace"]] == ["look_up", "tier"]


async def test_a_call_shows_its_targets_and_its_end(tmp_path: Path) -> None:
    async with (
        FaultyServer(hangs) as company,
        inside(tmp_path, workspace_files(company.url, time_limit="1s")) as room,
        client_of(room) as client,
    ):
        room.worker.tell(arrived())
        await company.first_request()
        await room.records.settle()
        going_on = await client.get("/calls/call1")
        assert (going_on["ended_at"], going_on["ended_by"], going_on["tries"]) == (None, None, [])
        room.host.take(forwarded(room.host.centre.runs[going_on["id"]].run.waiting_for or "", TryEnd.BUSY, 486))
        room.host.take(ended(EndedBy.CALLER))
        await room.records.settle()
        over = await client.get("/calls/call1")
        assert (over["ended_by"], over["code"], over["details"]["from"]) == ("caller", 200, CALLER)
        assert [(attempt["target"], attempt["end"], attempt["code"]) for attempt in over["tries"]] == [
            (VIP, "busy", 486)
        ]
        assert [one["id"] for one in (await client.get("/calls"))["calls"]] == ["call1"]


async def test_runs_are_found_by_phone_outcome_flow_and_time(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        first = finish(make_run(1, phone=ANA))
        second = finish(make_run(2, phone=BEN, after_seconds=60), Outcome.ABANDONED)
        third = make_run(3, phone=ANA, after_seconds=120)
        await _keep(room, first, second, third)
        assert await _ids(client, "") == ["run0003", "run0002", "run0001"]
        plain, escaped = ANA, ANA.replace("+", "%2B")
        assert await _ids(client, f"?phone={escaped}") == ["run0003", "run0001"]
        assert await _ids(client, f"?phone={plain}") == ["run0003", "run0001"]
        assert await _ids(client, "?outcome=abandoned") == ["run0002"]
        assert await _ids(client, f"?phone={escaped}&outcome=answered") == ["run0001"]
        assert await _ids(client, "?flow=loyalty&limit=500") == ["run0003", "run0002", "run0001"]
        assert await _ids(client, "?flow=other") == []
        later = (NOON + timedelta(seconds=59)).isoformat()
        assert await _ids(client, f"?after={later}") == ["run0003", "run0002"]
        assert await _ids(client, f"?after={later.replace('+', '%2B')}") == ["run0003", "run0002"]
        assert await _ids(client, f"?after={later.replace('+00:00', 'Z')}") == ["run0003", "run0002"]


@pytest.mark.parametrize("noun", ["runs", "calls"])
async def test_pages_follow_each_other_without_gap_or_repeat(tmp_path: Path, noun: str) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        await _keep(room, *(finish(make_run(number, after_seconds=number // 2)) for number in range(7)))
        pages, cursor = [], ""
        while cursor is not None:
            page = await client.get(f"/{noun}?limit=3{cursor}")
            pages.append([one["id"] for one in page[noun]])
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
        assert [len(page) for page in pages] == [3, 3, 1]
        ids = [one for page in pages for one in page]
        assert len(set(ids)) == 7
        assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("outcome=happy", "not_understood"),
        ("after=yesterday", "not_understood"),
        ("after=2030-05-01T12:00:00", "not_understood"),
        ("limit=0", "not_understood"),
        ("limit=501", "not_understood"),
        ("limit=many", "not_understood"),
        ("cursor=x", "cursor_unreadable"),
        ("cursor=%00", "cursor_unreadable"),
    ],
)
async def test_a_question_that_makes_no_sense_is_told_so(tmp_path: Path, query: str, code: str) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        answer = await client.ask("GET", f"/api/v1/runs?{query}")
        assert (answer.status, answer.code) == (422, code)


@pytest.mark.parametrize("phone", ["%00", "' OR 1=1 --", "+" * 5000, "%F0%9F%98%80"])
async def test_an_odd_phone_finds_nobody(tmp_path: Path, phone: str) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        await _keep(room, make_run(1))
        found: list[dict[str, Any]] = (await client.get(f"/runs?phone={phone}"))["runs"]
        assert found == []
