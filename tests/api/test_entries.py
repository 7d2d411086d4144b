"""Queues over the API: who waits and why, what agents do and want, how a queue fares, and what became of entries."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api_client import Client, client_of
from inside_server import inside
from queue_company import FILES, Company, eventually

from skipline.model.call import EndedBy
from skipline.model.ids import CallId


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Company, Client]]:
    async with inside(folder, FILES) as room, client_of(room) as client:
        yield Company(room), client


async def test_a_waiting_entry_says_where_it_stands_and_why(tmp_path: Path) -> None:
    async with served(tmp_path) as (firm, client):
        await firm.call("call1", "+31612345678")
        await firm.call("call2")
        entry = await client.get("/entries/call2:1")
        assert (entry["queue"], entry["tier"], entry["state"], entry["position"]) == ("vip", "gold", "waiting", 2)
        assert (entry["call"], entry["run"], entry["left_at"], entry["estimated_wait"]) == (
            "call2",
            "call2",
            None,
            None,
        )
        assert "Urgency" in entry["why"][0]
        assert entry["passed_over"] == []
        assert entry["agents_considered"] == ["ana: is not signed in.", "ben: is not signed in."]
        listed = await client.get("/entries?queue=vip")
        assert [(one["id"], one["position"]) for one in listed] == [("call1:1", 1), ("call2:1", 2)]
        assert (listed[0]["contact_phone"], listed[0]["is_call_back"]) == ("+31612345678", False)
        assert len(await client.get("/entries?queue=vip&limit=1")) == 1


async def test_an_entry_that_is_over_still_says_why(tmp_path: Path) -> None:
    async with served(tmp_path) as (firm, client):
        firm.sign_in("ana")
        wait, _ = await firm.call("call1")
        do, ring = await firm.ring()
        assert (await client.get("/entries/call1:1"))["state"] == "reserved"
        firm.join(do, ring)
        firm.part(do, ring, wait)
        firm.hang_up("call1", EndedBy.FLOW)
        await eventually(lambda: CallId("call1") not in firm.room.host.centre.runs)
        await firm.room.records.settle()
        entry = await client.get("/entries/call1:1")
        assert (entry["state"], entry["agent"], entry["position"]) == ("connected", "ana", None)
        assert entry["left_at"] is not None
        assert any("ana answered" in sentence for sentence in entry["why"])
        assert len(entry["agents_considered"]) == 2
        run = await client.get("/runs/call1")
        assert run["trace"][0]["detail"]["queue_why"] == entry["why"]


async def test_what_nobody_knows_is_not_found(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        for path in ("/entries/call9:1", "/entries?queue=none", "/queues/none/state", "/agents/none/state"):
            answer = await client.ask("GET", f"/api/v1{path}")
            assert (answer.status, answer.code) == (404, "not_found")
        for wish in ("pause", "ready"):
            assert (await client.send("POST", f"/agents/none/{wish}")).status == 404


async def test_an_agent_goes_on_a_break_and_comes_back(tmp_path: Path) -> None:
    async with served(tmp_path) as (firm, client):
        firm.sign_in("ana")
        await firm.call("call1")
        await firm.ring()
        assert (await client.get("/agents/ana/state"))["entries"] == ["call1:1"]
        paused = await client.send("POST", "/agents/ana/pause", {"reason": "lunch"})
        assert (paused.body["state"], paused.body["reason"], paused.body["entries"]) == ("away", "lunch", [])
        assert [one["state"] for one in await client.get("/agent_states?queue=vip")] == ["away", "offline"]
        ready = await client.send("POST", "/agents/ana/ready")
        assert ready.body["state"] == "reserved"
        _, ring = await firm.ring(2)
        assert ring.agent == "ana"


async def test_a_reason_that_is_none_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        for wish in ({"reason": "  "}, {"why": "lunch"}, {"reason": "x" * 201}):
            assert (await client.send("POST", "/agents/ana/pause", wish)).status == 422


async def test_a_queue_tells_its_figures_tiers_and_agents(tmp_path: Path) -> None:
    async with served(tmp_path) as (firm, client):
        firm.sign_in("ana")
        await firm.call("call1")
        await firm.ring()
        await firm.call("call2")
        state = await client.get("/queues/vip/state")
        assert (state["waiting"], state["being_offered"], state["agents_present"], state["agents_ready"]) == (
            2,
            1,
            1,
            0,
        )
        assert [(one["tier"], one["waiting"]) for one in state["tiers"]] == [("gold", 1), ("silver", 0)]
        assert [(one["name"], one["state"]) for one in state["agents"]] == [("ana", "reserved"), ("ben", "offline")]


async def test_nobody_without_a_key_sees_who_waits(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        for path in (
            "/entries/call1:1",
            "/entries?queue=vip",
            "/queues/vip/state",
            "/agents/ana/state",
            "/agent_states",
        ):
            assert (await client.ask("GET", f"/api/v1{path}", token="")).status == 401
        for wish in ("pause", "ready"):
            assert (await client.ask("POST", f"/api/v1/agents/ana/{wish}", token="")).status == 401
