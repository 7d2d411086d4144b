"""Personal values are in nobody's trace; the run itself works with them."""

from flow_room import Caller, compiled, fresh_run, played_with

from skipline.flow.masks import MASK, masked_detail, masked_variables
from skipline.model.commands import SayText
from skipline.model.ids import StepId
from skipline.model.run import OuterFlow

FLOW = """
format: 1
name: Birthday line
triggers: [{type: incoming_call, numbers: ["+31201234567"]}]
start: ask
steps:
  ask:
    type: fetch_variables
    with:
      source: loyalty
      path: /x
      keep:
        - {from: /name, as: contact.name, personal: true}
        - {from: /birthday, as: birthday, type: text, personal: true}
        - {from: /points, as: points, type: number, personal: true}
        - {from: /tier, as: tier, type: text}
    next: {found: which, not_found: hello, failed: hello}
  which:
    type: branch
    with: {paths: [{id: old, all: [{variable: birthday, operator: starts_with, value: "1970"}]}]}
    next: {old: hello, else: hello}
  hello:
    type: say
    with: {text: "Happy {{ birthday }}, {{ contact.name }}"}
"""


def test_a_trace_tells_no_personal_value() -> None:
    run, commands = played_with(FLOW, name="Ana Ruiz", birthday="1970-04-07", points=77, tier="gold")
    assert tuple(issued.body for issued in commands) == (SayText(text="Happy 1970-04-07, Ana Ruiz"),)
    ask, which = run.trace
    assert ask.detail["why"].endswith(f"contact.name is {MASK}, birthday is {MASK}, points is {MASK}, tier is gold")
    assert which.exit == "old"
    told = repr([entry.detail for entry in run.trace])
    assert not any(secret in told for secret in ("Ana", "04-07", "77"))


def test_the_record_shows_that_there_was_a_value() -> None:
    run, _ = played_with(FLOW, birthday="1970-04-07", tier="gold")
    assert run.variables["birthday"] == "1970-04-07"
    shown = masked_variables(run)
    assert (shown["birthday"], shown["points"], shown["tier"]) == (MASK, None, "gold")


def test_a_copy_of_a_personal_value_is_masked_in_the_record_as_well() -> None:
    run, _ = played_with(FLOW, birthday="1970-04-07", tier="gold")
    run.variables |= {
        "copied": "1970-04-07",
        "greeting": "Born on 1970-04-07?",
        "all": ["1970-04-07", 1970],
        "none": None,
    }
    shown = masked_variables(run)
    assert (shown["copied"], shown["greeting"], shown["all"]) == (MASK, f"Born on {MASK}?", [MASK, 1970])
    assert (shown["tier"], shown["none"]) == ("gold", None)
    assert list(shown) == list(run.variables)


def test_capitals_hide_no_personal_value() -> None:
    run, _ = played_with(FLOW, name="Ana Ruiz", tier="gold")
    run.variables["shouted"] = "ANA RUIZ!"
    assert masked_variables(run)["shouted"] == f"{MASK}!"
    assert masked_detail(run, {"why": "says 'hello ana ruiz'"}) == {"why": f"says 'hello {MASK}'"}


def test_a_short_value_masks_no_part_of_another() -> None:
    run, _ = played_with(FLOW, points=7)
    assert masked_detail(run, {"why": "7 of 1970 and 7.", "figures": [7, 70, True]}) == {
        "why": f"{MASK} of 1970 and {MASK}.",
        "figures": [MASK, 70, True],
    }


def test_lists_are_masked_part_by_part() -> None:
    run, _ = played_with(FLOW, birthday="x")
    run.variables["birthday"] = {"day": "7 April", "wishes": ["cake", None]}
    detail = {"why": "asked for cake on 7 April"}
    assert masked_detail(run, detail) == {"why": f"asked for {MASK} on {MASK}"}


def test_a_flow_without_personal_values_is_written_as_it_is() -> None:
    flow = compiled(FLOW.replace(", personal: true", ""))
    caller = Caller(flow, fresh_run(flow))
    caller.start()
    detail = {"why": "7"}
    assert masked_detail(caller.run, detail) is detail
    assert masked_variables(caller.run) is caller.run.variables


def test_a_trace_says_what_was_done_but_no_headers_and_bodies() -> None:
    run, _ = played_with(FLOW, name="Ana Ruiz", birthday="1970-04-07", tier="gold")
    ask, _ = run.trace
    assert ask.detail["commands"] == [
        {"name": "LookUp", "source": "loyalty", "method": "GET", "path": "/x", "retries": 1}
    ]
    hello = run.step_detail
    assert [one["name"] for one in hello["commands"]] == ["SayText"]
    assert masked_detail(run, hello)["commands"][0]["text"] == f"Happy {MASK}, {MASK}"


def test_a_value_that_went_into_an_inner_flow_is_masked_there() -> None:
    run, _ = played_with(FLOW, birthday="1970-04-07")
    run.outer = [
        OuterFlow(
            inner_flow="wishes",
            inner_version=1,
            step=StepId("hello"),
            step_entered_at=run.started_at,
            step_detail={},
            variables=run.variables,
        )
    ]
    run.variables = {"day": "1970-04-07"}
    assert masked_detail(run, {"why": "day is 1970-04-07"}) == {"why": f"day is {MASK}"}
