"""The SMPP driver against carriers on loopback: signing in, sending, receipts, deliveries, broken connections."""

import asyncio
import struct
from pathlib import Path

import pytest
import smpp34
from self_signed import self_signed_context
from smpp_carrier import (
    QUICK,
    AwkwardCarrier,
    Carrier,
    Inbox,
    driving,
    free_port,
    settings,
    sms,
    until,
)

from skipline.channels.smpp.driver import Driver
from skipline.channels.smpp.waits import Waits
from skipline.model.message import SendState
from skipline.model.messaging import Accepted, Noted, Received, Refused, Remedy, StateTold, Uncertain

TWO_HUNDRED = 200
TEMPORARILY_NOT = 0x64


async def test_two_hundred_messages_with_a_tenth_throttled_and_a_receipt_each() -> None:
    inbox, results = Inbox(), []
    async with (
        Carrier(lambda number: number % 10 == 0).serving() as carrier,
        driving(settings(carrier.port), inbox) as driver,
    ):
        await until(lambda: driver.is_connected)

        async def send(number: int) -> None:
            while True:
                result = await driver.send(sms(f"Order {number}", reference=f"ref{number}"))
                results.append(result)
                if not isinstance(result, Refused):
                    return

        await asyncio.gather(*(send(number) for number in range(TWO_HUNDRED)))
        states = await inbox.wait(TWO_HUNDRED)
        accepted = {one.id for one in results if isinstance(one, Accepted)}
        refused = [one for one in results if isinstance(one, Refused)]
        assert len(accepted) == len(carrier.taken) == TWO_HUNDRED
        assert len(refused) == carrier.seen - TWO_HUNDRED > 0
        assert {(one.remedy, one.code, one.after_seconds) for one in refused} == {
            (Remedy.SLOW_DOWN, "ESME_RTHROTTLED", 1.0)
        }
        told = {one.reference: one for one in states if isinstance(one, StateTold)}
        assert set(told) == {f"ref{number}" for number in range(TWO_HUNDRED)}
        assert {one.state for one in told.values()} == {SendState.DELIVERED}
        assert {one.id for one in told.values()} == accepted


async def test_a_message_arrives_as_it_was_written_and_asks_for_a_receipt() -> None:
    async with Carrier().serving() as carrier, driving(settings(carrier.port), Inbox()) as driver:
        await until(lambda: driver.is_connected)
        assert isinstance(await driver.send(sms("Größe {42} für 5€")), Accepted)
        assert isinstance(await driver.send(sms("你好 😀")), Accepted)
        first, second = carrier.taken
        assert (first.source_addr, first.source_addr_ton, first.source_addr_npi) == ("31201234567", 1, 1)
        assert (first.destination_addr, first.dest_addr_ton, first.dest_addr_npi) == ("31612345678", 1, 1)
        assert (first.data_coding, first.registered_delivery) == (0, 1)
        assert first.short_message == b"Gr\x7c\x1ee \x1b\x2842\x1b\x29 f\x7er 5\x1be"
        assert (second.data_coding, second.short_message.decode("utf-16-be")) == (8, "你好 😀")


@pytest.mark.parametrize("long_texts", ["udh", "sar", "payload"])
async def test_a_long_text_goes_in_the_parts_that_the_carrier_wants(long_texts: str) -> None:
    text = "".join(chr(97 + number % 26) for number in range(400))
    inbox = Inbox()
    async with Carrier().serving() as carrier, driving(settings(carrier.port, long_texts=long_texts), inbox) as driver:
        await until(lambda: driver.is_connected)
        result = await driver.send(sms(text))
        assert result == Accepted(id=f"m{len(carrier.taken)}")
        if long_texts == "payload":
            ((payload, _),) = [(one.tlvs[0].value, one) for one in carrier.taken]
            assert payload.decode() == text
        else:
            assert len(carrier.taken) == 3
            assert [one.registered_delivery for one in carrier.taken] == [2, 2, 1]
            skip = 6 if long_texts == "udh" else 0
            assert b"".join(one.short_message[skip:] for one in carrier.taken).decode() == text
            assert {one.esm_class for one in carrier.taken} == {0x40 if skip else 0}
        told = await inbox.wait(len(carrier.taken))
        # This carrier sends receipts of parts that none was asked for.
        assert {(one.id, one.reference) for one in told if isinstance(one, StateTold)} == {(result.id, "ref1")}


