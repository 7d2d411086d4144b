"""Stories on the real centre: the invented world behaves like the real one."""

import socket
from pathlib import Path
from typing import Any

import pytest
from story_room import NUMBERS, demo_files, stage_with, tell

from skipline.base.yaml_lines import dump_yaml
from skipline.model.run import Outcome
from skipline.stories.coverage import measure
from skipline.stories.judging import judge
from skipline.stories.playing import play
from skipline.stories.proposals import propose_stories
from skipline.stories.reading import read_all_stories
from skipline.stories.stage import build_stage

LINE, OTHER = "sip:sales@127.0.0.1:5071", "sip:night@127.0.0.1:5072"
FORWARD = {"call": {"type": "forward_call", "with": {"targets": [LINE, OTHER], "ring_time": "20s"}}}
TALK_THEN_BYE = {
    "hello": {"type": "say", "with": {"text": "Good day"}, "next": {"done": "call"}},
    "call": {"type": "forward_call", "with": {"targets": [LINE]}, "next": {"answered": "bye"}},
    "bye": {"type": "say", "with": {"text": "Goodbye"}},
}
ASK = {
    "ask": {
        "type": "fetch_variables",
        "with": {"source": "crm", "path": "/{{ contact.phone }}", "keep": [{"from": "/tier", "as": "tier"}]},
        "next": {"found": "again", "not_found": "end", "failed": "end"},
    },
    "again": {
        "type": "fetch_variables",
        "with": {"source": "crm", "path": "/again", "keep": [{"from": "/tier", "as": "second"}]},
        "next": {"found": "end", "not_found": "end", "failed": "end"},
    },
    "end": {"type": "hang_up"},
}
CRM = [{"name": "crm", "type": "http", "base_url": "http://127.0.0.1:9", "allow_private": True, "time_limit": "2s"}]


def test_the_demo_stories_go_as_told(tmp_path: Path) -> None:
    files = demo_files(tmp_path)
    stage, _ = build_stage(files)
    assert stage is not None
    placed = read_all_stories(files, stage.flows).stories
    assert len(placed) >= 5
    for one in placed:
        assert judge(one, play(stage, one.flow, one.story)).differences == ()


def test_the_same_story_is_the_same_every_time(tmp_path: Path) -> None:
    files = demo_files(tmp_path)
    stage, _ = build_stage(files)
    assert stage is not None
    story = read_all_stories(files, stage.flows).stories[0].story
    assert play(stage, "loyalty", story) == play(stage, "loyalty", story)


def test_targets_are_tried_in_order() -> None:
    verdict = tell(
        stage_with(FORWARD, "call"), targets={"sales": "no_answer", "night": {"does": "answered", "talks": "60s"}}
    )
    came = verdict.performance
    assert came.run is not None
    assert came.run.outcome is Outcome.ANSWERED
    assert came.reached == [OTHER]
    assert came.connected_after == pytest.approx(23.0)
    assert came.ended_after == pytest.approx(83.0)
    assert "did not answer (408) after 20.0 s" in came.run.trace[0].detail["why"]


def test_nobody_answers() -> None:
    came = tell(stage_with(FORWARD, "call"), targets={"sip:": [{"does": "failed", "code": 404}, "busy"]}).performance
    assert came.run is not None
    assert (came.path, came.run.outcome) == (("call.busy",), Outcome.NOT_ANSWERED)


def test_an_answer_after_the_ring_time_is_no_answer() -> None:
    came = tell(stage_with(FORWARD, "call"), targets={"sip:": {"after": "25s"}}).performance
    assert came.path == ("call.no_answer",)


def test_the_flow_goes_on_after_the_target_hung_up() -> None:
    verdict = tell(stage_with(TALK_THEN_BYE, "hello"), expect={"says": ["Good", "bye"], "outcome": "answered"})
    assert verdict.differences == ()
    assert verdict.performance.path == ("hello.done", "call.answered", "bye.done")


