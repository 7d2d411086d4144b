"""What callers, writers, senders and other systems bring is a value wherever it goes: it is never read as a text with
holes, as a formula, or as a part of a request."""

import json
from pathlib import Path
from typing import Any

import pytest
from story_room import stage_with, tell

from skipline.base.yaml_lines import dump_yaml
from skipline.model.commands import SendRequest
from skipline.stories.judging import Verdict
from skipline.stories.stage import Stage, build_stage

HOSTILE = [
    "{{ 1 + 1 }}",
    "{{ contact.phone }}",
    "{% for x in [1] %}{{ x }}{% endfor %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ name }}{{ name }}",
    "${7*7} #{7*7} %(phone)s {0.__class__}",
    "__import__('os').system('touch canary')",
    'x", "tier": "platinum',
    "x' || true || '",
    "$(touch canary) `touch canary` ; touch canary",
]
CRM = [{"name": "crm", "type": "http", "base_url": "https://crm.example.com"}]
SAME = {"id": "same", "formula": "copied == name && name.size() > 0"}
STEPS: dict[str, Any] = {
    "copy": {"type": "set_variables", "with": {"values": {"copied": "{{ name }}"}}, "next": {"done": "greet"}},
    "greet": {
        "type": "set_variables",
        "with": {"values": {"greeting": "Hello {{ copied }}"}},
        "next": {"done": "same"},
    },
    "same": {"type": "branch", "with": {"paths": [SAME]}, "next": {"same": "ticket", "else": "bye"}},
    "ticket": {
        "type": "send_request",
        "with": {"source": "crm", "path": "/t/{{ copied }}", "body": '{"name": "{{ copied }}"}'},
        "next": {"done": "bye", "refused": "bye", "failed": "bye"},
    },
    "bye": {"type": "hang_up"},
}
WHOLE = ["copy.done", "greet.done", "same.same", "ticket.done", "bye"]


def _holds(verdict: Verdict, hostile: str) -> None:
    assert verdict.differences == ()
    (sent,) = [one.command for one in verdict.performance.deeds if isinstance(one.command, SendRequest)]
    assert json.loads(sent.body) == {"name": hostile}
    assert set(sent.path.removeprefix("/t/")).isdisjoint("/?#{}\"' ")


def _expected(hostile: str, first: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"path": [*first, *WHOLE], "variables": {"copied": hostile, "greeting": f"Hello {hostile}"}}


def _begun_by(trigger: dict[str, Any]) -> Stage:
    flow = {"format": 1, "name": "It", "triggers": [trigger], "start": "copy", "steps": STEPS}
    stage, issues = build_stage({"skipline.yaml": dump_yaml({"sources": CRM}), "flows/it.yaml": dump_yaml(flow)})
    assert stage is not None, issues
    return stage


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_system_answers_is_a_value(hostile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    look = {
        "type": "fetch_variables",
        "with": {"source": "crm", "path": "/c", "keep": [{"from": "/name", "as": "name", "type": "text"}]},
        "next": {"found": "copy", "not_found": "copy", "failed": "copy"},
    }
    stage = stage_with({"look": look, **STEPS}, "look", sources=CRM)
    verdict = tell(stage, sources={"crm": {"answer": {"name": hostile}}}, expect=_expected(hostile, ("look.found",)))
    _holds(verdict, hostile)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_sender_delivers_is_a_value(hostile: str) -> None:
    keep = [{"from": "/name", "as": "name", "type": "text"}]
    stage = _begun_by({"type": "webhook", "name": "orders", "secret": "orders_key", "keep": keep})
    verdict = tell(
        stage,
        webhook={"payload": {"name": hostile}},
        sources={"crm": {"answer": {}}},
        expect=_expected(hostile),
    )
    _holds(verdict, hostile)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_name_that_a_caller_shows_is_a_value(hostile: str) -> None:
    steps = {
        "name": {"type": "set_variables", "with": {"values": {"name": "{{ contact.name }}"}}, "next": {"done": "copy"}}
    }
    stage = stage_with({**steps, **STEPS}, "name", sources=CRM)
    caller = {"phone": "+31611111111", "name": hostile}
    verdict = tell(stage, caller=caller, sources={"crm": {"answer": {}}}, expect=_expected(hostile, ("name.done",)))
    _holds(verdict, hostile)
