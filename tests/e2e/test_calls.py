"""SIPp drives a whole Skipline: real look-ups, real SIP, and what is on record afterwards."""

import asyncio
from typing import Any

import pytest
import sipp_scenarios as s
from e2e_room import Room, eventually
from e2e_workspace import FORWARD
from faulty_server import answers, hangs
from sipp_runner import Sipp, SippBench, SippResult, free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANSWERS = (s.take_call(), s.ring(), s.accept(), s.be_hung_up())
TALKS = (s.call(), s.pause(200), s.hang_up())
BUSY = (s.take_call(), s.refuse(486, "Busy Here"))
GIVES_UP = (
    *(s.invite(), s.expect(100, optional=True), s.expect(180), s.pause(300)),
    *(s.cancel(4), s.expect(200), s.expect(487), s.ack_refusal(7)),
)


def uri(target: Sipp) -> str:
    return f"sip:line@127.0.0.1:{target.port}"


async def clean(*sipps: Sipp, calls: int = 1) -> list[SippResult]:
    results = [await sipp.result() for sipp in sipps]
    for result in results:
        assert (result.succeeded, result.failed) == (calls, 0), result.errors + result.messages
    return results


async def dial(
    room: Room, bench: SippBench, *parts: str, number: str = FORWARD, to: int = 0, calls: int = 1
) -> tuple[Sipp, str]:
    """SIPp places the call; gives it and the caller's number."""
    number_of_caller = room.new_caller()
    address = room.server.sip[to]
    scenario = s.scenario(*(parts or TALKS))
    return await bench.caller(scenario, address, caller=number_of_caller, number=number, calls=calls), number_of_caller


def forwarding(run: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in run["trace"] if entry["step"] == "forward")
    return found


async def test_a_call_goes_where_the_company_says_and_the_record_says_why(room: Room, bench: SippBench) -> None:
    target = await bench.target(s.scenario(*ANSWERS))
    room.send_to(uri(target))
    caller, number = await dial(room, bench)
    _, offered = await clean(caller, target)
    run = await room.run_of(number)
    for line in (f"X-Skipline-Run: {run['id']}", "X-Skipline-Tier: gold", "X-Company: acme"):
        assert line in offered.messages
    assert f"sip:{number}@" in next(line for line in offered.messages.splitlines() if line.startswith("From:"))
    assert (run["flow"], run["version"], run["outcome"]) == ("forward", 1, "answered")
    assert (run["contact"]["phone"], run["contact"]["tier"]) == (number, "gold")
    assert [(entry["step"], entry["exit"]) for entry in run["trace"]] == [("look_up", "found"), ("forward", "answered")]
    assert "tier is gold" in run["trace"][0]["detail"]["why"]
    call = await room.call_of(run)
    assert (call["ended_by"], [tried["end"] for tried in call["tries"]]) == ("caller", ["answered"])
    assert call["details"]["trunk"] == "straight"


async def test_it_rings_before_the_company_has_answered(room: Room, bench: SippBench) -> None:
    """The company answers only once the caller has heard ringing, so a call that waited for it would never go on."""
    target = await bench.target(s.scenario(*ANSWERS))
    rang = asyncio.Event()

    async def answers_after_ringing(writer: asyncio.StreamWriter) -> None:
        await rang.wait()
        await answers(f'{{"first": "{uri(target)}"}}'.encode())(writer)

    room.company.fault = answers_after_ringing
    phone = await room.phone()
    call = room.call(phone)
    await eventually(lambda: call.timeline.after_seconds(180) is not None, "the caller hears ringing")
    assert not call.answered.is_set()
    rang.set()
    await asyncio.wait_for(call.answered.wait(), 5)
    call.hang_up()
    await clean(target)


@pytest.mark.parametrize(
    ("first", "end"),
    [
        (BUSY, "busy"),
        ((s.take_call(), s.ring(), s.be_cancelled()), "no_answer"),
        ((s.take_call(), s.refuse(503, "Service Unavailable")), "failed"),
    ],
    ids=["busy", "no answer", "out of order"],
)
async def test_the_second_target_takes_over(room: Room, bench: SippBench, first: tuple[str, ...], end: str) -> None:
    one, two = await bench.target(s.scenario(*first)), await bench.target(s.scenario(*ANSWERS))
    room.send_to(uri(one), uri(two))
    caller, number = await dial(room, bench)
    await clean(caller, one, two)
    run = await room.run_of(number)
    call = await room.call_of(run)
    assert [(tried["target"], tried["end"]) for tried in call["tries"]] == [(uri(one), end), (uri(two), "answered")]
    assert (run["outcome"], forwarding(run)["exit"]) == ("answered", "answered")


async def test_when_both_are_busy_the_caller_hears_busy(room: Room, bench: SippBench) -> None:
    one, two = await bench.target(s.scenario(*BUSY)), await bench.target(s.scenario(*BUSY))
    room.send_to(uri(one), uri(two))
    hears_busy = (s.invite(), s.expect(100, optional=True), s.expect(180), s.expect(486), s.ack_refusal(4))
    caller, number = await dial(room, bench, *hears_busy)
    await clean(caller, one, two)
    run = await room.run_of(number)
    assert (run["outcome"], forwarding(run)["exit"]) == ("not_answered", "busy")


async def test_nobody_there_at_all_ends_the_call_kindly(room: Room, bench: SippBench) -> None:
    room.send_to(f"sip:nobody@127.0.0.1:{free_port()}", "sip:nobody@nowhere.invalid")
    refused = (s.invite(), s.expect(100, optional=True), s.expect(180), s.expect(480), s.ack_refusal(4))
    caller, number = await dial(room, bench, *refused)
    await clean(caller)
    assert (await room.run_of(number))["outcome"] == "not_answered"


