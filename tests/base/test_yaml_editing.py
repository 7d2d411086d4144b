"""Changing what a file says leaves everything else in it as it was written."""

import copy
import random
from typing import Any

import pytest

from skipline.base.yaml_editing import edit_yaml
from skipline.base.yaml_lines import dump_yaml, read_yaml

FILE = """\
# Who looks after this: the night team

format: 1
name: 'Loyalty line'   # as people call it
triggers:
- {type: incoming_call,   numbers: ["+31201234567"]}  # the main number
start: look_up

steps:
  # The company's own system knows
  look_up:
    type: fetch_variables
    name: "Look up customer"
    with:   # what to ask
      source: loyalty
      path: "/customers/{{ contact.phone }}"
      keep: [{from: /loyalty_status, as: loyalty_status, type: text, default: standard}]
    next: {found: tier, not_found: tier, failed: tier}   # never alone

  tier:
    type: branch
    with:
      paths:
        # Those who pay
        - id: vip
          name: Gold & platinum
          all: [{variable: loyalty_status, operator: is_one_of, value: [gold, platinum]}]
        # The others
        - {id: silver, name: Silver, all: [{variable: loyalty_status, operator: is, value: silver}]}  # for now
    next: {vip: to_vip, silver: to_silver}
    at: [120, 80]

  to_vip:     {type: forward_call, with: {targets: ["sip:vip@127.0.0.1:5071"], ring_time: 20s}, next: {busy: say}}
  # Sorry
  say:
    type: say
    with:
      text: |
        Nobody is there.
        Call again.
# The end
"""


def _data() -> Any:
    return read_yaml(FILE).data


def test_a_changed_setting_changes_nothing_else() -> None:
    wanted = _data()
    wanted["steps"]["look_up"]["with"]["source"] = "crm"
    assert edit_yaml(FILE, wanted) == FILE.replace("source: loyalty", "source: crm")
    wanted["steps"]["to_vip"]["with"]["ring_time"] = "25s"
    wanted["name"] = "Ana's line"
    after = FILE.replace("source: loyalty", "source: crm").replace("20s", "25s")
    assert edit_yaml(FILE, wanted) == after.replace("'Loyalty line'", "'Ana''s line'")


def test_what_is_the_same_is_the_same_text() -> None:
    assert edit_yaml(FILE, _data()) is FILE


def test_a_moved_path_takes_its_comments_along() -> None:
    wanted = _data()
    wanted["steps"]["tier"]["with"]["paths"].reverse()
    after = edit_yaml(FILE, wanted)
    silver = "        - {id: silver, name: Silver, all: [{variable: loyalty_status, operator: is, value: silver}]}"
    assert after.index("# The others") < after.index(silver) < after.index("# for now") < after.index("- id: vip")
    assert after.index("# Those who pay") > 0
    assert _lines_apart(FILE, after) == set()


def test_an_exit_a_place_and_a_step_are_added_where_they_belong() -> None:
    wanted = _data()
    wanted["steps"]["tier"]["next"]["else"] = "say"
    wanted["steps"]["say"] |= {"at": [1, 2]}
    wanted["steps"]["bye"] = {"type": "hang_up"}
    after = edit_yaml(FILE, wanted)
    assert "    next: {vip: to_vip, silver: to_silver, else: say}\n    at: [120, 80]\n" in after
    assert "        Call again.\n    at: [1, 2]\n  bye: {type: hang_up}\n# The end\n" in after
    assert _lines_apart(FILE, after) == {"    next: {vip: to_vip, silver: to_silver}"}


def test_a_removed_step_takes_its_comment_along() -> None:
    wanted = _data()
    del wanted["steps"]["say"]
    del wanted["steps"]["tier"]["at"]
    after = edit_yaml(FILE, wanted)
    assert "Sorry" not in after
    assert after.endswith("next: {busy: say}}\n# The end\n")
    assert "silver: to_silver}\n\n  to_vip:" in after


def test_a_text_of_several_lines_is_changed_as_a_block() -> None:
    wanted = _data()
    wanted["steps"]["say"]["with"]["text"] = "One.\nTwo.\n"
    assert edit_yaml(FILE, wanted) == FILE.replace("Nobody is there.", "One.").replace("Call again.", "Two.")


def test_what_cannot_be_changed_in_place_is_written_anew() -> None:
    for odd in ("", "null", "\ufeffformat: 1\n", "? format\n: 1\n", "[1, 2]", "{a: 1, b: {c: 2}}", "a: 1\na: 2\n"):
        wanted = {"format": 1, "name": "x", "steps": {"say": {"type": "say"}}}
        assert read_yaml(edit_yaml(odd, wanted)).data == wanted


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_changed_the_text_says_it_and_keeps_the_comments_of_the_rest(seed: int) -> None:
    chance = random.Random(seed)
    text, wanted = FILE, _data()
    for _ in range(6):
        wanted = copy.deepcopy(wanted)
        _change_something(wanted, chance)
        text = edit_yaml(text, wanted)
        found = read_yaml(text)
        assert (found.data, found.mistakes) == (wanted, ())
    assert text.startswith("# Who looks after this: the night team\n\nformat: 1\n")


def test_text_of_our_own_stays_in_our_own_style() -> None:
    wanted = _data()
    ours = dump_yaml(wanted)
    wanted["steps"]["look_up"]["with"]["time_limit"] = "2s"
    wanted["steps"]["tier"]["with"]["paths"].append({"id": "new", "all": [{"variable": "a", "operator": "is_set"}]})
    wanted["steps"]["bye"] = {"type": "hang_up", "at": [10, 20]}
    assert edit_yaml(ours, wanted) == dump_yaml(wanted)


def _lines_apart(before: str, after: str) -> set[str]:
    """The lines that stood there before and do not now."""
    return set(before.splitlines()) - set(after.splitlines())


_VALUES: tuple[Any, ...] = (
    *("x", "a: b # c", "two\nlines\n", " spaces ", 7, 2.5, True, None, [], {}, [1, 2], {"k": "v"}, "it's", 'a "b"'),
    *([{"id": "n", "all": [{"deep": [1, {"er": 2}]}]}], {"a": {"b": {"c": {"d": 1}}}}, "é中", "x" * 150),
)


def _change_something(document: dict[str, Any], chance: random.Random) -> None:
    places = list(_places(document))
    around, key = chance.choice(places[1:])
    deed = chance.choice(("set", "set", "remove", "add", "turn"))
    if deed == "remove" and len(around) > 1:
        del around[key]
    elif deed == "add" and isinstance(around, list):
        around.insert(key, copy.deepcopy(chance.choice(_VALUES)))
    elif deed == "add":
        around[f"new_{chance.randrange(99)}"] = copy.deepcopy(chance.choice(_VALUES))
    elif deed == "turn" and isinstance(around, list):
        around.reverse()
    elif key != "format":
        around[key] = copy.deepcopy(chance.choice(_VALUES))


def _places(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)
