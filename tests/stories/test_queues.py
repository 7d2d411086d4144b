"""Queues in stories: the real ones decide, invented agents answer, and every end of a wait can be told."""

import socket
from typing import Any

import pytest
from story_room import stage_with, tell
from story_waits import SECTIONS, STAGE, STEPS

from skipline.model.commands import TellWaiting
from skipline.model.run import Outcome
from skipline.stories.coverage import measure
from skipline.stories.judging import judge
from skipline.stories.playing import play
from skipline.stories.proposals import propose_stories, write_proposals
from skipline.stories.reading import read_stories


@pytest.mark.parametrize(
    ("story", "expect"),
    [
        (
            {},
            {
                "path": ["wait.answered"],
                "reaches": "ana",
                "queue": "vip",
                "tier": "gold",
                "answered_within": "3s",
                "ends_within": "33s",
                "outcome": "answered",
                "commands": [{"enter_queue": {"place": {"queue": "vip"}}}, {"ring_agent": {"whisper": "Gold."}}],
            },
        ),
        ({"agents": {"ana": {"ready_after": "50s", "talks": "5s"}}}, {"reaches": "ana", "answered_within": "53s"}),
        ({"agents": {"ana": ["busy", "answered"]}}, {"path": ["wait.answered"], "answered_within": "4s"}),
        ({"agents": {"ana": {"after": "20s"}, "ben": "away"}}, {"path": ["wait.overflowed", "message.recorded"]}),
        ({"agents": {"ana": "away"}}, {"reaches": "ben", "queue": "general", "credit": "2m"}),
        (
            {"agents": "away"},
            {
                "path": ["wait.overflowed", "message.recorded"],
                "says": ["You are next in line.", "We are with you soon.", "leave a message"],
                "outcome": "voicemail",
                "why": {"wait": "this queue gives up after 60 s"},
            },
        ),
        (
            {"agents": "away", "presses": [{"key": "1", "after": "30s"}]},
            {
                "path": ["wait.promise", "promise.taken"],
                "queue": "general",
                "tier": "gold",
                "credit": "30s",
                "says": ["we will call you back"],
                "outcome": "call_back",
            },
        ),
        (
            {"agents": "away", "presses": ["2"], "voicemail": "0s"},
            {"path": ["wait.message", "message.nothing"], "variables": {"voicemail": "", "voicemail_seconds": 0}},
        ),
        ({"queues": {"vip": "failed"}}, {"path": ["wait.failed", "message.recorded"]}),
        ({"hangs_up_after": "2s"}, {"path": ["wait"], "outcome": "abandoned", "queue": "vip"}),
        ({"hangs_up_after": "10s"}, {"path": ["wait"], "outcome": "answered", "reaches": "ana"}),
        ({"agents": {"ana": {"hangs_up": "caller"}}}, {"path": ["wait"], "outcome": "answered"}),
    ],
)
def test_a_wait_goes_as_told(story: dict[str, Any], expect: dict[str, Any]) -> None:
    assert tell(STAGE, **story, expect=expect).differences == ()


@pytest.mark.parametrize(
    ("expect", "difference"),
    [
        ({"queue": "general"}, "the caller waited in queue vip; expected general"),
        ({"tier": "silver"}, "the caller waited as gold; expected silver"),
        ({"credit": "1m"}, "0s of an earlier wait counted in queue vip; expected 1m"),
        ({"reaches": "ben"}, "the caller talked with ana; expected ben"),
    ],
)
def test_a_wait_that_went_otherwise_is_told(expect: dict[str, Any], difference: str) -> None:
    assert tell(STAGE, expect=expect).differences == (difference,)


def test_a_caller_who_never_waited_is_told() -> None:
    stage = stage_with({"bye": {"type": "hang_up"}}, "bye")
    assert tell(stage, expect={"queue": "vip"}).differences == ("the caller never waited in a queue; expected vip",)


def test_a_key_that_the_step_does_not_have_fails_the_story() -> None:
    (difference,) = tell(STAGE, presses=["9"]).differences
    assert difference == (
        "the caller presses 9 in queue vip, and the step has no such key: take it out of `presses`, or add it to `keys`"
    )


def test_a_wait_without_end_is_told_at_once() -> None:
    stage = stage_with({"wait": {"type": "add_to_queue", "with": {"queue": "patient"}}}, "wait", **SECTIONS)
    verdict = tell(stage, agents="away")
    assert verdict.differences == ("the story comes to no end: the run waits in wait",)
    assert len(verdict.performance.deeds) < 10


def test_agents_who_let_it_ring_again_and_again_come_to_an_end_too() -> None:
    stage = stage_with({"wait": {"type": "add_to_queue", "with": {"queue": "patient"}}}, "wait", **SECTIONS)
    assert tell(stage, agents="failed").differences == ("the story comes to no end: the run waits in wait",)


