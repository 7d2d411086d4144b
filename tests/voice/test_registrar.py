"""Phones register: what RFC 3261 section 10 asks for, over real sockets."""

import asyncio
import random
import re
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from odd_sip import mutate, odd_registers
from raw_phone import RawPhone, challenge_of, md5
from raw_sip import header, status
from registrar_room import PASSWORDS, RegistrarRoom, configuration, registrar_room

from skipline.voice.health import Health
from skipline.voice.registrar import Registrar
from skipline.voice.registrar.memory import load
from skipline.voice.sip.flow import Flow
from skipline.voice.sip.register import RegisterRequest


@pytest.fixture
async def room() -> AsyncIterator[RegistrarRoom]:
    async with registrar_room() as found:
        yield found


async def test_a_phone_registers_and_can_be_rung(room: RegistrarRoom) -> None:
    phone = room.phone()
    reply = await phone.register(300)
    assert status(reply) == 200
    assert header(reply, "Contact") == f"<{phone.contact}>;expires=300"
    assert header(reply, "Date").endswith(" GMT")
    assert room.registrar.users == ("ana",)
    assert room.changes == [("ana", "registered")]
    target = room.registrar.dialable("ana")
    assert target is not None
    assert (target.uri, target.host, target.port, target.transport) == (
        phone.contact,
        "127.0.0.1",
        phone.party.port,
        "udp",
    )
    assert room.registrar.dialable("ben") is None


async def test_the_challenge_offers_what_every_phone_knows(room: RegistrarRoom) -> None:
    reply = await room.phone().ask()
    assert status(reply) == 401
    assert {name: challenge_of(reply)[name] for name in ("realm", "algorithm", "qop")} == {
        "realm": "skipline",
        "algorithm": "MD5",
        "qop": "auth",
    }
    assert "stale" not in challenge_of(reply)


async def test_refreshing_is_no_change(room: RegistrarRoom) -> None:
    phone = room.phone()
    for _ in range(3):
        assert status(await phone.register()) == 200
    assert phone.nc == 3, "the same nonce served all three"
    assert room.changes == [("ana", "registered")]


async def test_a_phone_signs_off(room: RegistrarRoom) -> None:
    phone = room.phone()
    await phone.register()
    reply = await phone.register(0)
    assert status(reply) == 200 and not header(reply, "Contact")
    assert room.changes == [("ana", "registered"), ("ana", "gone")]
    assert room.registrar.dialable("ana") is None


async def test_a_wrong_password_and_an_unknown_user_look_the_same(room: RegistrarRoom) -> None:
    wrong = await room.phone(password="not her password").register()
    unknown = await room.phone("nobody").register()
    assert plain(wrong) == plain(unknown)
    assert status(wrong) == 403
    assert not room.told


async def test_nobody_learns_who_exists_from_the_first_answer(room: RegistrarRoom) -> None:
    replies = [await room.phone(user).ask() for user in ("ana", "nobody")]
    assert {status(reply) for reply in replies} == {401}
    assert len({challenge_of(reply)["realm"] for reply in replies}) == 1


async def test_an_answer_that_was_overheard_is_worth_nothing(room: RegistrarRoom) -> None:
    phone = room.phone()
    assert status(await phone.register()) == 200
    phone.nc -= 1
    again = await phone.ask()
    assert status(again) == 401
    assert challenge_of(again)["stale"] == "true"
    phone.nonce, phone.nc = challenge_of(again)["nonce"], 0
    assert status(await phone.ask()) == 200


async def test_a_repeat_of_the_same_message_gets_the_same_answer(room: RegistrarRoom) -> None:
    phone = room.phone()
    await phone.register()
    message = phone.write()
    phone.party.send(message)
    first = await phone.party.receive()
    phone.party.send(message)
    assert await phone.party.receive() == first


async def test_an_old_nonce_is_stale_whether_the_password_is_right_or_not(room: RegistrarRoom) -> None:
    for password in ("", "not her password"):
        phone = room.phone(password=password)
        phone.nonce = challenge_of(await phone.ask())["nonce"]
        room.skip(400)
        reply = await phone.ask()
        assert status(reply) == 401 and challenge_of(reply)["stale"] == "true"


async def test_an_invented_nonce_is_stale(room: RegistrarRoom) -> None:
    for nonce in ("abc", "1.2.3", "", ".", "ffffffffffffffffffff.aa.bb", "é"):
        phone = room.phone()
        phone.nonce = nonce
        reply = await phone.ask()
        assert status(reply) == 401


async def test_a_phone_of_before_the_counts_registers_once_with_each_nonce(room: RegistrarRoom) -> None:
    phone = room.phone()
    phone.with_qop = False
    assert status(await phone.register()) == 200
    assert challenge_of(await phone.ask())["stale"] == "true"


