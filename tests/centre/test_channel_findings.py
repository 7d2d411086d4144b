"""How an account with a provider stands, in words: each with what to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from skipline.centre.channel_findings import ChannelFacts, find_channel_findings, is_public
from skipline.model.finding import Finding, Verdict
from skipline.model.intake import UnprovenDeliveries
from skipline.model.sending import AccountHealth, AccountStanding, AccountWork

NOON = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
REFUSED = UnprovenDeliveries(count=2, first_at=NOON, last_at=NOON, why="the signature is not ours")


def about(**known: Any) -> dict[str, Finding]:
    facts: dict[str, Any] = {
        "address": "https://chat.example.com/hooks/meta/shop",
        "first_delivery_at": None,
        "last_delivery_at": None,
        "unproven": None,
        "greeted_at": None,
        "trouble": None,
        "standing": AccountStanding(),
        "work": AccountWork(waiting=0, oldest_waiting_at=None, uncertain=0),
        **known,
    }
    findings = find_channel_findings(ChannelFacts(**facts))
    assert all(one.fix for one in findings if one.verdict is Verdict.BAD)
    return {one.code: one for one in findings}


@pytest.mark.parametrize(
    ("address", "is_reachable"),
    [
        ("https://chat.example.com/hooks/meta/shop", True),
        ("https://198.51.100.7/hooks", False),
        ("https://8.8.8.8:8443/hooks", True),
        ("http://chat.example.com/hooks", False),
        ("https://localhost/hooks", False),
        ("https://10.0.0.7/hooks", False),
        ("https://skipline.local/hooks", False),
        ("http://127.0.0.1:8080/hooks", False),
        ("https://[::1]/hooks", False),
    ],
)
def test_an_address_is_public_when_the_internet_may_call_it_over_https(address: str, is_reachable: bool) -> None:
    assert is_public(address) is is_reachable


def test_an_address_that_nobody_can_call_stops_everything_until_something_arrives() -> None:
    inside = "http://127.0.0.1:8080/hooks/meta/shop"
    assert about(address=inside)["address_not_public"].verdict is Verdict.BAD
    heard = about(address=inside, first_delivery_at=NOON, last_delivery_at=NOON)
    assert heard["address_not_public"].verdict is Verdict.NOTICE


def test_what_arrived_is_told_and_what_is_waited_for() -> None:
    assert "waiting" in about()
    assert "2030-05-01 12:00 UTC" in about(greeted_at=NOON)["greeted"].sentence
    heard = about(first_delivery_at=NOON, last_delivery_at=LATER, greeted_at=NOON)
    assert heard["heard"].values == {"first": NOON.isoformat(), "last": LATER.isoformat()}
    assert not {"waiting", "greeted"} & heard.keys()


def test_refused_deliveries_are_bad_until_a_good_one_comes() -> None:
    told = about(unproven=REFUSED)["deliveries_refused"]
    assert (told.verdict, told.values["count"]) == (Verdict.BAD, 2)
    assert "the signature is not ours" in told.sentence
    for good in ({"greeted_at": LATER}, {"first_delivery_at": NOON, "last_delivery_at": LATER}):
        assert about(unproven=REFUSED, **good)["deliveries_refused"].verdict is Verdict.NOTICE


def test_a_connection_of_ours_is_up_or_says_why_not() -> None:
    down = about(address=None, trouble="the carrier cannot be reached: refused")
    assert "the carrier cannot be reached: refused" in down["link_down"].sentence
    assert about(address=None)["link_up"].verdict is Verdict.GOOD
    assert "waiting_for_message" in down


@pytest.mark.parametrize(
    ("health", "code", "verdict"),
    [
        (AccountHealth.WELL, "sending_well", Verdict.GOOD),
        (AccountHealth.SLOWED, "sending_slowed", Verdict.NOTICE),
        (AccountHealth.UNREACHABLE, "sending_unreachable", Verdict.BAD),
        (AccountHealth.ALARM, "sending_refused", Verdict.BAD),
    ],
)
def test_how_sending_goes(health: AccountHealth, code: str, verdict: Verdict) -> None:
    standing = AccountStanding(health=health, since=NOON, code="190", reason="the token is over", per_second=2.5)
    work = AccountWork(waiting=3, oldest_waiting_at=NOON, uncertain=1)
    told = about(standing=standing, work=work)
    assert told[code].verdict is verdict
    assert verdict is not Verdict.BAD or "the token is over (190)" in told[code].sentence
    assert ("messages_wait" in told) is (health is not AccountHealth.WELL)
    assert told["messages_uncertain"].values == {"count": 1}
