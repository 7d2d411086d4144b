"""The sentences that tell two versions of a flow apart."""

import copy
from typing import Any

import pytest

from skipline.base.sentence import in_language
from skipline.base.yaml_lines import dump_yaml
from skipline.model.flow_version import FlowContent
from skipline.workspace.flow_changes import describe_flow_change

FLOW: dict[str, Any] = {
    "format": 1,
    "name": "Loyalty line",
    "triggers": [{"type": "incoming_call", "numbers": ["+31201234567"]}],
    "start": "look_up",
    "steps": {
        "look_up": {
            "type": "fetch_variables",
            "with": {
                "source": "loyalty",
                "time_limit": "2s",
                "query": {"a": "1"},
                "keep": [{"from": "/status", "as": "status"}, {"from": "/orders", "as": "orders", "default": 0}],
            },
            "next": {"found": "tier", "not_found": "tier", "failed": "tier"},
        },
        "tier": {
            "type": "branch",
            "name": "How loyal?",
            "with": {
                "paths": [
                    {"id": "vip", "name": "Gold", "all": [{"variable": "status", "operator": "is", "value": "gold"}]},
                    {
                        "id": "silver",
                        "name": "Silver",
                        "any": [
                            {"variable": "status", "operator": "is_one_of", "value": ["silver"]},
                            {"variable": "orders", "operator": "at_least", "value": 5},
                        ],
                    },
                ]
            },
            "next": {"vip": "to_vip", "silver": "to_vip", "else": "bye"},
        },
        "to_vip": {"type": "forward_call", "name": "VIP line", "with": {"targets": ["sip:a@x.nl", "sip:b@x.nl"]}},
        "bye": {"type": "hang_up"},
    },
}


def _silver_also(flow: dict[str, Any]) -> None:
    flow["steps"]["tier"]["with"]["paths"][1]["any"][0]["value"] = ["silver", "bronze"]


def _gold_or_platinum(flow: dict[str, Any]) -> None:
    flow["steps"]["tier"]["with"]["paths"][0]["all"] = [
        {"variable": "status", "operator": "is_one_of", "value": ["gold", "platinum"]}
    ]


def _only_platinum(flow: dict[str, Any]) -> None:
    flow["steps"]["tier"]["with"]["paths"][0]["all"][0]["value"] = "platinum"


def _more_orders(flow: dict[str, Any]) -> None:
    flow["steps"]["tier"]["with"]["paths"][1]["any"][1]["value"] = 10


def _one_row_less(flow: dict[str, Any]) -> None:
    del flow["steps"]["tier"]["with"]["paths"][1]["any"][1]


def _one_row_more(flow: dict[str, Any]) -> None:
    row = {"variable": "orders", "operator": "between", "value": [1, 9]}
    flow["steps"]["tier"]["with"]["paths"][0]["all"].append(row)


def _formula(flow: dict[str, Any]) -> None:
    flow["steps"]["tier"]["with"]["paths"][0]["formula"] = "orders > 3.0"


def _new_path(flow: dict[str, Any]) -> None:
    row = {"variable": "status", "operator": "starts_with", "value": "br"}
    flow["steps"]["tier"]["with"]["paths"].append({"id": "bronze", "name": "Bronze", "all": [row]})
    flow["steps"]["tier"]["next"]["bronze"] = "bye"


def _path_gone(flow: dict[str, Any]) -> None:
    del flow["steps"]["tier"]["with"]["paths"][1], flow["steps"]["tier"]["next"]["silver"]


def _other_order(flow: dict[str, Any]) -> None:
    flow["steps"]["tier"]["with"]["paths"].reverse()


def _path_renamed(flow: dict[str, Any]) -> None:
    flow["steps"]["tier"]["with"]["paths"][0]["name"] = "Best"


def _targets(flow: dict[str, Any]) -> None:
    flow["steps"]["to_vip"]["with"]["targets"] = ["sip:b@x.nl", "sip:c@x.nl", "sip:d@x.nl"]


def _targets_turned(flow: dict[str, Any]) -> None:
    flow["steps"]["to_vip"]["with"]["targets"].reverse()


