"""Reports over HTTP: the figures, the groups, the times, and CSV that a spreadsheet may open."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from api_client import Client, client_of
from inside_server import inside
from visit_values import NOON, abandoned, make_visit, told

from skipline.model.queue_events import AgentChanged
from skipline.model.queueing import Agent, AgentState, EntryState, Medium, Queue, Visit
from skipline.store import agent_states, visits

_QUEUES = (Queue(name="vip"), Queue(name="general", service_level_seconds=60.0, short_abandon_seconds=10.0))
_AGENTS = (Agent(name="ana", queues=("vip", "general")), Agent(name="ben", queues=("general",)))
_NOW = NOON + timedelta(hours=2)
_HOUR = "from=2030-05-01T12:00:00Z&until=2030-05-01T13:00:00Z"
_VISITS = (
    make_visit(1, waited=10.0, talk_seconds=100.0, wrap_up_seconds=20.0, rang_seconds=2.0),
    make_visit(2, waited=30.0, after_seconds=1700, talk_seconds=40.0, was_transferred=True),
    abandoned(3, waited=4.0, after_seconds=1900),
    abandoned(4, waited=50.0, after_seconds=1900, tier="standard"),
    make_visit(5, waited=45.0, after_seconds=60, queue="general", tier="standard", agent="ben", target_seconds=60.0),
    make_visit(6, waited=90.0, after_seconds=60, ended=EntryState.OVERFLOWED, agent="", overflowed_to="general"),
    make_visit(7, waited=700.0, is_call_back=True, estimate=told(400, 600)),
    make_visit(8, after_seconds=3600),
)


@asynccontextmanager
async def _room(tmp_path: Path, *kept: Visit) -> AsyncIterator[Client]:
    async with inside(tmp_path, clock=lambda: _NOW) as room, client_of(room) as client:
        found = room.workspace.configuration
        room.workspace.configuration = msgspec.structs.replace(found, queues=_QUEUES, agents=_AGENTS)
        await room.database.write(visits.add_all, kept)
        for changed in _changes():
            await room.database.write(agent_states.change, changed)
        yield client


def _changes() -> list[AgentChanged]:
    told_of = [
        ("ana", -600, AgentState.AVAILABLE),
        ("ana", 600, AgentState.ENGAGED),
        ("ana", 1500, AgentState.WRAP_UP),
        ("ana", 2400, AgentState.AVAILABLE),
        ("ben", 0, AgentState.AVAILABLE),
    ]
    return [
        AgentChanged(at=NOON + timedelta(seconds=second), agent=agent, state=state, before=AgentState.OFFLINE)
        for agent, second, state in told_of
    ]


async def test_a_report_of_queues_shows_service_level_with_all_its_counts(tmp_path: Path) -> None:
    async with _room(tmp_path, *_VISITS) as client:
        report = await client.get(f"/reports/visits?{_HOUR}")
    assert (report["variant"], report["variant_beside"]) == ("all_abandons_hurt", "short_abandons_removed")
    general, vip = report["rows"]
    assert (general["queue"], vip["queue"], vip["tier"], vip["begins_at"]) == ("general", "vip", None, None)
    assert vip["counts"] == {
        "offered": 5,
        "answered": 2,
        "answered_in_time": 1,
        "abandoned": 2,
        "abandoned_in_time": 1,
        "abandoned_short": 1,
        "overflowed": 1,
        "handled": 3,
        "transferred": 1,
        "call_backs": 1,
        "call_backs_connected": 1,
        "call_backs_kept": 0,
    }
    assert (vip["target_seconds"], vip["short_abandon_seconds"]) == ([20.0], [5.0])
    assert (vip["service_level"], vip["abandonment"], vip["late_answers"]) == (0.25, 0.5, 0.25)
    beside = vip["without_short_abandons"]
    assert (beside["service_level"], beside["abandonment"]) == (pytest.approx(1 / 3, abs=1e-6),) * 2
    assert (vip["asa_seconds"], vip["ring_seconds"], vip["longest_wait_seconds"]) == (20.0, 1.0, 90.0)
    assert (vip["aht_seconds"], vip["aht_p50_seconds"]) == (pytest.approx(220 / 3, abs=1e-3), 60.0)
    assert vip["transfer_rate"] == pytest.approx(1 / 3, abs=1e-6)
    assert vip["occupancy"] == 0.5
    assert (general["service_level"], general["occupancy"]) == (1.0, 0.25)
    assert report["total"]["counts"]["offered"] == 6
    assert report["total"]["target_seconds"] == [20.0, 60.0]
    assert report["total"]["occupancy"] == 0.25


async def test_thresholds_and_filters_are_the_askers(tmp_path: Path) -> None:
    levels = {
        "queue=vip": 0.25,
        "queue=vip&target_of=contact": 0.25,
        "queue=vip&target_seconds=30": 0.5,
        "queue=vip&tier=gold": 1 / 3,
        "queue=vip&agent=ana": 0.5,
        "queue=vip&medium=message": None,
        "queue=general&target_seconds=30": 0.0,
        "queue=nobody": None,
    }
    async with _room(tmp_path, *_VISITS) as client:
        found = {query: await client.get(f"/reports/visits?{_HOUR}&{query}") for query in levels}
        short = (await client.get(f"/reports/visits?{_HOUR}&queue=vip&short_seconds=3"))["total"]
    assert {query: report["total"]["service_level"] for query, report in found.items()} == {
        query: None if level is None else pytest.approx(level, abs=1e-6) for query, level in levels.items()
    }
    assert (short["counts"]["abandoned_short"], short["short_abandon_seconds"]) == (0, [3.0])


async def test_rows_are_for_tier_agent_medium_and_interval_on_the_askers_clock(tmp_path: Path) -> None:
    async with _room(tmp_path, *_VISITS, make_visit(9, medium=Medium.MESSAGE)) as client:
        by_tier = await client.get(f"/reports/visits?{_HOUR}&by=tier&by=medium")
        by_agent = await client.get(f"/reports/visits?{_HOUR}&by=agent&queue=vip")
        by_interval = await client.get(f"/reports/visits?{_HOUR}&by=interval&queue=vip&zone=Asia/Kathmandu")
    found = [(row["tier"], row["medium"], row["counts"]["offered"], row["occupancy"]) for row in by_tier["rows"]]
    assert found == [("gold", "call", 4, None), ("gold", "message", 1, None), ("standard", "call", 2, None)]
    assert [(row["agent"], row["counts"]["handled"]) for row in by_agent["rows"]] == [("", 0), ("ana", 4)]
    assert [(row["begins_at"], row["counts"]["offered"], row["occupancy"]) for row in by_interval["rows"]] == [
        ("2030-05-01T17:30:00+05:45", 3, pytest.approx(300 / 900, abs=1e-6)),
        ("2030-05-01T18:00:00+05:45", 3, pytest.approx(1500 / 1800, abs=1e-6)),
    ]
    assert (by_interval["every"], by_interval["zone"]) == ("30m", "Asia/Kathmandu")


async def test_a_day_until_now_is_what_nobody_asked_otherwise(tmp_path: Path) -> None:
    async with _room(tmp_path, *_VISITS, make_visit(10, after_seconds=-22 * 3600 - 1)) as client:
        report = await client.get("/reports/visits")
    assert report["total"]["counts"]["offered"] == 7
    assert (report["begins_at"], report["ends_at"]) == ("2030-04-30T14:00:00Z", "2030-05-01T14:00:00Z")


async def test_agents_time_is_told_with_what_they_handled(tmp_path: Path) -> None:
    async with _room(tmp_path, *_VISITS) as client:
        rows = (await client.get(f"/reports/agents?{_HOUR}"))["rows"]
        halves = (await client.get(f"/reports/agents?{_HOUR}&agent=ana&by_interval=true"))["rows"]
    ana, ben = rows
    assert (ana["agent"], ana["handled"], ana["transferred"], ana["begins_at"]) == ("ana", 3, 1, None)
    assert (ana["available_seconds"], ana["engaged_seconds"], ana["wrap_up_seconds"]) == (1800, 900, 900)
    assert (ana["occupancy"], ana["utilisation"], ben["occupancy"], ben["handled"]) == (0.5, 0.5, 0.0, 1)
    assert [(row["begins_at"], row["occupancy"]) for row in halves] == [
        ("2030-05-01T12:00:00Z", pytest.approx(1200 / 1800, abs=1e-6)),
        ("2030-05-01T12:30:00Z", pytest.approx(600 / 1800, abs=1e-6)),
    ]


def _lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("report", ["visits", "agents"])
async def test_csv_has_the_same_figures(tmp_path: Path, report: str) -> None:
    async with _room(tmp_path, *_VISITS) as client:
        path = f"/api/v1/reports/{report}?{_HOUR}"
        rows = (await client.ask("GET", path)).body["rows"]
        answer = await client.ask("GET", f"{path}&format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{report}.csv"'
    assert len(rows) == 2
    assert [_as_line(row) for row in rows] == _lines(answer.text)


async def test_csv_comes_to_those_who_accept_it_first(tmp_path: Path) -> None:
    async with _room(tmp_path) as client:
        assert await _kind_for(client, "text/csv") == "text/csv"
        assert await _kind_for(client, "Text/CSV;q=0.9, */*;q=0.1") == "text/csv"
        assert await _kind_for(client, "application/json, text/csv") == "application/json"
        assert await _kind_for(client, "text/csv", "&format=json") == "application/json"


async def _kind_for(client: Client, accept: str, query: str = "") -> str:
    headers = {"Authorization": f"Bearer {client.token}", "Accept": accept}
    url = f"{client.url}/api/v1/reports/visits?{_HOUR}{query}"
    async with client.session.get(url, headers=headers) as response:
        return response.content_type


def _as_line(row: dict[str, Any], before: str = "") -> dict[str, str]:
    line: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            line |= _as_line(value, f"{before}{name}_")
        elif isinstance(value, list):
            line[before + name] = " ".join(f"{one:g}" for one in value)
        else:
            line[before + name] = "" if value is None else str(value)
    return line


async def test_no_name_in_a_csv_is_carried_out_by_a_spreadsheet(tmp_path: Path) -> None:
    hostile = ["=1+1", "+31", "-2+3", "@SUM(A1)", "\t=1", "\uff1d1", '=cmd|"/C calc"!A0']
    harmless = ["a,b\nc", "1=1", "vip"]
    async with _room(
        tmp_path, *(make_visit(number, queue=q) for number, q in enumerate([*hostile, *harmless]))
    ) as client:
        answer = await client.ask("GET", f"/api/v1/reports/visits?{_HOUR}&format=csv")
    assert {line["queue"] for line in _lines(answer.text)} == {*(f"'{name}" for name in hostile), *harmless}


async def test_an_empty_report_has_a_line_of_names(tmp_path: Path) -> None:
    async with _room(tmp_path) as client:
        answer = await client.ask("GET", f"/api/v1/reports/visits?{_HOUR}&format=csv")
    assert answer.text.startswith("service_level,abandonment,late_answers,begins_at,queue,tier,agent,medium,")
    assert _lines(answer.text) == []


async def test_a_report_that_makes_no_sense_is_told_so(tmp_path: Path) -> None:
    mistakes = {
        "from=2030-05-01T13:00:00Z&until=2030-05-01T12:00:00Z": "before until",
        "from=2020-05-01T13:00:00Z": "400 days",
        "zone=Mars/Olympus": "zone: Mars/Olympus",
        "zone=../../etc/passwd": "zone",
        "by=mood": "by",
        "every=7m": "every",
        "target_seconds=0": "target_seconds",
        "format=xlsx": "format",
        "from=yesterday": "from",
    }
    async with _room(tmp_path) as client:
        for query, part in mistakes.items():
            answer = await client.ask("GET", f"/api/v1/reports/visits?{query}")
            assert (answer.status, answer.code) == (422, "not_understood"), query
            assert part in answer.body["detail"]


async def test_a_report_that_nobody_could_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skipline.host.reports.MOST_ROWS", 2)
    async with _room(tmp_path, *_VISITS) as client:
        answer = await client.ask("GET", f"/api/v1/reports/visits?{_HOUR}&by=queue&by=tier")
    assert (answer.status, answer.code) == (422, "report_too_large")


async def test_estimates_are_held_against_what_came(tmp_path: Path) -> None:
    kept = [
        make_visit(1, waited=80.0, estimate=told(100.0, 120.0)),
        make_visit(2, waited=130.0, estimate=told(100.0, 120.0)),
        make_visit(3, waited=40.0, tier="standard", estimate=told(30.0, 50.0)),
        make_visit(4, waited=40.0, tier="standard"),
        make_visit(5, waited=3.0, rang_seconds=3.0),
        abandoned(6, waited=40.0, estimate=told(30.0, 50.0)),
        make_visit(7, waited=700.0, is_call_back=True, estimate=told(400, 600)),
    ]
    async with _room(tmp_path, *kept) as client:
        report = await client.get(f"/reports/estimates?{_HOUR}")
        nothing = await client.get(f"/reports/estimates?{_HOUR}&queue=general")
        lines = _lines((await client.ask("GET", f"/api/v1/reports/estimates?{_HOUR}&format=csv")).text)
    gold, standard = report["rows"]
    assert (gold["tier"], gold["delayed"], gold["told"], gold["answered"]) == ("gold", 3, 3, 2)
    assert (gold["mdare"], gold["coverage"]) == (pytest.approx((0.25 + 30 / 130) / 2, abs=1e-6), 0.5)
    assert (standard["delayed"], standard["told"], standard["mdare"], standard["bias"]) == (2, 1, 0.25, -0.25)
    assert (report["worst"]["tier"], report["total"]["answered"]) == ("standard", 3)
    assert (nothing["rows"], nothing["worst"], nothing["total"]["mdare"]) == ([], None, None)
    assert [line["mdare"] for line in lines] == [str(gold["mdare"]), "0.25"]


async def test_a_report_needs_a_key(tmp_path: Path) -> None:
    async with _room(tmp_path) as client:
        for path in ("visits", "agents", "estimates"):
            answer = await client.ask("GET", f"/api/v1/reports/{path}", token="")
            assert (answer.status, answer.code) == (401, "unauthorised")
