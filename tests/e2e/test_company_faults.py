"""However the company's API fails, the caller reaches a line in time, and the record says what counted instead."""

import asyncio
import gzip
import json
from typing import Any

import pytest
from e2e_room import Room, eventually, hear_each_other
from e2e_workspace import KNOWN_TO_TABLE
from faulty_server import (
    Fault,
    answers,
    dawdles,
    drips_body,
    drips_head,
    endless_headers,
    gzip_bomb,
    hangs,
    never_ends,
    resets,
    sends,
)

from skipline.voice.phone import Phone, PhoneCall

pytestmark = pytest.mark.asyncio(loop_scope="module")

CUSTOMER = json.dumps({"first": "sip:nobody@127.0.0.1:9", "tier": "gold"}).encode()
FAULTS: dict[str, Fault] = {
    "slow": dawdles(5, answers(CUSTOMER)),
    "hangs": hangs,
    "resets": resets,
    "error 500": answers(b"oops", status="500 Internal Server Error"),
    "error 503": answers(b"", status="503 Service Unavailable", headers="retry-after: 600\r\n"),
    "no HTTP": sends(b"220 mail.example.org ESMTP\r\n"),
    "garbage": answers(b"<html>{not json</html>"),
    "not a map": answers(b"[1, 2]"),
    "deep": answers(b"[" * 100_000),
    "5 MB": answers(b'{"first": "' + b"a" * 5_000_000 + b'"}'),
    "a bomb": gzip_bomb,
    "half a gzip": answers(gzip.compress(CUSTOMER)[:20], headers="content-encoding: gzip\r\n"),
    "drips its body": drips_body,
    "drips its head": drips_head,
    "never ends": never_ends,
    "endless headers": endless_headers,
    "sends elsewhere": answers(b"", status="302 Found", headers="location: http://169.254.169.254/\r\n"),
    "refuses the key": answers(b"", status="401 Unauthorized"),
}
ANSWERS_WITHOUT_VALUES = frozenset({"not a map"})


async def reach(room: Room, phone: Phone, caller: str) -> dict[str, Any]:
    """Call, talk with `phone`, hang up; gives the entry of the look-up."""
    call = room.call(await room.phone(), caller=caller)
    callee: PhoneCall = await eventually(lambda: phone.calls and phone.calls[-1], "the line is called", 8)
    await asyncio.wait_for(call.answered.wait(), 5)
    assert any(one.code == 180 for one in call.timeline)
    assert callee.invite is not None and caller in callee.invite.from_uri
    call.hang_up()
    await asyncio.wait_for(callee.ended.wait(), 5)
    phone.calls.clear()
    run = await room.run_of(caller)
    assert run["outcome"] == "answered"
    entry: dict[str, Any] = run["trace"][0]
    return entry | {"tier": run["contact"]["tier"]}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_stranger_gets_the_defaults(room: Room, fault: str) -> None:
    room.company.fault = FAULTS[fault]
    entry = await reach(room, room.reserve, room.new_caller())
    assert room.company.requests
    assert (entry["detail"]["origin"], entry["tier"]) == (
        "source" if fault in ANSWERS_WITHOUT_VALUES else "default",
        "standard",
    )
    if fault not in ANSWERS_WITHOUT_VALUES:
        assert entry["exit"] == "failed"
        assert "the defaults count" in entry["detail"]["why"]
    assert entry["ms"] < 8000


@pytest.mark.parametrize("fault", ["hangs", "resets", "error 500", "garbage", "5 MB", "drips its body"])
async def test_the_last_known_value_counts_first(room: Room, fault: str) -> None:
    target, caller = await room.phone(), room.new_caller()
    room.send_to(target.uri, tier="platinum")
    first = await reach(room, target, caller)
    assert (first["detail"]["origin"], first["tier"]) == ("source", "platinum")
    room.company.fault = FAULTS[fault]
    second = await reach(room, target, caller)
    assert (second["exit"], second["detail"]["origin"], second["tier"]) == ("found", "last_known", "platinum")
    assert "stands in" in second["detail"]["why"]


@pytest.mark.parametrize("fault", ["slow", "resets", "garbage"])
async def test_then_the_table_counts(room: Room, fault: str) -> None:
    room.company.fault = FAULTS[fault]
    entry = await reach(room, room.vip, KNOWN_TO_TABLE)
    assert (entry["exit"], entry["detail"]["origin"], entry["tier"]) == ("found", "table", "gold")
    assert "the row of table vip_list counts" in entry["detail"]["why"]


async def test_a_customer_whom_nobody_knows_is_no_failure(room: Room) -> None:
    room.company.fault = answers(b'{"error": "unknown"}', status="404 Not Found")
    entry = await reach(room, room.reserve, room.new_caller())
    assert (entry["exit"], entry["detail"]["origin"]) == ("not_found", "default")


async def test_values_of_a_wrong_type_take_their_defaults_with_a_reason(room: Room) -> None:
    room.company.fault = answers(b'{"first": {"sip": 1}, "second": null, "tier": ["gold"]}')
    entry = await reach(room, room.reserve, room.new_caller())
    assert "first took its default" in entry["detail"]["why"]


async def test_a_hostile_value_goes_no_further_than_its_place(room: Room) -> None:
    target = await room.phone()
    evil = 'gold\r\nX-Evil: 1\r\n\r\n"<sip:evil@127.0.0.1:9>'
    room.company.fault = answers(json.dumps({"first": target.uri, "second": "", "tier": evil}).encode())
    call = room.call(await room.phone())
    await asyncio.wait_for(call.answered.wait(), 5)
    callee = target.calls[0]
    assert callee.invite is not None
    assert "x-evil" not in callee.invite.headers
    assert callee.invite.headers["x-skipline-tier"][0].startswith("gold")
    await hear_each_other(call, callee)


@pytest.mark.parametrize(
    "evil", ["sip:a@127.0.0.1:99999", "sip:a@[::", "javascript:1", "sip:" + "a" * 5000 + "@b", "\x00"]
)
async def test_a_target_that_is_none_is_passed_over(room: Room, evil: str) -> None:
    target = await room.phone()
    room.send_to(evil, target.uri)
    call = room.call(await room.phone())
    await asyncio.wait_for(call.answered.wait(), 8)
    call.hang_up()
    assert target.calls
