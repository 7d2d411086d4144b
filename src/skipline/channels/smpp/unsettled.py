"""Messages whose answer did not come in time, until something tells what became of them: the answer itself, late, or a
receipt that brings our sixteen bits back."""

from datetime import datetime

from skipline.asking.number_keys import number_key
from skipline.channels.smpp.errors import OK, refusal
from skipline.channels.smpp.session import Answered
from skipline.channels.smpp.writing import Short
from skipline.model.message import SendState
from skipline.model.messaging import StateTold

MOST_REMEMBERED = 10_000


class Unsettled:
    """What we know of them."""

    def __init__(self) -> None:
        self._by_sequence: dict[int, str] = {}
        self._by_bits: dict[tuple[str, int], str] = {}

    def add(self, sequence: int, short: Short, reference: str) -> None:
        """Nobody knows what became of this request."""
        self._by_sequence[sequence] = reference
        self._by_bits[(number_key(short.destination.text), short.reference)] = reference
        if len(self._by_sequence) > MOST_REMEMBERED:
            self._by_sequence.pop(next(iter(self._by_sequence)))
        if len(self._by_bits) > MOST_REMEMBERED:
            self._by_bits.pop(next(iter(self._by_bits)))

    def settled_by(self, answer: Answered, at: datetime) -> StateTold | None:
        """What an answer tells that came late; None when none was waited for."""
        reference = self._by_sequence.pop(answer.sequence, "")
        if not reference:
            return None
        refused = None if answer.status == OK else refusal(answer.status)
        return StateTold(
            key=f"state/{reference}/answer",
            at=at,
            id=answer.id,
            state=SendState.SENT if refused is None else SendState.FAILED,
            reference=reference,
            code="" if refused is None else refused.code,
            reason="" if refused is None else refused.reason,
        )

    def receipted(self, number: str, bits: int | None) -> str:
        """Our reference of the message that a receipt about `number` is about; empty when nobody knows."""
        return "" if bits is None else self._by_bits.pop((number_key(number), bits), "")

    def connection_lost(self) -> None:
        """Answers to what was asked on it will not come on another."""
        self._by_sequence.clear()