@pytest.mark.parametrize(
    "broken",
    [
        {"response=": "respond="},
        {"nc=00000001": "nc=1"},
        {"qop=auth": "qop=auth-int"},
        {'cnonce="c0ffee"': 'cnonce=""'},
        {"algorithm=MD5": "algorithm=SHA-256"},
        {'realm="skipline"': 'realm="asterisk"'},
        {'username="ana"': 'username=""'},
        {"Digest ": "Basic "},
    ],
)
async def test_a_broken_answer_registers_nobody(room: RegistrarRoom, broken: dict[str, str]) -> None:
    phone = room.phone()
    phone.nonce = challenge_of(await phone.ask())["nonce"]
    value = phone.authorization()
    for old, new in broken.items():
        assert old in value
        value = value.replace(old, new)
    assert status(await phone.ask(Authorization=value)) in (401, 403)
    assert not room.registrar.users


async def test_nobody_registers_for_somebody_else(room: RegistrarRoom) -> None:
    for other in ("ben", "nobody"):
        reply = await room.phone("ana").register(To=f"<sip:{other}@127.0.0.1>")
        assert (status(reply), reply.splitlines()[0]) == (403, "SIP/2.0 403 Forbidden")
    assert not room.registrar.users


@pytest.mark.parametrize(("asked", "granted"), [(None, 300), (60, 60), (599, 599), (3600, 600), (4294967295, 600)])
async def test_the_time_that_is_granted(room: RegistrarRoom, asked: int | None, granted: int) -> None:
    reply = await room.phone().register(asked)
    assert header(reply, "Contact").endswith(f";expires={granted}")


async def test_too_short_a_time_is_told_the_least(room: RegistrarRoom) -> None:
    reply = await room.phone().register(59)
    assert (status(reply), header(reply, "Min-Expires")) == (423, "60")
    assert not room.registrar.users


async def test_the_contacts_own_time_wins(room: RegistrarRoom) -> None:
    phone = room.phone()
    reply = await phone.register(600, Contact=f"<{phone.contact}>;expires=120")
    assert header(reply, "Contact") == f"<{phone.contact}>;expires=120"


async def test_a_registration_runs_out(room: RegistrarRoom) -> None:
    await room.phone().register(60)
    room.skip(59)
    assert room.registrar.users == ("ana",)
    room.skip(2)
    assert room.registrar.users == ()
    assert room.changes == [("ana", "registered"), ("ana", "gone")]
    assert room.told[-1].reason == "its registration ran out"  # type: ignore[union-attr]


async def test_a_star_takes_back_everything(room: RegistrarRoom) -> None:
    phone, other = room.phone(), room.phone()
    await phone.register()
    await other.register()
    reply = await phone.register(0, Contact="*")
    assert status(reply) == 200 and not header(reply, "Contact")
    assert room.changes == [("ana", "registered"), ("ana", "gone")]


@pytest.mark.parametrize("more", [{"Contact": "*"}, {"Contact": "*, <sip:ana@127.0.0.1>", "Expires": "0"}])
async def test_a_star_with_anything_else_is_a_mistake(room: RegistrarRoom, more: dict[str, str]) -> None:
    assert status(await room.phone().register(300, **more)) == 400


async def test_a_phone_may_ask_what_is_known_of_it(room: RegistrarRoom) -> None:
    phone = room.phone()
    await phone.register(300)
    reply = await room.phone().register(None, Contact="")
    assert header(reply, "Contact") == f"<{phone.contact}>;expires=300"
    assert room.changes == [("ana", "registered")]


async def test_requests_out_of_order_change_nothing(room: RegistrarRoom) -> None:
    phone = room.phone()
    await phone.register()
    phone.cseq -= 2
    reply = await phone.register(0)
    assert status(reply) == 500
    assert room.registrar.users == ("ana",)


async def test_the_phone_that_came_last_is_rung_and_the_one_before_when_it_goes(room: RegistrarRoom) -> None:
    desk, soft, third = room.phone(), room.phone(), room.phone()
    await desk.register()
    await soft.register()
    await desk.register()
    assert dialled(room) == soft.contact, "signing on decides, not refreshing"
    await soft.register(0)
    assert dialled(room) == desk.contact
    await soft.register()
    await third.register()
    assert dialled(room) == third.contact
    found = header(await third.register(None, Contact=""), "Contact")
    assert found.count("<sip:") == 2 and desk.contact not in found
    assert room.changes == [("ana", "registered")]


async def test_three_contacts_at_once_are_too_many(room: RegistrarRoom) -> None:
    contacts = ", ".join(f"<sip:ana@127.0.0.1:{port}>" for port in (5070, 5071, 5072))
    assert status(await room.phone().register(300, Contact=contacts)) == 403


