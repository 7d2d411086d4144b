"""Long texts in parts: how a text of ours is cut, and which part of a text of theirs came.

A part carries 140 octets over the air: 160 letters of GSM or 70 of UCS-2; in a text of several parts a header of six
octets leaves 153 or 67 (3GPP TS 23.040 section 9.2.3.24.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from skipline.channels.smpp.alphabet import GSM, UCS_2, gsm_letters
from skipline.model.messaging import CannotWrite

MOST_PARTS = 10
_GSM_ALONE, _GSM_PART = 160, 153
_UCS_ALONE, _UCS_PART = 140, 134
_EIGHT_BIT, _SIXTEEN_BIT = 0x00, 0x08


@dataclass(frozen=True, slots=True)
class Cut:
    """A text as it goes over the air: in one part or in several."""

    data_coding: int
    parts: tuple[bytes, ...]


def cut_text(text: str, is_gsm: bool = True) -> Cut:
    """`text` in as few parts as it fits in; `is_gsm`: data_coding 0 is the GSM alphabet, else Latin-1. Raises
    `CannotWrite` when those are too many.

    However it is written on the line, over the air it counts by the GSM alphabet, or by UCS-2.
    """
    letters = gsm_letters(text)
    if letters is not None and is_gsm:
        return _checked(Cut(GSM, _cut([(one, len(one)) for one in letters], _GSM_ALONE, _GSM_PART)), text)
    if letters is not None and all(letter < "\u0100" for letter in text):
        written = [(letter.encode("latin-1"), len(one)) for letter, one in zip(text, letters, strict=True)]
        return _checked(Cut(GSM, _cut(written, _GSM_ALONE, _GSM_PART)), text)
    wide = [letter.encode("utf-16-be", "replace") for letter in text]
    return _checked(Cut(UCS_2, _cut([(one, len(one)) for one in wide], _UCS_ALONE, _UCS_PART)), text)


def _cut(letters: Sequence[tuple[bytes, int]], alone: int, most: int) -> tuple[bytes, ...]:
    """Letters, each with what it counts. None is cut in two, be it an escaped one or half an emoji."""
    if sum(weight for _, weight in letters) <= alone:
        return (b"".join(letter for letter, _ in letters),)
    parts, part, used = [], b"", 0
    for letter, weight in letters:
        if used + weight > most:
            parts.append(part)
            part, used = b"", 0
        part, used = part + letter, used + weight
    return (*parts, part)


def _checked(cut: Cut, text: str) -> Cut:
    if len(cut.parts) > MOST_PARTS:
        raise CannotWrite(
            f"the text of an SMS has {len(text)} characters, which makes {len(cut.parts)} parts,"
            f" and may make {MOST_PARTS}: shorten it"
        )
    return cut


def part_header(reference: int, total: int, number: int) -> bytes:
    """The user data header of one part."""
    return bytes([5, _EIGHT_BIT, 3, reference & 0xFF, total, number])


@dataclass(frozen=True, slots=True)
class PartNumber:
    """Which part of a text this is: `number` from 1."""

    reference: int
    total: int
    number: int


def read_header(data: bytes) -> tuple[PartNumber | None, bytes]:
    """What a user data header says of parts, and the words after it; a header that lies about its length is taken for
    words."""
    length = data[0] if data else 0
    if not data or length + 1 > len(data):
        return None, data
    header, words, place, part = data[1 : length + 1], data[length + 1 :], 0, None
    while place + 2 <= len(header):
        kind, size = header[place], header[place + 1]
        part = _part(kind, header[place + 2 : place + 2 + size]) or part
        place += 2 + size
    return part, words


def part_of(reference: int, total: int, number: int) -> PartNumber | None:
    """A part, when its numbers can be right and there is more than one."""
    return PartNumber(reference, total, number) if total > 1 and 1 <= number <= total else None


def _part(kind: int, data: bytes) -> PartNumber | None:
    if kind == _EIGHT_BIT and len(data) == 3:
        return part_of(data[0], data[1], data[2])
    if kind == _SIXTEEN_BIT and len(data) == 4:
        return part_of(int.from_bytes(data[:2], "big"), data[2], data[3])
    return None
