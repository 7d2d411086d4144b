"""Languages are guessed when they are plain, and never otherwise."""

import pytest

from skipline.asking.language_guess import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello, where is my order please?", "en"),
        ("Hola, ¿dónde está mi pedido?", "es"),
        ("Olá, onde está o meu pedido?", "pt"),
        ("Halo, di mana pesanan saya? Terima kasih", "id"),
        ("你好 我的订单在哪里", "zh"),
        ("注文はどこですか", "ja"),
        ("안녕하세요 주문이 어디에 있나요", "ko"),
        ("Hallo, waar is mijn bestelling en wat kost het?", "nl"),
        ("Bonjour, où est ma commande ?", "fr"),
        ("Hallo, wo ist meine Bestellung?", "de"),
        ("Ciao, dove è il mio ordine?", "it"),
    ],
)
def test_a_plain_sentence_has_a_language(text: str, language: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize("text", ["", "ok", "12345", "👍", "no", "A-1234 B", "los angeles", "x" * 100_000])
def test_what_is_not_plain_has_none(text: str) -> None:
    assert guess_language(text) == ""
