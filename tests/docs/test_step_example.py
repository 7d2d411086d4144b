"""The step that `docs/explain/steps.md` writes is a step: it is made, checked and run like those that ship."""

import sys
from types import ModuleType
from typing import Any

from doc_pages import ROOT, snippets_of
from flow_room import NOON, Caller, compiled, fresh_run, real_catalogue

from skipline.flow.outcome import Step
from skipline.flow.pieces import make_catalogue
from skipline.model.commands import SayText
from skipline.model.events import PromptEnded

FLOW = """
format: 1
name: Day
triggers:
  - {type: incoming_call, numbers: ["+31201234567"]}
start: day
steps:
  day: {type: tell_day, with: {greeting: "{{ contact.phone | mask }}, it is"}}
"""


def _written_class() -> type[Step]:
    (snippet,) = [one for one in snippets_of(ROOT / "docs" / "explain" / "steps.md") if one.language == "python"]
    module = sys.modules["documented_step"] = ModuleType("documented_step")
    exec(compile(snippet.text, str(snippet), "exec"), module.__dict__)
    found: Any = module.__dict__["TellDay"]
    return found


def test_the_documented_step_runs() -> None:
    triggers = {name: piece.made_class for name, piece in real_catalogue().triggers.items()}
    flow = compiled(FLOW, make_catalogue({"tell_day": _written_class()}, triggers))
    caller = Caller(flow, fresh_run(flow))
    (said,) = caller.start()
    assert said.body == SayText(text=f"********5678, it is {NOON:%A}")
    caller.reply(PromptEnded(at=NOON, call=said.call, command=said.id))
    assert caller.way == [("day", "done")]
    assert "says" in caller.run.trace[0].detail["why"]
