import pytest

from skipline.model.configuration import Trunk
from skipline.voice.targets import Dialable, NotDialable, Suspects, caller_headers, order_targets, parse_target

CARRIER = Trunk(name="carrier", server="sip.carrier.example:5080", transport="tcp")
PLAIN = Trunk(name="plain", hosts=("192.0.2.1",))


@pytest.mark.parametrize(
    ("text", "hop"),
    [
        ("sip:vip@127.0.0.1:5071", ("127.0.0.1", 5071, "udp")),
        ("vip@pbx.example.com", ("pbx.example.com", 5060, "udp")),
        ("sip:pbx.example.com", ("pbx.example.com", 5060, "udp")),
        ("sip:vip@[::1]:5071;transport=TCP", ("::1", 5071, "tcp")),
        ("SIP:+31201234567@10.0.0.1;user=phone", ("10.0.0.1", 5060, "udp")),
    ],
)
def test_a_sip_uri_names_its_next_hop(text: str, hop: tuple[str, int, str]) -> None:
    target = parse_target(text, [CARRIER])
    assert (target.host, target.port, target.transport) == hop
    assert target.uri.lower().startswith("sip:")


def test_a_number_leaves_by_the_named_trunk_and_else_by_the_first_with_a_server() -> None:
    named = parse_target("+31 (20) 123-4567", [PLAIN, CARRIER], "carrier")
    assert named == parse_target("+31 (20) 123-4567", [PLAIN, CARRIER])
    assert named.uri == "sip:+31201234567@sip.carrier.example:5080"
    assert (named.host, named.port, named.transport, named.trunk) == ("sip.carrier.example", 5080, "tcp", CARRIER)


@pytest.mark.parametrize(
    ("text", "trunk", "says"),
    [
        ("+31201234567", "nobody", "there is no trunk 'nobody'"),
        ("+31201234567", "plain", "has no server"),
        ("sips:vip@pbx.example.com", "", "TLS"),
        ("sip:vip@pbx.example.com;transport=ws", "", "use udp or tcp"),
        ("sip:vip@pbx.example.com:99999", "", "1 to 65535"),
        ("sip:vip@pbx.example.com\r\nX-Evil: 1", "", "is not a target"),
        ("sip:<vip>@pbx", "", "is not a target"),
        ("", "", "is not a target"),
        ("https://example.com/", "", "is not a target"),
    ],
)
def test_what_cannot_be_dialled_says_why(text: str, trunk: str, says: str) -> None:
    with pytest.raises(NotDialable, match=says):
        parse_target(text, [PLAIN, CARRIER], trunk)


def test_targets_that_are_down_or_suspect_are_tried_last_and_only_for_a_while() -> None:
    clock = [100.0]
    suspects = Suspects(now=lambda: clock[0])
    first, second = (parse_target(f"sip:q@127.0.0.1:{port}", []) for port in (5071, 5072))

    def order() -> list[Dialable]:
        return order_targets([first, second], lambda target: target.key in suspects)

    suspects.add(first.key, 30)
    assert order() == [second, first]
    clock[0] += 31
    assert order() == [first, second]
    suspects.add(first.key)
    suspects.clear(first.key)
    assert order() == [first, second]


def test_only_a_trusted_trunk_is_told_who_calls() -> None:
    trusted = parse_target("+31201234567", [CARRIER])
    stranger = parse_target("sip:vip@127.0.0.1", [CARRIER])
    doubtful = parse_target("+31201234567", [Trunk(name="x", server="x.example", is_trusted=False)])
    assert caller_headers(trusted, "+31611111111", is_withheld=False) == {
        "P-Asserted-Identity": "<sip:+31611111111@sip.carrier.example>"
    }
    assert caller_headers(trusted, "+31611111111", is_withheld=True)["Privacy"] == "id"
    assert caller_headers(stranger, "+31611111111", is_withheld=False) == {}
    assert "P-Asserted-Identity" not in caller_headers(doubtful, "+31611111111", is_withheld=False)


def test_what_a_caller_calls_itself_stays_one_address() -> None:
    trusted = parse_target("+31201234567", [CARRIER])
    headers = caller_headers(trusted, "x>, <sip:+31622222222@bank.example", is_withheld=False)
    identity = "<sip:x%3E%2C%20%3Csip%3A+31622222222%40bank.example@sip.carrier.example>"
    assert headers["P-Asserted-Identity"] == identity