def _ring_time(flow: dict[str, Any]) -> None:
    flow["steps"]["to_vip"]["with"]["ring_time"] = "30s"


def _time_limit(flow: dict[str, Any]) -> None:
    flow["steps"]["look_up"]["with"]["time_limit"] = "1s"


def _kept(flow: dict[str, Any]) -> None:
    keep = flow["steps"]["look_up"]["with"]["keep"]
    keep[1]["default"] = 1
    keep.append({"from": "/city", "as": "city"})


def _inside_map(flow: dict[str, Any]) -> None:
    flow["steps"]["look_up"]["with"]["query"] = {"b": "2"}


def _lines(flow: dict[str, Any]) -> None:
    flow["steps"]["tier"]["next"] = {"vip": "bye", "else": "to_vip"}
    flow["steps"]["to_vip"]["next"] = {"busy": "bye"}


def _steps(flow: dict[str, Any]) -> None:
    flow["steps"]["hello"] = {"type": "say", "with": {"text": "Hi"}, "next": {"done": "look_up"}}
    flow["start"] = "hello"
    del flow["steps"]["bye"]
    del flow["steps"]["tier"]["next"]["else"]


def _type(flow: dict[str, Any]) -> None:
    flow["steps"]["bye"] = {"type": "say", "name": "Goodbye", "with": {"text": "Bye"}}


def _triggers(flow: dict[str, Any]) -> None:
    flow["triggers"][0]["numbers"] = ["+31201111111", "+31202222222"]


def _name(flow: dict[str, Any]) -> None:
    flow["name"], flow["description"] = "VIP line", "For our best"


_CHANGES = [
    (_silver_also, ["Branch How loyal?: Silver now also takes bronze"]),
    (_gold_or_platinum, ["Branch How loyal?: Gold now also takes platinum"]),
    (_only_platinum, ["Branch How loyal?: Gold now takes platinum instead of gold"]),
    (_more_orders, ["Branch How loyal?: Silver now takes orders is at least 10 instead of orders is at least 5"]),
    (_one_row_less, ["Branch How loyal?: Silver no longer takes orders is at least 5"]),
    (_one_row_more, ["Branch How loyal?: Gold now also asks for orders is between 1 and 9"]),
    (_formula, ["Branch How loyal?: Gold now asks for the formula orders > 3.0"]),
    (
        _new_path,
        [
            "Branch How loyal?: path Bronze is new: status starts with br",
            "Branch How loyal?: Bronze now leads to Hang up bye",
        ],
    ),
    (
        _path_gone,
        [
            "Branch How loyal?: path Silver is gone",
            "Branch How loyal?: Silver no longer leads to Forward call VIP line",
        ],
    ),
    (_other_order, ["Branch How loyal?: its paths are tried in another order: Silver, Gold"]),
    (_path_renamed, ["Branch How loyal?: path Gold is now called Best"]),
    (
        _targets,
        [
            "Forward call VIP line: targets: now also sip:c@x.nl and sip:d@x.nl",
            "Forward call VIP line: targets: no longer sip:a@x.nl",
        ],
    ),
    (_targets_turned, ["Forward call VIP line: targets in another order: sip:b@x.nl, sip:a@x.nl"]),
    (_ring_time, ["Forward call VIP line: ring time is now 30s"]),
    (_time_limit, ["Fetch variables look_up: time limit is 1s instead of 2s"]),
    (
        _kept,
        [
            "Fetch variables look_up: keep: now also city",
            "Fetch variables look_up: keep orders: default is 1 instead of 0",
        ],
    ),
    (
        _inside_map,
        ["Fetch variables look_up: query: a is no longer 1", "Fetch variables look_up: query: b is now 2"],
    ),
    (
        _lines,
        [
            "Branch How loyal?: Gold now leads to Hang up bye instead of Forward call VIP line",
            "Branch How loyal?: Silver no longer leads to Forward call VIP line",
            "Branch How loyal?: Else now leads to Forward call VIP line instead of Hang up bye",
            "Forward call VIP line: Busy now leads to Hang up bye",
        ],
    ),
    (
        _steps,
        [
            "it starts with Say hello instead of Fetch variables look_up",
            "Hang up bye is gone",
            "Branch How loyal?: Else no longer leads to Hang up bye",
            "Say hello is new",
        ],
    ),
    (_type, ["Hang up bye: is now called Goodbye", "Hang up bye: is now a say step"]),
    (
        _triggers,
        ["it now also takes calls to +31201111111 and +31202222222", "it no longer takes calls to +31201234567"],
    ),
    (_name, ["the flow is called VIP line instead of Loyalty line", "its description changed"]),
]