async def test_one_bad_contact_spoils_the_whole_request(room: RegistrarRoom) -> None:
    reply = await room.phone().register(300, Contact="<sip:ana@127.0.0.1>;expires=30, <sip:ana@127.0.0.1:5071>")
    assert status(reply) == 423
    assert not room.registrar.users


async def test_a_phone_is_rung_where_it_came_from_and_never_where_its_contact_points(room: RegistrarRoom) -> None:
    await room.phone(contact="sip:ana@10.0.0.1:22").register()
    target = room.registrar.dialable("ana")
    assert target is not None
    assert (target.host, target.uri) == ("127.0.0.1", "sip:ana@10.0.0.1:22")
    assert target.flow is not None and target.flow.address == ("127.0.0.1", room.parties[0].port)


async def test_a_phone_that_asks_for_it_is_answered_and_rung_at_its_true_port(room: RegistrarRoom) -> None:
    phone = room.phone()
    via = f"SIP/2.0/UDP 192.168.1.5:5060;rport;branch=z9hG4bKnat{phone.party.port}"
    phone.nonce = challenge_of(await phone.ask(Via=via))["nonce"]
    assert status(await phone.ask(Via=via + "2")) == 200
    target = room.registrar.dialable("ana")
    assert target is not None and (target.host, target.port) == ("127.0.0.1", phone.party.port)


async def test_who_is_taken_out_of_the_configuration_is_gone_at_once(room: RegistrarRoom) -> None:
    await room.phone("ana").register()
    await room.phone("ben").register()
    room.registrar.configure(configuration(ben=PASSWORDS["ben"]))
    assert room.registrar.users == ("ben",)
    room.registrar.configure(configuration(ben="another password"))
    assert room.registrar.users == ()
    assert room.changes[-2:] == [("ana", "gone"), ("ben", "gone")]


async def test_without_a_password_nobody_registers(room: RegistrarRoom) -> None:
    room.registrar.configure(configuration(ana="", ben="staple-of-the-stable"))
    phone = room.phone()
    phone.password = ""
    assert status(await phone.register()) == 403


async def test_without_phones_a_register_is_as_unwelcome_as_ever() -> None:
    async with registrar_room(configuration()) as room:
        assert status(await room.phone().ask()) == 405


async def test_before_the_configuration_came_phones_are_asked_to_wait(room: RegistrarRoom) -> None:
    young = Registrar(tell=room.told.append, clock=lambda: datetime.now(UTC), ask=room.stack.ask_phone)
    request = RegisterRequest(
        "c", 1, "sip:127.0.0.1", "sip:ana@127.0.0.1", {}, Flow(room.stack.transports[0], ("::1", 9))
    )
    answer = young.serve(request)
    assert answer is not None and (answer.code, answer.headers["Retry-After"]) == (503, "5")


async def test_a_phone_that_stops_answering_is_gone_until_it_answers_again(room: RegistrarRoom) -> None:
    phone = room.phone()
    await phone.register()
    key = f"ana {phone.contact}"
    health = room.registrar._health
    for _ in range(3):
        asking = asyncio.create_task(health.ask_once(key))
        await phone.party.expect("OPTIONS")
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    assert room.registrar.users == ("ana",), "a question that was never finished says nothing"
    phone.party.close()
    for _ in range(3):
        await health.ask_once(key)
    assert room.changes == [("ana", "registered"), ("ana", "gone")]
    assert room.registrar.dialable("ana") is None


async def test_a_phone_that_answers_again_is_back(room: RegistrarRoom) -> None:
    phone = room.phone()
    await phone.register()
    key = f"ana {phone.contact}"
    room.registrar._health._states[key] = Health(is_up=False, misses=3)
    room.registrar._on_health(key, False)
    asking = asyncio.create_task(room.registrar._health.ask_once(key))
    question = await phone.party.expect("OPTIONS")
    assert question.startswith(f"OPTIONS {phone.contact} SIP/2.0")
    phone.party.reply(question, 200, "OK")
    await asking
    assert room.changes == [("ana", "registered"), ("ana", "gone"), ("ana", "registered")]


async def test_a_phone_that_comes_another_way_is_trusted_again(room: RegistrarRoom) -> None:
    phone = room.phone()
    await phone.register()
    key = f"ana {phone.contact}"
    room.registrar._health._states[key] = Health(is_up=False, misses=3)
    room.registrar._on_health(key, False)
    assert status(await phone.register()) == 200
    assert not room.registrar.users, "a register over the way on which it does not answer proves nothing"
    moved = room.phone(contact=phone.contact)
    await moved.register()
    assert room.registrar.users == ("ana",)
    assert room.registrar.dialable("ana").port == moved.party.port  # type: ignore[union-attr]


