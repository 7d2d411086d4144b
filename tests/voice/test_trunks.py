"""From the headers of an INVITE to a `Call`: trunk, number, caller, privacy, attestation."""

from datetime import UTC, datetime

import pytest

from skipline.model.call import Attestation, Call
from skipline.model.configuration import Registration, Trunk, VoiceConfiguration
from skipline.model.ids import CallId
from skipline.voice.identity import read_identity
from skipline.voice.sip.events import Invite
from skipline.voice.telephone import normalise_number
from skipline.voice.trunks import TrunkBook, called_number, names_to_resolve

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIVE = frozenset({"+31201234567", "+31207654321"})
CALLER = "<sip:+31612345678@carrier.example>;tag=1"


def invite(uri: str = "sip:+31201234567@host", to: str = "sip:+31201234567@host", **headers: str) -> Invite:
    found = {name.replace("_", "-"): [value] for name, value in {"from": CALLER, **headers}.items()}
    return Invite("c1", uri, "", "", to, found, ("192.0.2.7", 5060), "udp", None)


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+31612345678", "", "+31612345678"),
        ("+31 (0)6-1234", "", "+31061234"),
        ("31612345678", "", "+31612345678"),
        ("0031612345678", "", "+31612345678"),
        ("00-31-6-12345678", "NL", "+31612345678"),
        ("0612345678", "nl", "+31612345678"),
        ("31612345678", "NL", "+31612345678"),
        ("06.12.34.56.78", "NL", "+31612345678"),
        ("(11) 98765-4321", "BR", "+5511987654321"),
        ("0612345678", "", "0612345678"),
        ("1004", "NL", "1004"),
        ("112", "NL", "112"),
        ("alice", "NL", "alice"),
        ("", "NL", ""),
        ("+", "", "+"),
        ("9" * 400, "NL", "9" * 400),
    ],
)
def test_numbers_come_to_one_form(text: str, region: str, expected: str) -> None:
    assert normalise_number(text, region) == expected


def test_a_number_of_ours_wins_over_every_other_reading() -> None:
    assert normalise_number("4401", "NL", {"4401"}) == "4401"
    assert normalise_number("31201234567", "", LIVE) == "+31201234567"
    assert normalise_number("0031201234567", "", LIVE) == "+31201234567"


@pytest.mark.parametrize(
    ("rule", "call", "expected"),
    [
        ("auto", invite(), "+31201234567"),
        ("auto", invite(uri="sip:31201234567@host"), "+31201234567"),
        ("auto", invite(uri="sip:0201234567@host"), "+31201234567"),
        ("auto", invite(uri="tel:+31-20-123-4567"), "+31201234567"),
        ("auto", invite(uri="sip:+31201234567;npdi;rn=+3197@host;user=phone"), "+31201234567"),
        ("auto", invite(uri="sip:account7@us", to="sip:+31207654321@host"), "+31207654321"),
        ("auto", invite(p_called_party_id='"x" <sip:+31207654321@host>'), "+31207654321"),
        ("auto", invite(uri="sip:account7@us", to="sip:nobody@host"), "+31200000000"),
        ("ruri", invite(to="sip:+31207654321@host"), "+31201234567"),
        ("to", invite(to="sip:+31207654321@host"), "+31207654321"),
        ("p-called-party-id", invite(p_called_party_id="<tel:+31207654321>"), "+31207654321"),
        ("header:X-DID", invite(x_did="31207654321"), "+31207654321"),
        ("header:X-DID", invite(), "+31200000000"),
    ],
)
def test_the_called_number_is_found_by_the_trunks_rule(rule: str, call: Invite, expected: str) -> None:
    trunk = Trunk(name="carrier", did_source=rule, default_region="NL", default_number="+31200000000")
    assert called_number(call, trunk, LIVE) == expected


def test_without_a_default_number_the_request_uri_is_told() -> None:
    assert called_number(invite(uri="sip:+31209999999@h", to="sip:x@h"), Trunk(name="t"), LIVE) == "+31209999999"


@pytest.mark.parametrize(
    ("headers", "number", "is_withheld"),
    [
        ({}, "+31612345678", False),
        ({"from": "<sip:0612345678@carrier;user=phone>;tag=1"}, "+31612345678", False),
        ({"from": "<tel:+31-6-1234-5678>;tag=1"}, "+31612345678", False),
        ({"from": "sip:0031612345678@h;tag=1"}, "+31612345678", False),
        ({"p-asserted-identity": '"A" <sip:+31600000001@h>'}, "+31600000001", False),
        ({"p-asserted-identity": "<sip:bob@h>, <tel:+31600000001>"}, "+31600000001", False),
        ({"remote-party-id": "<sip:+31600000002@h>;party=calling"}, "+31600000002", False),
        ({"remote-party-id": "<sip:+31600000002@h>;privacy=full"}, "+31600000002", True),
        ({"privacy": "id"}, "+31612345678", True),
        ({"privacy": "none"}, "+31612345678", False),
        ({"privacy": "user;critical"}, "+31612345678", True),
        ({"from": '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'}, "", True),
        ({"from": "<sip:Restricted@carrier>;tag=1"}, "", True),
        (
            {"from": "<sip:anonymous@anonymous.invalid>", "p-asserted-identity": "<sip:+31600000001@h>"},
            "+31600000001",
            True,
        ),
        ({"from": "<sip:+31612345678;npdi;rn=+3197@h>;tag=1"}, "+31612345678", False),
        ({"from": "total garbage <<"}, "", False),
        ({"from": ""}, "", False),
    ],
)
def test_the_caller_on_a_trusted_trunk(headers: dict[str, str], number: str, is_withheld: bool) -> None:
    lines = {name: [value] for name, value in {"from": CALLER, **headers}.items()}
    found = read_identity(lines, is_trusted=True, region="NL")
    assert (found.number, found.is_withheld) == (number, is_withheld)


