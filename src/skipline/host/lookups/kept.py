"""Good answers that are kept in memory, the ones used last longest, within a bound of bytes."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

import msgspec

from skipline.model.commands import LookUp
from skipline.model.configuration import Source
from skipline.model.lookup import KnownAnswer

_BOUND_BYTES = 32 * 1024 * 1024
_ENTRY_BYTES = 400
"""What an entry costs besides its value."""


@dataclass(frozen=True, slots=True)
class _Packed:
    value: bytes
    answered_at: datetime


class KeptAnswers:
    """Answers by key. Values are kept as JSON text, so that no run can change what another one reads."""

    def __init__(self, bound_bytes: int = _BOUND_BYTES) -> None:
        self._entries: OrderedDict[str, _Packed] = OrderedDict()
        self._bound_bytes = bound_bytes
        self._held_bytes = 0

    def find(self, key: str) -> KnownAnswer | None:
        """The answer kept under `key`, however old."""
        packed = self._entries.get(key)
        if packed is None:
            return None
        self._entries.move_to_end(key)
        return KnownAnswer(value=msgspec.json.decode(packed.value), answered_at=packed.answered_at)

    def keep(self, key: str, answer: KnownAnswer) -> None:
        """Keep `answer`, dropping the answers that were not used for the longest time."""
        self.forget(key)
        packed = _Packed(msgspec.json.encode(answer.value), answer.answered_at)
        self._entries[key] = packed
        self._held_bytes += _size(packed)
        while self._held_bytes > self._bound_bytes:
            _, dropped = self._entries.popitem(last=False)
            self._held_bytes -= _size(dropped)

    def forget(self, key: str) -> None:
        """Drop the answer kept under `key`, if any."""
        dropped = self._entries.pop(key, None)
        if dropped is not None:
            self._held_bytes -= _size(dropped)

    def __len__(self) -> int:
        return len(self._entries)


def _size(packed: _Packed) -> int:
    return len(packed.value) + _ENTRY_BYTES


def key_of(source: Source, question: LookUp) -> str:
    """The name under which an answer is kept: a digest, so that no telephone number stands in it. A source whose
    settings changed begins anew."""
    asked = [source.name, source.type, source.settings, question.method, question.path, question.headers, question.body]
    return hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()


def is_reading(question: LookUp, cache_seconds: float) -> bool:
    """Whether asking twice is the same as asking once, so that an answer may be kept and shared. A POST counts as
    long as its answers are to be cached: `cache: 0s` says that it does something."""
    return not question.may_change or (question.method.upper() == "POST" and cache_seconds > 0)