async def test_a_part_in_the_middle_that_is_throttled_goes_a_little_later() -> None:
    throttling = Carrier(lambda number: number in (2, 3))
    async with throttling.serving() as carrier, driving(settings(carrier.port), Inbox()) as driver:
        await until(lambda: driver.is_connected)
        assert isinstance(await driver.send(sms("x" * 400)), Accepted)
        assert len(carrier.taken) == 3


async def test_a_part_that_fails_fails_its_message() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()
    async with carrier.serving(), driving(settings(carrier.port), inbox) as driver:
        await until(lambda: driver.is_connected)
        result = await driver.send(sms("x" * 400))
        first, second, last = (f"id{struct.unpack('>I', one[12:16])[0]}" for one in carrier.submits)
        assert result == Accepted(id=last)
        await carrier.deliver(f"id:{first} stat:DELIVRD err:000".encode(), esm_class=4)
        await carrier.deliver(f"id:{second} stat:UNDELIV err:012".encode(), esm_class=4)
        came, failed = inbox.events
        assert isinstance(came, Noted)
        assert isinstance(failed, StateTold)
        assert (failed.id, failed.reference, failed.state, failed.code) == (last, "ref1", SendState.FAILED, "12")


async def test_a_receipt_that_overtakes_the_answer_waits_for_it() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()

    def overtake(sequence: int, _: bytes) -> None:
        carrier.bring(b"id:99 stat:DELIVRD err:000", esm_class=4)
        asyncio.get_running_loop().call_later(0.1, carrier.accept, sequence, "99")

    carrier.on_submit = overtake
    async with carrier.serving(), driving(settings(carrier.port), inbox) as driver:
        await until(lambda: driver.is_connected)
        assert await driver.send(sms("Hi", reference="early")) == Accepted(id="99")
        (told,) = await inbox.wait(1)
        assert isinstance(told, StateTold)
        assert told.reference == "early"


async def test_a_text_that_stops_in_the_middle_is_not_sent_again_from_its_beginning() -> None:
    carrier = AwkwardCarrier()
    carrier.on_submit = lambda sequence, _: (
        carrier.accept(sequence, "a") if len(carrier.submits) == 1 else carrier.refuse(sequence, 0x0B)
    )
    async with carrier.serving(), driving(settings(carrier.port), Inbox()) as driver:
        await until(lambda: driver.is_connected)
        result = await driver.send(sms("x" * 400))
        assert isinstance(result, Refused)
        assert (result.remedy, result.code) == (Remedy.NEVER, "ESME_RINVDSTADR")
        assert "1 of 3 parts" in result.reason


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (0x58, Remedy.SLOW_DOWN),
        (0x14, Remedy.RETRY),
        (0x08, Remedy.RETRY),
        (0x0B, Remedy.NEVER),
        (0x0A, Remedy.NEVER),
        (0x45, Remedy.RETRY_ONCE),
        (0x0E, Remedy.ALARM),
        (0x451, Remedy.NEVER),
    ],
)
async def test_each_refusal_has_its_remedy(status: int, remedy: Remedy) -> None:
    carrier = AwkwardCarrier()
    carrier.on_submit = lambda sequence, _: carrier.refuse(sequence, status)
    async with carrier.serving(), driving(settings(carrier.port), Inbox()) as driver:
        await until(lambda: driver.is_connected)
        result = await driver.send(sms("Hi"))
        assert isinstance(result, Refused)
        assert result.remedy is remedy


async def test_no_more_messages_wait_for_an_answer_than_the_window_lets() -> None:
    carrier, waiting = AwkwardCarrier(), []
    carrier.on_submit = lambda sequence, _: waiting.append(sequence)
    async with carrier.serving(), driving(settings(carrier.port, window=3), Inbox()) as driver:
        await until(lambda: driver.is_connected)
        sending = [asyncio.create_task(driver.send(sms("Hi", reference=f"r{number}"))) for number in range(10)]
        for done in range(10):
            await until(lambda done=done: len(waiting) == min(3, 10 - done) + done)  # type: ignore[misc]
            await asyncio.sleep(0.02)
            assert len(waiting) - done <= 3
            carrier.accept(waiting[done], f"id{done}")
        assert all(isinstance(one, Accepted) for one in await asyncio.gather(*sending))