@pytest.mark.parametrize(("change", "expected"), _CHANGES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_change_is_told_in_sentences(change: Any, expected: list[str]) -> None:
    after = copy.deepcopy(FLOW)
    change(after)
    assert list(describe_flow_change(_content(FLOW), _content(after))) == expected


@pytest.mark.parametrize("language", ["es", "pt", "zh", "id"])
@pytest.mark.parametrize("change", [change for change, _ in _CHANGES], ids=lambda one: one.__name__)
def test_a_change_is_told_in_other_languages(change: Any, language: str) -> None:
    after = copy.deepcopy(FLOW)
    change(after)
    told = describe_flow_change(_content(FLOW), _content(after))
    assert not set(told) & {in_language(one, language) for one in told}


_TOLD = [
    (
        _more_orders,
        "es",
        "Bifurcar «How loyal?»: Silver acepta ahora orders es al menos 10 en lugar de orders es al menos 5",
    ),
    (_one_row_more, "id", "Cabang “How loyal?”: Gold kini juga mensyaratkan orders di antara 1 dan 9"),
    (_time_limit, "zh", "获取变量“look_up”：放弃等待时间：由 2s 改为 1s"),  # noqa: RUF001
    (_kept, "pt", "Obter variáveis “look_up”: Variáveis a guardar: agora também city"),
    (_type, "es", "Colgar «bye»: se llama ahora Goodbye"),
]


@pytest.mark.parametrize(("change", "language", "expected"), _TOLD)
def test_names_that_pieces_have_are_told_in_the_same_language(change: Any, language: str, expected: str) -> None:
    after = copy.deepcopy(FLOW)
    change(after)
    told = describe_flow_change(_content(FLOW), _content(after))
    assert in_language(told[0], language) == expected


def test_places_and_comments_do_not_count() -> None:
    moved = copy.deepcopy(FLOW)
    moved["steps"]["bye"]["at"] = [10, 20]
    assert describe_flow_change(_content(FLOW), _content(moved)) == ("only how it is written changed",)
    assert describe_flow_change(_content(FLOW), _content(FLOW)) == ()


def _content(flow: dict[str, Any]) -> FlowContent:
    return FlowContent(flow="loyalty", name=flow["name"], text=dump_yaml(flow))


def test_what_changes_of_a_conversation_in_writing_is_told_by_its_titles() -> None:
    buttons = [{"id": "order", "title": "My order"}, {"id": "rest", "title": "Something else"}]
    ask = {"question": "What is it about?", "keep_as": "about", "buttons": buttons}
    before: dict[str, Any] = {
        "format": 1,
        "name": "Shop",
        "triggers": [{"type": "incoming_message", "accounts": ["support"]}],
        "start": "menu",
        "steps": {
            "menu": {"type": "ask", "with": ask, "next": dict.fromkeys(("order", "rest", "other", "silence"), "bye")},
            "hello": {"type": "say", "with": {"text": "Hello"}},
            "bye": {"type": "hang_up"},
        },
    }
    after = copy.deepcopy(before)
    after["triggers"][0] |= {"accounts": ["support", "sales"], "first_contact": True}
    after["steps"]["menu"]["with"]["patience"] = "2h"
    after["steps"]["menu"]["next"]["order"] = "hello"
    assert list(describe_flow_change(_content(before), _content(after))) == [
        "Incoming message: accounts: now also sales",
        "Incoming message: first contact is now yes",
        "Ask menu: patience is now 2h",
        "Ask menu: My order now leads to Say hello instead of Hang up bye",
    ]
