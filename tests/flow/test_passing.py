"""Each step's trace entry tells what it read and what it kept, whatever became of the variables afterwards."""

from flow_room import played_with

from skipline.flow.masks import MASK
from skipline.flow.passing import LONGEST_TOLD, MOST_TOLD, note_input, note_output

FLOW = """
format: 1
name: Points line
triggers: [{type: incoming_call, numbers: ["+31201234567"]}]
start: ask
steps:
  ask:
    type: fetch_variables
    with:
      source: loyalty
      path: "/customers/{{ contact.phone }}"
      keep:
        - {from: /points, as: points, type: number}
        - {from: /vip, as: is_vip, type: boolean, personal: true}
    next: {found: which, not_found: more, failed: more}
  which:
    type: branch
    with:
      paths:
        - {id: vip, all: [{variable: is_vip, operator: is_true}]}
        - {id: rich, all: [{variable: points, operator: at_least, value: 100}]}
    next: {vip: more, rich: more, else: more}
  more:
    type: set_variables
    with: {values: {points: "{{ points + 1.0 }}", greeting: "Hello {{ contact.name }}", line: fixed}}
    next: {done: bye}
  bye: {type: hang_up}
"""


def test_an_entry_tells_what_a_step_read_and_kept() -> None:
    run, _ = played_with(FLOW, points=120, vip=False)
    ask, which, more, _ = (entry.detail for entry in run.trace)
    assert ask["input"] == {"contact.phone": run.contact.phone}
    assert ask["output"]["points"] == 120
    assert which["input"]["points"] == 120
    assert "output" not in which
    assert more["input"]["points"] == 120
    assert more["output"] == {"points": 121.0, "greeting": f"Hello {run.contact.name}", "line": "fixed"}
    assert run.variables["points"] == 121.0


def test_a_personal_yes_or_no_is_masked_by_its_name() -> None:
    run, _ = played_with(FLOW, points=5, vip=True)
    ask, which, *_ = (entry.detail for entry in run.trace)
    assert (ask["output"]["is_vip"], which["input"]["is_vip"]) == (MASK, MASK)
    assert ask["output"]["points"] == 5


def test_what_is_told_has_an_end() -> None:
    detail: dict[str, object] = {}
    names = {f"v{number}": "x" * 900 for number in range(MOST_TOLD + 5)}
    note_input(detail, names, names)
    for name in names:
        note_output(detail, name, 1)
    told = detail["input"]
    assert isinstance(told, dict)
    assert len(told) == MOST_TOLD
    assert {len(text) for text in told.values()} == {LONGEST_TOLD}
    assert len(detail["output"]) == MOST_TOLD  # type: ignore[arg-type]


def test_whole_maps_and_names_without_value_are_not_told() -> None:
    detail: dict[str, object] = {}
    call = {"headers": {"X-Key": "secret"}, "to": "+31201234567"}
    note_input(detail, ("call.headers", "call.headers.X-Key", "call.nothing", "gone"), {"call": call})
    assert detail == {"input": {"call.headers.X-Key": "secret"}}
    empty: dict[str, object] = {}
    note_input(empty, ("gone",), {})
    assert empty == {}