async def test_a_phone_that_cannot_be_asked_ends_no_watch(room: RegistrarRoom) -> None:
    async def fail(*_: object) -> bool:
        raise ValueError("no such Contact")

    phone = room.phone()
    await phone.register()
    room.registrar._ask = fail
    for _ in range(3):
        await room.registrar._health.ask_once(f"ana {phone.contact}")
    assert room.changes[-1] == ("ana", "gone")


async def test_phones_survive_a_new_worker(tmp_path: Path) -> None:
    file = tmp_path / "phones.json"
    async with registrar_room(file=file) as room:
        phone = room.phone()
        await phone.register(600)
        port, bound = room.address[1], phone.party.port
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "battery" not in file.read_text() and challenge_hash(phone) not in file.read_text()
    async with registrar_room(port=port, file=file) as room:
        target = room.registrar.dialable("ana")
        assert target is not None and (target.uri, target.port) == (phone.contact, bound)
        assert room.changes == [("ana", "registered")]
        room.skip(601)
        assert room.changes == [("ana", "registered"), ("ana", "gone")]


async def test_a_phone_whose_time_ran_out_meanwhile_is_not_taken_up(tmp_path: Path) -> None:
    file = tmp_path / "phones.json"
    async with registrar_room(file=file) as room:
        await room.phone().register(600)
        later, sockets = datetime.now(UTC) + timedelta(seconds=601), room.stack.transports
    assert not list(load(file, sockets, now=0.0, at=later))
    assert len(list(load(file, sockets, now=0.0, at=later - timedelta(seconds=10)))) == 1


@pytest.mark.parametrize("text", ["", "[", "[{}]", '{"a": 1}', "\x00"])
async def test_a_file_that_is_no_such_file_is_passed_over(tmp_path: Path, text: str) -> None:
    file = tmp_path / "phones.json"
    file.write_text(text)
    async with registrar_room(file=file) as room:
        assert status(await room.phone().register()) == 200


async def test_who_left_the_configuration_while_the_worker_was_away_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "phones.json"
    async with registrar_room(file=file) as room:
        await room.phone("ana").register(600)
        port = room.address[1]
    async with registrar_room(configuration(ben="staple-of-the-stable"), port=port, file=file) as room:
        assert room.registrar.users == ()


async def test_each_odd_register_gets_its_answer(room: RegistrarRoom) -> None:
    raw = room.party()
    for name, (message, code) in odd_registers(raw).items():
        raw.send(message)
        assert (name, status(await raw.receive())) == (name, code)
    assert not room.told


@pytest.mark.parametrize(
    "contact",
    [
        "<sip:ana@127.0.0.1:99999>",
        "<sip:>",
        "<http://127.0.0.1/>",
        "<tel:+31201234567>",
        "<sip:a b@127.0.0.1>",
        "<sip:\u00e1na@127.0.0.1>",
        "<sip:" + "a" * 600 + "@127.0.0.1>",
        "<sip:ana@127.0.0.1> , <mailto:ana@example.com>",
    ],
)
async def test_a_contact_that_nobody_could_ring_is_refused(room: RegistrarRoom, contact: str) -> None:
    assert status(await room.phone().register(Contact=contact)) == 400
    assert not room.registrar.users


@pytest.mark.parametrize("expires", ["abc", "-1", "", "9" * 40, "1e3"])
async def test_an_odd_time_counts_as_a_long_one(room: RegistrarRoom, expires: str) -> None:
    phone = room.phone()
    reply = await phone.register(Contact=f"<{phone.contact}>;expires={expires}")
    assert header(reply, "Contact") == f"<{phone.contact}>;expires=600"


async def test_a_name_in_the_contact_adds_no_line_to_the_answer(room: RegistrarRoom) -> None:
    phone = room.phone()
    reply = await phone.register(Contact=f'"a, b>;expires=1 <x>" <{phone.contact}>;q=0.5;+sip.instance="<urn:x>"')
    assert header(reply, "Contact") == f"<{phone.contact}>;expires=300"


async def test_broken_registers_leave_the_registrar_able_to_take_a_phone(room: RegistrarRoom) -> None:
    rng, phone = random.Random(11), room.phone("ben")
    phone.nonce = challenge_of(await phone.ask())["nonce"]
    for number in range(1500):
        phone.party.send(mutate(rng, phone.write().encode()))
        if number % 25 == 0:
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)
    room.skip(1000)
    assert status(await room.phone("ana").register()) == 200
    assert dialled(room)


def dialled(room: RegistrarRoom, user: str = "ana") -> str:
    """The Contact that would be rung now."""
    target = room.registrar.dialable(user)
    return target.uri if target else ""


def challenge_hash(phone: RawPhone) -> str:
    """What a digest is made of instead of the password."""
    return md5(f"{phone.user}:skipline:{phone.password}")


def plain(reply: str) -> str:
    """A reply without what differs from one request to the next."""
    return re.sub(r"(?m)^(Via|From|To|Call-ID|CSeq):.*$", r"\1", reply)
