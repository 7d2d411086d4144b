"""Stories of people who write: the same flow as by telephone, taps, silence, windows that close, agents who answer."""

from pathlib import Path
from typing import Any

import pytest
from story_room import tell

from skipline.base.yaml_lines import dump_yaml, read_yaml
from skipline.stories.coverage import measure
from skipline.stories.judging import judge
from skipline.stories.playing import play
from skipline.stories.proposals import propose_stories, write_proposals
from skipline.stories.reading import read_all_stories, read_stories
from skipline.stories.stage import Stage, build_stage

FOLDER = Path(__file__).parent.parent / "flows" / "one_for_all"
FILES = {path.relative_to(FOLDER).as_posix(): path.read_text() for path in sorted(FOLDER.rglob("*.yaml"))}
ACCOUNT = {
    "name": "support",
    "type": "twilio",
    "account_sid": "AC00000000000000000000000000000001",
    "secret": "twilio_token",
    "sms_from": "+31970000001",
}
BYE = {"bye": {"type": "say", "with": {"text": "Goodbye"}}}


def _stage(*triggers: dict[str, Any], steps: dict[str, Any] = BYE, **others: list[dict[str, Any]]) -> Stage:
    trunk = {"name": "carrier", "hosts": ["127.0.0.1"], "server": "127.0.0.1"}
    agents = [{"name": "ana", "queues": ["vip"]}]
    configuration = {"channels": [ACCOUNT], "queues": [{"name": "vip"}], "trunks": [trunk], "agents": agents}
    files = {"skipline.yaml": dump_yaml(configuration)}
    for name, given in {"it": list(triggers), **others}.items():
        started = [{"type": "incoming_message", "accounts": ["support"], **one} for one in given]
        flow = {"format": 1, "name": name, "triggers": started, "start": next(iter(steps)), "steps": steps}
        files[f"flows/{name}.yaml"] = dump_yaml(flow)
    stage, issues = build_stage(files)
    assert stage is not None, issues
    return stage


def _one_for_all() -> Stage:
    stage, issues = build_stage({name: text for name, text in FILES.items() if not name.endswith(".story.yaml")})
    assert stage is not None, issues
    assert issues == ()
    return stage


def test_a_flow_serves_calls_and_messages_with_its_trigger_alone_changed() -> None:
    by_phone, in_writing = (read_yaml(FILES[f"flows/{name}.yaml"]).data for name in ("by_phone", "in_writing"))
    assert {key for key in by_phone if by_phone[key] != in_writing[key]} == {"name", "triggers"}
    stage = _one_for_all()
    reading = read_all_stories(FILES, stage.flows)
    assert reading.issues == ()
    assert len(reading.stories) == 15
    for placed in reading.stories:
        assert judge(placed, play(stage, placed.flow, placed.story)).differences == (), placed.story.story


@pytest.mark.parametrize(
    ("writer", "trouble"),
    [
        ({"text": "hello"}, "no flow takes the message 'hello' to account `support` on whatsapp"),
        ({"text": "orders", "account": "sales"}, "no flow takes the message 'orders' to account `sales` on whatsapp"),
        ({"text": "returns"}, "the message 'returns' starts the flow `other`"),
    ],
)
def test_a_message_that_does_not_start_the_flow_fails_the_story(writer: dict[str, Any], trouble: str) -> None:
    stage = _stage({"keywords": ["orders"]}, other=[{"keywords": ["returns"]}])
    assert tell(stage, writer=writer).differences == (f"no run started: {trouble}",)


def test_what_a_story_does_not_say_is_as_the_flow_wants_it() -> None:
    wanted = {"keywords": ["my order"], "channels": ["instagram"], "first_contact": True, "referral": {"source": "ad"}}
    run = tell(_stage(wanted), writer="+31611111111").performance.run
    assert run is not None and run.message is not None
    assert (run.message.text, run.message.channel, run.message.is_first_contact) == ("my order", "instagram", True)
    assert run.started_by is not None and run.started_by.details["account"] == "support"


def test_tapping_what_is_not_there_is_told() -> None:
    menu = {"type": "ask", "with": {"question": "Which?", "keep_as": "which", "buttons": [{"id": "a", "title": "A"}]}}
    steps = {"menu": {**menu, "next": dict.fromkeys(("a", "other", "silence"), "bye")}, **BYE}
    (difference,) = tell(_stage({}, steps=steps), writer="+31611111111", answers=[{"tap": "B"}]).differences
    assert difference == "the writer taps B, and the answers of 'Which?' are: A"


def test_after_a_day_only_a_template_is_taken() -> None:
    say = {"type": "send_message", "with": {"text": "Still there?"}, "next": {"sent": "again", "failed": "again"}}
    again = {"type": "send_message", "with": {"text": "Hello", "template": {"name": "hello", "language": "en"}}}
    steps = {"rest": {"type": "wait", "with": {"duration": "25h"}, "next": {"done": "say"}}, "say": say, "again": again}
    assert tell(_stage({}, steps=steps), writer={"channel": "whatsapp"}).performance.path == (
        "rest.done",
        "say.failed",
        "again.sent",
    )
    assert tell(_stage({}, steps=steps), writer={"channel": "sms"}).performance.path[1] == "say.sent"


def test_a_call_back_is_promised_in_writing() -> None:
    promise = {"type": "call_back", "with": {"queue": "vip"}, "next": {"taken": "bye", "failed": "bye"}}
    came = tell(_stage({}, steps={"promise": promise, **BYE}), writer="+31611111111").performance
    assert came.path == ("promise.taken", "bye.done")
    assert came.place is not None and came.place.queue == "vip"


def test_stories_are_proposed_for_taps_and_keywords() -> None:
    menu = {
        "type": "ask",
        "with": {
            "question": "Which?",
            "keep_as": "which",
            "list": [{"id": "red", "title": "Red"}, {"id": "blue", "title": "Blue"}],
        },
        "next": {"red": "bye", "blue": "bye", "other": "bye", "silence": "bye"},
    }
    stage = _stage({"keywords": ["colours"], "channels": ["sms"]}, steps={"menu": menu, **BYE})
    proposals = propose_stories(stage, "it", measure(stage, ())["it"])
    assert proposals.not_found == ()
    written = write_proposals({"it": proposals})
    assert "tap: blue" in written
    for placed in read_stories(written, "it.story.yaml").stories:
        assert judge(placed, play(stage, "it", placed.story)).differences == ()


def test_agents_without_a_phone_are_ready_for_who_writes() -> None:
    rows = [{"variable": "queues.vip.agents_ready", "operator": "at_least", "value": 1}]
    for path in ({"id": "yes", "all": rows}, {"id": "yes", "formula": "queues.vip.agents_ready > 0"}):
        branch = {"type": "branch", "with": {"paths": [path]}, "next": {"yes": "bye", "else": "bye"}}
        bye = {"type": "say", "with": {"text": "{{ queues.vip.agents_ready }} are there"}}
        stage = _stage({}, steps={"free": branch, "bye": bye})
        there = tell(stage, writer="+31611111111", expect={"says": ["1 are there"]})
        assert (there.differences, there.performance.path[0]) == ((), "free.yes")
        assert tell(stage, writer="+31611111111", agents="away").performance.path[0] == "free.else"
