"""Twilio's signatures, known answers and what must not count; broken payloads; and what was missed in an outage."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import msgspec
import pytest
from channel_cases import RECEIVED_AT, delivery_of, recordings, replaced, secrets_of, settings_of, signed
from channel_fuzz import fuzz
from channel_mutations import RAW_TRAPS
from hypothesis import given, settings
from hypothesis import strategies as st

from skipline.channels.twilio.channel import Twilio
from skipline.channels.twilio.errors import REMEDIES
from skipline.channels.twilio.signature import spellings, twilio_signature
from skipline.model.lookup import HttpResponse
from skipline.model.message import Channel, MessageBody
from skipline.model.messaging import (
    Accepted,
    Attachment,
    CannotWrite,
    Delivery,
    DeliveryRefused,
    NeedsTemplate,
    Noted,
    Outbound,
    Received,
    Recovers,
    Refused,
    Remedy,
    StateTold,
    Uncertain,
)

SID = "AC00000000000000000000000000000001"
TWILIO = Twilio(account_sid=SID, secret="token", sms_from="+31970000001", whatsapp_from="+31970000001")
SECRETS = {"token": "12345", "other": "54321", "empty": ""}.__getitem__
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
RIGHT = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
JSON_BODY = b'{"property": "value", "boolean": true}'
JSON_DIGEST = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
JSON_URL = f"{URL}&bodySHA256={JSON_DIGEST}"
MESSAGE = Outbound(reference="ref1", channel=Channel.SMS, to="+31611111111", body=MessageBody(text="hi"))


def delivered(
    signature: str | None = RIGHT,
    *,
    url: str = URL,
    body: bytes | None = None,
    kind: str = "application/x-www-form-urlencoded; charset=UTF-8",
    method: str = "POST",
    more: tuple[tuple[str, str], ...] = (),
) -> Delivery:
    headers = (("content-type", kind), *more)
    if signature is not None:
        headers = (*headers, ("x-twilio-signature", signature))
    told = urlencode(FORM).encode() if body is None else body
    return Delivery(method=method, url=url, headers=headers, body=told, received_at=RECEIVED_AT)


def refused(delivery: Delivery, settings: Twilio = TWILIO, secrets: Callable[[str], str] = SECRETS) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as found:
        settings.verify(delivery, secrets)
    return found.value


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (URL, RIGHT),
        (URL.replace(".com", ".com:443"), "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (URL.replace("https", "http").replace(".com", ".com:80"), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (URL.replace("https", "http").replace(".com", ".com:1234"), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ],
)
def test_known_answers_of_twilios_own_tests(url: str, signature: str) -> None:
    assert twilio_signature("12345", url, FORM.items()) == signature
    TWILIO.verify(delivered(signature, url=url), SECRETS)


@pytest.mark.parametrize(("told", "seen"), [(":443", ""), ("", ":443")])
def test_the_usual_port_may_be_written_or_not(told: str, seen: str) -> None:
    at_twilio = URL.replace(".com", f".com{told}")
    signature = twilio_signature("12345", at_twilio, FORM.items())
    TWILIO.verify(delivered(signature, url=URL.replace(".com", f".com{seen}")), SECRETS)


def test_spellings_change_the_port_alone() -> None:
    assert spellings("https://a.example/x:1?y=//a.example") == (
        "https://a.example/x:1?y=//a.example",
        "https://a.example:443/x:1?y=//a.example",
    )
    assert spellings("https://[::1]:8443/x") == ("https://[::1]:8443/x", "https://[::1]/x")
    assert spellings("http://a.example:80/") == ("http://a.example:80/", "http://a.example/")


def test_json_is_signed_by_its_digest_in_the_address() -> None:
    right = "a9nBmqA0ju/hNViExpshrM61xv4="
    TWILIO.verify(delivered(right, url=JSON_URL, body=JSON_BODY, kind="application/json"), SECRETS)
    again = json.dumps(json.loads(JSON_BODY), separators=(",", ":")).encode()
    refused(delivered(right, url=JSON_URL, body=again, kind="application/json"))
    refused(delivered(right, url=JSON_URL.upper(), body=JSON_BODY, kind="application/json"))
    refused(delivered(right, url=URL, body=JSON_BODY, kind="application/json"))


def test_json_with_a_right_digest_and_a_wrong_signature_is_refused() -> None:
    refused(delivered(RIGHT, url=JSON_URL, body=JSON_BODY, kind="application/json"))


def test_of_a_field_that_comes_twice_each_value_counts_once() -> None:
    body = b"A=2&A=1&A=2&B=x"
    signature = twilio_signature("12345", URL, [("A", "1"), ("A", "2"), ("B", "x")])
    told = base64.b64encode(hmac.digest(b"12345", f"{URL}A1A2Bx".encode(), hashlib.sha1)).decode()
    assert signature == told
    TWILIO.verify(delivered(signature, body=body), SECRETS)


def test_a_get_is_signed_by_its_address() -> None:
    signature = twilio_signature("12345", URL, ())
    TWILIO.verify(delivered(signature, body=b"", method="GET"), SECRETS)
    refused(delivered(signature, body=urlencode(FORM).encode(), method="GET"))


def test_a_body_that_the_signature_is_not_over_is_refused() -> None:
    address_alone = twilio_signature("12345", URL, ())
    for kind in ("application/json", "text/plain", ""):
        refused(delivered(address_alone, body=b"MessageSid=SM1&From=%2B1&Body=forged", kind=kind))
    two_kinds = (("content-type", "application/json"),)
    refused(delivered(body=urlencode(FORM).encode(), more=two_kinds))


@pytest.mark.parametrize(
    "delivery",
    [
        delivered(None),
        delivered(""),
        delivered("   "),
        delivered(RIGHT.lower()),
        delivered(RIGHT.upper()),
        delivered(RIGHT.rstrip("=")),
        delivered(f"{RIGHT}="),
        delivered("\u0430" * 28),
        delivered(base64.b64decode(RIGHT).hex()),
        delivered(RIGHT, more=(("x-twilio-signature", RIGHT),)),
        delivered(RIGHT, more=(("x-twilio-signature", "forged"),)),
        delivered(RIGHT, url=f"{URL}&x=1"),
        delivered(RIGHT, url=URL.replace("https", "http")),
        delivered(RIGHT, body=urlencode({**FORM, "Digits": "1235"}).encode()),
        delivered(RIGHT, body=urlencode({**FORM, "Extra": ""}).encode()),
        delivered(RIGHT, body=urlencode(FORM).encode()[:-1]),
    ],
)
def test_what_is_not_signed_rightly_is_refused(delivery: Delivery) -> None:
    assert refused(delivery).status == 403


def test_another_accounts_token_is_refused() -> None:
    refused(delivered(twilio_signature("54321", URL, FORM.items())))


@pytest.mark.parametrize("name", ["empty", "forgotten"])
def test_without_a_token_nothing_counts_and_twilio_is_told_to_wait(name: str) -> None:
    settings = Twilio(account_sid=SID, secret=name, sms_from="+31970000001")
    signature = twilio_signature("", URL, FORM.items())
    assert refused(delivered(signature), settings).status == 503


def test_a_body_of_ten_megabytes_is_refused_by_its_length() -> None:
    assert refused(delivered(body=b"A=" + b"x" * (10 * 1024 * 1024))).status == 413


def test_a_form_encoded_anew_with_other_values_is_refused() -> None:
    body = b"Body=caf%C3%A9+%26+bar&From=%2B31611111111"
    signature = twilio_signature("12345", URL, parse_qsl(body.decode()))
    TWILIO.verify(delivered(signature, body=body), SECRETS)
    refused(delivered(signature, body=body.replace(b"+", b"%2B")))
    refused(delivered(signature, body=body.replace(b"%C3%A9", b"e%CC%81")))


@settings(deadline=None)
@given(st.binary(max_size=300), st.text(max_size=40))
def test_nothing_that_is_not_signed_counts(body: bytes, signature: str) -> None:
    refused(delivered(signature, body=body))


@pytest.mark.parametrize("name", list(recordings("twilio")))
def test_recordings_count_as_twilio_signs_them(name: str) -> None:
    delivery = signed("twilio", delivery_of("twilio", recordings("twilio")[name]))
    settings_of("twilio").verify(delivery, secrets_of("twilio"))


@pytest.mark.parametrize("body", RAW_TRAPS)
def test_traps_are_kept_as_one_thing(body: bytes) -> None:
    (event,) = TWILIO.read(replaced(delivered(), body))
    assert isinstance(event, Received if b"From=" in body else Noted)


def test_broken_payloads_are_read_or_noted() -> None:
    assert fuzz(1_500, 7, ("twilio",)).troubles == []


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["MessageSid", "From", "Body", "MessageStatus", "MediaUrl0"]), st.text()))
def test_whatever_is_in_a_form_is_read(fields: dict[str, str]) -> None:
    (event,) = TWILIO.read(delivered(body=urlencode(fields, errors="surrogatepass").encode()))
    assert event.key
    assert msgspec.json.encode(event)


@settings(deadline=None)
@given(st.integers(100, 999), st.binary(max_size=200))
def test_whatever_twilio_answers_is_understood(status: int, body: bytes) -> None:
    result = TWILIO.understand(HttpResponse(status=status, body=body), MESSAGE)
    assert isinstance(result, Accepted | Refused | Uncertain)


@pytest.mark.parametrize("code", list(REMEDIES))
def test_a_code_means_the_same_at_once_and_later(code: str) -> None:
    body = json.dumps({"code": int(code), "message": "m", "status": 400}).encode()
    result = TWILIO.understand(HttpResponse(status=400, body=body), MESSAGE)
    form = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": code}
    (event,) = TWILIO.read(delivered(body=urlencode(form).encode()))
    assert isinstance(result, Refused)
    assert isinstance(event, StateTold)
    assert result.remedy is event.remedy is REMEDIES[code]
    assert code in result.reason
    assert code in event.reason


def test_a_failure_of_twilios_is_tried_again_whatever_its_code() -> None:
    body = b'{"code": 21211, "message": "m"}'
    result = TWILIO.understand(HttpResponse(status=503, body=body), MESSAGE)
    assert isinstance(result, Refused)
    assert result.remedy is Remedy.RETRY


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_our_reference_comes_back_with_the_report_in_letters_that_nobody_rewrites(reference: str) -> None:
    message = msgspec.structs.replace(MESSAGE, reference=reference, callback_url="https://chat.example.com/hooks/t/a")
    address = dict(parse_qsl(TWILIO.write(message, SECRETS).body.decode()))["StatusCallback"]
    assert re.fullmatch(r"https://chat\.example\.com/hooks/t/a\?ref=[A-Za-z0-9._~-]+", address)
    (event,) = TWILIO.read(delivered(url=address, body=b"MessageSid=SM1&MessageStatus=sent"))
    assert isinstance(event, StateTold)
    assert event.reference == reference


def test_a_message_that_comes_too_late_says_that_a_template_may_go() -> None:
    late = msgspec.structs.replace(
        MESSAGE, channel=Channel.WHATSAPP, at=RECEIVED_AT, window_ends_at=RECEIVED_AT - timedelta(seconds=1)
    )
    with pytest.raises(NeedsTemplate):
        TWILIO.write(late, SECRETS)


def test_a_file_is_deleted_at_twilio_by_a_request_that_may_be_repeated() -> None:
    url = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"
    request = TWILIO.forget(Attachment(kind="image", url=url), SECRETS)
    assert request is not None
    assert (request.method, request.url, request.is_repeatable) == ("DELETE", url, True)
    assert TWILIO.forget(Attachment(kind="image", url="https://files.example.com/a"), SECRETS) is None


def page(*rows: dict[str, object], following: str | None = None, status: int = 200) -> HttpResponse:
    told = {"messages": rows, "next_page_uri": following}
    return HttpResponse(status=status, headers={"content-type": "application/json"}, body=json.dumps(told).encode())


def row(number: int, **more: object) -> dict[str, object]:
    told = {"sid": f"SM{number}", "direction": "inbound", "from": "+31611111111", "to": "+31970000001"}
    return told | {"body": "hi", "num_media": "0", "date_sent": "Sat, 21 Nov 2026 10:00:00 +0000"} | more


SINCE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_what_was_missed_is_asked_for_by_day_and_page() -> None:
    assert isinstance(TWILIO, Recovers)
    assert not TWILIO.resubscribe(SECRETS)
    first = TWILIO.list_missed(SINCE, "", SECRETS)
    assert first is not None
    assert first.url.endswith(f"/Accounts/{SID}/Messages.json?DateSent%3E=2026-11-21&PageSize=200")
    _, cursor = TWILIO.read_missed(
        page(row(1), following=f"/2010-04-01/Accounts/{SID}/Messages.json?Page=1"), SINCE, ""
    )
    assert cursor == f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages.json?Page=1"
    second = TWILIO.list_missed(SINCE, cursor, SECRETS)
    assert second is not None
    assert (second.url, second.headers) == (cursor, first.headers)


def test_what_was_missed_has_the_key_that_it_would_have_had() -> None:
    (missed,), _ = TWILIO.read_missed(page(row(1)), SINCE, "")
    (told,) = TWILIO.read(
        delivered(body=urlencode({"MessageSid": "SM1", "From": "+31611111111", "Body": "hi"}).encode())
    )
    assert missed.key == told.key
    assert isinstance(missed, Received)
    assert missed.at == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def test_of_what_was_missed_our_own_and_older_messages_do_not_count() -> None:
    older = row(2, date_sent="Sat, 21 Nov 2026 08:59:59 +0000")
    ours = row(3, direction="outbound-api")
    undated = row(4, date_sent=None)
    events, cursor = TWILIO.read_missed(page(older, ours, undated), SINCE, "")
    assert [one.key for one in events] == ["SM4/received"]
    assert cursor is None


def test_files_of_a_missed_message_are_found_in_its_list() -> None:
    media = f"/2010-04-01/Accounts/{SID}/Messages/SM1/Media"
    (event,), _ = TWILIO.read_missed(
        page(row(1, num_media="2", subresource_uris={"media": f"{media}.json"})), SINCE, ""
    )
    assert isinstance(event, Received)
    second = event.attachments[1]
    request = TWILIO.fetch(second, SECRETS)
    assert request is not None
    listed = {"media_list": [{"uri": f"{media}/ME1.json"}, {"uri": f"{media}/ME2.json"}]}
    answer = HttpResponse(status=200, headers={"content-type": "application/json"}, body=json.dumps(listed).encode())
    following = TWILIO.fetched(second, answer, SECRETS)
    assert not isinstance(following, bytes)
    assert following.url == f"https://api.twilio.com{media}/ME2"
    assert TWILIO.fetched(second, HttpResponse(status=200, body=b"JFIF"), SECRETS) == b"JFIF"


def test_a_next_page_elsewhere_is_not_asked_for() -> None:
    assert TWILIO.read_missed(page(row(1), following="https://evil.example/x"), SINCE, "")[1] is None


@pytest.mark.parametrize("answer", [page(status=500), HttpResponse(status=200, body=b"[]"), HttpResponse(status=200)])
def test_a_list_that_is_none_is_said_to_be_none(answer: HttpResponse) -> None:
    with pytest.raises(CannotWrite, match="Twilio"):
        TWILIO.read_missed(answer, SINCE, "")


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=9),
        lambda one: (
            st.lists(one, max_size=4)
            | st.dictionaries(
                st.sampled_from(["messages", "sid", "from", "direction", "date_sent", "num_media", "subresource_uris"]),
                one,
            )
        ),
    )
)
def test_whatever_a_list_holds_is_read_or_refused(told: object) -> None:
    answer = HttpResponse(
        status=200, body=json.dumps({"messages": [told, {"direction": "inbound", "sid": told}]}).encode()
    )
    events, _ = TWILIO.read_missed(answer, SINCE, "")
    assert all(one.key for one in events)
