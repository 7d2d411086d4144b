"""Stories that no call begins: deliveries, set times, and somebody who writes."""

from typing import Any

import pytest
from story_room import tell

from skipline.base.yaml_lines import dump_yaml
from skipline.model.run import Outcome
from skipline.stories.coverage import measure
from skipline.stories.judging import Verdict
from skipline.stories.proposals import propose_stories, write_proposals
from skipline.stories.reading import read_stories
from skipline.stories.stage import Stage, build_stage

WEBHOOK = {
    "type": "webhook",
    "name": "orders",
    "secret": "orders_key",
    "phone_from": "/phone",
    "keep": [
        {"from": "/total", "as": "total", "type": "number", "default": 0},
        {"from": "/mail", "as": "mail", "type": "text", "personal": True},
    ],
}
SCHEDULE = {"type": "schedule", "cron": "0 9 * * 1-5", "zone": "Europe/Amsterdam"}
CONFIGURATION = {
    "sources": [{"name": "crm", "type": "http", "base_url": "http://127.0.0.1:9", "allow_private": True}],
    "queues": [{"name": "vip"}],
}
ORDERS = {
    "size": {
        "type": "branch",
        "with": {"paths": [{"id": "big", "all": [{"variable": "total", "operator": "at_least", "value": 100}]}]},
        "next": {"big": "rest", "else": "bye"},
    },
    "rest": {"type": "wait", "with": {"duration": "2d"}, "next": {"done": "ticket"}},
    "ticket": {
        "type": "send_request",
        "with": {"source": "crm", "path": "/tickets", "body": '{"total": {{ total }}}'},
        "next": {"done": "bye", "refused": "bye", "failed": "bye"},
    },
    "bye": {"type": "hang_up"},
}
CHAT = {
    "hello": {
        "type": "send_message",
        "with": {"text": "Hello {{ contact.name }}"},
        "next": {"sent": "menu", "failed": "bye"},
    },
    "menu": {
        "type": "ask",
        "with": {"question": "Sales or support?", "keep_as": "choice", "patience": "1h"},
        "next": {"answered": "by_choice", "silence": "bye"},
    },
    "by_choice": {
        "type": "branch",
        "with": {"paths": [{"id": "sales", "all": [{"variable": "choice", "operator": "contains", "value": "sales"}]}]},
        "next": {"sales": "bye", "else": "bye"},
    },
    "bye": {"type": "send_message", "with": {"text": "Goodbye"}},
}


def _stage(steps: dict[str, Any], start: str, *triggers: dict[str, Any]) -> Stage:
    flow = {"format": 1, "name": "It", "triggers": list(triggers), "start": start, "steps": steps}
    stage, issues = build_stage({"skipline.yaml": dump_yaml(CONFIGURATION), "flows/it.yaml": dump_yaml(flow)})
    assert stage is not None, issues
    return stage


def test_a_delivery_begins_a_story() -> None:
    verdict = tell(
        _stage(ORDERS, "size", WEBHOOK),
        webhook={"payload": {"total": "120", "phone": "+31611111111", "mail": "ana@example.com"}},
        sources={"crm": {"answer": {"id": 7}, "code": 201}},
        expect={
            "path": ["size.big", "rest.done", "ticket.done", "bye"],
            "outcome": "ended",
            "variables": {"total": 120},
            "contact": {"phone": "+31611111111"},
            "commands": [{"send_request": {"body": '{"total": 120}'}}],
            "ends_within": "49h",
        },
    )
    assert verdict.differences == ()
    assert verdict.performance.ended_after == pytest.approx(2 * 86400 + 0.1)


def test_what_a_delivery_lacks_takes_its_default() -> None:
    came = tell(_stage(ORDERS, "size", WEBHOOK), webhook={"payload": {}}).performance
    assert came.run is not None
    assert (came.path, came.run.outcome) == (("size.else", "bye"), Outcome.ENDED)


@pytest.mark.parametrize(
    ("triggers", "begins", "trouble"),
    [
        ((SCHEDULE,), {"webhook": {"payload": {}}}, "no webhook starts this flow"),
        (
            (WEBHOOK,),
            {"webhook": {"name": "returns"}},
            "no webhook `returns` starts this flow; its webhooks are orders",
        ),
        ((WEBHOOK,), {"schedule": "2026-05-04T09:00:00+02:00"}, "no schedule starts this flow"),
        ((SCHEDULE,), {"schedule": "2026-05-09T09:00:00+02:00"}, "the next moment is 2026-05-11T07:00:00+00:00"),
        ((WEBHOOK,), {}, "no call starts this flow; begin the story with `webhook`, `schedule` or `writer`"),
    ],
)
def test_what_does_not_begin_the_flow_fails_the_story(
    triggers: tuple[dict[str, Any], ...], begins: dict[str, Any], trouble: str
) -> None:
    steps = {"bye": {"type": "hang_up"}}
    verdict = tell(_stage(steps, "bye", *triggers), **begins)
    (difference,) = verdict.differences
    assert difference.startswith("no run started: ")
    assert trouble in difference


