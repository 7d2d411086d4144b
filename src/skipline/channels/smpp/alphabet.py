"""How the letters of an SMS are written: the GSM 7-bit alphabet (3GPP TS 23.038, one letter in each octet, as SMPP
carries it), Latin-1, or UCS-2.

Carriers do not agree on what data_coding 0 is: it is the alphabet of the account.
"""

GSM, LATIN_1, UCS_2 = 0, 3, 8
"""Values of data_coding (SMPP 3.4 section 5.2.19)."""
_ESCAPE = 0x1B
_LETTERS = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_CODES = {letter: bytes([code]) for code, letter in enumerate(_LETTERS) if code != _ESCAPE} | {
    letter: bytes([_ESCAPE, code]) for code, letter in _EXTENDED.items()
}
_CHARSETS = {1: "ascii", LATIN_1: "latin-1", 6: "iso8859-5", 7: "iso8859-8", UCS_2: "utf-16-be", 5: "shift_jis"}
_BINARY = frozenset({2, 4})


def gsm_letters(text: str) -> list[bytes] | None:
    """Each letter of `text` in the GSM alphabet, in one octet or two; None when it has a letter that is not in it."""
    letters = [_CODES.get(letter) for letter in text]
    return None if None in letters else [one for one in letters if one is not None]


def decode_gsm(data: bytes) -> str:
    """Letters of the GSM alphabet, one in each octet; codes that mean nothing become spaces (TS 23.038, 6.2.1)."""
    text, is_escaped = "", False
    for code in data:
        if is_escaped:
            text += _EXTENDED.get(code) or _LETTERS[code & 0x7F]
        elif code != _ESCAPE:
            text += _LETTERS[code] if code < 0x80 else " "
        is_escaped = code == _ESCAPE and not is_escaped
    return text


def decode(data: bytes, data_coding: int, is_gsm: bool) -> str | None:
    """The words in `data`; None when they are no words but binary. `is_gsm`: data_coding 0 is the GSM alphabet."""
    kind = _kind(data_coding)
    if kind in _BINARY:
        return None
    if kind == GSM:
        return decode_gsm(data) if is_gsm else data.decode("latin-1")
    return data.decode(_CHARSETS.get(kind, "latin-1"), "replace")


def _kind(data_coding: int) -> int:
    """The coding among those of SMPP; codes with a message class say it in bits 2 and 3 (TS 23.038 section 4)."""
    if data_coding <= 0x0F:
        return data_coding
    if data_coding >= 0xF0:
        return 4 if data_coding & 0x04 else GSM
    return {0x04: 4, 0x08: UCS_2}.get(data_coding & 0x0C, GSM)
