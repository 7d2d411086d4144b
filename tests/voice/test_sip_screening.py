"""Who is answered at all, and the small readers underneath."""

import asyncio

import pytest
from raw_sip import SDP, RawParty, inside, status
from sip_pair import sip_pair

from skipline.voice.sip import tcp
from skipline.voice.sip.address import Address, parse_address, parse_uri
from skipline.voice.sip.headers import is_free_name
from skipline.voice.sip.hop import write_from
from skipline.voice.sip.leg import Leg, Refusal
from skipline.voice.sip.screening import SourceThrottle, network_of
from skipline.voice.sip.stack import SipStack
from skipline.voice.sip.trouble import TroubleLog
from skipline.voice.sip.wire import has_bad_length, read_body, read_wire, refuse_statelessly, write_body, write_wire


def test_a_network_gets_five_answers_a_minute() -> None:
    throttle = SourceThrottle()
    hopping = [throttle.allows(f"192.0.2.{number}", float(number)) for number in range(8)]
    assert hopping == [True] * 5 + [False] * 3
    assert throttle.allows("198.51.100.1", 8.0)
    assert throttle.allows("192.0.2.1", 60.5) and not throttle.allows("192.0.2.1", 60.6)


def test_the_throttle_forgets_rather_than_grows() -> None:
    throttle = SourceThrottle(limit=1, most_networks=10)
    for number in range(1000):
        throttle.allows(f"10.{number // 250}.{number % 250}.1", 0.0)
    assert len(throttle._seen) == 10


def test_networks() -> None:
    assert network_of("192.0.2.77") == "192.0.2.0/24"
    assert network_of("::ffff:192.0.2.77") == "192.0.2.0/24"
    assert network_of("2001:db8:1:2:3::4") == "2001:db8:1:2::/64"


@pytest.mark.parametrize("refusal", [Refusal(404, "Not Found", {"X-Why": "no such number"}), Refusal(0, "a stranger")])
async def test_the_owner_decides_before_anything_is_sent(refusal: Refusal) -> None:
    arrived: list[object] = []
    stack = SipStack([("127.0.0.1", 0)], on_invite=arrived.append, admit=lambda _: refusal)
    address = (await stack.start())[0]
    raw = RawParty(address)
    raw.send(raw.request(body=SDP))
    if refusal.code:
        reply = await raw.receive()
        assert status(reply) == 404 and "X-Why: no such number" in reply
    else:
        await raw.expect_silence()
        assert not stack.endpoint.transactions.tserver, "a dropped request leaves nothing behind"
    assert not arrived
    raw.close()
    await stack.stop()


async def test_who_gets_no_answer_gets_none_to_any_request_but_keeps_the_calls_there_are() -> None:
    legs: list[Leg] = []
    is_open = True
    stack = SipStack([("127.0.0.1", 0)], on_invite=legs.append, answers=lambda _: is_open)
    raw = RawParty((await stack.start())[0])
    invite = raw.request(body=SDP)
    raw.send(invite)
    await raw.expect("100")
    legs[0].answer(SDP)
    ok = await raw.expect("200")
    raw.send(raw.request("ACK", headers=inside(invite, ok, "ACK", 1)))
    is_open = False
    for odd in (
        raw.request("OPTIONS"),
        raw.request("SUBSCRIBE"),
        raw.request("INVITE", extra="Require: precognition\r\n"),
        raw.request("BYE", headers={"To": "<sip:x@127.0.0.1>;tag=guessed"}),
    ):
        raw.send(odd)
    await raw.expect_silence()
    raw.send(raw.request("BYE", headers=inside(invite, ok, "BYE", 2)))
    await raw.expect("200")
    raw.close()
    await stack.stop()