def test_a_stranger_cannot_assert_an_identity() -> None:
    headers = {"from": [CALLER], "p-asserted-identity": ["<sip:+31600000001;verstat=TN-Validation-Passed@h>"]}
    found = read_identity(headers, is_trusted=False)
    assert (found.number, found.attestation) == ("+31612345678", Attestation.NONE)


def test_a_withheld_caller_has_no_name() -> None:
    named = {"from": ['"Jan Jansen" <sip:+31612345678@h>;tag=1']}
    assert read_identity(named, is_trusted=True).name == "Jan Jansen"
    assert read_identity(named | {"privacy": ["id"]}, is_trusted=True).name == ""


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"p-asserted-identity": "<sip:+15551234567;verstat=TN-Validation-Passed@h>"}, Attestation.FULL),
        ({"p-asserted-identity": "<sip:+15551234567@h>;verstat=TN-Validation-Passed-B"}, Attestation.PARTIAL),
        ({"p-asserted-identity": "<tel:+15551234567;verstat=TN-Validation-Passed-C>"}, Attestation.GATEWAY),
        ({"from": "<sip:+15551234567;verstat=TN-Validation-Failed@h>;tag=1"}, Attestation.FAILED),
        ({"p-asserted-identity": "<sip:+15551234567;verstat=No-TN-Validation@h>"}, Attestation.NONE),
        ({"x-twilio-verstat": "TN-Validation-Passed-A"}, Attestation.FULL),
        ({"p-attestation-indicator": "B"}, Attestation.PARTIAL),
        ({"p-attestation-indicator": "failed"}, Attestation.NONE),
        ({}, Attestation.NONE),
    ],
)
def test_attestation_wherever_the_carrier_puts_it(headers: dict[str, str], expected: Attestation) -> None:
    lines = {name: [value] for name, value in {"from": CALLER, **headers}.items()}
    assert read_identity(lines, is_trusted=True).attestation is expected


def book() -> TrunkBook:
    trunks = (
        Trunk(name="range", hosts=("10.1.0.0/16", "2001:db8::/32")),
        Trunk(name="one", hosts=("10.1.2.3",)),
        Trunk(name="named", hosts=("sip.carrier.example",), server="out.carrier.example:5080"),
        Trunk(name="login", register=Registration(server="192.0.2.40", user="u", password_secret="s")),
    )
    resolved = {"sip.carrier.example": ["198.51.100.1", "2001:db9::1"]}
    return TrunkBook(VoiceConfiguration(trunks=trunks, live_numbers=tuple(LIVE)), resolved)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("10.1.9.9", "range"),
        ("10.1.2.3", "one"),
        ("::ffff:10.1.2.3", "one"),
        ("2001:db8::5", "range"),
        ("198.51.100.1", "named"),
        ("2001:db9::1", "named"),
        ("192.0.2.40", "login"),
        ("192.0.2.41", None),
        ("nonsense", None),
    ],
)
def test_the_trunk_is_known_by_its_source(source: str, name: str | None) -> None:
    found = book().find_trunk(source)
    assert (found.name if found else None) == name


def test_names_that_somebody_must_resolve() -> None:
    assert names_to_resolve(book().trunks.values()) == {"sip.carrier.example", "out.carrier.example"}


def test_the_whole_call() -> None:
    trunks = book()
    assert trunks.is_live("+31201234567")
    call = trunks.read_call(
        invite(
            **{"from": '"Jan" <sip:+31612345678@h>;tag=1'},
            diversion="<sip:+31208888888@h>;reason=unconditional",
            x_account="A" * 2000,
        ),
        trunks.trunks["one"],
        id=CallId("call1"),
        now=NOW,
    )
    assert call == Call(
        id=CallId("call1"),
        arrived_at=NOW,
        from_="+31612345678",
        to="+31201234567",
        trunk="one",
        caller_name="Jan",
        diverted_from="+31208888888",
        headers={"x-account": "A" * 1000},
        source="192.0.2.7:5060",
    )


def test_history_info_tells_who_forwarded_only_when_somebody_did() -> None:
    trunks = book()
    one = invite(history_info="<sip:+31208888888@h>;index=1")
    two = invite(history_info="<sip:+31208888888@h>;index=1, <sip:+31201234567@h>;index=1.1")
    told = [trunks.read_call(each, trunks.trunks["one"], id=CallId("c"), now=NOW).diverted_from for each in (one, two)]
    assert told == ["", "+31208888888"]
