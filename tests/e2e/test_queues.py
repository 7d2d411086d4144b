"""Queues as a company meets them: real callers, agents' registered telephones, `skipline serve`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from e2e_queue_room import AGENT_HZ, CALLER_HZ, MUSIC_HZ, QueueRoom, hears, open_queue_room
from e2e_room import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole_room(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[QueueRoom]:
    async with open_queue_room(tmp_path_factory.mktemp("queues")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def room(whole_room: QueueRoom) -> AsyncIterator[QueueRoom]:
    yield whole_room
    await whole_room.leave()


async def test_a_caller_hears_music_then_an_agent_and_the_record_says_why(room: QueueRoom) -> None:
    caller = room.call()
    await hears(caller, MUSIC_HZ)
    [waiting] = await room.waiting(1)
    [ana] = await room.sign_on("agent0")
    agent = await eventually(lambda: ana.calls and ana.calls[0], "the agent is rung")
    await hears(caller, AGENT_HZ)
    await hears(agent, CALLER_HZ)
    await room.agent_is("agent0", "engaged")
    agent.hang_up()
    await asyncio.wait_for(caller.ended.wait(), 5)
    await room.agent_is("agent0", "available")
    entry = await eventually(lambda: room.left(waiting["id"]), "the entry is on record")
    assert (entry["state"], entry["agent"], entry["tier"]) == ("connected", "agent0", "gold")
    run = await room.server.ask("GET", f"/runs/{entry['run']}")
    assert (run["outcome"], run["trace"][0]["exit"]) == ("answered", "answered")
    assert run["trace"][0]["detail"]["queue_why"] == entry["why"]


async def test_an_agent_hands_the_caller_on_to_a_queue_and_to_a_colleague(room: QueueRoom) -> None:
    caller = room.call()
    first, second = await room.sign_on("agent0", "agent1")
    await eventually(lambda: first.calls or second.calls, "an agent is rung")
    ours, theirs = (first, second) if first.calls else (second, first)
    await hears(caller, AGENT_HZ)
    ours.calls[0].transfer(f"sip:{theirs.user}@127.0.0.1")
    await eventually(lambda: theirs.calls and theirs.calls[0].answered.is_set(), "the colleague answers")
    await hears(theirs.calls[0], CALLER_HZ)
    theirs.calls[0].transfer("sip:general@127.0.0.1")
    await eventually(lambda: len(ours.calls) + len(theirs.calls) == 3, "somebody of the other queue is rung")
    await hears(caller, AGENT_HZ)
    caller.hang_up()
    run = await eventually(lambda: _ended_run(room, room.rung[0][0]), "the run is over")
    why = run["trace"][0]["detail"]["queue_why"]
    assert [sentence.split(" with ")[0] for sentence in why if "Handed on" in sentence] == [
        "Handed on to vip",
        "Handed on to general",
    ]
    assert run["outcome"] == "answered"


async def _ended_run(room: QueueRoom, run: str) -> dict[str, Any] | None:
    found: dict[str, Any] = await room.server.ask("GET", f"/runs/{run}")
    return found if found["ended_at"] else None


async def test_an_agent_on_a_break_is_not_rung(room: QueueRoom) -> None:
    await room.server.ask("POST", "/agents/agent0/pause", {"reason": "lunch"})
    phone, other = await room.sign_on("agent0", "agent1")
    caller = room.call()
    await asyncio.wait_for(eventually(lambda: other.calls, "the other agent is rung"), 10)
    assert phone.calls == []
    caller.hang_up()
    await room.server.ask("POST", "/agents/agent0/ready")
    await room.agent_is("agent0", "available")


async def test_an_agent_whose_phone_vanishes_in_a_talk_costs_the_caller_no_place(room: QueueRoom) -> None:
    caller = room.call()
    [phone] = await room.sign_on("agent0")
    await hears(caller, AGENT_HZ)
    await phone.vanish()
    room.agents.remove(phone)
    [other] = await room.sign_on("agent1")
    await eventually(lambda: other.calls, "the next agent is rung", 30)
    await hears(caller, AGENT_HZ)
    other.calls[0].hang_up()
