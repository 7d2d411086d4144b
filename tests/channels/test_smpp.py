"""The parts of SMPP that need no connection: letters, parts, receipts, ids, and PDUs that are broken."""

import struct
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import smpp34
from channel_cases import settings_of
from hypothesis import given, settings
from hypothesis import strategies as st
from smpp_carrier import SECRETS, sms

from skipline.base.ids import counted_ids
from skipline.channels.smpp.alphabet import decode, decode_gsm, gsm_letters
from skipline.channels.smpp.arrivals import REFUSED_COMES_AGAIN_SECONDS, UNHEARD_COMES_AGAIN_SECONDS, Arrivals
from skipline.channels.smpp.codec import Deliver, Undecodable, decode_deliver, encode_submit
from skipline.channels.smpp.errors import refusal
from skipline.channels.smpp.pdu import BrokenStream, Frames, bind_transceiver, frame
from skipline.channels.smpp.reading import Arrived, read_deliver
from skipline.channels.smpp.receipt import read_receipt
from skipline.channels.smpp.segments import MOST_PARTS, cut_text, read_header
from skipline.channels.smpp.sent_ids import MOST_REMEMBERED, SentIds, SentMessage
from skipline.channels.smpp.session import Closed, Session, State
from skipline.channels.smpp.writing import Short, sender_address, write_shorts
from skipline.model.message import Button, MessageBody, MessageKind, SendState
from skipline.model.messaging import CannotWrite, Delivery, DeliveryRefused, Noted, Received, Remedy, StateTold

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCÄÖÑÜ§¿abcäöñüà^{}\\[~]|€"
SENDER = sender_address("+31201234567", None, None)


def arrived(deliver: Deliver, key: str = "k1") -> Arrived:
    return Arrived(deliver, key, NOW)


def shorts(body: MessageBody) -> tuple[Short, ...]:
    message = msgspec.structs.replace(sms(""), body=body)
    return write_shorts(message, SENDER, True, "udh", 1)


def word_of(source: str, **more: Any) -> Deliver:
    usual: dict[str, Any] = {"destination": "1", "esm_class": 0, "data_coding": 0, "words": b"Hi"}
    return Deliver(source=source, **(usual | more))


def unknown(id_: str, _: Deliver) -> SentMessage:
    return SentMessage(id_, "")


@given(st.text(GSM, max_size=200))
def test_letters_of_the_gsm_alphabet_come_back_as_they_were(text: str) -> None:
    letters = gsm_letters(text)
    assert letters is not None
    assert decode_gsm(b"".join(letters)) == text


@given(st.text(max_size=400))
def test_no_part_is_longer_than_the_air_carries_and_together_they_are_the_text(text: str) -> None:
    for is_gsm in (True, False):
        try:
            cut = cut_text(text, is_gsm)
        except CannotWrite:
            continue
        whole = "".join(decode(part, cut.data_coding, is_gsm) or "" for part in cut.parts)
        assert whole.encode("utf-16", "replace") == text.encode("utf-16", "replace")
        longest = 160 if cut.data_coding == 0 else 140
        assert all(len(part) <= longest for part in cut.parts)


@pytest.mark.parametrize(
    ("text", "coding", "sizes"),
    [
        ("x" * 160, 0, [160]),
        ("x" * 161, 0, [153, 8]),
        ("€" * 80, 0, [160]),
        ("€" * 81, 0, [152, 10]),
        ("é" * 160, 0, [160]),
        ("你" * 70, 8, [140]),
        ("你" * 71, 8, [134, 8]),
        ("😀" * 35, 8, [140]),
        ("😀" * 36, 8, [132, 12]),
        ("", 0, [0]),
    ],
)
def test_a_text_is_cut_where_the_air_wants_it(text: str, coding: int, sizes: list[int]) -> None:
    cut = cut_text(text)
    assert (cut.data_coding, [len(part) for part in cut.parts]) == (coding, sizes)


def test_ten_parts_are_the_end() -> None:
    assert len(cut_text("x" * 153 * MOST_PARTS).parts) == MOST_PARTS
    with pytest.raises(CannotWrite, match="11 parts, and may make 10"):
        cut_text("x" * (153 * MOST_PARTS + 1))


def test_where_data_coding_0_is_latin_1_letters_that_only_gsm_has_go_as_ucs_2() -> None:
    assert cut_text("Größe", is_gsm=False).parts == ("Größe".encode("latin-1"),)
    assert cut_text("5€", is_gsm=False).data_coding == 8
    assert cut_text("þ", is_gsm=False).data_coding == 8


