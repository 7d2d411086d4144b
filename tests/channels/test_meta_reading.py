"""Whatever Meta, or somebody who broke into it, delivers: reading never falls, and nothing goes without a note."""

import json
import random
from typing import Any

import pytest
from channel_cases import delivery_of, plain_event, recordings, replaced, settings_of, wire_json
from channel_fuzz import faults_of, fuzz
from channel_mutations import ODD_VALUES, RAW_TRAPS, broken_body, broken_json
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skipline.asking.payload import MOST_EVENTS
from skipline.model.messaging import Noted, Received

META = settings_of("meta")
RECORDED = recordings("meta")
CHANCE = st.randoms(use_true_random=False)
PARTS = ("messages", "statuses", "message_echoes", "user_preferences", "user_id_update", "errors")
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(body: bytes) -> list[Any]:
    return list(META.read(replaced(delivery_of("meta", RECORDED["whatsapp_text"]), body)))


@QUICK
@given(name=st.sampled_from(sorted(RECORDED)), chance=CHANCE)
def test_broken_deliveries_are_read_or_noted(name: str, chance: random.Random) -> None:
    delivery = delivery_of("meta", RECORDED[name])
    faults, _ = faults_of(META, replaced(delivery, broken_body(RECORDED[name]["delivery"], chance)))
    assert faults == []


@QUICK
@given(name=st.sampled_from(sorted(RECORDED)), chance=CHANCE)
def test_every_update_gives_an_event_of_its_own(name: str, chance: random.Random) -> None:
    body = RECORDED[name]["delivery"]["body"]
    if isinstance(body, dict):
        broken = broken_json(body, chance)
        assert len(read(wire_json(broken))) >= min(updates_in(broken), MOST_EVENTS)


def updates_in(body: Any) -> int:
    """How many updates a delivery of our number holds at least."""
    entries = as_list(body.get("entry")) if isinstance(body, dict) else []
    return max(1, sum(updates_in_entry(body, entry) for entry in entries))


def updates_in_entry(body: dict[str, Any], entry: Any) -> int:
    if not isinstance(entry, dict):
        return 1
    if body.get("object") != "whatsapp_business_account":
        return 1
    values = [change.get("value") if isinstance(change, dict) else None for change in as_list(entry.get("changes"))]
    return max(1, sum(updates_in_value(value) for value in values))


def updates_in_value(value: Any) -> int:
    if not isinstance(value, dict):
        return 1
    number = value["metadata"].get("phone_number_id") if isinstance(value.get("metadata"), dict) else None
    is_other = number is not None and number != "106540352242922"
    return 1 if is_other else max(1, sum(len(as_list(value.get(part))) for part in PARTS))


def as_list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [] if told is None else [told]


@pytest.mark.parametrize("body", RAW_TRAPS, ids=range(len(RAW_TRAPS)))
def test_traps_are_noted(body: bytes) -> None:
    events = read(body)
    assert events
    assert all(isinstance(one, Noted) for one in events)


@pytest.mark.parametrize("odd", ODD_VALUES, ids=range(len(ODD_VALUES)))
@pytest.mark.parametrize("name", ["id", "timestamp", "from", "from_user_id", "type", "text", "context", "referral"])
def test_an_odd_value_of_a_field_hides_no_message(name: str, odd: Any) -> None:
    body = json.loads(json.dumps(RECORDED["whatsapp_text"]["delivery"]["body"]))
    body["entry"][0]["changes"][0]["value"]["messages"][0][name] = odd
    (event,) = read(wire_json(body))
    assert isinstance(event, Received)
    assert event.sender.id


def test_a_thousand_updates_in_one_delivery_keep_their_order_and_their_own_keys() -> None:
    body = json.loads(json.dumps(RECORDED["whatsapp_text"]["delivery"]["body"]))
    value = body["entry"][0]["changes"][0]["value"]
    value["messages"] = [{**value["messages"][0], "id": f"wamid.{n}"} for n in range(1_000)]
    events = read(wire_json(body))
    assert [one.id for one in events] == [f"wamid.{n}" for n in range(1_000)]
    assert len({one.key for one in events}) == 1_000


def test_more_events_than_anybody_sends_are_cut_with_a_note() -> None:
    body = json.loads(json.dumps(RECORDED["whatsapp_text"]["delivery"]["body"]))
    value = body["entry"][0]["changes"][0]["value"]
    value["messages"] = [{"type": "text", "id": str(n), "from": "1"} for n in range(MOST_EVENTS + 5)]
    events = read(wire_json(body))
    assert len(events) == MOST_EVENTS
    assert events[-1].kind == "too_many"


def test_messages_without_an_id_are_told_apart_and_known_again() -> None:
    body = json.loads(json.dumps(RECORDED["whatsapp_text"]["delivery"]["body"]))
    message = body["entry"][0]["changes"][0]["value"]["messages"][0]
    del message["id"]
    first, again = read(wire_json(body))[0].key, read(wire_json(body))[0].key
    message["text"]["body"] = "another"
    assert first == again != read(wire_json(body))[0].key


def test_a_list_that_nobody_knows_is_noted_beside_a_message() -> None:
    body = json.loads(json.dumps(RECORDED["whatsapp_text"]["delivery"]["body"]))
    body["entry"][0]["changes"][0]["value"]["holograms"] = [{"id": "1"}]
    assert [plain_event(one)["type"] for one in read(wire_json(body))] == ["Received", "Noted"]


def test_the_same_update_has_the_same_key_in_another_batch() -> None:
    one = RECORDED["whatsapp_text"]["delivery"]["body"]
    two = RECORDED["whatsapp_batch"]["delivery"]["body"]
    both = {**two, "entry": [*two["entry"], *one["entry"]]}
    assert read(wire_json(one))[0].key in {event.key for event in read(wire_json(both))}


def test_every_kind_of_provider_survives_thousands_of_broken_deliveries() -> None:
    tally = fuzz(1_500, seed=7)
    assert tally.troubles == []
    assert tally.count == 1_500
    assert tally.events["Received"] > 100


def test_the_fuzzer_would_find_a_reader_that_drops_or_falls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(META), "read", lambda *_: [])
    assert fuzz(50, seed=7, providers=("meta",)).troubles
    monkeypatch.setattr(type(META), "read", lambda *_: json.loads("{"))
    assert fuzz(50, seed=7, providers=("meta",)).troubles


def test_recordings_cover_every_kind_of_event() -> None:
    told = [event for one in RECORDED.values() for event in one["events"]]
    kinds = {event.get("kind") for event in told if event["type"] == "Received"}
    assert {event["type"] for event in told} == {
        "Received",
        "StateTold",
        "Echoed",
        "PreferenceTold",
        "ContactMoved",
        "Noted",
    }
    assert kinds >= {
        "text",
        "media",
        "choice",
        "location",
        "contacts",
        "reaction",
        "order",
        "edit",
        "revoke",
        "unsupported",
    }
