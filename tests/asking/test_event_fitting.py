"""What providers tell is made fit for every database, and nothing is dropped."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from skipline.asking.event_fitting import LONGEST_KEY, fit_event
from skipline.model.message import Channel
from skipline.model.messaging import Attachment, Noted, Received, Sender

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def wrote(**more: object) -> Received:
    right = Received(key="k", at=NOON, id="i", channel=Channel.SMS, sender=Sender(id="s"), text="hello")
    return msgspec.structs.replace(right, **more)


def test_what_fits_stays_the_same_object() -> None:
    event = wrote(text="\\u0000 is not a NUL but written so")
    assert fit_event(event, NOON) == event
    assert fit_event(wrote(), NOON) == wrote()


@pytest.mark.parametrize("odd", ["a\x00b", "a\ud800b"])
def test_signs_that_databases_refuse_are_replaced_wherever_they_stand(odd: str) -> None:
    event = wrote(
        text=odd,
        key=odd,
        sender=Sender(id=odd, name=odd),
        attachments=(Attachment(kind="image", name=odd),),
        referral={odd: odd},
    )
    fit = fit_event(event, NOON)
    assert isinstance(fit, Received)
    written = msgspec.json.encode(fit)
    assert b"\\u0000" not in written
    assert fit.text == fit.key == fit.sender.id == fit.attachments[0].name
    assert len(fit.text) == 3


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ana\nlevel=error", "Ana level=error"),
        ("\x1b[31mred\x07", "[31mred"),
        ("\u202eevil\u202c", "evil"),
        ("\ufeff \u2028 ", ""),
        ("\U0001f468\u200d\U0001f469 Ana", "\U0001f468\u200d\U0001f469 Ana"),
        ("José  Ñ", "José  Ñ"),
    ],
)
def test_names_are_one_line_that_steers_nothing(name: str, kept: str) -> None:
    fit = fit_event(wrote(sender=Sender(id="s", name=name), text=name), NOON)
    assert isinstance(fit, Received)
    assert (fit.sender.name, fit.text) == (kept, name)


@pytest.mark.parametrize("days", [-400, 1, 400_000])
def test_a_time_that_cannot_be_right_is_when_we_heard_of_it(days: int) -> None:
    assert fit_event(wrote(at=NOON + timedelta(days=days)), NOON).at == NOON


def test_long_keys_are_shortened_and_stay_different() -> None:
    first, second = (fit_event(wrote(key="k" * 9_000 + end), NOON) for end in "ab")
    assert first.key != second.key
    assert max(len(first.key), len(second.key)) <= LONGEST_KEY


def test_names_of_any_length_become_a_note() -> None:
    fit = fit_event(wrote(sender=Sender(id="s" * 9_000)), NOON)
    assert isinstance(fit, Noted)
    assert fit.key == "k"
    assert "hello" in repr(wrote())