async def test_a_message_that_finds_no_room_has_surely_not_left() -> None:
    carrier = AwkwardCarrier()
    carrier.on_submit = lambda sequence, _: None
    waits = Waits(room=0.05, answer=0.5, first_pause=0.02, sign_out=0.5)
    async with carrier.serving(), driving(settings(carrier.port, window=1), Inbox(), waits) as driver:
        await until(lambda: driver.is_connected)
        waiting = asyncio.create_task(driver.send(sms("Hi")))
        await until(lambda: len(carrier.submits) == 1)
        result = await driver.send(sms("Hello"))
        assert isinstance(result, Refused)
        assert (result.remedy, result.code) == (Remedy.RETRY, "no_room")
        assert isinstance(await waiting, Uncertain)
        assert len(carrier.submits) == 1


async def test_a_connection_that_breaks_leaves_open_what_was_not_answered_and_comes_back() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()
    carrier.on_submit = lambda sequence, _: (
        None if len(carrier.submits) > 5 else carrier.accept(sequence, f"i{sequence}")
    )
    async with carrier.serving(), driving(settings(carrier.port, window=50), inbox) as driver:
        await until(lambda: driver.is_connected)
        sending = [asyncio.create_task(driver.send(sms("Hi", reference=f"r{number}"))) for number in range(20)]
        await until(lambda: len(carrier.submits) == 20)
        carrier.hang_up()
        results = await asyncio.gather(*sending)
        assert sum(isinstance(one, Accepted) for one in results) == 5
        assert sum(isinstance(one, Uncertain) for one in results) == 15
        carrier.on_submit = lambda sequence, _: carrier.accept(sequence, "again")
        await until(lambda: carrier.binds == 2 and driver.is_connected)
        assert await driver.send(sms("Hi")) == Accepted(id="again")


async def test_a_receipt_settles_a_message_whose_answer_was_lost() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()
    carrier.on_submit = lambda sequence, _: None
    async with carrier.serving(), driving(settings(carrier.port), inbox) as driver:
        await until(lambda: driver.is_connected)
        sending = asyncio.create_task(driver.send(sms("Hi", reference="lost-1")))
        await until(lambda: bool(carrier.submits))
        submitted = smpp34.decode(carrier.submits[0])
        (bits,) = [one for one in submitted.tlvs if one.tag == smpp34.TLV_USER_MESSAGE_REFERENCE]
        carrier.hang_up()
        assert isinstance(await sending, Uncertain)
        await until(lambda: carrier.binds == 2 and driver.is_connected)
        assert await carrier.deliver(b"id:777 stat:DELIVRD err:000", esm_class=4, tlvs=[bits]) == 0
        (told,) = await inbox.wait(1)
        assert isinstance(told, StateTold)
        assert (told.id, told.reference, told.state) == ("777", "lost-1", SendState.DELIVERED)


async def test_an_answer_that_comes_too_late_settles_its_message_too() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()
    carrier.on_submit = lambda sequence, _: None
    waits = Waits(answer=0.05, first_pause=0.02, sign_out=1.0)
    async with carrier.serving(), driving(settings(carrier.port), inbox, waits) as driver:
        await until(lambda: driver.is_connected)
        assert isinstance(await driver.send(sms("Hi", reference="late-1")), Uncertain)
        assert isinstance(await driver.send(sms("Hi", reference="late-2")), Uncertain)
        first, second = (struct.unpack(">I", one[12:16])[0] for one in carrier.submits)
        carrier.accept(first, "5f")
        carrier.refuse(second, 0x0B)
        taken, refused = await inbox.wait(2)
        assert isinstance(taken, StateTold)
        assert isinstance(refused, StateTold)
        assert (taken.reference, taken.id, taken.state) == ("late-1", "5f", SendState.SENT)
        assert (refused.reference, refused.state, refused.code) == ("late-2", SendState.FAILED, "ESME_RINVDSTADR")


async def test_nothing_is_lost_while_nobody_is_connected_and_the_reason_is_told() -> None:
    async with driving(settings(free_port()), Inbox()) as driver:
        await until(lambda: "cannot be reached" in driver._trouble.reason)
        result = await driver.send(sms("Hi"))
        assert isinstance(result, Refused)
        assert (result.remedy, result.code) == (Remedy.RETRY, "not_connected")


async def test_a_wrong_password_is_an_alarm_and_a_carrier_that_is_busy_is_not() -> None:
    carrier = AwkwardCarrier()
    carrier.bind_status = 0x0E
    async with carrier.serving(), driving(settings(carrier.port), Inbox()) as driver:
        await until(lambda: carrier.binds > 1)
        await until(lambda: driver._trouble.code == "ESME_RINVPASWD")
        result = await driver.send(sms("Hi"))
        assert isinstance(result, Refused)
        assert result.remedy is Remedy.ALARM
        carrier.bind_status = 0x05
        await until(lambda: driver._trouble.code == "ESME_RALYBND")
        assert driver._trouble.remedy is Remedy.RETRY
        carrier.bind_status = 0
        await until(lambda: driver.is_connected)