class _DeafPeer:
    """A connection whose other side never reads: what is written stays here, until it is aborted."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.transport, self.unread, self.is_aborted = self, 0, False
        self._reader = reader

    def write(self, data: bytes) -> None:
        self.unread += 0 if self.is_aborted else len(data)

    def get_write_buffer_size(self) -> int:
        return 0 if self.is_aborted else self.unread

    def abort(self) -> None:
        self.is_aborted = True
        self._reader.feed_eof()

    def close(self) -> None:
        pass


async def test_keep_alives_that_nobody_reads_the_answers_of_end_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tcp, "_MAX_UNSENT_BYTES", 100)
    reader = asyncio.StreamReader()
    peer = _DeafPeer(reader)
    reader.feed_data(b"\r\n\r\n" * 500)
    transport = tcp.TcpTransport(("127.0.0.1", 0), lambda *_: None, lambda *_: None, TroubleLog())
    await asyncio.wait_for(transport._serve(reader, peer, ("192.0.2.1", 5060)), 5)  # type: ignore[arg-type]
    assert peer.is_aborted
    assert peer.unread <= 102
    await transport.stop()


@pytest.mark.parametrize("name", ["Via", "i", "V", "Supported", "x-bad name", "X\r\nY", ""])
def test_headers_of_the_signalling_are_not_a_flows_to_set(name: str) -> None:
    assert not is_free_name(name)
    assert is_free_name("X-Customer")


async def test_a_taken_port_is_an_error_and_leaves_nothing_open() -> None:
    async with sip_pair() as pair:
        second = SipStack([("127.0.0.1", 0), (pair.host, pair.port)], on_invite=lambda _: None)
        with pytest.raises(OSError, match="in use"):
            await second.start()
        assert not second.is_started


async def test_both_families_on_one_stack() -> None:
    stack = SipStack([("127.0.0.1", 0), ("::1", 0)], on_invite=lambda _: None)
    bound = await stack.start()
    assert [await stack.ask_options(f"sip:{'[::1]' if host == '::1' else host}:{port}") for host, port in bound] == [
        True,
        True,
    ]
    await asyncio.sleep(0)
    await stack.stop()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"A \\"b\\" <c>" <sip:x@h>;tag=1', Address('A "b" <c>', "sip:x@h", {"tag": "1"})),
        ("Jan de Vries <sip:x@h;a=b>", Address("Jan de Vries", "sip:x@h;a=b", {})),
        ("sip:x@h;tag=1", Address("", "sip:x@h", {"tag": "1"})),
        ("", Address("", "", {})),
    ],
)
def test_addresses(text: str, expected: Address) -> None:
    assert parse_address(text) == expected


def test_uris() -> None:
    found = parse_uri("SIP:al%20ice;p=1:pw@[2001:DB8::1]:5071;transport=TCP;lr?Subject=x")
    assert (found.user, found.host, found.port, found.transport) == ("al ice", "2001:db8::1", 5071, "tcp")
    assert found.user_params == {"p": "1:pw"} and found.params["lr"] == ""
    for wrong in ("", "sip:", "http://x", "sip:a@h:0", "sip:a@h:x", "sip:a@:5060", "sip:a@h:\u0665"):
        with pytest.raises(ValueError, match=r".{20}"):
            parse_uri(wrong)


def test_a_name_cannot_break_out_of_its_header() -> None:
    written = write_from('a"b>\r\nX: y', 'Eve" <sip:boss@h>\r\nX-Evil: 1\\', "h")
    assert "\r" not in written and written.endswith("<sip:a%22b%3E%0D%0AX:%20y@h>") is False
    assert parse_address(written).name == 'Eve" <sip:boss@h>X-Evil: 1\\'
    assert parse_uri(parse_address(written).uri).host == "h"


def test_text_and_bytes() -> None:
    body = write_body("s=Zoë\r\n")
    message = f"INVITE x SIP/2.0\r\nSubject: Zoë\r\n\r\n{body}"
    wire = write_wire(message)
    assert wire.endswith("s=Zoë\r\n".encode()) and len(body) == len("s=Zoë\r\n".encode())
    assert read_wire(wire) == message and read_body(body) == "s=Zoë\r\n"
    assert read_wire(b"From: Jos\xe9\r\n\r\n") == "From: José\r\n\r\n"
    assert read_wire("X: a\u2028b\x0bc\r\n\r\n".encode()) == "X: a b c\r\n\r\n"
    assert read_wire(b"X: a\x0bb\r\n\r\n") == "X: a b\r\n\r\n"


def test_replies_without_a_parser() -> None:
    reply = refuse_statelessly("INVITE x SIP/2.0\r\nv: SIP/2.0/UDP h;branch=1\r\ni: c1\r\n\r\n", 400, "Bad")
    assert reply == b"SIP/2.0 400 Bad\r\nVia: SIP/2.0/UDP h;branch=1\r\nCall-ID: c1\r\nContent-Length: 0\r\n\r\n"
    for silent in (
        "ACK x SIP/2.0\r\nVia: a\r\n\r\n",
        "SIP/2.0 200 OK\r\nVia: a\r\n\r\n",
        "INVITE x SIP/2.0\r\n\r\n",
        "?",
    ):
        assert refuse_statelessly(silent, 400, "Bad") is None
    assert has_bad_length("A\r\nl : -5\r\n") and not has_bad_length("A\r\nContent-Length: 5\r\n")


def test_the_trouble_log_counts_all_and_writes_few(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    log = TroubleLog(lambda: now[0])
    for _ in range(1000):
        log.note("sip_message_unreadable", source="192.0.2.1")
    assert log.counts["sip_message_unreadable"] == 1000
    assert capsys.readouterr().out.count("sip_message_unreadable") == 5
    now[0] = 61
    log.note("sip_message_unreadable")
    assert capsys.readouterr().out.count("sip_message_unreadable") == 1
