"""After an outage: the app is subscribed again, and what was missed is asked for and read once."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from channel_cases import delivery_of, recordings, secrets_of, settings_of, wire_json

from skipline.channels.meta.channel import Meta
from skipline.model.lookup import HttpResponse
from skipline.model.message import MessageKind
from skipline.model.messaging import CannotWrite, Received, Recovers

META = settings_of("meta")
SECRETS = secrets_of("meta")
SINCE = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
assert isinstance(META, Recovers)


def written(id_: str, at: str, text: str, sender: str = "24915", **more: Any) -> dict[str, Any]:
    return {"id": id_, "created_time": at, "from": {"id": sender, "name": "Ana"}, "message": text, **more}


def page(*messages: dict[str, Any], updated: str = "2026-11-21T11:58:20+0000", **more: Any) -> HttpResponse:
    told = {"id": "t_1", "updated_time": updated, "messages": {"data": list(messages)}}
    return HttpResponse(status=200, body=wire_json({"data": [told], **more}))


def read(response: HttpResponse, cursor: str = "") -> tuple[list[Any], str | None]:
    assert isinstance(META, Recovers)
    events, after = META.read_missed(response, SINCE, cursor)
    return list(events), after


def test_the_page_is_subscribed_again_with_all_that_we_read() -> None:
    assert isinstance(META, Recovers)
    (request,) = META.resubscribe(SECRETS)
    assert request.url.endswith("/v25.0/101100000000001/subscribed_apps")
    assert request.method == "POST"
    assert request.is_repeatable
    fields = json.loads(request.body)["subscribed_fields"].split(",")
    assert {"messages", "messaging_postbacks", "message_echoes", "standby"} <= set(fields)


def test_an_instagram_account_alone_subscribes_itself() -> None:
    alone = Meta(instagram_id="1784", app_id="670", app_secret="a", verify_token="b", access_token="meta_access_token")
    (request,) = alone.resubscribe(SECRETS)
    assert request.url == "https://graph.instagram.com/v25.0/1784/subscribed_apps"


def test_whatsapp_alone_has_nothing_to_recover_because_meta_keeps_trying() -> None:
    alone = Meta(phone_number_id="1234", app_secret="a", verify_token="b", access_token="c")
    assert alone.resubscribe(SECRETS) == []
    assert alone.list_missed(SINCE, "", SECRETS) is None


def test_pages_of_both_channels_are_asked_for_one_after_the_other() -> None:
    assert isinstance(META, Recovers)
    asked = []
    cursor: str | None = ""
    answers = [page(paging={"next": "https://x", "cursors": {"after": "QVFI"}}), page(), page()]
    for answer in answers:
        assert cursor is not None
        request = META.list_missed(SINCE, cursor, SECRETS)
        assert request is not None
        query = parse_qs(urlsplit(request.url).query)
        asked.append((query["platform"], query.get("after")))
        _, cursor = read(answer, cursor)
    assert asked == [(["messenger"], None), (["messenger"], ["QVFI"]), (["instagram"], None)]
    assert cursor is None


def test_the_token_is_in_no_address() -> None:
    assert isinstance(META, Recovers)
    request = META.list_missed(SINCE, "", SECRETS)
    assert request is not None
    assert "EAAtoken" not in request.url


def test_only_what_contacts_wrote_since_is_read_oldest_first() -> None:
    events, _ = read(
        page(
            written("m_4", "2026-11-21T11:58:20+0000", "second"),
            written("m_3", "2026-11-21T11:00:00+0000", "our answer", sender="101100000000001"),
            written("m_2", "2026-11-21T10:30:00+0000", "first"),
            written("m_1", "2026-11-21T09:59:59+0000", "before the outage"),
            written("m_0", "garbage", "without a time"),
        )
    )
    assert [(one.id, one.text, one.sender.name) for one in events] == [
        ("m_2", "first", "Ana"),
        ("m_4", "second", "Ana"),
    ]


def test_what_was_missed_has_the_key_that_it_would_have_had() -> None:
    (delivered,) = META.read(delivery_of("meta", recordings("meta")["messenger_text"]))
    (missed,), _ = read(page(written("m_1", "2026-11-21T11:58:20+0000", "hello / ä")))
    assert isinstance(delivered, Received)
    assert (missed.key, missed.channel, missed.sender.id) == (delivered.key, delivered.channel, delivered.sender.id)


def test_files_are_read_and_what_is_empty_is_unsupported() -> None:
    file = {"id": "1", "mime_type": "image/png", "name": "a.png", "image_data": {"url": "https://cdn.fbsbx.com/a"}}
    events, _ = read(
        page(
            written("m_2", "2026-11-21T11:00:01+0000", ""),
            written("m_1", "2026-11-21T11:00:00+0000", "", attachments={"data": [file]}),
        )
    )
    assert [one.kind for one in events] == [MessageKind.MEDIA, MessageKind.UNSUPPORTED]
    assert events[0].attachments[0].url == "https://cdn.fbsbx.com/a"


def test_pages_of_before_the_outage_are_not_asked_for() -> None:
    old = page(updated="2026-11-21T09:00:00+0000", paging={"next": "https://x", "cursors": {"after": "QVFI"}})
    assert read(old)[1] == "instagram:"


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(status=400, body=b'{"error":{"code":190,"message":"expired"}}'),
        HttpResponse(status=500, body=b"<html>"),
        HttpResponse(status=200, body=b"<html>"),
    ],
)
def test_a_page_that_meta_does_not_give_is_told(response: HttpResponse) -> None:
    with pytest.raises(CannotWrite, match="Meta answered"):
        read(response)


@pytest.mark.parametrize("cursor", ["whatsapp:", "sms:x", "nonsense"])
def test_a_cursor_of_something_else_ends_the_asking(cursor: str) -> None:
    assert isinstance(META, Recovers)
    assert META.list_missed(SINCE, cursor, SECRETS) is None
    assert read(page(), cursor) == ([], None)


@pytest.mark.parametrize(
    "body", [{"data": 1}, {"data": [None, {"messages": 5}]}, {"data": [{"messages": {"data": 7}}]}, []]
)
def test_odd_pages_are_empty(body: Any) -> None:
    assert read(HttpResponse(status=200, body=wire_json(body)))[0] == []