def test_the_caller_ends_the_talk() -> None:
    came = tell(stage_with(TALK_THEN_BYE, "hello"), targets={"sales": {"hangs_up": "caller"}}).performance
    assert came.run is not None
    assert came.run.outcome is Outcome.ANSWERED
    assert came.path == ("hello.done", "call.answered", "bye")


@pytest.mark.parametrize(
    ("after", "path", "outcome"),
    [
        ("100ms", ("hello",), Outcome.ABANDONED),
        ("2s", ("hello.done", "call"), Outcome.ABANDONED),
        ("10s", ("hello.done", "call.answered", "bye"), Outcome.ANSWERED),
    ],
)
def test_the_caller_may_hang_up_at_any_moment(after: str, path: tuple[str, ...], outcome: Outcome) -> None:
    came = tell(stage_with(TALK_THEN_BYE, "hello"), hangs_up_after=after).performance
    assert came.run is not None
    assert (came.path, came.run.outcome) == (path, outcome)
    assert came.ended_after == pytest.approx({"100ms": 0.1, "2s": 2.0, "10s": 10.0}[after])


def test_a_source_answers_question_by_question() -> None:
    stage = stage_with(ASK, "ask", sources=CRM)
    came = tell(stage, sources={"crm": [{"answer": {"tier": "gold"}}, {"answer": {"tier": "silver"}}]}).performance
    assert came.run is not None
    assert {name: came.run.variables[name] for name in ("tier", "second")} == {"tier": "gold", "second": "silver"}


def test_a_source_answers_by_what_is_asked() -> None:
    lines = [{"asked": "/again", "answer": {"tier": "b"}}, {"asked": "31622222222", "answer": {"tier": "a"}}]
    came = tell(stage_with(ASK, "ask", sources=CRM), caller="+31622222222", sources={"crm": lines}).performance
    assert came.run is not None
    assert (came.run.variables["tier"], came.run.variables["second"]) == ("a", "b")


@pytest.mark.parametrize("line", ["timeout", {"answer": {"tier": "gold"}, "takes": "2500ms"}])
def test_an_answer_that_takes_too_long_is_a_timeout(line: Any) -> None:
    came = tell(stage_with(ASK, "ask", sources=CRM), sources={"crm": line}).performance
    assert came.path == ("ask.failed", "end")
    assert came.ended_after == pytest.approx(2.0)


@pytest.mark.parametrize(("takes", "names"), [("1900ms", {"ana", "ben"}), ("2500ms", {"ben"}), ("3500ms", {"none"})])
def test_sources_that_are_asked_together_keep_their_own_limits(takes: str, names: set[str]) -> None:
    """The first has two seconds, the second as long as both together, three."""
    sources = [
        {"name": name, "type": "http", "base_url": "https://crm.example.com", "time_limit": limit}
        for name, limit in (("quick", "2s"), ("slow", "8s"))
    ]
    asked = [
        {"source": name, "path": "/x", "keep": [{"from": "/name", "as": name, "type": "text"}]}
        for name in ("quick", "slow")
    ]
    ask = {"type": "fetch_variables", "with": {**asked[0], "also": asked[1:]}}
    hang_up = dict.fromkeys(("found", "not_found", "failed"), "end")
    stage = stage_with({"ask": {**ask, "next": hang_up}, "end": {"type": "hang_up"}}, "ask", sources=sources)
    run = tell(
        stage,
        sources={name: {"answer": {"name": who}, "takes": takes} for name, who in (("quick", "ana"), ("slow", "ben"))},
    ).performance.run
    assert run is not None
    known = {str(run.variables[name]) for name in ("quick", "slow") if run.variables.get(name)}
    assert (known or {"none"}) == names


def test_a_question_that_the_story_does_not_answer_fails_it() -> None:
    verdict = tell(stage_with(ASK, "ask", sources=CRM))
    assert verdict.differences == (
        "source crm was asked GET /%2B31612345678, and the story does not say what it answers: add it under `sources`",
    )