@pytest.mark.parametrize(
    ("coding", "data", "text"),
    [
        (0, b"\x00\x1b\x65", "@€"),
        (1, b"abc", "abc"),
        (3, b"Gr\xf6\xdfe", "Größe"),
        (8, "你好😀".encode("utf-16-be"), "你好😀"),
        (8, b"\x00a\x00", "a\ufffd"),
        (6, "Яр".encode("iso8859-5"), "Яр"),
        (0xF0, b"\x00", "@"),
        (0x08 | 0x10, "é".encode("utf-16-be"), "é"),
        (4, b"\x00\xff", None),
        (2, b"\x00\xff", None),
        (0xF5, b"\x00\xff", None),
    ],
)
def test_each_coding_is_read(coding: int, data: bytes, text: str | None) -> None:
    assert decode(data, coding, is_gsm=True) == text


def test_a_header_that_says_nothing_of_parts_is_left_out_and_one_that_lies_is_words() -> None:
    part, words = read_header(bytes([5, 0, 3, 7, 2, 1]) + b"hello")
    assert part is not None
    assert (part.reference, part.total, part.number, words) == (7, 2, 1, b"hello")
    part, words = read_header(bytes([6, 8, 4, 1, 7, 3, 2]) + b"hello")
    assert part is not None
    assert (part.reference, part.total, part.number) == (263, 3, 2)
    assert read_header(bytes([6, 5, 4, 0, 1, 0, 2]) + b"hello") == (None, b"hello")
    assert read_header(bytes([200]) + b"hello") == (None, bytes([200]) + b"hello")
    assert read_header(bytes([5, 0, 3, 7, 2, 9]) + b"hi") == (None, b"hi")
    assert read_header(b"") == (None, b"")


@given(st.binary(max_size=200))
def test_no_header_breaks_the_reader(data: bytes) -> None:
    read_header(data)


@pytest.mark.parametrize(
    ("text", "state", "code"),
    [
        ("id:1a2b sub:001 dlvrd:001 submit date:2611211200 stat:DELIVRD err:000 text:Hi", "delivered", ""),
        ("id:1a2b sub:001 dlvrd:000 stat:UNDELIV err:011 Text:id:99 stat:DELIVRD", "failed", "11"),
        ("id:1a2b stat:EXPIRED err:0", "failed", ""),
        ("ID: 1a2b STAT: REJECTD ERR: 45", "failed", "45"),
        ("id:1a2b stat:ACCEPTD", "sent", ""),
        ("id:1a2b stat:ENROUTE", "sent", ""),
        ("id:1a2b stat:UNKNOWN err:999", "uncertain", ""),
        ("id:1a2b stat:DELETED", "failed", ""),
    ],
)
def test_receipts_are_read_as_carriers_write_them(text: str, state: str, code: str) -> None:
    receipt = read_receipt(text)
    assert receipt is not None
    assert (receipt.id, receipt.state, receipt.code) == ("1a2b", state, code)


def test_parameters_of_a_receipt_win_over_its_text() -> None:
    receipt = read_receipt("id:9 stat:DELIVRD err:000", "abc", 5, b"\x03\x00\x2a")
    assert receipt is not None
    assert (receipt.id, receipt.state, receipt.code) == ("abc", SendState.FAILED, "42")


@pytest.mark.parametrize("text", ["", "Hello", "id:1", "stat:DELIVRD", "id:1 stat:WHATEVER", "id: stat:DELIVRD"])
def test_a_receipt_that_says_too_little_is_none(text: str) -> None:
    assert read_receipt(text) is None


@pytest.mark.parametrize(
    ("forms", "given_id", "told", "is_found"),
    [
        ("auto", "1A2B", "1a2b", True),
        ("auto", "00012", "12", True),
        ("auto", "1a2b", "6699", True),
        ("auto", "6699", "1a2b", True),
        ("auto", "abc", "xyz", False),
        ("decimal", "1a2b", "6699", True),
        ("hexadecimal", "6699", "1a2b", True),
        ("same", "1a2b", "6699", False),
        ("auto", "msg-1/x", "msg-1/x", True),
    ],
)
def test_a_receipts_id_is_found_however_it_is_written(forms: str, given_id: str, told: str, is_found: bool) -> None:
    sent = SentIds(forms)  # type: ignore[arg-type]
    sent.remember(given_id, SentMessage(given_id, "ours"))
    assert (sent.find(told).reference == "ours") is is_found


def test_what_a_carrier_does_with_ids_is_learnt_and_then_holds_for_messages_that_nobody_remembers() -> None:
    sent = SentIds()
    assert sent.find("255").id == "255"
    sent.remember("1a2b", SentMessage("1a2b", "ours"))
    assert sent.find("6699").reference == "ours"
    assert sent.find("255").id == "ff"


def test_an_id_that_fits_as_it_is_is_not_taken_for_another_in_another_form() -> None:
    sent = SentIds()
    sent.remember("16", SentMessage("16", "sixteen"))
    sent.remember("10", SentMessage("10", "ten"))
    assert (sent.find("16").reference, sent.find("10").reference) == ("sixteen", "ten")


