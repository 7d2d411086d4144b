"""Gives each delivery a key, and the same key to one that comes again.

SMPP has no id for messages of contacts, so one that comes again looks like one that was written twice. What may come
again is known, though: what we refused, and what we acknowledged so shortly before the connection broke that the
carrier may not have heard it. An acknowledgement was heard once the carrier answers something that we said after it.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass

from skipline.base.ids import Ids

REFUSED_COMES_AGAIN_SECONDS = 3_600.0
UNHEARD_COMES_AGAIN_SECONDS = 300.0
"""Shorter, because what is kept already and is said once more by the contact meanwhile would be taken for the same."""
MOST_EXPECTED = 10_000


@dataclass(frozen=True, slots=True)
class _Unproven:
    mark: int
    fingerprint: str
    key: str


class Arrivals:
    """The keys of one account's deliveries. Times are seconds of one steady clock."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._expected: OrderedDict[str, deque[tuple[str, float]]] = OrderedDict()
        self._unproven: deque[_Unproven] = deque(maxlen=MOST_EXPECTED)

    def key_of(self, fingerprint: str, now: float) -> str:
        """The key of a delivery that looks like this."""
        waiting = self._expected.get(fingerprint, deque())
        while waiting:
            key, until = waiting.popleft()
            if not waiting:
                del self._expected[fingerprint]
            if until >= now:
                return key
        return self._ids()

    def refused(self, fingerprint: str, key: str, now: float) -> None:
        """It was not kept, so the carrier brings it again."""
        self._expect(fingerprint, key, now + REFUSED_COMES_AGAIN_SECONDS)

    def unheard(self, fingerprint: str, key: str, now: float) -> None:
        """It was kept, and the connection was gone before we could say so."""
        self._expect(fingerprint, key, now + UNHEARD_COMES_AGAIN_SECONDS)

    def acknowledged(self, fingerprint: str, key: str, mark: int) -> None:
        """It was kept and we said so; `mark` is how many requests we made before."""
        self._unproven.append(_Unproven(mark, fingerprint, key))

    def heard(self, mark: int) -> None:
        """The carrier answered our request number `mark`, so it heard all that we said before."""
        while self._unproven and self._unproven[0].mark < mark:
            self._unproven.popleft()

    def connection_lost(self, now: float) -> None:
        """What the carrier may not have heard may come again."""
        for one in self._unproven:
            self.unheard(one.fingerprint, one.key, now)
        self._unproven.clear()

    def _expect(self, fingerprint: str, key: str, until: float) -> None:
        self._expected.setdefault(fingerprint, deque()).append((key, until))
        self._expected.move_to_end(fingerprint)
        while len(self._expected) > MOST_EXPECTED:
            self._expected.popitem(last=False)