def test_a_number_that_no_flow_has_fails_the_story() -> None:
    verdict = tell(stage_with(FORWARD, "call"), caller={"to": "+31200000000"})
    assert verdict.differences == ("no run started: no flow takes a call to +31200000000",)


def test_no_story_opens_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = stage_with(ASK, "ask", sources=CRM)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a story opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert tell(stage, sources={"crm": {"answer": {}}}).differences == ()


def test_a_flow_inside_another_is_played_and_covered() -> None:
    outer = {
        "greet": {
            "type": "run_flow",
            "with": {"flow": "greeting", "inputs": {"name": "Ana"}},
            "next": {"done": "end", "failed": "end"},
        },
        "end": {"type": "hang_up"},
    }
    inner = {
        "format": 1, "name": "Greeting", "inputs": [{"name": "name", "type": "text"}], "start": "hello",
        "steps": {"hello": {"type": "say", "with": {"text": "Hello {{ name }}"}}},
    }  # fmt: skip
    flow = {"format": 1, "name": "It", "triggers": [{"type": "incoming_call", "numbers": NUMBERS}], "start": "greet"}
    files = {"skipline.yaml": dump_yaml({"numbers": [{"number": NUMBERS[0]}]}), "flows/greeting.yaml": dump_yaml(inner)}
    stage, issues = build_stage({**files, "flows/it.yaml": dump_yaml({**flow, "steps": outer})})
    assert stage is not None, issues
    verdict = tell(stage, expect={"says": ["Hello Ana"], "path": ["greeting/hello.done", "greet.done", "end"]})
    assert verdict.differences == ()
    coverage = measure(stage, [verdict])
    assert coverage["greeting"].untried_exits == ()
    assert coverage["it"].untried_exits == (("greet", "failed"),)


HOURS = [{"name": "office", "zone": "Europe/Amsterdam", "week": {"monday-friday": ["09:00-17:00"]}, "holidays": "NL"}]
TICKET = {
    "open": {
        "type": "opening_hours",
        "with": {"hours": "office"},
        "next": {"open": "ticket", "closed": "end", "holiday": "end"},
    },
    "ticket": {
        "type": "send_request",
        "with": {"source": "crm", "path": "/tickets", "body": "{}", "keep": [{"from": "/id", "as": "ticket"}]},
        "next": {"done": "call", "refused": "call", "failed": "call"},
    },
    "call": {"type": "forward_call", "with": {"targets": [LINE]}},
    "end": {"type": "hang_up"},
}


@pytest.mark.parametrize(
    ("at", "path"),
    [
        ("2026-05-04T12:00:00+02:00", ("open.open", "ticket.done", "call.answered")),
        ("2026-05-04T18:00:00+02:00", ("open.closed", "end")),
        ("2026-12-25T12:00:00+01:00", ("open.holiday", "end")),
    ],
)
def test_a_story_happens_when_it_says(at: str, path: tuple[str, ...]) -> None:
    stage = stage_with(TICKET, "open", sources=CRM, hours=HOURS)
    came = tell(stage, at=at, sources={"crm": {"answer": {"id": "T-1"}}}).performance
    assert came.path == path


@pytest.mark.parametrize(
    ("line", "exit_", "ticket"),
    [
        ({"answer": {"id": "T-1"}}, "done", "T-1"),
        ({"does": "error", "code": 422}, "refused", None),
        ("error", "failed", None),
        ("timeout", "failed", None),
    ],
)
def test_a_request_is_taken_refused_or_lost(line: Any, exit_: str, ticket: str | None) -> None:
    came = tell(stage_with(TICKET, "open", sources=CRM, hours=HOURS), sources={"crm": line}).performance
    assert came.run is not None
    assert (came.path[1], came.run.variables["ticket"]) == (f"ticket.{exit_}", ticket)


def test_proposals_find_the_hours_and_the_refusals() -> None:
    stage = stage_with(TICKET, "open", sources=CRM, hours=HOURS)
    proposals = propose_stories(stage, "it", measure(stage, [])["it"])
    assert proposals.not_found == ()
