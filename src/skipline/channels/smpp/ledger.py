"""What has to be known of an account from one connection to the next: what was sent, what may come again, and what
nobody knows the end of."""

from collections.abc import Sequence
from datetime import datetime

from skipline.base.ids import Ids
from skipline.channels.smpp.arrivals import Arrivals
from skipline.channels.smpp.codec import Deliver, Undecodable, decode_deliver
from skipline.channels.smpp.reading import Arrived, read_deliver, receipted_id
from skipline.channels.smpp.sent_ids import Forms, SentIds, SentMessage
from skipline.channels.smpp.session import Answered, Delivered
from skipline.channels.smpp.unsettled import Unsettled
from skipline.channels.smpp.writing import Short
from skipline.model.messaging import AnyChannelEvent, Noted, Outbound, StateTold


class Ledger:
    """The books of one account. `is_gsm`: data_coding 0 is the GSM alphabet."""

    def __init__(self, ids: Ids, forms: Forms, is_gsm: bool) -> None:
        self.arrivals = Arrivals(ids)
        self._sent, self._unsettled, self._is_gsm = SentIds(forms), Unsettled(), is_gsm

    def taken(self, ids: Sequence[str], message: Outbound, *, is_whole: bool) -> None:
        """The carrier took parts of a message under these ids. The last one's counts for the message; what is told of
        another part, or of all until it is whole, is told of a part alone."""
        for place, id_ in enumerate(ids, 1):
            self._sent.remember(id_, SentMessage(ids[-1], message.reference, is_whole and place == len(ids)))

    def uncertain(self, sequence: int, short: Short, message: Outbound) -> None:
        """Nobody knows what became of a request."""
        self._unsettled.add(sequence, short, message.reference)

    def settled_by(self, answer: Answered, at: datetime) -> StateTold | None:
        """What an answer tells that nobody waited for any more."""
        told = self._unsettled.settled_by(answer, at)
        if told is not None and answer.id:
            self._sent.remember(answer.id, SentMessage(answer.id, told.reference))
        return told

    def is_early(self, delivered: Delivered) -> bool:
        """Whether this is a receipt of a message that we do not know yet."""
        try:
            id_ = receipted_id(decode_deliver(delivered.raw), self._is_gsm)
        except Undecodable:
            return False
        return bool(id_) and not self._sent.find(id_).reference

    def event(self, delivered: Delivered, key: str, at: datetime) -> AnyChannelEvent:
        """What a delivery tells; one that cannot be read is noted as it came."""
        try:
            deliver = decode_deliver(delivered.raw)
        except Undecodable as wrong:
            return Noted(key=key, at=at, kind="unreadable", text=f"{wrong}: {delivered.raw[:500].hex()}")
        return read_deliver(Arrived(deliver, key, at), self._is_gsm, self._find)

    def connection_lost(self, now: float) -> None:
        """What was asked will not be answered, and what was not heard may come again."""
        self._unsettled.connection_lost()
        self.arrivals.connection_lost(now)

    def _find(self, id_: str, deliver: Deliver) -> SentMessage:
        message = self._sent.find(id_)
        if message.reference:
            return message
        return SentMessage(message.id, self._unsettled.receipted(deliver.source, deliver.reference))
