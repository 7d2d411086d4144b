"""The run log: paths in words, what goes on now, counts that equal the traces, and masks for those who may not see
contacts."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api_client import Client, client_of
from centre_room import CALLER, arrived, connected, ended, forwarded, spoken
from gold_company import be_answered, gold_company
from inside_server import Inside, inside, workspace_files

from skipline.model.access import Role
from skipline.model.call import EndedBy, TryEnd
from skipline.model.commands import ForwardCall, HangUp, SayText
from skipline.model.contact import Contact
from skipline.model.ids import RunId, StepId
from skipline.model.run import Outcome, Run, StartedBy, TraceEntry
from skipline.store import api_keys, runs

WAYS = (
    (("look_up", "found"), ("tier", "vip"), ("greet", "done"), ("to_vip", "answered")),
    (("look_up", "found"), ("tier", "vip"), ("greet", "done"), ("to_vip", "failed"), ("to_general", "answered")),
    (("look_up", "failed"), ("tier", "else"), ("to_general", "busy")),
    (("look_up", ""),),
)
TYPES = {"look_up": "fetch_variables", "tier": "branch", "greet": "say"}


def _run(number: int, started_at: datetime, way: tuple[tuple[str, str], ...], version: int = 1) -> Run:
    trace = [
        TraceEntry(step=StepId(step), type=TYPES.get(step, "forward_call"), exit=exit_, at=started_at, ms=1.0)
        for step, exit_ in way
    ]
    return Run(
        id=RunId(f"{started_at.timestamp():020.6f}-{number}"),
        flow="loyalty",
        version=version,
        started_at=started_at,
        contact=Contact(phone=CALLER, name="Ana"),
        trace=trace,
        outcome=Outcome.ANSWERED,
        ended_at=started_at + timedelta(seconds=9),
    )


async def _keep(room: Inside, *kept: Run) -> None:
    for run in kept:
        await room.database.write(runs.start, run)
        await room.database.write(runs.end, run)


async def _client_for(room: Inside, client: Client, role: Role) -> Client:
    made = await room.database.write(api_keys.create, role, room.services.clock(), room.services.ids, role=role)
    return Client(client.session, client.url, made.token)


def _counted(run_log: list[Run], since: datetime, until: datetime | None = None) -> dict[str, dict[str, int]]:
    """What the traces say, counted by hand."""
    found = [one for one in run_log if one.started_at >= since and (until is None or one.started_at < until)]
    passed = Counter({(entry.step, entry.exit): 0 for one in found for entry in one.trace})
    for one in found:
        passed.update({(entry.step, entry.exit) for entry in one.trace})
    steps: dict[str, dict[str, int]] = {}
    for (step, exit_), count in passed.items():
        steps.setdefault(step, {})[exit_] = count
    return steps


def _told(traffic: Any) -> dict[str, dict[str, int]]:
    return {step: one["exits"] for step, one in traffic["steps"].items() if one["exits"]}


async def test_counts_equal_the_traces_in_every_window(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        now, chance = room.services.clock(), random.Random(7)
        ages = [
            chance.choice((chance.uniform(0, 800), chance.uniform(0, 3500), chance.uniform(0, 170_000)))
            for _ in range(120)
        ]
        made = [
            _run(number, now - timedelta(seconds=age), chance.choice(WAYS), chance.choice((1, 1, 2)))
            for number, age in enumerate(ages)
        ]
        await _keep(room, *made)
        for query in ("window=15m", "window=1h", "window=today", "window=today&zone=Asia/Jakarta"):
            told = await client.get(f"/flows/loyalty/traffic?{query}")
            since = datetime.fromisoformat(told["since"])
            assert _told(told) == _counted(made, since), query
            in_span = [one for one in made if one.started_at >= since]
            assert told["runs"] == len(in_span)
            assert told["versions"] == {str(v): n for v, n in sorted(Counter(one.version for one in in_span).items())}
            for exit_ in ("vip", "else"):
                behind = await client.get(f"/flows/loyalty/passages?step=tier&exit={exit_}&limit=100&{query}")
                assert len(behind) == _told(told)["tier"].get(exit_, 0), query
                assert all(datetime.fromisoformat(one["started_at"]) >= since for one in behind)


async def test_a_day_has_a_beginning_and_an_end(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        midnight = datetime(2026, 5, 1, 22, tzinfo=UTC)
        seconds = (-1, 0, 3600, 86_399, 86_400)
        made = [_run(number, midnight + timedelta(seconds=at), WAYS[0]) for number, at in enumerate(seconds)]
        await _keep(room, *made)
        told = await client.get("/flows/loyalty/traffic?day=2026-05-02&zone=Europe/Amsterdam")
        assert (told["since"], told["until"]) == ("2026-05-01T22:00:00Z", "2026-05-02T22:00:00Z")
        assert (told["runs"], told["steps"]["tier"]["exits"]) == (3, {"vip": 3})
        behind = await client.get("/flows/loyalty/passages?step=tier&exit=vip&day=2026-05-02&zone=Europe/Amsterdam")
        assert [one["id"] for one in behind] == [made[3].id, made[2].id, made[1].id]
        for wrong in ("day=yesterday", "day=9999-12-31"):
            assert (await client.ask("GET", f"/api/v1/flows/loyalty/traffic?{wrong}")).status == 422


async def test_a_call_counts_from_its_first_step_on_and_never_twice(tmp_path: Path) -> None:
    async with gold_company(tmp_path) as (room, client):
        room.worker.tell(arrived())
        say, _ = await room.worker.order(SayText)
        await room.records.settle()
        told = await client.get("/flows/loyalty/traffic")
        assert told["steps"]["tier"] == {"entered": 1, "here": 0, "exits": {"vip": 1}}
        assert told["steps"]["greet"] == {"entered": 1, "here": 1, "exits": {}}
        [behind] = await client.get("/flows/loyalty/passages?step=tier&exit=vip&window=15m")
        assert [(one["exit"], one["label"]) for one in behind["path"]] == [("vip", "VIP"), ("", "")]
        assert behind["path"][1]["step"] == "greet"
        run = await client.get(f"/runs/{behind['id']}")
        assert (run["here"]["step"], run["here"]["type"], run["here"]["entry"]) == ("greet", "say", None)
        assert run["here"]["detail"]["text"] == "Hello"

        room.worker.tell(spoken(say.command))
        forward, _ = await room.worker.order(ForwardCall)
        assert (await client.get("/flows/loyalty/traffic"))["steps"]["to_vip"]["here"] == 1
        room.worker.tell(connected(forward.command))
        room.worker.tell(forwarded(forward.command, TryEnd.ANSWERED, 200))
        await room.worker.order(HangUp)
        room.host.take(ended(EndedBy.CALLER))
        await room.records.settle()
        for _ in range(3):
            told = await client.get("/flows/loyalty/traffic")
            assert told["steps"]["tier"] == {"entered": 1, "here": 0, "exits": {"vip": 1}}
            room.services.counts.keep(("loyalty", 1, "1h", None, "UTC"), _overdue(room))
        assert told["steps"]["to_vip"] == {"entered": 1, "here": 0, "exits": {"answered": 1}}
        run = await client.get(f"/runs/{behind['id']}")
        assert (run["here"], run["outcome"]) == (None, "answered")


def _overdue(room: Inside) -> Any:
    """The counts that are kept, as they are once they are too old."""
    kept = room.services.counts.get(("loyalty", 1, "1h", None, "UTC"))
    assert kept is not None
    kept.until = kept.at
    return kept


async def test_paths_are_told_in_the_words_of_their_version(tmp_path: Path) -> None:
    files = workspace_files()
    named = files["flows/loyalty.yaml"].replace("to_vip: {type", "to_vip: {name: VIP care, type")
    async with inside(tmp_path, files) as room, client_of(room) as client:
        await room.workspace.apply(
            {**files, "flows/loyalty.yaml": named.replace("name: VIP,", "name: Gold & platinum,")}
        )
        now = room.services.clock()
        made = [
            _run(n, now - timedelta(seconds=9 - n), WAYS[way], v)
            for n, (way, v) in enumerate([(0, 1), (0, 2), (2, 2), (3, 2)])
        ]
        await _keep(room, *made, _run(9, now, WAYS[0], 7))
        found = (await client.get("/runs"))["runs"]
        told = [" > ".join(part["label"] or part["step"] for part in one["path"]) for one in found]
        assert told == [
            "vip > to_vip",
            "look_up",
            "Everyone else > to_general",
            "Gold & platinum > VIP care",
            "VIP > to_vip",
        ]
        assert {one["waited_seconds"] for one in found} == {0.0}


async def test_runs_are_found_by_trigger_and_channel(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        now = room.services.clock()
        call, wrote, hook = (_run(number, now, WAYS[0]) for number in range(3))
        wrote.started_by = StartedBy(type="incoming_message", details={"channel": "whatsapp"})
        hook.started_by = StartedBy(type="webhook", details={"name": "orders"})
        await _keep(room, call, wrote, hook)

        async def found(query: str) -> list[str]:
            return [one["id"] for one in (await client.get(f"/runs?{query}"))["runs"]]

        assert await found("trigger=incoming_call") == [call.id]
        assert await found("trigger=webhook") == [hook.id]
        assert await found("channel=whatsapp") == [wrote.id]
        assert await found("trigger=incoming_message&channel=sms") == []


async def test_contacts_are_masked_for_those_who_may_not_see_them(tmp_path: Path) -> None:
    async with gold_company(tmp_path) as (room, owner):
        room.worker.tell(arrived())
        await room.worker.order(SayText)
        await room.records.settle()
        editor = await _client_for(room, owner, Role.EDITOR)
        supervisor = await _client_for(room, owner, Role.SUPERVISOR)
        [listed] = (await editor.get("/runs"))["runs"]
        paths = (
            "/runs",
            f"/runs/{listed['id']}",
            "/calls",
            "/calls/call1",
            "/flows/loyalty/passages?step=tier&exit=vip",
        )
        bare = CALLER.removeprefix("+")
        for path in paths:
            assert bare not in (await editor.ask("GET", f"/api/v1{path}")).text, path
            assert bare in (await supervisor.ask("GET", f"/api/v1{path}")).text, path
        run = await editor.get(f"/runs/{listed['id']}")
        assert (listed["phone"], run["contact"]["phone"], run["is_masked"]) == ("+316•••78", "+316•••78", True)
        assert run["trace"][0]["detail"]["input"] == {"contact.phone": "+316•••78"}
        assert not (await supervisor.get(f"/runs/{listed['id']}"))["is_masked"]


async def test_a_run_is_told_as_a_story_and_played_again(tmp_path: Path) -> None:
    async with gold_company(tmp_path) as (room, client):
        await be_answered(room)
        [listed] = (await client.get("/runs"))["runs"]
        told = await client.get(f"/runs/{listed['id']}/story")
        assert told["path"] == ["look_up.found", "tier.vip", "greet.done", "to_vip.answered"]
        assert told["story"]["sources"] == {"loyalty": {"answer": {"loyalty_status": "gold"}}}
        assert (told["story"]["caller"]["phone"], told["masked"]) == (CALLER, [])
        played = await client.send("POST", "/flows/loyalty/try", {"story": told["story"]})
        assert played.body["path"] == told["path"]

        editor = await _client_for(room, client, Role.EDITOR)
        answer = await editor.ask("GET", f"/api/v1/runs/{listed['id']}/story")
        assert CALLER.removeprefix("+") not in answer.text
        assert answer.body["masked"] == ["contact.phone"]
        played = await editor.send("POST", "/flows/loyalty/try", {"story": answer.body["story"]})
        assert played.body["path"] == told["path"]
        assert (await client.ask("GET", "/api/v1/runs/nobody/story")).code == "not_found"
