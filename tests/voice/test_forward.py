"""Forwarding over real SIP: SIPp calls a real worker, a scripted centre decides, SIPp is the target."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
import sipp_scenarios as s
from fake_centre import CARRIER, FakeCentre, WorkerProcess, configuration, connected
from sipp_runner import Sipp, SippBench, SippResult, free_port

from skipline.model.call import EndedBy, TryEnd
from skipline.model.configuration import Media
from skipline.model.events import CallArrived, CallConnected, CallEnded, ForwardEnded, TargetRang, TargetTried

ANSWERS = (s.take_call(), s.ring(), s.accept(), s.be_hung_up())
TALKS = (s.call(), s.pause(300), s.hang_up())


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerProcess]:
    started = WorkerProcess.start(tmp_path_factory.mktemp("worker"), "127.0.0.1:0", "[::1]:0")
    yield started
    assert started.stop() == 0
    assert "call_task_failed" not in started.log.read_text()


@pytest.fixture
async def centre(worker: WorkerProcess) -> AsyncIterator[FakeCentre]:
    async with connected(worker) as found:
        yield found


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[SippBench]:
    found = SippBench(tmp_path)
    yield found
    await found.stop()


def uri(target: Sipp) -> str:
    return f"sip:queue@127.0.0.1:{target.port}"


async def clean(*sipps: Sipp, calls: int = 1) -> list[SippResult]:
    results = [await sipp.result() for sipp in sipps]
    for result in results:
        assert (result.succeeded, result.failed) == (calls, 0), result.errors + result.messages
    return results


def codes(messages: str, *, sent: bool = False) -> list[int]:
    """The final and provisional codes in the order in which SIPp received (or sent) them."""
    found, is_wanted = [], False
    for line in messages.splitlines():
        if " message " in line or "message received" in line or "message sent" in line:
            is_wanted = ("sent" in line) == sent
        if line.startswith("SIP/2.0 ") and is_wanted:
            found.append(int(line.split()[1]))
    return found


async def test_a_call_is_answered_and_both_sides_learn_what_they_need(centre: FakeCentre, bench: SippBench) -> None:
    has_headers = "X-Skipline-Run: run-7[^Z]*X-Skipline-Tier: gold"
    target = await bench.target(s.scenario(s.take_call(has=has_headers), *ANSWERS[1:]), calls=3)
    centre.forward_all(uri(target), headers={"X-Skipline-Run": "run-7", "X-Skipline-Tier": "gold"})
    caller = await bench.caller(s.scenario(*TALKS), centre.sip[0], calls=3)
    heard, _ = await clean(caller, target, calls=3)
    assert codes(heard.messages)[:2] == [100, 180]
    ends = await centre.calls_ended(3)
    assert {(end.by, end.code) for end in ends} == {(EndedBy.CALLER, 200)}
    arrived = centre.all(CallArrived)[0].call
    assert (arrived.from_, arrived.to, arrived.trunk) == ("+31611111111", "+31201234567", "carrier")
    for end in ends:
        kinds = [type(event) for event in centre.events if getattr(event, "call", None) == end.call]
        assert kinds == [TargetRang, CallConnected, ForwardEnded, CallEnded]
    assert centre.all(ForwardEnded)[0].talk_seconds > 0.2


async def test_the_caller_keeps_the_number_and_hears_no_180_after_200(centre: FakeCentre, bench: SippBench) -> None:
    target = await bench.target(s.scenario(s.take_call(has="From: [^;]*sip:.31611111111@"), *ANSWERS[1:]), calls=10)
    centre.forward_all(uri(target))
    caller = await bench.caller(s.scenario(*TALKS), centre.sip[0], calls=10, rate=20)
    heard, _ = await clean(caller, target, calls=10)
    assert codes(heard.messages).count(180) == 10


@pytest.mark.parametrize(
    ("first", "end", "code"),
    [
        ((s.take_call(), s.refuse(486, "Busy Here")), TryEnd.BUSY, 486),
        ((s.take_call(), s.ring(), s.refuse(480, "Temporarily Unavailable")), TryEnd.NO_ANSWER, 480),
        ((s.take_call(), s.refuse(480, "Temporarily Unavailable")), TryEnd.FAILED, 480),
        ((s.take_call(), s.refuse(404, "Not Found")), TryEnd.FAILED, 404),
        ((s.take_call(), s.ring(), s.refuse(603, "Decline")), TryEnd.FAILED, 603),
        ((s.take_call(), s.refuse(302, "Moved Temporarily")), TryEnd.FAILED, 302),
        ((s.take_call(), s.ring(), s.be_cancelled()), TryEnd.NO_ANSWER, 408),
        ((s.take_call(), s.ring(), s.answer_despite_cancel()), TryEnd.NO_ANSWER, 408),
    ],
    ids=["busy", "480 after ringing", "480", "404", "declined", "redirected", "no answer", "answer crosses CANCEL"],
)
async def test_the_second_target_takes_over(
    centre: FakeCentre, bench: SippBench, first: tuple[str, ...], end: TryEnd, code: int
) -> None:
    one = await bench.target(s.scenario(*first))
    two = await bench.target(s.scenario(*ANSWERS))
    centre.forward_all(uri(one), uri(two), ring_seconds=1)
    caller = await bench.caller(s.scenario(*TALKS), centre.sip[0])
    await clean(caller, one, two)
    forwarded = await centre.next(ForwardEnded)
    assert [(tried.end, tried.code) for tried in forwarded.tries] == [(end, code), (TryEnd.ANSWERED, 200)]
    assert (forwarded.end, forwarded.target) == (TryEnd.ANSWERED, uri(two))


async def test_when_all_are_busy_the_caller_hears_busy_and_the_flow_too(centre: FakeCentre, bench: SippBench) -> None:
    busy = s.scenario(s.take_call(), s.refuse(486, "Busy Here"))
    one, two = await bench.target(busy, calls=2), await bench.target(busy, calls=2)
    centre.forward_all(uri(one), uri(two))
    refused = s.scenario(s.invite(), s.expect(100, optional=True), s.expect(180), s.expect(486), s.ack_refusal(4))
    caller = await bench.caller(refused, centre.sip[0], calls=2)
    await clean(caller, one, two, calls=2)
    assert {event.end for event in centre.all(ForwardEnded)} == {TryEnd.BUSY}
    assert {end.by for end in await centre.calls_ended(2)} == {EndedBy.FLOW}


async def test_a_target_where_nobody_listens_is_left_for_the_next_one(centre: FakeCentre, bench: SippBench) -> None:
    two = await bench.target(s.scenario(*ANSWERS))
    centre.forward_all(f"sip:nobody@127.0.0.1:{free_port()}", "not a target", uri(two))
    caller = await bench.caller(s.scenario(*TALKS), centre.sip[0])
    await clean(caller, two)
    tries = (await centre.next(ForwardEnded)).tries
    assert [tried.end for tried in tries] == [TryEnd.FAILED, TryEnd.FAILED, TryEnd.ANSWERED]
    assert tries[0].reason.startswith("'not a target' is not a target")


async def test_a_target_that_was_in_trouble_is_tried_last_by_the_next_caller(
    centre: FakeCentre, bench: SippBench
) -> None:
    troubled = await bench.target(s.scenario(s.take_call(), s.refuse(503, "Busy", headers="Retry-After: 20\n")))
    sound = await bench.target(s.scenario(*ANSWERS), calls=2)
    centre.forward_all(uri(troubled), uri(sound))
    for _ in range(2):
        await clean(await bench.caller(s.scenario(*TALKS), centre.sip[0]))
    await clean(troubled)
    await clean(sound, calls=2)
    first, second = [forwarded.tries for forwarded in centre.all(ForwardEnded)]
    assert [tried.code for tried in first] == [503, 200]
    assert [tried.target for tried in second] == [uri(sound)]


async def test_a_target_that_refuses_our_codecs_is_asked_once_more_with_g711_only(
    centre: FakeCentre, bench: SippBench
) -> None:
    target = await bench.target(s.scenario(s.take_call(), s.refuse(488, "Not Acceptable Here")), calls=2)
    centre.forward_all(uri(target))
    offers_more = s.invite().replace("RTP/AVP 0 101", "RTP/AVP 9 0 101")
    refused = s.scenario(offers_more, s.expect(100, optional=True), s.expect(180), s.expect(488), s.ack_refusal(4))
    await clean(await bench.caller(refused, centre.sip[0]))
    (asked,) = await clean(target, calls=2)
    offers = [line.split(" ", 2)[2] for line in asked.messages.splitlines() if line.startswith("m=audio")]
    assert offers == ["RTP/AVP 9 0 101", "RTP/AVP 0 101"]
    assert [tried.code for tried in (await centre.next(ForwardEnded)).tries] == [488, 488]


async def test_a_caller_who_gives_up_while_it_rings_cancels_the_target(centre: FakeCentre, bench: SippBench) -> None:
    target = await bench.target(s.scenario(s.take_call(), s.ring(), s.be_cancelled()), calls=3)
    centre.forward_all(uri(target))
    gives_up = (s.invite(), s.expect(100, optional=True), s.expect(180), s.pause(400), s.cancel(4))
    caller = await bench.caller(
        s.scenario(*gives_up, s.expect(200), s.expect(487), s.ack_refusal(7)), centre.sip[0], calls=3
    )
    await clean(caller, target, calls=3)
    ends = await centre.calls_ended(3)
    assert {(end.by, end.code) for end in ends} == {(EndedBy.CALLER, 487)}
    assert {event.attempt.end for event in centre.all(TargetTried)} == {TryEnd.CANCELLED}
    assert centre.all(ForwardEnded) == []


async def test_a_caller_who_gives_up_before_anything_was_decided(centre: FakeCentre, bench: SippBench) -> None:
    gives_up = (s.invite(), s.expect(100, optional=True), s.expect(180), s.pause(300), s.cancel(4))
    caller = await bench.caller(
        s.scenario(*gives_up, s.expect(200), s.expect(487), s.ack_refusal(7)), centre.sip[0], calls=3
    )
    await clean(caller, calls=3)
    ends = await centre.calls_ended(3)
    assert {(end.by, end.code) for end in ends} == {(EndedBy.CALLER, 487)}
    assert len(centre.all(CallEnded)) == len(centre.all(CallArrived)) == 3


async def test_hold_and_unhold_go_across(centre: FakeCentre, bench: SippBench) -> None:
    changes = (s.accept_reinvite("recvonly"), s.accept_reinvite("sendrecv"))
    target = await bench.target(s.scenario(*ANSWERS[:3], *changes, ANSWERS[3]))
    centre.forward_all(uri(target))
    hold = (s.reinvite(2, direction="sendonly"), s.pause(200), s.reinvite(3), s.pause(200), s.hang_up(4))
    caller = await bench.caller(s.scenario(s.call(), s.pause(200), *hold), centre.sip[0])
    heard, offered = await clean(caller, target)
    assert heard.messages.count("a=recvonly") == 1
    assert offered.messages.count("a=sendonly") == 1


async def test_the_target_may_hold_and_hang_up(centre: FakeCentre, bench: SippBench) -> None:
    holds = (s.pause(200), s.reinvite_from_target("sendonly"), s.pause(100), s.hang_up_target_after_reinvite())
    target = await bench.target(s.scenario(*ANSWERS[:3], *holds))
    centre.forward_all(uri(target))
    held = (s.expect_request("INVITE"), s.reply_in_dialogue(200, "OK", direction="recvonly"), s.expect_request("ACK"))
    caller = await bench.caller(s.scenario(s.call(), *held, s.be_hung_up()), centre.sip[0])
    await clean(caller, target)
    assert (await centre.next(CallEnded)).by is EndedBy.TARGET
    assert (await centre.next(ForwardEnded)).end is TryEnd.ANSWERED


async def test_a_late_offer_inside_a_talk_is_fetched_from_across(centre: FakeCentre, bench: SippBench) -> None:
    target = await bench.target(s.scenario(*ANSWERS[:3], s.accept_late_reinvite(), ANSWERS[3]))
    centre.forward_all(uri(target))
    late = (s.invite(2, has_sdp=False), s.expect(100, optional=True), s.expect(200, keep_route=True), s.ack_late(2))
    caller = await bench.caller(s.scenario(s.call(), s.pause(200), *late, s.pause(200), s.hang_up(3)), centre.sip[0])
    _, offered = await clean(caller, target)
    assert "a=inactive" in offered.messages


async def test_a_call_without_an_offer_gets_the_targets(centre: FakeCentre, bench: SippBench) -> None:
    target = await bench.target(s.scenario(s.take_call(), s.ring(), s.accept(), s.be_hung_up()))
    centre.forward_all(uri(target))
    late = (s.invite(has_sdp=False), s.expect(100, optional=True), s.expect(180), s.expect(200, keep_route=True))
    caller = await bench.caller(s.scenario(*late, s.ack_late(1), s.pause(300), s.hang_up()), centre.sip[0])
    heard, asked = await clean(caller, target)
    assert "m=audio" in heard.messages
    assert "a=inactive" in asked.messages


async def test_early_media_reaches_the_caller_before_the_answer(centre: FakeCentre, bench: SippBench) -> None:
    speaks = (s.take_call(), s.reply(183, "Session Progress", has_sdp=True), s.pause(300), *ANSWERS[2:])
    target = await bench.target(s.scenario(*speaks))
    centre.forward_all(uri(target))
    hears = (s.invite(), s.expect(100, optional=True), s.expect(180), s.expect(183, has="m=audio"), s.answered())
    caller = await bench.caller(s.scenario(*hears, s.pause(200), s.hang_up()), centre.sip[0])
    await clean(caller, target)


async def test_early_media_of_a_target_that_fails_gives_way_to_ringing(centre: FakeCentre, bench: SippBench) -> None:
    fails = (s.take_call(), s.reply(183, "Session Progress", has_sdp=True), s.pause(200), s.refuse(486, "Busy Here"))
    one, two = await bench.target(s.scenario(*fails)), await bench.target(s.scenario(*ANSWERS))
    centre.forward_all(uri(one), uri(two))
    hears = (s.invite(), s.expect(100, optional=True), s.expect(180), s.expect(183), s.expect(180), s.answered())
    caller = await bench.caller(s.scenario(*hears, s.pause(200), s.hang_up()), centre.sip[0])
    await clean(caller, one, two)


async def test_through_the_relay_offers_are_rewritten_and_late_ones_work(
    worker: WorkerProcess, bench: SippBench
) -> None:
    relayed = configuration(msgspec.structs.replace(CARRIER, media=Media.RELAY))
    late = (s.invite(has_sdp=False), s.expect(100, optional=True), s.expect(180), s.expect(200, keep_route=True))
    hold = (s.reinvite(2, direction="sendonly"), s.pause(100), s.reinvite(3), s.pause(100), s.hang_up(4))
    changes = (s.accept_reinvite("recvonly"), s.accept_reinvite("sendrecv"))
    pairs = [
        ((*late, s.ack_late(1), s.pause(300), s.hang_up()), ANSWERS),
        ((s.call(), s.pause(200), *hold), (*ANSWERS[:3], *changes, ANSWERS[3])),
    ]
    async with connected(worker, relayed) as centre:
        for number, (calls, answers) in enumerate(pairs, 1):
            target = await bench.target(s.scenario(*answers))
            centre.forward_all(uri(target))
            caller = await bench.caller(s.scenario(*calls), centre.sip[0])
            heard, asked = await clean(caller, target)
            assert "o=- " in received(heard) and "o=- " in received(asked)
            assert "o=sipp" not in received(heard) + received(asked)
            await centre.calls_ended(number)


def received(result: SippResult) -> str:
    """The messages that came to SIPp."""
    parts = result.messages.split("-----------------------------------------------")
    return "".join(part for part in parts if "message received" in part)


@pytest.mark.parametrize(("host", "is_tcp"), [("127.0.0.1", True), ("::1", False), ("::1", True)])
async def test_tcp_and_ipv6(centre: FakeCentre, bench: SippBench, host: str, is_tcp: bool) -> None:
    bench.host, bench.is_tcp = host, is_tcp
    target = await bench.target(s.scenario(*ANSWERS), calls=3)
    address = f"[{host}]" if ":" in host else host
    centre.forward_all(f"sip:queue@{address}:{target.port}{';transport=tcp' if is_tcp else ''}")
    caller = await bench.caller(s.scenario(*TALKS), centre.sip[1 if ":" in host else 0], calls=3)
    await clean(caller, target, calls=3)


async def test_ten_per_cent_loss_leaves_nobody_behind(centre: FakeCentre, bench: SippBench) -> None:
    """SIPp's own target gives up a call whose 180 and 200 are both lost, so a call of the twenty may fail."""
    target = await bench.target(s.scenario(*ANSWERS), calls=20, extra=("-lost", "10"))
    centre.forward_all(uri(target))
    lossy = s.scenario(
        s.invite(), s.expect(100, optional=True), s.expect(180, optional=True), s.answered(), s.pause(200), s.hang_up()
    )
    caller = await bench.caller(lossy, centre.sip[0], calls=20, extra=("-lost", "10"))
    result = await caller.result(45)
    assert result.succeeded >= 18, result.errors
    assert len(await centre.calls_ended(20)) == 20


async def test_a_number_that_is_not_live_gets_404(centre: FakeCentre, bench: SippBench) -> None:
    refused = s.scenario(s.invite(), s.expect(404), s.ack_refusal(2))
    await clean(await bench.caller(refused, centre.sip[0], number="+31209999999"))
    assert centre.all(CallArrived) == []
