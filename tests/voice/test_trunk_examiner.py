"""Whether a trunk works, found out over real sockets: carriers that answer, refuse, are silent or not there."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fake_centre import NUMBER, WorkerProcess, configuration, connected
from raw_sip import SDP, RawParty

from skipline.model.configuration import Registration, Trunk
from skipline.model.trunk_examination import RegistrationSeen, ServerAsked
from skipline.voice import trunk_examiner
from skipline.voice.door_log import MOST_KEPT, DoorLog
from skipline.voice.sip.stack import SipStack
from skipline.voice.trunk_examiner import TrunkExaminer

NOON = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)


@asynccontextmanager
async def examining() -> AsyncIterator[TrunkExaminer]:
    stack = SipStack([("127.0.0.1", 0)], on_invite=lambda leg: None)
    await stack.start()

    async def addresses(name: str) -> Sequence[str]:
        return ["127.0.0.1"] if name == "localhost" else []

    try:
        yield TrunkExaminer(
            stack,
            door=DoorLog(NOON),
            addresses=addresses,
            registration=lambda _: RegistrationSeen(),
            clock=lambda: NOON,
        )
    finally:
        await stack.stop()


async def ask(trunk: Trunk) -> ServerAsked:
    async with examining() as examiner:
        found = (await examiner.examine(trunk)).server
    assert found is not None
    return found


async def answering(carrier: RawParty, code: int, reason: str) -> None:
    carrier.reply(await carrier.expect("OPTIONS"), code, reason)


@pytest.mark.parametrize(("code", "reason"), [(200, "OK"), (403, "Forbidden"), (503, "Service Unavailable")])
async def test_a_carrier_that_answers_is_quoted(code: int, reason: str) -> None:
    carrier = RawParty(("127.0.0.1", 9))
    answer = asyncio.create_task(answering(carrier, code, reason))
    found = await ask(Trunk(name="carrier", server=f"localhost:{carrier.port}"))
    await answer
    carrier.close()
    assert (found.place, found.transport, found.code, found.reason) == (
        f"localhost:{carrier.port}",
        "udp",
        code,
        reason,
    )
    assert (found.is_closed, found.problem) == (False, "")
    assert found.milliseconds > 0


async def test_a_carrier_that_is_silent_is_waited_for_no_longer_than_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trunk_examiner, "REPLY_SECONDS", 0.2)
    carrier = RawParty(("127.0.0.1", 9))
    found = await ask(Trunk(name="carrier", server=f"127.0.0.1:{carrier.port}"))
    assert (await carrier.expect("OPTIONS")).startswith("OPTIONS sip:127.0.0.1")
    carrier.close()
    assert (found.code, found.is_closed, found.problem) == (0, False, "")


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_port_where_nobody_listens_is_told_at_once(transport: str) -> None:
    gone = RawParty(("127.0.0.1", 9))
    gone.close()
    found = await ask(Trunk(name="carrier", server=f"127.0.0.1:{gone.port}", transport=transport))
    assert (found.code, found.is_closed, found.transport) == (0, True, transport)


@pytest.mark.parametrize("server", ["carrier.invalid", "[2001:db8::1]", "carrier.example.com:99999", "a b"])
async def test_what_cannot_be_asked_hurts_nobody(server: str) -> None:
    found = await ask(Trunk(name="carrier", server=server))
    assert found.code == 0
    assert found.is_closed or found.problem


async def test_a_name_without_an_address_is_told() -> None:
    async with examining() as examiner:
        found = await examiner.examine(Trunk(name="carrier", hosts=("localhost", "carrier.invalid", "10.0.0.5")))
    assert {one.name: one.addresses for one in found.names} == {"localhost": ("127.0.0.1",), "carrier.invalid": ()}
    assert (found.server, found.registration) == (None, None)


def test_the_door_remembers_who_came_last_and_forgets_scanners() -> None:
    door = DoorLog(NOON)
    for number in range(MOST_KEPT + 10):
        door.note_stranger(f"203.0.113.{number}", NOON + timedelta(seconds=number))
    door.note_stranger("203.0.113.20", NOON + timedelta(minutes=5))
    strangers = door.strangers()
    assert len(strangers) == MOST_KEPT
    assert (strangers[0].about, strangers[0].count) == ("203.0.113.20", 2)
    assert strangers[0].first_at < strangers[0].last_at
    assert "203.0.113.0" not in {one.about for one in strangers}
    door.note_unknown_number("carrier", "+3120", NOON)
    door.note_unknown_number("other", "+3120", NOON)
    assert [one.count for one in door.unknown_numbers("carrier")] == [1]


async def test_a_worker_tells_who_registered_who_called_and_who_was_refused(tmp_path: Path) -> None:
    worker = WorkerProcess.start(tmp_path)
    carrier = RawParty(("127.0.0.1", 9))
    register = Registration(server=f"127.0.0.1:{carrier.port}", user="us", password_secret="p")
    trunk = Trunk(name="carrier", hosts=("192.0.2.1",), register=register)
    try:
        async with connected(worker, configuration(trunk)) as centre:
            carrier.reply(await carrier.expect("REGISTER"), 200, "OK", extra="Expires: 300\r\n")
            carrier.peer = centre.sip[0]
            for _ in range(2):
                carrier.send(carrier.request(uri="sip:+999@127.0.0.1", headers={"To": "<sip:+999@127.0.0.1>"}))
                await carrier.expect("404")
            found = await centre.examine("carrier")
            nobody = await centre.examine("nobody")
        async with connected(worker, configuration(Trunk(name="else", hosts=("192.0.2.1",)))) as centre:
            carrier.send(carrier.request(uri=f"sip:{NUMBER}@127.0.0.1"))
            await carrier.expect("403")
            other = await centre.examine("else")
    finally:
        carrier.close()
        assert worker.stop() == 0
    assert found is not None
    assert other is not None
    assert nobody is None
    assert found.registration is not None
    assert found.registration.is_registered
    assert found.registration.until is not None
    assert found.registration.until - found.registration.at == timedelta(seconds=300)  # type: ignore[operator]
    assert [(one.about, one.count) for one in found.unknown_numbers] == [("+999", 2)]
    assert found.strangers == ()
    assert [(one.about, one.count) for one in other.strangers] == [("127.0.0.1", 1)]
    assert other.unknown_numbers == ()


async def test_calls_are_answered_while_a_silent_carrier_is_waited_for(tmp_path: Path) -> None:
    worker = WorkerProcess.start(tmp_path)
    silent, caller = RawParty(("127.0.0.1", 9)), RawParty(("127.0.0.1", 9))
    trunk = Trunk(name="carrier", hosts=("127.0.0.1",), server=f"127.0.0.1:{silent.port}")
    try:
        async with connected(worker, configuration(trunk)) as centre:
            caller.peer = centre.sip[0]
            examining_it = asyncio.create_task(centre.examine("carrier"))
            await silent.expect("OPTIONS")
            caller.send(caller.request(uri=f"sip:{NUMBER}@127.0.0.1", body=SDP))
            await caller.expect("180")
            assert not examining_it.done()
            found = await examining_it
    finally:
        silent.close()
        caller.close()
        worker.stop()
    assert found is not None
    assert found.server is not None
    assert (found.server.code, found.server.is_closed) == (0, False)
    assert found.last_call_at is not None
