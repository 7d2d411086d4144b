"""A workspace that changes while people talk: each call stays on the flow it began with."""

import asyncio

import pytest
from e2e_room import Room, hear_each_other
from e2e_workspace import CHANGING, changed

from skipline.voice.phone import PhoneCall

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def talk(room: Room, caller: str) -> PhoneCall:
    call = room.call(await room.phone(), CHANGING, caller=caller)
    await asyncio.wait_for(call.answered.wait(), 5)
    return call


async def test_a_call_stays_on_the_version_it_began_with(room: Room) -> None:
    target = await room.phone()
    room.send_to(target.uri)
    before, after = room.new_caller(), room.new_caller()
    old = await talk(room, before)
    answer = await room.server.ask("POST", "/workspace/apply", {"files": changed(room.files)})
    assert len(answer["changes"]) == 1
    new = await talk(room, after)
    for call, callee in zip((old, new), target.calls, strict=True):
        await hear_each_other(call, callee)
        call.hang_up()
    runs = [await room.run_of(caller) for caller in (before, after)]
    assert [(run["version"], run["contact"]["tier"]) for run in runs] == [(1, "gold"), (2, "platinum")]


async def test_a_call_outlives_its_flow_the_centre_and_its_number(room: Room) -> None:
    target = await room.phone()
    room.send_to(target.uri)
    call = await talk(room, caller := room.new_caller())
    without = {name: text for name, text in room.files.items() if "changing" not in name}
    await room.server.ask("POST", "/workspace/apply", {"files": without})
    await room.server.kill_centre()
    await room.server.start()
    await hear_each_other(call, target.calls[0])
    refused = room.call(await room.phone(), CHANGING)
    await asyncio.wait_for(refused.ended.wait(), 5)
    assert refused.code == 404
    call.hang_up()
    run = await room.run_of(caller)
    assert (run["outcome"], run["trace"][-1]["exit"]) == ("answered", "answered")


async def test_a_workspace_with_a_mistake_changes_nothing(room: Room) -> None:
    target = await room.phone()
    room.send_to(target.uri)
    await room.server.ask("POST", "/workspace/apply", {"files": room.files})
    wrong = changed(room.files)
    wrong["flows/forward.yaml"] = wrong["flows/forward.yaml"].replace("start: look_up", "start: nowhere")
    with pytest.raises(AssertionError, match="nowhere"):
        await room.server.ask("POST", "/workspace/apply", {"files": wrong})
    call = await talk(room, caller := room.new_caller())
    call.hang_up()
    assert (await room.run_of(caller))["contact"]["tier"] == "gold"
