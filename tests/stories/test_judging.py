"""Every kind of expectation, met and not met."""

from typing import Any

import pytest
from story_room import stage_with, tell

from skipline.base.sentence import in_language
from skipline.model.commands import ForwardCall, HangUp
from skipline.stories.judging import _fits, command_name, matches

STEPS = {
    "note": {"type": "set_variables", "with": {"values": {"tier": "gold", "orders": 3}}, "next": {"done": "hello"}},
    "hello": {"type": "say", "with": {"text": "Good day"}, "next": {"done": "call"}},
    "call": {"type": "forward_call", "with": {"targets": ["sip:sales@127.0.0.1:5071"], "tier": "{{ tier }}"}},
}
STAGE = stage_with(STEPS, "note", tiers=[{"name": "gold", "target": "20s"}])


@pytest.mark.parametrize(
    "expect",
    [
        {"path": ["note.done", "hello.done", "call.answered"]},
        {"path": ["...", "call.answered"]},
        {"path": ["note.done", "..."]},
        {"path": ["..."]},
        {"outcome": "answered"},
        {"reaches": "sales"},
        {"variables": {"tier": "gold", "orders": 3, "nothing": None}},
        {"contact": {"tier": "gold"}},
        {"commands": [{"say_text": {"text": "Good day"}}, {"forward_call": {"headers": {"X-Skipline-Tier": "gold"}}}]},
        {"commands": [{"forward_call": {}}]},
        {"says": ["day"]},
        {"why": {"call": "talked for 30 s"}},
        {"answered_within": "4s", "ends_within": "34s"},
    ],
)
def test_what_happened_passes(expect: dict[str, Any]) -> None:
    assert tell(STAGE, expect=expect).differences == ()


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        (
            {"path": ["note.done", "call.busy"]},
            "the path was note.done, hello.done, call.answered; expected note.done, call.busy",
        ),
        ({"path": ["...", "call.busy"]}, "the path was note.done, hello.done, call.answered; expected ..., call.busy"),
        ({"path": []}, "the path was note.done, hello.done, call.answered; expected "),
        ({"outcome": "abandoned"}, "the outcome was answered; expected abandoned"),
        ({"reaches": "vip"}, "the caller talked with sip:sales@127.0.0.1:5071; expected vip"),
        ({"variables": {"orders": 4}}, "orders was 3; expected 4"),
        ({"variables": {"order": 3}}, "order was never set; expected 3 (did you mean orders?)"),
        ({"contact": {"tier": "silver"}}, "contact.tier was gold; expected silver"),
        ({"contact": {"teir": "gold"}}, "a contact has no teir (did you mean tier?)"),
        ({"commands": [{"forward_call": {}}, {"say_text": {}}]}, "say_text"),
        ({"says": ["Good night"]}, "the contact was told 'Good day'; expected 'Good night'"),
        ({"why": {"call": "busy"}}, "the reason of call was"),
        ({"why": {"bye": "busy"}}, "bye was never taken; expected its reason to say 'busy'"),
        ({"answered_within": "1s"}, "the caller was answered after 3.5s; expected within 1s"),
        ({"ends_within": "30s"}, "it was over after 33.5s; expected within 30s"),
    ],
)
def test_a_difference_is_told(expect: dict[str, Any], sentence: str) -> None:
    differences = tell(STAGE, expect=expect).differences
    assert any(one.startswith(sentence) for one in differences)
    assert not any(in_language(one, language) in differences for one in differences for language in ("es", "zh"))


def test_the_first_difference_of_a_path_is_explained() -> None:
    differences = tell(STAGE, expect={"path": ["note.done", "hello.done", "call.busy"]}).differences
    assert differences[1].startswith("it first differs at call.answered: calls sip:sales@127.0.0.1:5071; ")


def test_commands_are_called_as_steps_are() -> None:
    assert command_name(ForwardCall(targets=())) == "forward_call"
    assert command_name(HangUp()) == "hang_up"


def test_true_is_not_one() -> None:
    assert not matches(1, True)
    assert matches({"a": [1, {"b": 2, "c": 3}]}, {"a": [1, {"b": 2}]})
    assert not matches([1, 2], [1])


@pytest.mark.parametrize(
    ("expected", "came", "fits"),
    [
        ("a b c", "a b c", True),
        ("a b", "a b c", False),
        ("... c", "a b c", True),
        ("a ...", "a b c", True),
        ("a ... a", "a", False),
        ("a ... a", "a a", True),
        ("... b ... d ...", "a b c d e", True),
        ("... d ... b ...", "a b c d e", False),
        ("... ... ...", "", True),
        ("... b c ... c", "b c c", True),
        ("... b c ... c", "b c", False),
        ("... x " * 40 + "y", "x " * 300, False),
    ],
)
def test_gaps_stand_for_any_number_of_steps(expected: str, came: str, fits: bool) -> None:
    assert _fits(expected.split(), came.split()) is fits
