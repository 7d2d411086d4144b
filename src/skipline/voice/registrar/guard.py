"""Who may try to register, and how often: what keeps guessers and floods away from the phones.

A network is a /24 (IPv4) or a /64 (IPv6). A network without a registered phone is nobody's office: its failures count
together, and after some of them its REGISTERs are dropped unread. From a network where phones are registered only the
user that fails has to wait, in that network alone, because one phone with an old password must not silence an office;
and a stranger elsewhere who fails as `ana` must not keep Ana's own phone out.

Failures count alike for users that exist and for those that do not.
"""

from collections.abc import Callable
from functools import lru_cache

from skipline.voice.registrar.penalties import Allowance, Penalties, PenaltyTerms
from skipline.voice.sip.screening import network_of

NETWORK_TERMS = PenaltyTerms(limit=20, forgive_seconds=20, first_seconds=5, longest_seconds=900)
USER_TERMS = PenaltyTerms(limit=10, forgive_seconds=30, first_seconds=5, longest_seconds=300)
_BURST, _PER_SECOND = 2000.0, 50.0
"""An office whose thousand phones come back at once fits; a flood does not."""
_BURST_OF_STRANGERS, _STRANGERS_PER_SECOND = 4000.0, 400.0
"""All networks without a registered phone together."""

_network_of = lru_cache(maxsize=4096)(network_of)
"""Reading an address takes longer than all the rest."""


class Guard:
    """`has_phones` says whether a phone is registered from a network."""

    def __init__(self, has_phones: Callable[[str], bool]) -> None:
        self._has_phones = has_phones
        self._networks, self._users = Penalties(NETWORK_TERMS), Penalties(USER_TERMS)
        self._allowance = Allowance(_BURST, _PER_SECOND)
        self._strangers = Allowance(_BURST_OF_STRANGERS, _STRANGERS_PER_SECOND)

    @property
    def remembered(self) -> int:
        """How many entries the tables hold."""
        return len(self._networks) + len(self._users) + len(self._allowance)

    def lets_in(self, source: str, now: float) -> bool:
        """Whether a REGISTER from `source` is looked at at all."""
        network = _network_of(source)
        if self._has_phones(network):
            return self._allowance.take(network, now)
        if self._networks.is_banned(network, now) or not self._allowance.take(network, now):
            return False
        return self._strangers.take("", now)

    def is_silenced(self, source: str, now: float) -> bool:
        """Whether the network of `source` is being ignored."""
        network = _network_of(source)
        return not self._has_phones(network) and self._networks.is_banned(network, now)

    def must_wait(self, source: str, user: str, now: float) -> bool:
        """Whether `user` failed too often, as far as it matters for this source."""
        return self._users.is_banned(self._key(source, user), now)

    def fail(self, source: str, user: str, now: float) -> bool:
        """Count a wrong password; true when with it somebody has to wait."""
        network = _network_of(source)
        is_new = self._users.fail(self._key(source, user), now)
        return (not self._has_phones(network) and self._networks.fail(network, now)) or is_new

    def succeed(self, source: str, user: str) -> None:
        """The right password came."""
        self._users.forgive(self._key(source, user))

    def _key(self, source: str, user: str) -> str:
        """What failures as `user` are counted under: apart in each network with phones, else together."""
        network = _network_of(source)
        return f"{network if self._has_phones(network) else ''} {user[:100]}"