def test_a_moment_begins_a_story_and_is_the_storys_time() -> None:
    steps = {
        "rest": {"type": "wait", "with": {"duration": "90m"}, "next": {"done": "write"}},
        "write": {"type": "note", "with": {"text": "{{ planned_at }} and now {{ now }}"}},
    }
    verdict = tell(
        _stage(steps, "rest", SCHEDULE),
        schedule="2026-05-04T09:00:00+02:00",
        expect={
            "variables": {"planned_at": "2026-05-04T07:00:00Z"},
            "why": {"write": "2026-05-04T07:00:00Z and now 2026-05-04T08:30:00"},
        },
    )
    assert verdict.differences == ()


def test_a_story_begins_in_one_way() -> None:
    both = {"story": "Both", "webhook": {"payload": {}}, "writer": "+31611111111"}
    (issue,) = read_stories(dump_yaml({"flow": "it", "stories": [both]}), "x.story.yaml").issues
    assert (issue.sentence, issue.fix) == (
        "a story begins in one way, not by webhook and writer",
        "keep one of them",
    )


def test_somebody_who_writes_is_answered_in_writing() -> None:
    verdict = tell(
        _stage(CHAT, "hello"),
        writer={"phone": "+31611111111", "name": "Ana"},
        answers=["the sales people"],
        expect={
            "path": ["hello.sent", "menu.answered", "by_choice.sales", "bye.sent"],
            "says": ["Hello Ana", "Sales or support?", "Goodbye"],
            "variables": {"choice": "the sales people"},
            "ends_within": "5s",
        },
    )
    assert verdict.differences == ()


def test_somebody_who_does_not_answer_leaves_by_silence() -> None:
    came = tell(_stage(CHAT, "hello"), writer="+31611111111").performance
    assert came.path == ("hello.sent", "menu.silence", "bye.sent")
    assert came.ended_after == pytest.approx(3600)


def test_messages_that_do_not_arrive_lead_out_of_failed() -> None:
    came = tell(_stage(CHAT, "hello"), writer={"reads": False}).performance
    assert came.path == ("hello.failed", "bye.failed")
    assert came.run is not None
    assert "do not reach this writer" in came.run.trace[0].detail["why"]


def test_how_busy_queues_are_can_be_told() -> None:
    steps = {
        "busy": {
            "type": "branch",
            "with": {
                "paths": [
                    {"id": "yes", "all": [{"variable": "queues.vip.waiting", "operator": "at_least", "value": 3}]}
                ]
            },
        }
    }
    stage = _stage(steps, "busy", SCHEDULE)
    moment = "2026-05-04T09:00:00+02:00"
    assert tell(stage, schedule=moment).performance.path == ("busy.else",)
    assert tell(stage, schedule=moment, queues={"vip": {"waiting": 5}}).performance.path == ("busy.yes",)


def _proposed(stage: Stage) -> tuple[str, tuple[Verdict, ...]]:
    proposals = propose_stories(stage, "it", measure(stage, ())["it"])
    text = write_proposals({"it": proposals})
    placed = read_stories(text, "it.story.yaml")
    assert placed.issues == ()
    return text, tuple(tell(stage, **_again(story)) for story in _stories_of(text))


def _stories_of(text: str) -> list[dict[str, Any]]:
    from skipline.base.yaml_lines import read_yaml

    stories: list[dict[str, Any]] = read_yaml(text).data["stories"]
    return stories


def _again(story: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in story.items() if key != "story"}


@pytest.mark.parametrize(
    ("steps", "start", "triggers", "words"),
    [
        (ORDERS, "size", (WEBHOOK,), "webhook:"),
        (CHAT, "hello", (), "writer:"),
        (
            {
                "day": {
                    "type": "branch",
                    "with": {"paths": [{"id": "monday", "formula": "now.getDayOfWeek() == 1"}]},
                    "next": {"monday": "bye", "else": "bye"},
                },
                "bye": {"type": "hang_up"},
            },
            "day",
            (SCHEDULE,),
            "schedule:",
        ),
    ],
    ids=["webhook", "writer", "schedule"],
)
def test_proposed_stories_try_every_exit_and_pass(
    steps: dict[str, Any], start: str, triggers: tuple[dict[str, Any], ...], words: str
) -> None:
    stage = _stage(steps, start, *triggers)
    text, verdicts = _proposed(stage)
    assert words in text
    assert [verdict.differences for verdict in verdicts if not verdict.has_passed] == []
    assert measure(stage, verdicts)["it"].untried_exits == ()