async def test_a_caller_gives_up_while_the_company_hangs(room: Room, bench: SippBench) -> None:
    room.company.fault = hangs
    caller, number = await dial(room, bench, *GIVES_UP)
    await clean(caller)
    run = await room.run_of(number)
    assert (run["outcome"], [entry["step"] for entry in run["trace"]]) == ("abandoned", ["look_up"])


async def test_a_caller_gives_up_while_a_target_rings(room: Room, bench: SippBench) -> None:
    target = await bench.target(s.scenario(s.take_call(), s.ring(), s.be_cancelled()))
    room.send_to(uri(target))
    caller, number = await dial(room, bench, *GIVES_UP)
    await clean(caller, target)
    assert (await room.run_of(number))["outcome"] == "abandoned"


async def test_hold_and_unhold(room: Room, bench: SippBench) -> None:
    changes = (s.accept_reinvite("recvonly"), s.accept_reinvite("sendrecv"))
    target = await bench.target(s.scenario(*ANSWERS[:3], *changes, ANSWERS[3]))
    room.send_to(uri(target))
    hold = (s.reinvite(2, direction="sendonly"), s.pause(200), s.reinvite(3), s.pause(200), s.hang_up(4))
    caller, _ = await dial(room, bench, s.call(), s.pause(200), *hold)
    heard, offered = await clean(caller, target)
    assert (heard.messages.count("a=recvonly"), offered.messages.count("a=sendonly")) == (1, 1)


async def test_the_target_hangs_up(room: Room, bench: SippBench) -> None:
    target = await bench.target(s.scenario(*ANSWERS[:3], s.pause(300), s.hang_up_target()))
    room.send_to(uri(target))
    caller, number = await dial(room, bench, s.call(), s.be_hung_up())
    await clean(caller, target)
    run = await room.run_of(number)
    call = await room.call_of(run)
    assert (run["outcome"], call["ended_by"]) == ("answered", "target")


async def test_early_media_reaches_the_caller(room: Room, bench: SippBench) -> None:
    target = await bench.target(
        s.scenario(s.take_call(), s.reply(183, "Session Progress", has_sdp=True), s.pause(300), *ANSWERS[2:])
    )
    room.send_to(uri(target))
    hears = (s.invite(), s.expect(100, optional=True), s.expect(180), s.expect(183, has="m=audio"), s.answered())
    caller, _ = await dial(room, bench, *hears, s.pause(200), s.hang_up())
    await clean(caller, target)


@pytest.mark.parametrize(("host", "is_tcp"), [("127.0.0.1", True), ("::1", False), ("::1", True)])
async def test_tcp_and_ipv6(room: Room, bench: SippBench, host: str, is_tcp: bool) -> None:
    bench.host, bench.is_tcp = host, is_tcp
    target = await bench.target(s.scenario(*ANSWERS), calls=3)
    address = f"[{host}]" if ":" in host else host
    room.send_to(f"sip:line@{address}:{target.port}{';transport=tcp' if is_tcp else ''}")
    caller, number = await dial(room, bench, to=1 if ":" in host else 0, calls=3)
    await clean(caller, target, calls=3)
    assert {run["outcome"] for run in await room.runs_of(number, 3)} == {"answered"}


async def test_ten_per_cent_loss_leaves_no_call_behind(room: Room, bench: SippBench) -> None:
    """SIPp gives up a call whose 180 and 200 are both lost, and takes a repeated 200 of the INVITE for that of a lost
    BYE; such calls end when nobody has acknowledged the answer for 32 s (RFC 3261 section 13.3.1.4)."""
    target = await bench.target(s.scenario(*ANSWERS), calls=20, extra=("-lost", "10"))
    room.send_to(uri(target))
    early = (s.invite(), s.expect(100, optional=True), s.expect(180, optional=True))
    number = room.new_caller()
    scenario = s.scenario(*early, s.answered(), s.pause(200), s.hang_up())
    caller = await bench.caller(scenario, room.server.sip[0], caller=number, calls=20, extra=("-lost", "10"))
    result = await caller.result(45)
    assert result.succeeded >= 16, result.errors
    await eventually(lambda: _nobody_is_left(room), "all calls are over", seconds=45)
    runs = await room.runs_of(number, 20)
    assert [run["outcome"] for run in runs].count("answered") >= 16


async def _nobody_is_left(room: Room) -> bool:
    calls = (await room.server.ask("GET", "/calls?limit=100"))["calls"]
    return all(one["ended_at"] for one in calls)


async def test_many_callers_at_once_are_each_on_record(room: Room, bench: SippBench) -> None:
    target = await bench.target(s.scenario(*ANSWERS), calls=60)
    room.send_to(uri(target))
    number = room.new_caller()
    caller = await bench.caller(s.scenario(*TALKS), room.server.sip[0], caller=number, calls=60, rate=60)
    await clean(caller, target, calls=60)
    await eventually(lambda: _nobody_is_left(room), "all calls are over")
    answered = await room.server.ask("GET", f"/runs?phone=%2B{number[1:]}&outcome=answered&limit=100")
    assert len(answered["runs"]) == 60


async def test_a_number_that_nobody_owns_is_refused_with_404(room: Room, bench: SippBench) -> None:
    refused = (s.invite(), s.expect(404), s.ack_refusal(2))
    caller, number = await dial(room, bench, *refused, number="+31209999999")
    await clean(caller)
    assert (await room.server.ask("GET", f"/calls?phone=%2B{number[1:]}"))["calls"] == []
