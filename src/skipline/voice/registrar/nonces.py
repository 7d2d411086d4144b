"""Nonces of the digest challenge (RFC 7616 section 5.4): nothing is kept for one until a phone has answered it.

A nonce carries the time it was made and a seal over that and the network it was given to, so any of ours is known again
without a table: a flood of REGISTERs costs no memory, and nobody can answer a challenge in another network's name. Of
those that were answered rightly the highest count is kept, so that an answer that somebody overheard is worth nothing
(section 3.4).
"""

import hashlib
import hmac
from secrets import token_bytes, token_hex

NONCE_SECONDS = 300.0
_MOST_KEPT = 10_000


class Nonces:
    """Makes nonces and says whether one may be used; times are monotonic seconds."""

    def __init__(self, seconds: float = NONCE_SECONDS, most: int = _MOST_KEPT) -> None:
        self._key = token_bytes(32)
        self._seconds, self._most = seconds, most
        self._counts: dict[str, int] = {}
        self._all_used_until = float("-inf")

    def make(self, network: str, now: float) -> str:
        """A fresh nonce for somebody in `network`."""
        text = f"{int(now * 1000):x}.{token_hex(8)}"
        return f"{text}.{self._seal(text, network)}"

    def is_fresh(self, nonce: str, network: str, now: float) -> bool:
        """Whether `nonce` is ours, was given to `network`, and is young."""
        text, _, seal = nonce.rpartition(".")
        if not hmac.compare_digest(seal.encode("utf-8", "replace"), self._seal(text, network).encode()):
            return False
        return now - self._seconds <= _made_at(nonce) <= now

    def use(self, nonce: str, count: int) -> bool:
        """Use a fresh nonce whose answer was right; false when it was used with this count or a higher one before."""
        last = self._counts.pop(nonce, 0)
        if count <= last or (not last and _made_at(nonce) <= self._all_used_until):
            if last:
                self._counts[nonce] = last
            return False
        self._counts[nonce] = count
        self._forget_oldest()
        return True

    def _forget_oldest(self) -> None:
        """Past the limit drop a nonce, and with it all that are as old: one forgotten could be answered again."""
        while len(self._counts) > self._most:
            oldest = next(iter(self._counts))
            del self._counts[oldest]
            self._all_used_until = max(self._all_used_until, _made_at(oldest))

    def _seal(self, text: str, network: str) -> str:
        sealed = f"{text} {network}".encode("utf-8", "replace")
        return hmac.new(self._key, sealed, hashlib.sha256).hexdigest()[:32]


def _made_at(nonce: str) -> float:
    return int(nonce.partition(".")[0], 16) / 1000
