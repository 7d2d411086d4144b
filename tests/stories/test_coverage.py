"""What stories have tried, and the proposals for what they have not."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from story_room import CALLED, WRITTEN, demo_files, stage_with, tell

from skipline.base.yaml_lines import read_yaml
from skipline.model.ids import StepId
from skipline.stories.coverage import describe_coverage, measure
from skipline.stories.judging import judge
from skipline.stories.junit import write_junit
from skipline.stories.playing import play
from skipline.stories.proposals import Proposals, propose_stories, write_proposals
from skipline.stories.reading import read_all_stories, read_stories
from skipline.stories.stage import build_stage

END = {"type": "hang_up"}
BRANCHES: dict[str, dict[str, Any]] = {
    "known": {
        "type": "look_up_table",
        "with": {"table": "vips", "key": "{{ contact.phone }}", "keep": [{"from": "tier", "as": "tier"}]},
        "next": {"found": "ask", "not_found": "ask"},
    },
    "ask": {
        "type": "fetch_variables",
        "with": {
            "source": "crm",
            "path": "/x",
            "keep": [
                {"from": "/orders/0/total", "as": "total", "type": "number"},
                {"from": "/is_member", "as": "is_member", "type": "boolean"},
                {"from": "/visits", "as": "visits", "type": "list"},
            ],
        },
        "next": {"found": "split", "not_found": "end", "failed": "end"},
    },
    "split": {
        "type": "branch",
        "with": {
            "paths": [
                {
                    "id": "both",
                    "all": [
                        {"variable": "total", "operator": "greater_than", "value": 1200},
                        {"variable": "is_member", "operator": "is_true"},
                    ],
                },
                {"id": "small", "formula": "total == 7.0"},
                {"id": "seen", "all": [{"variable": "visits.1.days", "operator": "less_than", "value": 3}]},
                {"id": "never", "formula": "total == 8.0 && total == 9.0"},
                {"id": "foreign", "all": [{"variable": "contact.phone", "operator": "starts_with", "value": "+44"}]},
                {"id": "vip", "all": [{"variable": "tier", "operator": "is", "value": "gold"}]},
            ]
        },
        "next": dict.fromkeys(["both", "small", "seen", "never", "foreign", "vip", "else"], "end"),
    },
    "end": END,
}
_INNER: dict[str, dict[str, Any]] = {
    "split": {
        "type": "branch",
        "with": {"paths": [{"id": "small", "formula": "total == 7.0"}]},
    },
    "end": {"type": "note", "with": {"text": "nobody"}},
}
SECTIONS = {
    "sources": [{"name": "crm", "type": "http", "base_url": "http://127.0.0.1:9", "allow_private": True}],
    "tables": [{"name": "vips", "key": "phone", "rows": [{"phone": "+31622222222", "tier": "gold"}]}],
}


def test_coverage_names_what_no_story_tried() -> None:
    stage = stage_with(BRANCHES, "known", **SECTIONS)
    verdict = tell(stage, sources={"crm": "error"})
    assert describe_coverage("it", measure(stage, [verdict])["it"]) == (
        "it: 3 of 4 steps, 2 of 12 exits; not tried: known.found, ask.found, ask.not_found, "
        "split.both, split.small, split.seen, split.never, split.foreign, split.vip, split.else"
    )


def test_proposals_reach_every_exit_that_can_be_reached() -> None:
    stage = stage_with(BRANCHES, "known", **SECTIONS)
    proposals = propose_stories(stage, "it", measure(stage, [])["it"])
    text = write_proposals({"it": proposals})
    stories = read_stories(text, "it.story.yaml").stories
    verdicts = [judge(one, play(stage, "it", one.story)) for one in stories]
    assert all(verdict.has_passed for verdict in verdicts)
    left = measure(stage, verdicts)["it"].untried_exits
    assert set(left) == {("split", "never")}
    assert proposals.not_found == left
    assert "# no story was found that leaves split by never\n" in text


def test_nothing_is_proposed_for_what_is_tried(tmp_path: Path) -> None:
    stage, _ = build_stage(demo_files(tmp_path))
    assert stage is not None
    proposals = propose_stories(stage, "loyalty", measure(stage, [])["loyalty"])
    assert proposals.not_found == ()
    stories = read_stories(write_proposals({"loyalty": proposals}), "loyalty.story.yaml").stories
    verdicts = [judge(one, play(stage, "loyalty", one.story)) for one in stories]
    coverage = measure(stage, verdicts)["loyalty"]
    assert coverage.untried_exits == coverage.untried_steps == ()
    assert write_proposals({"loyalty": propose_stories(stage, "loyalty", coverage)}) == ""


def test_junit_report_has_a_case_for_each_story() -> None:
    stage = stage_with(BRANCHES, "known", **SECTIONS)
    told = [tell(stage, sources={"crm": "error"}), tell(stage, expect={"variables": {"x": "\x07"}})]
    top = ElementTree.fromstring(write_junit(told))
    (suite,) = top
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("x.story.yaml", "2", "1")
    good, bad = suite
    assert (good.get("name"), len(good)) == ("It happens", 0)
    assert bad[0].tag == "failure"
    assert "the story does not say what it answers" in (bad[0].text or "")


def test_the_proposals_are_yaml() -> None:
    stage = stage_with(BRANCHES, "known", **SECTIONS)
    text = write_proposals({"it": propose_stories(stage, "it", measure(stage, [])["it"])})
    assert read_yaml(text).data["flow"] == "it"


def test_proposals_know_what_sources_beside_others_and_flows_inside_ask_for() -> None:
    level = {"source": "crm", "path": "/x", "keep": [{"from": "/level", "as": "inner_level", "type": "text"}]}
    kept = [{"from": f"/{name}", "as": name, "type": type_} for name, type_ in (("owner", "text"), ("spent", "number"))]
    owner = {"source": "shop", "path": "/y", "keep": kept}
    paths: list[Any] = [
        {"id": name, "all": [{"variable": name, "operator": "is", "value": value}]}
        for name, value in (("level", "gold"), ("owner", "ana"))
    ]
    paths.append({"id": "big", "formula": "spent > 100.0"})
    steps = {
        "who": {
            "type": "run_flow",
            "with": {"flow": "identify", "keep": [{"from": "inner_level", "as": "level", "type": "text"}]},
            "next": {"done": "both", "failed": "both"},
        },
        "both": {
            "type": "fetch_variables",
            "with": {"source": "crm", "path": "/z", "also": [owner]},
            "next": dict.fromkeys(["found", "not_found", "failed"], "which"),
        },
        "which": {
            "type": "branch",
            "with": {"paths": paths},
            "next": dict.fromkeys(["level", "owner", "big", "else"], "end"),
        },
        "end": {"type": "hang_up"},
    }
    inner = {"format": 1, "name": "Inner", "start": "ask", "steps": {"ask": {"type": "fetch_variables", "with": level}}}
    sources = [{**SECTIONS["sources"][0], "name": name} for name in ("crm", "shop")]
    stage = stage_with(steps, "who", inner={"identify": inner}, sources=sources)
    coverage = measure(stage, [])["it"]
    coverage.note(StepId("who"), "failed")  # the flow inside is there, so nothing leads that way
    assert propose_stories(stage, "it", coverage).not_found == ()


@pytest.mark.parametrize("begins", [CALLED, WRITTEN], ids=["a call", "a message"])
def test_proposals_come_when_the_office_is_closed_and_on_its_own_holidays(begins: dict[str, Any]) -> None:
    """The office is open on Sunday nights and at Christmas."""
    shop = {
        "name": "shop",
        "zone": "America/New_York",
        "week": {"monday-sunday": ["00:00-20:00"]},
        "exceptions": [{"date": "2026-08-03", "name": "Company outing"}],
    }
    steps = {
        "hours": {
            "type": "opening_hours",
            "with": {"hours": "shop"},
            "next": dict.fromkeys(["open", "closed", "holiday"], "end"),
        },
        "end": {"type": "hang_up"},
    }
    stage = stage_with(steps, "hours", begins=begins, hours=[shop])
    proposals = propose_stories(stage, "it", measure(stage, [])["it"])
    assert proposals.not_found == ()
    stories = read_stories(write_proposals({"it": proposals}), "it.story.yaml").stories
    assert all(judge(one, play(stage, "it", one.story)).has_passed for one in stories)


def test_the_proposals_for_several_flows_are_one_file_that_can_be_played() -> None:
    steps = {"ask": {**BRANCHES["ask"], "next": dict.fromkeys(["found", "not_found", "failed"], "end")}, "end": END}
    other = {"format": 1, "name": "Other", "triggers": [WRITTEN], "start": "ask", "steps": steps}
    stage = stage_with(steps, "ask", inner={"other": other}, **SECTIONS)
    found = {flow: propose_stories(stage, flow, coverage) for flow, coverage in measure(stage, []).items()}
    reading = read_all_stories({"flows/more.story.yaml": write_proposals(found)}, stage.flows)
    assert not reading.issues
    verdicts = [judge(one, play(stage, one.flow, one.story)) for one in reading.stories]
    assert {one.placed.flow for one in verdicts if one.has_passed} == {"it", "other"}
    assert all(not coverage.untried_exits for coverage in measure(stage, verdicts).values())


def test_proposals_for_a_flow_that_nothing_starts_begin_with_the_flow_that_runs_it() -> None:
    inner = {"format": 1, "name": "Inner", "start": "ask", "steps": {"ask": BRANCHES["ask"], **_INNER}}
    runs_it = {"type": "run_flow", "with": {"flow": "inner"}, "next": {"done": "end", "failed": "end"}}
    stage = stage_with({"who": runs_it, "end": END}, "who", inner={"inner": inner}, **SECTIONS)
    proposals = propose_stories(stage, "inner", measure(stage, [])["inner"])
    assert proposals.not_found == ()
    reading = read_all_stories({"flows/more.story.yaml": write_proposals({"inner": proposals})}, stage.flows)
    verdicts = [judge(one, play(stage, one.flow, one.story)) for one in reading.stories]
    assert {(one.placed.flow, one.has_passed) for one in verdicts} == {("it", True)}
    assert not measure(stage, verdicts)["inner"].untried_exits


def test_an_exit_that_no_story_leaves_by_is_named_with_its_flow() -> None:
    never = Proposals((), ((StepId("split"), "never"),))
    assert write_proposals({"it": never}) == "# no story was found that leaves split by never\n"
    assert write_proposals({"it": never, "other": Proposals((), ())}) == (
        "# no story was found that leaves split by never of it\n"
    )
