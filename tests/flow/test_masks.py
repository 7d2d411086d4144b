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


ORDER = """
format: 1
name: Orders
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
        - {from: /mail, as: mail, type: text, personal: true}
        - {from: /street, as: street, type: text, personal: true}
        - {from: /pin, as: pin, type: number, personal: true}
        - {from: /anything, as: anything, personal: true}
    next: {found: note, not_found: note, failed: note}
  note:
    type: note
    with: {text: "{{ contact.name }}, spelled {{ contact.name | spell }}, lives at {{ street }}"}
    next: {done: compare}
  compare:
    type: branch
    with: {paths: [{id: big, all: [{variable: anything, operator: greater_than, value: 1}]}]}
    next: {big: again, else: again}
  again:
    type: fetch_variables
    with: {source: loyalty, path: "/of%20{{ mail }}/", query: {name: "{{ contact.name }}", mail: "to {{ mail }}"}}
    next: {found: end, not_found: end, failed: end}
  end: {type: hang_up}
"""


def test_a_personal_value_is_masked_in_addresses_and_where_it_is_spelled_out() -> None:
    run, _ = played_with(ORDER, name="Ana  María", mail="ana+1@example.com", street="Dam 1")
    note = run.trace[1]
    assert note.detail["note"] == f"{MASK}, spelled {MASK}, lives at {MASK}"
    (asked,) = masked_detail(run, run.step_detail)["commands"]
    assert asked["path"] == f"/of%20{MASK}/?name={MASK}&mail=to%20{MASK}"


def test_a_long_personal_text_is_masked_in_addresses_as_well() -> None:
    story = "It rained & rained. " * 40
    run, _ = played_with(ORDER, name=story, mail=story)
    (asked,) = masked_detail(run, run.step_detail)["commands"]
    assert asked["path"] == f"/of%20{MASK}/?name={MASK}&mail=to%20{MASK}"


def test_a_number_that_is_personal_is_masked_when_its_digits_stand_alone() -> None:
    run, _ = played_with(ORDER, mail="+31 6 1234 5678")
    detail = {"why": "asked for 31612345678, not for 3161234567 and not for 2019"}
    assert masked_detail(run, detail) == {"why": f"asked for {MASK}, not for 3161234567 and not for 2019"}


def test_of_a_personal_value_that_was_cut_short_nothing_is_left() -> None:
    street = "Herengracht 100, third floor on the left, behind the second of the two green doors"
    run, _ = played_with(ORDER, name="Ana", street=street)
    why = run.trace[0].detail["why"]
    assert (f"street is {MASK}…" in why, "Herengracht" in why) == (True, False)
    assert "Herengracht" not in repr([entry.detail for entry in run.trace])
    assert masked_detail(run, {"why": "says 'you live at Here…' to an…"}) == {
        "why": f"says 'you live at {MASK}…' to {MASK}…"
    }
    assert masked_detail(run, {"why": "says 'we ship at once…'"}) == {"why": "says 'we ship at once…'"}


def test_a_personal_value_of_another_type_is_not_told_when_its_default_counts() -> None:
    run, _ = played_with(ORDER, pin="NL91ABNA0417164300")
    (told,) = [one for one in run.trace[0].detail["why"].split("; ") if "default" in one]
    assert told == "pin took its default, because what was there is not of type number"


def test_a_personal_value_that_a_condition_could_not_compare_is_masked_whole() -> None:
    run, _ = played_with(ORDER, anything="somebody.with.a.very.long.name@a.very.long.example.com")
    (warning,) = run.trace[2].detail["warnings"]
    assert warning == f"anything is '{MASK}…', which is not a number"
