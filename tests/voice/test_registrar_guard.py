"""Guessers wait longer and longer, floods cost a bounded memory, and nobody silences an office from elsewhere."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from raw_phone import challenge_of
from raw_sip import SDP, inside, status
from registrar_room import RegistrarRoom, registrar_room

from skipline.voice.registrar import login
from skipline.voice.registrar.guard import NETWORK_TERMS, USER_TERMS, Guard
from skipline.voice.registrar.login import Logins, Verdict, read_authorization
from skipline.voice.registrar.nonces import Nonces
from skipline.voice.registrar.penalties import Allowance, Penalties, PenaltyTerms


@pytest.fixture
async def room() -> AsyncIterator[RegistrarRoom]:
    async with registrar_room() as found:
        yield found


TERMS = PenaltyTerms(limit=3, forgive_seconds=10, first_seconds=5, longest_seconds=30)


def test_pauses_double_up_to_the_longest() -> None:
    penalties, now, pauses = Penalties(TERMS), 0.0, []
    for _ in range(3):
        assert not penalties.fail("eve", now)
    for _ in range(5):
        assert penalties.fail("eve", now)
        began = now
        while penalties.is_banned("eve", now):
            now += 1
        pauses.append(now - began)
    assert pauses == [5, 10, 20, 30, 30]


def test_failures_are_forgiven_with_time() -> None:
    penalties = Penalties(TERMS)
    for minute in range(100):
        assert not penalties.fail("phone with an old password", minute * 60.0)
    for second in range(4):
        penalties.fail("eve", second)
    assert penalties.is_banned("eve", 4)
    assert not penalties.fail("eve", 100), "after a calm time a failure is the first one again"


def test_tables_forget_rather_than_grow() -> None:
    penalties, allowance = Penalties(TERMS, most=10), Allowance(5, 1, most=10)
    for number in range(1000):
        penalties.fail(f"user {number}", 0.0)
        allowance.take(f"network {number}", 0.0)
    assert len(penalties) == len(allowance) == 10


def test_an_allowance_fills_up_again() -> None:
    allowance = Allowance(burst=2, per_second=1)
    assert [allowance.take("a", 0.0) for _ in range(3)] == [True, True, False]
    assert [allowance.take("a", 1.0) for _ in range(2)] == [True, False]
    assert [allowance.take("a", 100.0) for _ in range(3)] == [True, True, False]
    assert allowance.take("b", 0.0)


def test_a_network_of_strangers_is_ignored_after_some_failures() -> None:
    guard = Guard(lambda _: False)
    for number in range(NETWORK_TERMS.limit + 1):
        guard.fail(f"203.0.113.{number}", f"user{number}", 0.0)
    assert not guard.lets_in("203.0.113.200", 1.0)
    assert guard.is_silenced("203.0.113.200", 1.0)
    assert guard.lets_in("198.51.100.1", 1.0)
    assert guard.lets_in("203.0.113.200", NETWORK_TERMS.first_seconds + 1)


def test_many_networks_that_guess_at_one_user_make_only_strangers_wait() -> None:
    guard = Guard(lambda network: network == "192.0.2.0/24")
    for number in range(USER_TERMS.limit + 1):
        guard.fail(f"10.0.{number}.1", "ana", 0.0)
    assert guard.must_wait("10.9.9.9", "ana", 1.0)
    assert not guard.must_wait("192.0.2.5", "ana", 1.0), "her own phone is in the office"
    assert not guard.must_wait("10.9.9.9", "ben", 1.0)


def test_one_phone_with_an_old_password_silences_nobody_else_in_its_office() -> None:
    guard = Guard(lambda network: network == "192.0.2.0/24")
    for _ in range(500):
        guard.fail("192.0.2.5", "old", 0.0)
    assert guard.must_wait("192.0.2.5", "old", 1.0)
    assert guard.lets_in("192.0.2.6", 1.0) and not guard.must_wait("192.0.2.6", "ana", 1.0)


def test_a_flood_from_everywhere_is_measured_and_phones_in_their_offices_pass() -> None:
    guard = Guard(lambda network: network == "192.0.2.0/24")
    let_in = sum(guard.lets_in(f"10.{number // 250}.{number % 250}.1", number / 1000) for number in range(60_000))
    assert 4000 <= let_in <= 4000 + 60 * 400
    assert not guard.lets_in("203.0.113.1", 59.9)
    assert guard.lets_in("192.0.2.5", 59.9)
    assert guard.remembered <= 30_000


def test_an_answered_nonce_that_was_forgotten_stays_used() -> None:
    nonces = Nonces(most=3)
    made = [nonces.make("n", float(second)) for second in range(5)]
    assert all(nonces.use(one, 1) for one in made)
    assert not any(nonces.use(one, 2) for one in made[:2]), "forgotten, so no longer to be told from a used one"
    assert all(nonces.use(one, 2) for one in made[2:])
    assert not nonces.use(made[4], 2)


def test_a_nonce_is_good_in_the_network_it_was_given_to_alone() -> None:
    nonces = Nonces(seconds=60)
    nonce = nonces.make("192.0.2.0/24", 100.0)
    assert nonces.is_fresh(nonce, "192.0.2.0/24", 160.0)
    assert not nonces.is_fresh(nonce, "203.0.113.0/24", 101.0)
    assert not nonces.is_fresh(nonce, "192.0.2.0/24", 161.0)
    assert not Nonces().is_fresh(nonce, "192.0.2.0/24", 101.0), "another worker's"


def test_an_unknown_user_costs_the_same_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    logins, hashed = Logins(), []
    logins.configure({"ana": "correct-horse-battery"})
    monkeypatch.setattr(login, "_md5", lambda text: hashed.append(len(text)) or "0" * 32)
    work = {}
    for user in ("ana", "bob"):
        challenge = logins.challenge("n", 0.0).replace('qop="auth"', 'qop=auth, nc=00000001, cnonce="c"')
        given = read_authorization([challenge.replace("Digest", f'Digest username="{user}", uri="x", response="1",')])
        assert logins.check(given, "REGISTER", "n", 0.0) is Verdict.WRONG
        work[user], hashed[:] = list(hashed), []
    assert work["ana"] == work["bob"] and len(work["ana"]) == 2


async def test_a_guesser_is_ignored_while_calls_are_taken(room: RegistrarRoom) -> None:
    await guess(room, times=NETWORK_TERMS.limit + USER_TERMS.limit + 5)
    honest = room.phone()
    honest.party.send(honest.write())
    await honest.party.expect_silence()
    await call(room)
    room.skip(NETWORK_TERMS.longest_seconds)
    assert status(await honest.register()) == 200


async def test_in_an_office_only_the_user_that_fails_has_to_wait_even_with_the_right_password(
    room: RegistrarRoom,
) -> None:
    ana, ben = room.phone("ana"), room.phone("ben")
    assert status(await ana.register()) == 200
    ben.password, right = "an old one", ben.password
    for _ in range(USER_TERMS.limit + 1):
        ben.nonce = ""
        assert status(await ben.register()) == 403
    ben.password = right
    assert status(await ben.register()) == 403
    assert status(await ana.register()) == 200
    room.skip(USER_TERMS.first_seconds)
    assert status(await ben.register()) == 200


async def test_a_flood_of_registers_leaves_bounded_tables_and_calls_go_through(room: RegistrarRoom) -> None:
    flood = room.party()
    for number in range(3000):
        flood.send(flood.request("REGISTER", "sip:127.0.0.1", headers={"From": f"<sip:u{number}@x>;tag=1"}))
        if number % 100 == 0:
            await asyncio.sleep(0.01)
    await call(room)
    transactions = room.stack.endpoint.transactions
    assert not transactions.tserver, "an answered REGISTER keeps no transaction"
    assert len(transactions.l1rcache) < 2500
    assert room.registrar._entrance._guard.remembered < 10
    assert not room.told


async def guess(room: RegistrarRoom, times: int) -> None:
    """Try passwords for several users until nobody answers."""
    party = room.party()
    for number in range(times):
        phone = room.phone(f"user{number % 3}", password=f"guess {number}")
        phone.party, phone.patience_seconds = party, 0.5
        try:
            phone.nonce = challenge_of(await phone.ask())["nonce"]
            await phone.ask()
        except TimeoutError:
            return
    raise AssertionError("somebody may guess for ever")


async def call(room: RegistrarRoom) -> None:
    """A call from a stranger to the stack, answered and ended."""
    caller = room.party()
    invite = caller.request(body=SDP)
    caller.send(invite)
    leg = await asyncio.wait_for(room.arrived.get(), 5)
    leg.answer(SDP)
    ok = await caller.expect("200")
    caller.send(caller.request("ACK", headers=inside(invite, ok, "ACK", 1)))
    caller.send(caller.request("BYE", headers=inside(invite, ok, "BYE", 2)))
    await caller.expect("200")
