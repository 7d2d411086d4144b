import random

import pytest

from skipline.voice.sdp import Audio, Direction, Endpoint, SdpMistake, make_answer, make_sdp, read_sdp, with_address

PHONE = """v=0
o=alice 2890844526 2890844527 IN IP4 198.51.100.7
s=call
c=IN IP4 198.51.100.7
t=0 0
m=audio 49170 RTP/AVP 9 8 0 97
a=rtpmap:9 G722/8000
a=rtpmap:97 telephone-event/8000
a=fmtp:97 0-15
a=rtcp:49171 IN IP4 198.51.100.7
a=candidate:1 1 UDP 2130706431 10.0.0.7 49170 typ host
a=ptime:30
m=video 51372 RTP/AVP 99
c=IN IP4 198.51.100.8
a=rtpmap:99 h263-1998/90000
""".replace("\n", "\r\n")
OURS = Endpoint("203.0.113.1", 30000)


def described(**changes):
    text = PHONE
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return text


def test_the_audio_of_a_phone_is_read_whole():
    audio = read_sdp(PHONE)
    assert audio.endpoint == Endpoint("198.51.100.7", 49170)
    assert audio.payloads == (9, 8, 0, 97)
    assert (audio.codec, audio.digits_payload, audio.direction) == (8, 97, Direction.BOTH)
    assert audio.is_plain
    assert not audio.is_on_hold


def test_bare_line_feeds_and_an_address_of_the_stream_itself_are_taken():
    text = "v=0\nm=audio 4000 RTP/AVP 0\nc=IN IP6 2001:db8::7\n"
    assert read_sdp(text) == Audio(ip="2001:db8::7", port=4000, payloads=(0,), media=("m=audio 4000 RTP/AVP 0",))
    assert read_sdp(text).is_ipv6


@pytest.mark.parametrize(
    ("old", "new", "is_on_hold"),
    [
        ("a=ptime:30", "a=sendonly", True),
        ("a=ptime:30", "a=inactive", True),
        ("a=ptime:30", "a=recvonly", False),
        ("s=call", "s=call\r\na=sendonly", True),
        ("c=IN IP4 198.51.100.7", "c=IN IP4 0.0.0.0", True),
    ],
)
def test_hold_is_told_from_talk(old, new, is_on_hold):
    assert read_sdp(described(change=(old, new))).is_on_hold is is_on_hold


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("m=audio", "m=text", "no audio"),
        ("c=IN IP4 198.51.100.7", "a=x", "no c= line"),
        ("c=IN IP4 198.51.100.7", "c=IN IP4 metadata.internal", "names no IP address"),
        ("c=IN IP4 198.51.100.7", "c=IN IP4", "names no IP address"),
        ("c=IN IP4 198.51.100.7", "c=IN IP4 224.2.1.1/127", "not an address of one phone"),
        ("c=IN IP4 198.51.100.7", "c=IN IP6 fe80::1%eth0", "not an address of one phone"),
        ("audio 49170", "audio 70000", "not a number from 0 to 65535"),
        ("audio 49170", "audio 4e3", "not a number"),
        ("audio 49170", "audio -5", "not a number"),
        ("AVP 9 8", "AVP 9 800", "not a number from 0 to 127"),
        ("m=audio 49170 RTP/AVP 9 8 0 97", "m=audio 49170", "not a media line"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(old, new, says):
    with pytest.raises(SdpMistake, match=says):
        read_sdp(described(change=(old, new)))


def test_mutations_are_read_or_refused_and_what_is_passed_on_can_be_read_again():
    rng, read = random.Random(11), 0
    for _ in range(3000):
        mutated = bytearray(PHONE.encode())
        for _ in range(rng.randrange(1, 6)):
            mutated[rng.randrange(len(mutated))] = rng.randrange(256)
        text = mutated.decode("latin-1")
        try:
            audio = read_sdp(text)
        except SdpMistake:
            continue
        read += 1
        passed_on = read_sdp(with_address(text, OURS))
        assert passed_on.ip in (OURS.ip, audio.ip if audio.is_nowhere else OURS.ip)
        assert passed_on.payloads == audio.payloads
    assert read > 500


def test_our_offer_is_read_back_as_it_was_meant():
    audio = read_sdp(make_sdp(OURS, direction=Direction.SEND, version=3))
    assert (audio.endpoint, audio.payloads, audio.digits_payload) == (OURS, (0, 8, 101), 101)
    assert audio.direction is Direction.SEND
    assert "IN IP6 ::1" in make_sdp(Endpoint("::1", 4000))


def test_our_answer_takes_one_codec_keeps_their_digits_and_refuses_the_video():
    answer = make_answer(read_sdp(PHONE), OURS)
    assert "m=audio 30000 RTP/AVP 8 97\r\n" in answer
    assert "a=rtpmap:97 telephone-event/8000\r\n" in answer
    assert "m=video 0 RTP/AVP 99\r\n" in answer
    assert "m=audio 30000 RTP/AVP 0 97\r\n" in make_answer(read_sdp(PHONE), OURS, payload=0)


def test_our_answer_mirrors_a_hold():
    held = read_sdp(described(change=("a=ptime:30", "a=sendonly")))
    assert read_sdp(make_answer(held, OURS)).direction is Direction.RECEIVE


@pytest.mark.parametrize(
    ("old", "new"), [("RTP/AVP 9 8 0 97", "RTP/AVP 9 97"), ("m=audio 49170 RTP/AVP", "m=audio 49170 RTP/SAVP")]
)
def test_an_offer_without_plain_g711_cannot_be_answered(old, new):
    with pytest.raises(SdpMistake, match=r"plain G\.711"):
        make_answer(read_sdp(described(change=(old, new))), OURS)


def test_passing_on_changes_the_way_and_nothing_else():
    passed_on = with_address(PHONE, OURS)
    assert passed_on.splitlines() == [
        "v=0",
        "o=alice 2890844526 2890844527 IN IP4 198.51.100.7",
        "s=call",
        "c=IN IP4 203.0.113.1",
        "t=0 0",
        "m=audio 30000 RTP/AVP 9 8 0 97",
        "a=rtpmap:9 G722/8000",
        "a=rtpmap:97 telephone-event/8000",
        "a=fmtp:97 0-15",
        "a=ptime:30",
        "m=video 0 RTP/AVP 99",
        "c=IN IP4 203.0.113.1",
        "a=rtpmap:99 h263-1998/90000",
    ]


def test_a_zero_address_stays_zero_when_passed_on_since_it_means_hold():
    held = with_address(described(change=("c=IN IP4 198.51.100.7", "c=IN IP4 0.0.0.0")), OURS)
    assert read_sdp(held).is_on_hold
    assert read_sdp(held).port == 30000


def test_a_refused_audio_stays_refused_when_passed_on():
    assert "m=audio 0 RTP/AVP" in with_address(described(change=("audio 49170", "audio 0")), OURS)
