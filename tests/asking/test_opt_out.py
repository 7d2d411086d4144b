"""The words with which contacts want no more messages."""

import pytest

from skipline.asking.opt_out import Wish, read_wish
from skipline.model.message import Channel

STOP = ["STOP", " stop. ", "StopAll", "STOP ALL", "unsubscribe", "END", "quit", "Cancel", "REVOKE", "OPTOUT", "OPT-OUT"]


@pytest.mark.parametrize(
    "text", [*STOP, "ARRET", "ARRÊT", "TD", "remove", "\uff33\uff34\uff2f\uff30", "stop\n", "stop  all"]
)
def test_every_spelling_of_stop_counts_by_sms(text: str) -> None:
    assert read_wish(text, Channel.SMS, is_opted_out=False) is Wish.STOP
    assert read_wish(text, Channel.SMS, is_opted_out=True) is Wish.STOP


@pytest.mark.parametrize(
    "text",
    [
        "\u201cSTOP\u201d",
        "stop\u200b",
        "\ufeffstop",
        "s\u00adtop",
        "STOP \U0001f6d1",
        "\u26d4\ufe0f stop!!",
        "\u00abstop\u00bb",
        "stop\u2026",
        "(stop)",
        "opt\u2013out",
        "opt\u2011out",
        "stop\x07",
        "\u00a1Stop!",
        "*STOP*",
    ],
)
def test_what_phones_put_around_a_word_does_not_hide_it(text: str) -> None:
    assert read_wish(text, Channel.WHATSAPP, is_opted_out=False) is Wish.STOP


@pytest.mark.parametrize(
    "text", ["stop?", "\u00bfstop?", "\U0001f6d1", "...", "stop \U0001f6d1 signs", "-", "x" * 9_000]
)
def test_a_question_or_a_sign_alone_is_no_wish(text: str) -> None:
    assert read_wish(text, Channel.WHATSAPP, is_opted_out=False) is None


@pytest.mark.parametrize("text", ["stop it", "please stop", "the end", "", "st op", "cancel my order", "nonstop"])
def test_a_word_in_a_sentence_does_not_count(text: str) -> None:
    assert read_wish(text, Channel.SMS, is_opted_out=False) is None


@pytest.mark.parametrize("text", ["cancel", "end", "quit", "help", "remove", "info"])
def test_elsewhere_only_what_cannot_mean_anything_else_counts(text: str) -> None:
    assert read_wish(text, Channel.WHATSAPP, is_opted_out=False) is None
    assert read_wish("stop", Channel.WHATSAPP, is_opted_out=False) is Wish.STOP


@pytest.mark.parametrize("text", ["START", "unstop", "Yes"])
def test_only_who_stopped_messages_can_want_them_again(text: str) -> None:
    assert read_wish(text, Channel.SMS, is_opted_out=True) is Wish.RESUME
    assert read_wish(text, Channel.SMS, is_opted_out=False) is None


def test_help_is_asked_for_by_sms() -> None:
    assert read_wish("Help", Channel.SMS, is_opted_out=True) is Wish.HELP
    assert read_wish("start", Channel.WHATSAPP, is_opted_out=True) is Wish.RESUME
    assert read_wish("yes", Channel.WHATSAPP, is_opted_out=True) is None
