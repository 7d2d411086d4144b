"""What does not count in what somebody typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipline.base.plain_words import bare_words, begins_with_words, plain_words


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("  Orders!\n", "orders"),
        ("My \t  ORDER", "my order"),
        ("\uff2f\uff32\uff24\uff25\uff32", "order"),  # full width, as Japanese keyboards type it
        ("Straße", "strasse"),
        ("¿Pedido?", "pedido"),
        ("“order”", "order"),
        ("订单。", "订单"),
        ("it's", "it's"),
        ("...", ""),
        ("👍", "👍"),
    ],
)
def test_plain_words(typed: str, plain: str) -> None:
    assert plain_words(typed) == plain


@pytest.mark.parametrize(("typed", "bare"), [("Devolución", "devolucion"), ("ÇA VA", "ca va"), ("naïve", "naive")])
def test_marks_that_are_left_out_do_not_count(typed: str, bare: str) -> None:
    assert bare_words(typed) == bare_words(bare) == bare


@pytest.mark.parametrize(
    ("words", "beginning", "does"),
    [
        ("order", "order", True),
        ("order 12", "order", True),
        ("order, please", "order", True),
        ("orders", "order", False),
        ("my order", "order", False),
        ("订单 12", "订单", True),
        ("订单在哪里", "订单", True),
        ("我的订单", "订单", False),
    ],
)
def test_a_beginning_is_made_of_whole_words(words: str, beginning: str, does: bool) -> None:
    assert begins_with_words(words, beginning) is does


@given(st.text(max_size=40))
def test_what_is_plain_stays_as_it_is(typed: str) -> None:
    once = plain_words(typed)
    assert plain_words(once) == once
    assert begins_with_words(once, once)


@given(st.text(max_size=40), st.text(max_size=10))
def test_whatever_surrounds_it_a_word_is_known_by_its_case_alone(typed: str, more: str) -> None:
    assert plain_words(f"  {typed.upper()} ") == plain_words(typed.upper())
    assert bare_words(typed) == bare_words(plain_words(typed))
    assert isinstance(begins_with_words(plain_words(typed), plain_words(more)), bool)
