"""Whatever a flow or an agent says: it is refused in words, or Meta takes it. What Meta takes is known by its
stand-in, which was written apart from what writes here."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from channel_cases import secrets_of, settings_of
from hypothesis import given, settings
from hypothesis import strategies as st

from skipline.cli.demo.providers.meta_rules import check_messenger, check_whatsapp
from skipline.model.message import Button, Channel, MessageBody, Template
from skipline.model.messaging import CannotWrite, NeedsTemplate, Outbound

META = settings_of("meta")
SECRETS = secrets_of("meta")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TEXTS = st.one_of(
    WORDS, st.builds(lambda word, times: word * times, st.sampled_from(["x", "é", "字", "😀 "]), st.integers(0, 5_000))
)
CHOICES = st.lists(
    st.builds(
        Button,
        id=st.text("ab1", min_size=1, max_size=300),
        title=st.text("xyz 字", min_size=1, max_size=40),
        description=WORDS,
    ),
    max_size=14,
).map(tuple)
BODIES = st.one_of(
    st.builds(MessageBody, text=TEXTS),
    st.builds(MessageBody, text=TEXTS, buttons=CHOICES),
    st.builds(MessageBody, text=TEXTS, rows=CHOICES),
    st.builds(
        MessageBody,
        text=TEXTS,
        media_url=st.sampled_from(["https://example.com/a.png", "ftp://example.com/a", "https://example.com/a b"]),
        media_kind=st.sampled_from(["", "image", "video", "audio", "document", "hologram"]),
    ),
    st.builds(
        MessageBody,
        text=TEXTS,
        template=st.builds(Template, name=st.just("ready"), language=st.just("nl"), values=st.lists(WORDS).map(tuple)),
    ),
)


def said(body: MessageBody, channel: Channel, **more: Any) -> dict[str, Any]:
    message = Outbound(reference="ref1", channel=channel, to="31611111111", body=body, **more)
    told: dict[str, Any] = json.loads(META.write(message, SECRETS).body)
    return told


@settings(max_examples=300, deadline=None)
@given(body=BODIES)
def test_whatsapp_takes_what_is_not_refused_in_words(body: MessageBody) -> None:
    try:
        told = said(body, Channel.WHATSAPP)
    except CannotWrite as refused:
        assert ":" in str(refused)
        return
    text, choices, media = check_whatsapp(told)
    assert text.strip() or media
    if body.text and not body.media_url and body.template is None:
        shown = text if not choices else f"{text} {' '.join(one.title for one in choices)}"
        assert text.startswith(body.text)
        assert all(one.title in shown for one in body.buttons or body.rows)
        assert all(one.title.strip() for one in choices)
    assert bool(media) == bool(body.media_url)


@settings(max_examples=300, deadline=None)
@given(body=BODIES, channel=st.sampled_from([Channel.MESSENGER, Channel.INSTAGRAM]))
def test_messenger_and_instagram_take_what_is_not_refused_in_words(body: MessageBody, channel: Channel) -> None:
    try:
        told = said(body, channel)
    except CannotWrite as refused:
        assert ":" in str(refused)
        return
    text, choices, _ = check_messenger(told, is_instagram=channel is Channel.INSTAGRAM)
    for one in body.buttons or body.rows:
        assert one.title in text or one.title in {choice.title for choice in choices}
    if channel is Channel.INSTAGRAM:
        assert all(one.title in text for one in body.buttons or body.rows)


@pytest.mark.parametrize("choice", [Button(id="1", title=" "), Button(id="i" * 1001, title="Yes")])
def test_choices_that_messenger_cannot_show_to_tap_are_written_out(choice: Button) -> None:
    told = said(MessageBody(text="Sure?", buttons=(choice,)), Channel.MESSENGER)
    assert told["message"] == {"text": f"Sure?\n1. {choice.title}", "metadata": "ref1"}


@settings(max_examples=200, deadline=None)
@given(
    hours=st.integers(-30, 300),
    is_from_person=st.booleans(),
    channel=st.sampled_from(Channel),
    has_template=st.booleans(),
)
def test_only_a_person_ever_uses_the_tag_for_people_and_only_for_seven_days(
    hours: int, is_from_person: bool, channel: Channel, has_template: bool
) -> None:
    wrote_at = NOW - timedelta(hours=hours)
    body = MessageBody(text="Hi", template=Template(name="ready", language="nl") if has_template else None)
    window_ends_at = wrote_at + timedelta(hours=24)
    if channel is Channel.SMS:
        return
    try:
        told = said(body, channel, at=NOW, window_ends_at=window_ends_at, is_from_person=is_from_person)
    except NeedsTemplate:
        assert hours >= 24
        assert not (channel is Channel.WHATSAPP and has_template)
        assert channel is Channel.WHATSAPP or not is_from_person or hours >= 24 * 7
        return
    if channel is Channel.WHATSAPP:
        assert (told["type"] == "template") == (hours >= 24)
    elif told["messaging_type"] == "MESSAGE_TAG":
        assert (told["tag"], is_from_person) == ("HUMAN_AGENT", True)
        assert 24 <= hours < 24 * 7
    else:
        assert told["messaging_type"] == "RESPONSE"
        assert hours < 24


@pytest.mark.parametrize("channel", [Channel.WHATSAPP, Channel.MESSENGER])
def test_our_reference_travels_with_every_message(channel: Channel) -> None:
    bodies = [
        MessageBody(text="Hi"),
        MessageBody(text="Hi", buttons=(Button(id="a", title="A"),)),
        MessageBody(text="Hi", rows=(Button(id="a", title="A"),)),
        MessageBody(media_url="https://example.com/a.png", media_kind="image"),
    ]
    for body in bodies:
        told = said(body, channel)
        carried = told["biz_opaque_callback_data"] if channel is Channel.WHATSAPP else told["message"]["metadata"]
        assert carried == "ref1"


def test_a_reference_that_is_too_long_is_refused() -> None:
    message = Outbound(reference="r" * 513, channel=Channel.WHATSAPP, to="1", body=MessageBody(text="Hi"))
    with pytest.raises(CannotWrite, match="512"):
        META.write(message, SECRETS)
