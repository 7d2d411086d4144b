"""What was found out about a trunk, in words: each with what to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from skipline.centre.trunk_findings import find_findings
from skipline.model.configuration import Registration, Trunk
from skipline.model.finding import Finding, Verdict, worst_of
from skipline.model.trunk_examination import (
    NameLookedUp,
    RefusedCalls,
    RegistrationSeen,
    ServerAsked,
    TrunkExamination,
)

NOON = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
SERVER = Trunk(name="carrier", server="10.0.0.5")
SIGNED = Trunk(name="carrier", server="10.0.0.5", user="us", password_secret="p")
REGISTERED = Trunk(name="carrier", register=Registration(server="sip.example", user="us", password_secret="p"))


def found(**more: Any) -> TrunkExamination:
    return TrunkExamination(at=NOON, since=NOON, listens_at=("0.0.0.0:5060",), **more)


def asked(**more: Any) -> ServerAsked:
    return ServerAsked(place="10.0.0.5:5060", transport="udp", **more)


def about(trunk: Trunk, examination: TrunkExamination, last_call_at: datetime | None = NOON) -> dict[str, Finding]:
    findings = find_findings(trunk, examination, last_call_at)
    assert all(one.fix for one in findings if one.verdict is Verdict.BAD and one.code != "server_unusable")
    return {one.code: one for one in findings}


@pytest.mark.parametrize(
    ("trunk", "server", "code", "verdict", "word"),
    [
        (SERVER, asked(code=200, reason="OK", milliseconds=12.5), "server_answered", Verdict.GOOD, "12.5 ms"),
        (SERVER, asked(code=404, reason="Not Found"), "server_there", Verdict.GOOD, "404 Not Found"),
        (SERVER, asked(code=501, reason="Not Implemented"), "server_there", Verdict.GOOD, "501"),
        (SERVER, asked(code=401, reason="Unauthorized"), "server_wants_password", Verdict.NOTICE, "password"),
        (SIGNED, asked(code=407, reason="Auth"), "server_asks_password", Verdict.GOOD, "password"),
        (SERVER, asked(code=403, reason="Forbidden"), "server_forbids", Verdict.BAD, "403 Forbidden"),
        (SERVER, asked(code=503, reason="Unavailable"), "server_in_trouble", Verdict.NOTICE, "503"),
        (SERVER, asked(is_closed=True), "server_closed", Verdict.BAD, "Nobody takes UDP at 10.0.0.5:5060"),
        (SERVER, asked(), "server_silent", Verdict.BAD, "10.0.0.5:5060 did not answer within 3 s"),
        (SERVER, asked(problem="port 0"), "server_unusable", Verdict.BAD, "port 0"),
        (REGISTERED, None, "no_server", Verdict.NOTICE, "no server"),
    ],
)
def test_how_a_server_took_the_question(
    trunk: Trunk, server: ServerAsked | None, code: str, verdict: Verdict, word: str
) -> None:
    told = about(trunk, found(server=server))[code]
    assert told.verdict is verdict
    assert word in told.sentence


@pytest.mark.parametrize(
    ("seen", "code", "word"),
    [
        (RegistrationSeen(), "registering", "not answered"),
        (RegistrationSeen(is_registered=True, at=NOON, until=NOON + timedelta(hours=2.5)), "registered", "14:30 UTC"),
        (RegistrationSeen(at=NOON, code=403, reason="Forbidden", is_reply=True), "registration_refused", "403"),
        (RegistrationSeen(at=NOON, code=408, reason="No reply"), "registration_silent", "did not answer"),
        (RegistrationSeen(at=NOON, code=500, reason="Oops", is_reply=True), "registration_failed", "500 Oops"),
    ],
)
def test_how_a_registration_stands(seen: RegistrationSeen, code: str, word: str) -> None:
    told = about(REGISTERED, found(registration=seen))
    assert word in told[code].sentence
    assert sum("regist" in one for one in told) == 1


def test_the_later_of_what_the_record_and_the_worker_know_is_the_last_call() -> None:
    later = NOON + timedelta(days=1)
    assert about(SERVER, found(server=asked(), last_call_at=later), NOON)["last_call"].values == {
        "at": later.isoformat()
    }
    assert about(SERVER, found(server=asked()), NOON)["last_call"].values == {"at": NOON.isoformat()}
    assert "no_call_yet" in about(SERVER, found(server=asked()), None)


def test_refused_calls_are_told_with_what_would_let_them_in() -> None:
    unknown = RefusedCalls(about="+3120", count=2, first_at=NOON, last_at=NOON)
    stranger = RefusedCalls(about="203.0.113.9", count=1, first_at=NOON, last_at=NOON)
    told = about(SERVER, found(server=asked(code=200), unknown_numbers=(unknown,), strangers=(stranger,) * 9))
    assert told["number_unknown"].sentence.startswith("2 calls were for +3120 refused")
    assert told["stranger"].sentence.startswith("1 call was from 203.0.113.9 refused")
    assert told["stranger"].values["count"] == 1
    many = find_findings(SERVER, found(server=asked(code=200), strangers=(stranger,) * 9), NOON)
    assert sum(one.code == "stranger" for one in many) == 3


def test_what_can_never_work_is_told_first() -> None:
    inside = msgspec.structs.replace(found(server=asked()), listens_at=("127.0.0.1:5060", "[::1]:5060"))
    assert next(iter(about(SERVER, inside))) == "listens_inside"
    assert "listens_inside" not in about(
        Trunk(name="test", hosts=("127.0.0.1",)), msgspec.structs.replace(inside, server=None)
    )
    assert "listens_inside" not in about(SERVER, found(server=asked()))
    assert "no_hosts" in about(Trunk(name="new"), found())
    unknown = found(names=(NameLookedUp(name="sip.exmaple"), NameLookedUp(name="ok", addresses=("10.0.0.1",))))
    assert "sip.exmaple" in about(REGISTERED, unknown)["name_unknown"].sentence


def test_the_worst_finding_is_the_verdict() -> None:
    good = Finding(code="a", verdict=Verdict.GOOD, sentence="a")
    notice = Finding(code="b", verdict=Verdict.NOTICE, sentence="b")
    assert worst_of([]) is Verdict.GOOD
    assert worst_of([notice, good]) is Verdict.NOTICE
    assert worst_of([good, Finding(code="c", verdict=Verdict.BAD, sentence="c"), notice]) is Verdict.BAD
