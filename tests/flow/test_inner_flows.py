"""Flows inside flows: inputs go in, outputs come back, and a run stays on the version it went into."""

from dataclasses import dataclass, field

from flow_room import NOON, WORKSPACE, fresh_run, real_catalogue

from skipline.flow.compiled import CompiledFlow
from skipline.flow.issue import format_issue
from skipline.flow.loading import compile_flow, load_flow
from skipline.flow.masks import MASK, masked_variables
from skipline.flow.run import Turn, freeze_run, resume_run, start_run, thaw_run
from skipline.model.events import Event, LookupAnswered, LookupStatus
from skipline.model.run import Outcome, Run
from skipline.workspace.reading import read_workspace

OUTER = """
format: 1
name: Outer
triggers: [{type: incoming_call, numbers: ["+31201234567"]}]
start: before
steps:
  before: {type: set_variables, with: {values: {secret: hidden, level: none}}, next: {done: identify}}
  identify:
    type: run_flow
    with:
      flow: identify
      inputs: {number: "{{ contact.phone }}"}
      keep: [{from: level, as: level, type: text, default: unknown}, {from: secret, as: leaked, type: text}]
    next: {done: say, failed: say}
  say: {type: say, with: {text: "{{ level }} {{ secret }}"}}
"""
INNER = """
format: 1
name: Identify
inputs: [{name: number, type: text}, {name: tries, type: number, default: 1}]
start: look_up
steps:
  look_up:
    type: fetch_variables
    with: {source: loyalty, path: "/c/{{ number }}/{{ tries }}", keep: [{from: /level, as: level, type: text}]}
"""
HANGS_UP = INNER.replace("    with: {source", "    next: {found: bye}\n    with: {source") + "  bye: {type: hang_up}\n"
ITSELF = """
format: 1
name: Itself
inputs: [{name: n, type: number, default: 0}]
start: again
steps:
  again: {type: run_flow, with: {flow: itself}}
"""


@dataclass
class Shelf:
    """Flows by key, newest last."""

    flows: dict[str, list[CompiledFlow]] = field(default_factory=dict)

    def add(self, key: str, text: str) -> CompiledFlow:
        loaded = load_flow(text, f"{key}.yaml", real_catalogue(), WORKSPACE)
        assert loaded.is_sound, "\n".join(map(format_issue, loaded.issues))
        versions = self.flows.setdefault(key, [])
        versions.append(compile_flow(loaded, len(versions) + 1, {}, {}, self))
        return versions[-1]

    def newest(self, flow: str) -> CompiledFlow | None:
        return self.flows[flow][-1] if flow in self.flows else None

    def version(self, flow: str, version: int) -> CompiledFlow | None:
        return self.flows[flow][version - 1]


def _begun(inner: str = INNER) -> tuple[Shelf, CompiledFlow, Run, Turn]:
    shelf = Shelf()
    shelf.add("identify", inner)
    outer = shelf.add("outer", OUTER)
    run = fresh_run(outer)
    turn = start_run(outer, run, NOON)
    return shelf, outer, thaw_run(freeze_run(run)), turn


def _answer(run: Run, level: str = "gold") -> Event:
    assert run.call is not None
    assert run.waiting_for is not None
    return LookupAnswered(
        at=NOON, call=run.call.id, command=run.waiting_for, status=LookupStatus.OK, value={"level": level}
    )


def test_inputs_go_in_and_outputs_come_back() -> None:
    _, outer, run, turn = _begun()
    assert turn.commands[0].body.path == "/c/%2B31612345678/1"  # type: ignore[union-attr]
    assert run.variables == {"number": "+31612345678", "tries": 1}
    turn = resume_run(outer, run, _answer(run), NOON)  # type: ignore[arg-type]
    assert turn.commands[0].body.text == "gold hidden"  # type: ignore[union-attr]
    assert run.variables["leaked"] is None
    assert run.outer == []


def test_the_trace_tells_inner_steps_from_outer_ones() -> None:
    _, outer, run, _ = _begun()
    resume_run(outer, run, _answer(run), NOON)  # type: ignore[arg-type]
    assert [entry.step for entry in run.trace] == ["before", "identify/look_up", "identify"]
    assert run.trace[-1].detail["why"] == "flow identify ended: level is gold, leaked is nothing"


def test_a_run_stays_on_the_version_that_it_went_into() -> None:
    shelf, outer, run, _ = _begun()
    shelf.add("identify", INNER.replace("look_up", "other_step"))
    resume_run(outer, run, _answer(run), NOON)  # type: ignore[arg-type]
    assert run.trace[1].step == "identify/look_up"
    assert run.trace[1].exit == "found"


def test_what_is_personal_inside_stays_so_outside_under_whatever_name() -> None:
    inner = INNER.replace("as: level, type: text", "as: level, type: text, personal: true")
    shelf = Shelf()
    shelf.add("identify", inner)
    outer = shelf.add(
        "outer", OUTER.replace("level, as: level", "level, as: rank").replace("{{ level }}", "{{ rank }}")
    )
    run = fresh_run(outer)
    start_run(outer, run, NOON)
    run = thaw_run(freeze_run(run))
    turn = resume_run(outer, run, _answer(run), NOON)  # type: ignore[arg-type]
    assert turn.commands[0].body.text == "gold hidden"  # type: ignore[union-attr]
    assert masked_variables(run)["rank"] == MASK
    assert run.trace[-1].detail["why"] == f"flow identify ended: rank is {MASK}, leaked is nothing"
    assert thaw_run(freeze_run(run)).personal == run.personal


def test_hanging_up_inside_ends_the_whole_run() -> None:
    _, outer, run, _ = _begun(HANGS_UP)
    turn = resume_run(outer, run, _answer(run), NOON)  # type: ignore[arg-type]
    assert turn.is_over
    assert run.outcome is Outcome.HUNG_UP
    assert thaw_run(freeze_run(run)) == run


def test_flows_that_run_themselves_come_to_an_end() -> None:
    shelf = Shelf()
    flow = shelf.add("itself", ITSELF)
    run = fresh_run(flow)
    assert start_run(flow, run, NOON).is_over
    assert "eight" in run.trace[0].detail["why"] or "8 deep" in run.trace[0].detail["why"]
    assert len(run.trace) == 9


def _issues(**flows: str) -> list[str]:
    workspace = (
        'sources: [{name: loyalty, type: http, base_url: "https://a.example"}]\nnumbers: [{number: "+31201234567"}]'
    )
    files = {"skipline.yaml": workspace, **{f"flows/{key}.yaml": text for key, text in flows.items()}}
    return [f"{issue.code} {issue.fix}" for issue in read_workspace(files).issues]


def test_flows_that_fit_together_have_no_issues() -> None:
    assert _issues(outer=OUTER, identify=INNER) == []


def test_what_does_not_fit_together_is_told() -> None:
    assert _issues(outer=OUTER, identfy=INNER) == ["unknown_flow did you mean identfy?"]
    assert _issues(
        outer=OUTER, identify=INNER.replace("name: number", "name: nummer").replace("{{ number", "{{ nummer")
    )[0].startswith("unknown_input did you mean nummer?")
    assert _issues(itself=ITSELF)[-1:] == ["flow_runs_itself take it out, or lead back with `next`"]