def test_no_more_ids_are_remembered_than_there_is_room_for() -> None:
    sent = SentIds("same")
    for number in range(MOST_REMEMBERED + 10):
        sent.remember(f"m{number}", SentMessage(f"m{number}", "r"))
    assert sent.find("m9").reference == ""
    assert sent.find("m10").reference == "r"


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_id_breaks_the_search(given_id: str, told: str) -> None:
    sent = SentIds()
    sent.remember(given_id, SentMessage(given_id, "r"))
    sent.find(told)


def test_what_was_refused_comes_again_under_its_key_and_is_forgotten_after_an_hour() -> None:
    arrivals = Arrivals(counted_ids("k"))
    key = arrivals.key_of("same", 0.0)
    arrivals.refused("same", key, 0.0)
    assert arrivals.key_of("other", 1.0) == "k2"
    assert arrivals.key_of("same", 1.0) == key
    assert arrivals.key_of("same", 1.0) == "k3"
    arrivals.refused("same", "k3", 1.0)
    assert arrivals.key_of("same", 2.0 + REFUSED_COMES_AGAIN_SECONDS) == "k4"


def test_only_what_the_carrier_may_not_have_heard_is_expected_again() -> None:
    arrivals = Arrivals(counted_ids("k"))
    arrivals.acknowledged("heard", arrivals.key_of("heard", 0.0), mark=3)
    arrivals.acknowledged("unheard", arrivals.key_of("unheard", 0.0), mark=4)
    arrivals.heard(4)
    arrivals.connection_lost(1.0)
    assert arrivals.key_of("heard", 2.0) == "k3"
    assert arrivals.key_of("unheard", 2.0) == "k2"
    assert arrivals.key_of("unheard", 2.0) == "k4"


def test_what_was_kept_is_not_expected_for_long_because_people_say_the_same_again() -> None:
    arrivals = Arrivals(counted_ids("k"))
    arrivals.acknowledged("yes", arrivals.key_of("yes", 0.0), mark=0)
    arrivals.connection_lost(1.0)
    assert arrivals.key_of("yes", 2.0 + UNHEARD_COMES_AGAIN_SECONDS) == "k2"


@pytest.mark.parametrize(
    ("sender", "kind", "plan", "text"),
    [
        ("+31201234567", 1, 1, "31201234567"),
        ("3535", 3, 0, "3535"),
        ("Shop", 5, 0, "Shop"),
        ("ACME 24", 5, 0, "ACME 24"),
    ],
)
def test_a_sender_is_of_the_kind_that_it_looks_like(sender: str, kind: int, plan: int, text: str) -> None:
    found = sender_address(sender, None, None)
    assert (found.text, found.ton, found.npi) == (text, kind, plan)
    assert sender_address(sender, 0, 8).ton == 0


@pytest.mark.parametrize("to", ["", "Shop", "3535", "+", "++31612345678", "US.1349"])
def test_only_telephone_numbers_are_written_to(to: str) -> None:
    with pytest.raises(CannotWrite, match="no telephone number"):
        write_shorts(sms("Hi", to=to), SENDER, True, "udh", 1)


def test_buttons_are_written_out_and_files_are_refused() -> None:
    buttons = (Button(id="y", title="Yes"), Button(id="n", title="No"))
    (short,) = shorts(MessageBody(text="Call you?", buttons=buttons))
    assert short.words == b"Call you?\n1. Yes\n2. No"
    for wrong in (MessageBody(), MessageBody(text="x", media_url="https://x.example/1")):
        with pytest.raises(CannotWrite):
            shorts(wrong)


@pytest.mark.parametrize("form", ["udh", "sar", "payload"])
def test_what_we_write_another_implementation_reads(form: str) -> None:
    written = write_shorts(sms("你好" * 60), SENDER, True, form, 44)  # type: ignore[arg-type]
    read = [smpp34.decode(encode_submit(short, number)) for number, short in enumerate(written, 1)]
    assert len(read) == (1 if form == "payload" else 2)
    words = b""
    for one in read:
        assert isinstance(one, smpp34.SubmitSm)
        tlvs = {tlv.tag: tlv.value for tlv in one.tlvs}
        assert len(tlvs[0x0204]) == 2
        words += tlvs.get(0x0424, b"") or (one.short_message[6:] if form == "udh" else one.short_message)
    assert words.decode("utf-16-be") == "你好" * 60


def test_a_message_of_nobody_is_noted_and_one_of_a_short_code_is_a_message() -> None:
    for source in ("", "anonymous", "266696687"):
        event = read_deliver(
            arrived(Deliver(source=source, destination="1", esm_class=0, data_coding=0, words=b"Hi")), True, unknown
        )
        assert isinstance(event, Noted)
    event = read_deliver(
        arrived(Deliver(source="AMAZON", destination="1", esm_class=0, data_coding=0, words=b"Hi")), True, unknown
    )
    assert isinstance(event, Received)
    assert (event.sender.id, event.sender.phone) == ("AMAZON", "")