async def test_a_delivery_is_acknowledged_once_it_is_kept() -> None:
    inbox = Inbox()
    async with Carrier().serving() as carrier, driving(settings(carrier.port), inbox) as driver:
        await until(lambda: driver.is_connected)
        assert await carrier.deliver(b"Where is my order?") == 0
        (told,) = inbox.events
        assert isinstance(told, Received)
        assert (told.sender.id, told.sender.phone, told.text) == ("+31612345678", "+31612345678", "Where is my order?")


async def test_a_delivery_that_cannot_be_kept_is_refused_for_now_and_comes_again_under_its_key() -> None:
    inbox = Inbox(refuses=2)
    keys = []
    async with Carrier().serving() as carrier, driving(settings(carrier.port), inbox) as driver:
        await until(lambda: driver.is_connected)
        receive = driver._receive
        assert receive is not None

        async def noting(events: object) -> None:
            keys.extend(one.key for one in events)  # type: ignore[attr-defined]
            await receive(events)  # type: ignore[arg-type]

        driver._receive = noting
        assert [await carrier.deliver(b"yes") for _ in range(3)] == [TEMPORARILY_NOT, TEMPORARILY_NOT, 0]
        assert len(set(keys)) == 1
        assert await carrier.deliver(b"yes") == 0
        assert len(set(keys)) == 2
        assert len(inbox.events) == 2


async def test_a_store_that_hangs_is_not_waited_for_and_calls_nothing_kept() -> None:
    async def hang(_: object) -> None:
        await asyncio.sleep(60)

    waits = Waits(keep=0.05, first_pause=0.02, sign_out=0.2)
    carrier = AwkwardCarrier()
    async with carrier.serving(), driving(settings(carrier.port), Inbox(), waits) as driver:
        await until(lambda: driver.is_connected)
        driver._receive = hang
        assert await carrier.deliver(b"Hi") == TEMPORARILY_NOT


async def test_what_the_carrier_may_not_have_heard_us_acknowledge_counts_once_when_it_comes_again() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()
    async with carrier.serving(), driving(settings(carrier.port), inbox) as driver:
        await until(lambda: driver.is_connected)
        assert await carrier.deliver(b"yes") == 0
        carrier.hang_up()
        await until(lambda: carrier.binds == 2 and driver.is_connected)
        assert await carrier.deliver(b"yes") == 0
        assert await carrier.deliver(b"yes") == 0
        first, again, other = (one.key for one in inbox.events)
        assert first == again != other


async def test_what_the_carrier_heard_us_acknowledge_may_be_said_twice_across_connections() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()
    async with carrier.serving(), driving(settings(carrier.port), inbox) as driver:
        await until(lambda: driver.is_connected)
        assert await carrier.deliver(b"yes") == 0
        await driver.send(sms("Sure?"))
        carrier.hang_up()
        await until(lambda: carrier.binds == 2 and driver.is_connected)
        assert await carrier.deliver(b"yes") == 0
        first, second = (one.key for one in inbox.events)
        assert first != second


async def test_deliveries_that_come_with_the_answer_to_the_bind_are_taken() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()
    carrier.first_words = smpp34.DeliverSm("31612345678", "31201234567", b"early", sequence_number=900).encode()
    async with carrier.serving(), driving(settings(carrier.port), inbox):
        await inbox.wait(1)
        await until(lambda: carrier.answers.get(900) == 0)


async def test_a_long_text_of_theirs_comes_in_parts_that_are_each_kept() -> None:
    inbox = Inbox()
    async with Carrier().serving() as carrier, driving(settings(carrier.port), inbox) as driver:
        await until(lambda: driver.is_connected)
        for number, words in ((2, b"world"), (1, b"Hello ")):
            assert await carrier.deliver(bytes([5, 0, 3, 42, 2, number]) + words, esm_class=0x40) == 0
        assert (
            await carrier.deliver(
                b"third",
                tlvs=[
                    smpp34.Tlv(smpp34.TLV_SAR_MSG_REF_NUM, b"\x01\x02"),
                    smpp34.Tlv(smpp34.TLV_SAR_TOTAL_SEGMENTS, b"\x03"),
                    smpp34.Tlv(smpp34.TLV_SAR_SEGMENT_SEQNUM, b"\x03"),
                ],
            )
            == 0
        )
        told = [one for one in inbox.events if isinstance(one, Received)]
        assert [(one.text, one.part.number, one.part.total) for one in told if one.part] == [
            ("world", 2, 2),
            ("Hello ", 1, 2),
            ("third", 3, 3),
        ]
        assert told[0].part is not None
        assert told[1].part is not None
        assert told[0].part.reference == told[1].part.reference