BUSY = {
    "busy": {
        "type": "branch",
        "with": {
            "paths": [
                {
                    "id": "full",
                    "all": [
                        {"variable": "queues.vip.waiting", "operator": "at_least", "value": 10},
                        {"variable": "queues.general.agents_ready", "operator": "is", "value": 0},
                    ],
                },
                {"id": "slow", "formula": "queues.vip.estimated_wait > 300"},
                {
                    "id": "free",
                    "all": [{"variable": "queues.general.agents_ready", "operator": "at_least", "value": 2}],
                },
            ]
        },
        "next": {"full": "message", "slow": "message", "free": "wait", "else": "wait"},
    },
    **STEPS,
}


@pytest.mark.parametrize(
    ("story", "exit_"),
    [
        ({"queues": {"vip": {"waiting": 10}, "general": {"agents_ready": 0}}}, "full"),
        ({"queues": {"vip": {"estimated_wait": "6m"}}}, "slow"),
        ({}, "free"),
        ({"agents": {"ben": "away"}}, "else"),
    ],
)
def test_conditions_see_the_queues_of_the_story(story: dict[str, Any], exit_: str) -> None:
    assert tell(stage_with(BUSY, "busy", **SECTIONS), **story, expect={"path": [f"busy.{exit_}", "..."]}).has_passed


def test_a_long_estimate_is_told_to_the_caller_and_makes_a_queue_give_up() -> None:
    wait = {"type": "add_to_queue", "with": {"queue": "general"}, "next": {"overflowed": "message"}}
    stage = stage_with({"wait": wait, "message": STEPS["message"]}, "wait", **SECTIONS)
    told = tell(stage, agents="away", queues={"general": {"estimated_wait": "10m"}}, hangs_up_after="20s")
    assert any("about 10 minutes" in getattr(deed.command, "text", "") for deed in told.performance.deeds)
    gives_up = tell(stage, queues={"general": {"estimated_wait": "40m"}}, agents="away")
    assert gives_up.performance.path == ("wait.overflowed", "message.recorded")
    assert gives_up.performance.ended_after is not None
    assert gives_up.performance.ended_after < 20


OWNED = {
    "known": {
        "type": "set_variables",
        "with": {"values": {"account_manager": "ANA"}},
        "next": {"done": "owner"},
    },
    "owner": {
        "type": "connect_owner",
        "with": {"owner": "{{ account_manager }}", "owner_time": "20s", "queue": "general"},
        "next": {"overflowed": "message", "failed": "message"},
    },
    "message": {"type": "voicemail"},
}


def test_an_owner_is_asked_first_and_the_queue_after_that() -> None:
    stage = stage_with(OWNED, "known", **SECTIONS)
    assert tell(stage, expect={"reaches": "ana", "answered_within": "3s"}).has_passed
    assert tell(stage, agents={"ana": "no_answer"}, expect={"reaches": "ben", "answered_within": "24s"}).has_passed
    assert tell(stage, agents={"ana": "busy"}, expect={"reaches": "ben"}).has_passed
    assert tell(stage, agents={"ana": "away"}, expect={"reaches": "ben", "answered_within": "3s"}).has_passed


def test_an_owner_need_not_take_anybody_else_of_the_queue() -> None:
    known = {**OWNED["known"], "with": {"values": {"account_manager": "dee"}}}
    stage = stage_with({**OWNED, "known": known}, "known", **SECTIONS)
    assert tell(stage, expect={"reaches": "dee", "queue": "general"}).has_passed


def test_proposals_reach_every_exit_of_queues_and_voicemail() -> None:
    stage = stage_with(BUSY, "busy", **SECTIONS)
    proposals = propose_stories(stage, "it", measure(stage, [])["it"])
    assert proposals.not_found == ()
    stories = read_stories(write_proposals({"it": proposals}), "it.story.yaml").stories
    verdicts = [judge(one, play(stage, "it", one.story)) for one in stories]
    assert [verdict.differences for verdict in verdicts if not verdict.has_passed] == []
    assert measure(stage, verdicts)["it"].untried_exits == ()


def test_no_story_of_a_queue_opens_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a story opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    came = tell(STAGE, agents="away", presses=["1"]).performance
    assert came.run is not None
    assert came.run.outcome is Outcome.CALL_BACK


def test_the_same_story_is_the_same_every_time() -> None:
    story = read_stories("flow: it\nstories: [{story: x, agents: {ana: [no_answer, busy]}}]", "x.story.yaml").stories[0]
    assert play(STAGE, "it", story.story) == play(STAGE, "it", story.story)


def test_words_are_said_in_the_language_that_they_are_in() -> None:
    steps = {
        "dutch": {
            "type": "set_variables",
            "with": {"values": {"contact.language": "nl"}},
            "next": {"done": "wait"},
        },
        "wait": {"type": "add_to_queue", "with": {"queue": "patient"}},
    }
    queue = {"name": "patient", "comfort": {"nl": "Een moment geduld."}}
    stage = stage_with(steps, "dutch", **{**SECTIONS, "queues": [*SECTIONS["queues"][:2], queue]})
    came = tell(stage, agents="away", hangs_up_after="70s").performance
    told = [deed.command for deed in came.deeds if isinstance(deed.command, TellWaiting)]
    assert [(one.text, one.language) for one in told] == [
        ("You are next in line.", "en"),
        ("Een moment geduld.", "nl"),
    ]