def test_binary_words_are_shown_as_unsupported() -> None:
    deliver = word_of("31612345678", data_coding=4, words=b"\x01\xff")
    event = read_deliver(arrived(deliver), True, unknown)
    assert isinstance(event, Received)
    assert (event.kind, event.text, event.detail) == (MessageKind.UNSUPPORTED, "", "binary: 01ff")


def test_a_receipt_with_parameters_alone_is_one_whatever_its_class_says() -> None:
    deliver = word_of("31612345678", words=b"", id="77", state=2)
    event = read_deliver(arrived(deliver), True, unknown)
    assert isinstance(event, StateTold)
    assert (event.id, event.state, event.key) == ("77", SendState.DELIVERED, "state/77/DELIVRD")


def _pdu(**more: object) -> bytes:
    return smpp34.DeliverSm("31612345678", "31201234567", b"Where is it?", sequence_number=7, **more).encode()  # type: ignore[arg-type]


@settings(max_examples=400)
@given(st.data())
def test_no_broken_delivery_breaks_the_reader(data: st.DataObject) -> None:
    raw = bytearray(
        _pdu(
            esm_class=data.draw(st.sampled_from([0, 4, 0x40, 0x44, 0xFF])),
            data_coding=data.draw(st.integers(0, 255)),
            tlvs=[
                smpp34.Tlv(tag, data.draw(st.binary(max_size=8)))
                for tag in (0x001E, 0x0427, 0x0423, 0x0204, 0x020C, 0x020E, 0x020F)
            ],
        )
    )
    for _ in range(data.draw(st.integers(0, 6))):
        raw[data.draw(st.integers(16, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        deliver = decode_deliver(bytes(raw))
    except Undecodable:
        return
    event = read_deliver(arrived(deliver), data.draw(st.booleans()), unknown)
    assert event.key
    assert "\x00" not in repr(event)


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_no_bytes_break_a_session(chunks: list[bytes]) -> None:
    session = Session()
    session.bind("shop", "s3cret", "")
    for chunk in chunks:
        session.feed(chunk)
        session.replies()


@given(st.binary(min_size=1, max_size=300), st.integers(1, 40))
def test_frames_are_the_same_however_the_stream_is_cut(body: bytes, size: int) -> None:
    stream = frame(4, 0, 1, body) + frame(0x15, 0, 2)
    frames, found = Frames(), []
    for place in range(0, len(stream), size):
        found += frames.feed(stream[place : place + size])
    assert [(one.command, one.sequence, one.body) for one in found] == [(4, 1, body), (0x15, 2, b"")]


@pytest.mark.parametrize("length", [0, 15, 131_073, 0xFFFFFFFF])
def test_a_length_that_cannot_be_right_ends_the_stream(length: int) -> None:
    with pytest.raises(BrokenStream):
        Frames().feed(struct.pack(">IIII", length, 4, 0, 1))


def test_a_bind_is_written_as_the_specification_says() -> None:
    raw = bind_transceiver(1, "shop", "s3cret", "VMA")
    assert raw == struct.pack(">IIII", 16 + 20, 9, 0, 1) + b"shop\x00s3cret\x00VMA\x00\x34\x00\x00\x00"
    for wrong in (("x" * 16, "p", ""), ("s", "é", ""), ("s", "p", "y" * 13), ("s\x00", "p", "")):
        with pytest.raises(ValueError, match=r"the (system_id|password|system_type) has"):
            bind_transceiver(1, *wrong)


def test_the_carrier_may_sign_us_out() -> None:
    session = Session()
    session.bind("shop", "s3cret", "")
    session.feed(frame(0x80000009, 0, 1, b"carrier\x00"))
    assert session.state is State.BOUND
    (happening,) = session.feed(frame(0x06, 0, 9))
    assert isinstance(happening, Closed)
    assert session.replies() == frame(0x80000006, 0, 9)
    assert session.feed(frame(0x15, 0, 10)) == []


def test_a_status_that_nobody_told_us_of_is_not_tried_again() -> None:
    refused = refusal(0x0403)
    assert (refused.remedy, refused.code) == (Remedy.NEVER, "0x00000403")


def test_nothing_counts_that_comes_over_http() -> None:
    account = settings_of("smpp")
    delivery = Delivery(method="POST", url="https://x.example", headers=(), body=b"{}", received_at=NOW)
    assert account.greet(delivery, SECRETS) is None
    with pytest.raises(DeliveryRefused):
        account.verify(delivery, SECRETS)
    assert isinstance(account.read(delivery)[0], Noted)
