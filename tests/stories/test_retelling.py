"""A run told as a story goes the same way when it is played: stories of every kind are played, told, played again."""

from pathlib import Path
from typing import Any

import pytest
from story_room import demo_files, stage_with, tell
from story_waits import SECTIONS, STAGE, STEPS

from skipline.base.yaml_lines import dump_yaml
from skipline.flow.editing import read_document
from skipline.flow.masks import MASK
from skipline.flow.run import freeze_run, thaw_run
from skipline.model.run import Run
from skipline.stories.playing import play
from skipline.stories.reading import read_stories
from skipline.stories.retelling import Retold, retell
from skipline.stories.script import Story
from skipline.stories.stage import Stage, build_stage

ONE_FOR_ALL = Path(__file__).parents[1] / "flows" / "one_for_all"


def _read(told: dict[str, Any], flow: str) -> Story:
    reading = read_stories(dump_yaml({"flow": flow, "stories": [{"story": "Again", **told}]}), "x.story.yaml")
    assert not reading.issues, (told, reading.issues)
    return reading.stories[0].story


def _recorded(run: Run | None) -> Run:
    """The run as it comes from the disk: without what is only in memory."""
    assert run is not None
    kept = thaw_run(freeze_run(run))
    kept.message = None
    return kept


def _again(stage: Stage, flow: str, document: Any, run: Run | None) -> tuple[Retold, tuple[str, ...], Any]:
    retold = retell(_recorded(run), document)
    came = play(stage, flow, _read(retold.story, flow))
    return retold, came.path, came.run and came.run.outcome


def _files(tmp_path: Path) -> dict[str, dict[str, str]]:
    one = {str(path.relative_to(ONE_FOR_ALL)): path.read_text() for path in sorted(ONE_FOR_ALL.rglob("*.yaml"))}
    return {"demo": demo_files(tmp_path), "one_for_all": one}


@pytest.mark.parametrize("company", ["demo", "one_for_all"])
def test_every_story_that_is_told_goes_the_same_way(tmp_path: Path, company: str) -> None:
    files = _files(tmp_path)[company]
    stage, issues = build_stage(files)
    assert stage is not None, issues
    told = 0
    for name, text in files.items():
        for placed in read_stories(text, name).stories if name.endswith(".story.yaml") else ():
            came = play(stage, placed.flow, placed.story)
            document = read_document(files[f"flows/{placed.flow}.yaml"])
            retold, path, outcome = _again(stage, placed.flow, document, came.run)
            assert path == came.path == retold.path, (placed.story.story, retold.story)
            assert outcome == (came.run and came.run.outcome), (placed.story.story, retold.story)
            told += 1
    assert told > 5


@pytest.mark.parametrize(
    "story",
    [
        {},
        {"agents": {"ana": {"ready_after": "50s", "talks": "5s"}}},
        {"agents": {"ana": "away"}},
        {"agents": "away"},
        {"agents": "away", "presses": [{"key": "1", "after": "30s"}]},
        {"agents": "away", "presses": ["2"], "voicemail": "0s"},
        {"queues": {"vip": "failed"}},
        {"hangs_up_after": "2s"},
        {"agents": {"ana": {"hangs_up": "caller"}}},
    ],
)
def test_a_wait_is_told_with_what_ended_it(story: dict[str, Any]) -> None:
    came = tell(STAGE, **story).performance
    retold, path, outcome = _again(STAGE, "it", {"steps": STEPS}, came.run)
    assert (path, outcome) == (came.path, came.run and came.run.outcome), retold.story


TARGETS = {
    "forward": {
        "type": "forward_call",
        "with": {"targets": ["sip:a@127.0.0.1", "sip:b@127.0.0.1"]},
        "next": {"busy": "sorry", "no_answer": "sorry", "failed": "sorry"},
    },
    "sorry": {"type": "say", "with": {"text": "Sorry"}, "next": {"done": "bye"}},
    "bye": {"type": "hang_up"},
}


@pytest.mark.parametrize(
    "targets",
    [
        {"sip:a@127.0.0.1": "answered"},
        {"sip:a@127.0.0.1": "busy", "sip:b@127.0.0.1": {"does": "answered", "hangs_up": "caller"}},
        {"sip:a@127.0.0.1": "no_answer", "sip:b@127.0.0.1": "busy"},
        {"sip:a@127.0.0.1": "busy", "sip:b@127.0.0.1": "failed"},
    ],
)
def test_a_forward_is_told_with_who_answered(targets: dict[str, Any]) -> None:
    stage = stage_with(TARGETS, "forward")
    came = tell(stage, targets=targets).performance
    retold, path, outcome = _again(stage, "it", {"steps": TARGETS}, came.run)
    assert (path, outcome) == (came.path, came.run and came.run.outcome), retold.story
    assert retold.story["caller"] == {"phone": "+31612345678", "to": "+31201234567"}


@pytest.mark.parametrize("options", [{"digits": 4}, {"buttons": [{"id": "yes", "title": "Yes"}]}])
def test_an_answer_that_is_masked_is_told_as_some_answer(options: dict[str, Any]) -> None:
    ask = {"question": "Your PIN?", "keep_as": "pin", "personal": True, **options}
    exits = ("yes", "other", "silence") if "buttons" in options else ("answered", "silence")
    steps = {"ask": {"type": "ask", "with": ask, "next": dict.fromkeys(exits, "bye")}, "bye": {"type": "hang_up"}}
    stage = stage_with(steps, "ask")
    came = tell(stage, answers=["4321"]).performance
    retold, path, _ = _again(stage, "it", {"steps": steps}, came.run)
    assert (path, retold.masked) == (came.path, ("pin",))
    assert "4321" not in str(retold.story) and MASK not in str(retold.story)


LOOKS = {
    "look": {
        "type": "fetch_variables",
        "with": {
            "source": "crm",
            "found_when": "/results/0",
            "keep": [
                {"from": "/results/0/tier", "as": "tier", "type": "text"},
                {"from": "/results/0/points~1year", "as": "points", "type": "number", "personal": True},
            ],
        },
        "next": {"found": "busy", "not_found": "bye", "failed": "bye"},
    },
    "busy": {
        "type": "branch",
        "with": {
            "paths": [{"id": "long", "all": [{"variable": "queues.vip.waiting", "operator": "at_least", "value": 3}]}]
        },
        "next": {"long": "bye", "else": "bye"},
    },
    "bye": {"type": "hang_up"},
}


@pytest.mark.parametrize("crm", [{"results": [{"tier": "gold", "points/year": 7}]}, {"results": []}, "timeout"])
def test_what_was_kept_is_put_back_where_it_was_found(crm: Any) -> None:
    sections = {**SECTIONS, "sources": [{"name": "crm", "type": "http", "base_url": "http://127.0.0.1:9"}]}
    stage = stage_with(LOOKS, "look", **sections)
    source = crm if isinstance(crm, str) else {"answer": crm}
    came = tell(stage, sources={"crm": source}, queues={"vip": {"waiting": 4, "longest_wait": "90s"}}).performance
    retold, path, _ = _again(stage, "it", {"steps": LOOKS}, came.run)
    assert path == came.path, retold.story
    assert MASK not in str(retold.story)
    if path[0] == "look.found":
        assert retold.story["sources"] == {"crm": {"answer": {"results": [{"tier": "gold"}]}}}
        assert (retold.masked, retold.story["queues"]) == (("points",), {"vip": {"waiting": 4}})