async def test_a_carrier_that_goes_silent_is_noticed_and_left() -> None:
    carrier = AwkwardCarrier()
    carrier.answers_enquiries = False
    waits = Waits(answer=0.05, first_pause=0.02, sign_out=0.5)
    async with carrier.serving(), driving(settings(carrier.port, enquire_every=1.0), Inbox(), waits) as driver:
        await until(lambda: driver.is_connected)
        await until(lambda: carrier.binds == 2)
        assert 0x15 in carrier.commands
        assert "does not answer" in driver._trouble.reason


async def test_we_answer_the_carriers_questions_and_sign_out_when_it_ends() -> None:
    carrier = AwkwardCarrier()
    async with carrier.serving():
        async with driving(settings(carrier.port), Inbox()) as driver:
            await until(lambda: driver.is_connected)
            carrier.say(0x15, 0, 77)
            carrier.say(0x103, 0, 78)
            await until(lambda: 0x80000015 in carrier.commands and 0x80000000 in carrier.commands)
        assert carrier.commands[-1] == 0x06


async def test_garbage_on_the_line_ends_the_connection_and_nothing_else() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()
    async with carrier.serving(), driving(settings(carrier.port), inbox) as driver:
        for binds, garbage in enumerate((b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 64, b"\xff" * 64), 1):
            await until(lambda: driver.is_connected and carrier.binds == binds)  # noqa: B023
            carrier.write(garbage)
            await until(lambda: carrier.binds == binds + 1)  # noqa: B023
        await until(lambda: driver.is_connected)
        assert isinstance(await driver.send(sms("Hi")), Accepted)


async def test_a_delivery_that_cannot_be_read_is_kept_as_it_came() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()
    async with carrier.serving(), driving(settings(carrier.port), inbox) as driver:
        await until(lambda: driver.is_connected)
        carrier.say(0x05, 0, 5, b"\x00\x01")
        await until(lambda: 5 in carrier.answers)
        (told,) = inbox.events
        assert isinstance(told, Noted)
        assert told.kind == "unreadable"
        assert carrier.answers[5] == 0


async def test_a_hundred_deliveries_at_once_are_kept_in_their_order() -> None:
    carrier, inbox = AwkwardCarrier(), Inbox()
    async with carrier.serving(), driving(settings(carrier.port), inbox) as driver:
        await until(lambda: driver.is_connected)
        sequences = [carrier.bring(f"{number}".encode()) for number in range(100)]
        await until(lambda: len(carrier.answers) == 100)
        assert [carrier.answers[one] for one in sequences] == [0] * 100
        assert [one.text for one in inbox.events if isinstance(one, Received)] == [str(n) for n in range(100)]


async def test_over_tls_the_certificate_is_checked_unless_it_is_not_wanted(tmp_path: Path) -> None:
    carrier = AwkwardCarrier()
    async with carrier.serving(ssl=self_signed_context(tmp_path)):
        async with driving(settings(carrier.port, tls=True), Inbox()) as driver:
            await until(lambda: "certificate" in driver._trouble.reason.lower())
            assert carrier.binds == 0
        async with driving(settings(carrier.port, tls=True, check_certificate=False), Inbox()) as driver:
            await until(lambda: driver.is_connected)
            assert isinstance(await driver.send(sms("Hi")), Accepted)


async def test_a_secret_that_is_not_there_is_told() -> None:
    async with driving(settings(free_port(), secret="nowhere"), Inbox()) as driver:
        await until(lambda: "nowhere" in driver._trouble.reason)


async def test_a_password_that_cannot_be_written_is_told_and_not_shown() -> None:
    carrier = AwkwardCarrier()
    async with carrier.serving():
        driver_secrets = {"carrier_password": "pässwort"}.__getitem__
        driver = Driver(waits=QUICK)
        running = asyncio.create_task(driver.run(settings(carrier.port), driver_secrets, Inbox().receive))
        await until(lambda: "ASCII" in driver._trouble.reason)
        assert "pässwort" not in driver._trouble.reason
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
