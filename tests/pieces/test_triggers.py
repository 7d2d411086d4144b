"""Signatures of webhooks and moments of schedules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipline.triggers.schedule.trigger import Schedule
from skipline.triggers.webhook.signature import BadSignature, check_signature, sign

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
BODY = b'{"order": 77}'


SECRET = "a secret of sixteen and more"


def _headers(**changed: str) -> dict[str, str]:
    signature = f"v1,{sign('d1', STAMP, BODY, SECRET)}"
    return {"webhook-id": "d1", "webhook-timestamp": STAMP, "webhook-signature": signature} | {
        f"webhook-{name}": value for name, value in changed.items()
    }


def test_the_known_answer_of_standard_webhooks() -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signature = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body, secret)
    assert signature == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_right_signature_gives_the_delivery() -> None:
    assert check_signature(_headers(), BODY, SECRET, NOW) == "d1"
    rotated = f"v1,{'A' * 44} {_headers()['webhook-signature']}"
    assert check_signature(_headers(signature=rotated), BODY, SECRET, NOW) == "d1"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"id": "d2"}, "not right"),
        ({"id": ""}, "needed"),
        ({"timestamp": "soon"}, "no number"),
        ({"timestamp": str(int(STAMP) + 1)}, "not right"),
        ({"signature": "v1,"}, "not right"),
        ({"signature": "v2,abc"}, "not right"),
        ({"signature": "v1,é"}, "not right"),
    ],
)
def test_what_was_changed_does_not_count(changed: dict[str, str], why: str) -> None:
    with pytest.raises(BadSignature, match=why):
        check_signature(_headers(**changed), BODY, SECRET, NOW)


@pytest.mark.parametrize("away", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_a_replay_does_not_count(away: timedelta) -> None:
    with pytest.raises(BadSignature, match="five minutes"):
        check_signature(_headers(), BODY, SECRET, NOW + away)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()))
def test_no_stranger_gets_in_or_breaks_it(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        check_signature(headers, BODY, SECRET, NOW)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2026-05-04T06:59:59+00:00", "2026-05-04T07:00:00+00:00"),
        ("2026-05-04T07:00:00+00:00", "2026-05-05T07:00:00+00:00"),
        ("2026-05-08T08:00:00+00:00", "2026-05-11T07:00:00+00:00"),
        ("2026-10-23T08:00:00+00:00", "2026-10-26T08:00:00+00:00"),
    ],
    ids=["today", "not the same moment again", "over the weekend", "over the clock change"],
)
def test_the_next_moment_is_in_local_time(now: str, moment: str) -> None:
    schedule = Schedule(cron="0 9 * * 1-5", zone="Europe/Amsterdam")
    assert schedule.next_after(datetime.fromisoformat(now)) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("secret", ["", "whsec_", "short", "whsec_c2hvcnQ="])
def test_a_secret_that_anybody_could_guess_opens_nothing(secret: str) -> None:
    with pytest.raises(BadSignature, match="too short"):
        check_signature(_headers(), BODY, secret, NOW)
