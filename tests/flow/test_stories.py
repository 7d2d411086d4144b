"""Whole conversations: `tests/flows/stories/*.json` say what a caller meets in a flow of `tests/flows`.

A story names only what matters: of each command and of the run's end, the parts given here must be there.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flow_room import Caller, compiled, fresh_run

from skipline.model.events import Reply
from skipline.model.ids import CommandId

FLOWS = Path(__file__).parent.parent / "flows"
STORIES = sorted((FLOWS / "stories").glob("*.json"))


def _covers(whole: Any, part: Any) -> bool:
    """Whether everything that `part` names is so in `whole`."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and _covers(whole[key], part[key]) for key in part)
    return bool(whole == part)


def _reply(written: dict[str, Any], caller: Caller, command: CommandId | None) -> Reply:
    call = caller.run.call
    assert call is not None
    whole = {"at": caller.now.isoformat(), "call": call.id, "command": command, **written}
    return msgspec.convert(whole, type=Reply, strict=False)


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_a_story_goes_as_told(file: Path) -> None:
    story = json.loads(file.read_text())
    flow = compiled((FLOWS / f"{story['flow']}.yaml").read_text())
    caller = Caller(flow, fresh_run(flow, story["caller"]))
    for number, turn in enumerate(story["turns"]):
        if number == 0:
            issued = caller.start()
        else:
            reply = _reply(turn["reply"], caller, caller.run.waiting_for) if "reply" in turn else None
            issued = caller.reply(reply, after_seconds=turn.get("after_seconds", 0.5))
        commands = json.loads(msgspec.json.encode([one.body for one in issued]))
        assert len(commands) == len(turn["commands"]), commands
        assert all(map(_covers, commands, turn["commands"])), commands
    assert [f"{step}: {exit_}" for step, exit_ in caller.way] == story["way"]
    run = json.loads(msgspec.json.encode(caller.run))
    assert run["outcome"] == story.get("outcome")
    assert _covers(run["variables"], story.get("variables", {})), run["variables"]
    assert _covers(run["contact"], story.get("contact", {})), run["contact"]
    assert all(entry.detail["why"] for entry in caller.run.trace)
