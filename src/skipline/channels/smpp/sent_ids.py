"""Which message of ours a receipt is about.

Carriers write the id in a receipt as they wrote it when they took the message, or once in hexadecimal and once in
decimal. What they do is learnt from the first receipt that fits only one way, or said by the account.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

Forms = Literal["auto", "same", "decimal", "hexadecimal"]
MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that the carrier took: the id that counts for it, and our reference. `is_end`: what is told is told of
    all of it, or of its last part."""

    id: str
    reference: str
    is_end: bool = True


class SentIds:
    """The messages that were sent lately, by the ids that a carrier gave them or their parts."""

    def __init__(self, forms: Forms = "auto") -> None:
        self._forms: Forms = forms
        self._sent: OrderedDict[str, SentMessage] = OrderedDict()

    def remember(self, id_: str, message: SentMessage) -> None:
        """The carrier calls this message, or a part of it, `id_`."""
        self._sent[_plain(id_)] = message
        while len(self._sent) > MOST_REMEMBERED:
            self._sent.popitem(last=False)

    def find(self, told: str) -> SentMessage:
        """The message that a receipt's id means; with an id as it must have been given when nobody remembers it."""
        for forms, id_ in self._candidates(told):
            if (known := self._sent.get(_plain(id_))) is not None:
                if self._forms == "auto" and forms != "same":
                    self._forms = forms
                return known
        return SentMessage(_as_given(told, self._forms), "")

    def _candidates(self, told: str) -> list[tuple[Forms, str]]:
        ways: tuple[Forms, ...] = ("same", "decimal", "hexadecimal") if self._forms == "auto" else (self._forms,)
        return [(way, _as_given(told, way)) for way in ways]


def _as_given(told: str, forms: Forms) -> str:
    """The id that was given, when receipts have the form `forms`."""
    try:
        if forms == "decimal":
            return f"{int(told, 10):x}" if told.isascii() and told.isdecimal() else told
        if forms == "hexadecimal":
            return str(int(told, 16)) if told.isascii() and told.isalnum() else told
    except ValueError:
        return told
    return told


def _plain(id_: str) -> str:
    """Without what carriers write or leave out as they like."""
    return id_.casefold().lstrip("0") or "0"
