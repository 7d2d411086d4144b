"""Where each user's phones are: the table that REGISTER changes (RFC 3261 section 10). Times are monotonic seconds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from skipline.voice.sip.flow import Flow
from skipline.voice.sip.screening import network_of

MOST_BINDINGS = 2
"""Phones of one user at a time, say a desk phone and a softphone; a third takes the place of the one silent longest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One phone of `user`: the URI from its Contact and the way to it. `since` is when it first registered, `seen_at`
    when it last did. A phone whose connection closed has `lost_at`."""

    user: str
    contact: str
    flow: Flow
    call_id: str
    cseq: int
    since: float
    seen_at: float
    expires_at: float
    lost_at: float | None = None

    @property
    def key(self) -> str:
        """Names this phone among all; no Contact has a blank."""
        return f"{self.user} {self.contact}"

    @property
    def network(self) -> str:
        """The network that the phone is in."""
        return network_of(self.flow.address[0])


class Bindings:
    """Every binding, by user and Contact."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Binding]] = {}
        self._networks: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Binding]:
        return (one for found in list(self._of.values()) for one in list(found.values()))

    @property
    def users(self) -> list[str]:
        """The users with a phone, in any state."""
        return list(self._of)

    def of(self, user: str) -> list[Binding]:
        """The phones of `user`, the one that came last first."""
        return sorted(self._of.get(user, {}).values(), key=lambda one: one.since, reverse=True)

    def find(self, user: str, contact: str) -> Binding | None:
        """The phone of `user` with this Contact."""
        return self._of.get(user, {}).get(contact)

    def has_network(self, network: str) -> bool:
        """Whether a phone is registered from `network`."""
        return network in self._networks

    def put(self, binding: Binding) -> None:
        """Add a phone, or what is new about one."""
        self.remove(binding.user, binding.contact)
        found = self._of.setdefault(binding.user, {})
        while len(found) >= MOST_BINDINGS:
            oldest = min(found.values(), key=lambda one: one.seen_at)
            self.remove(oldest.user, oldest.contact)
        self._of.setdefault(binding.user, found)[binding.contact] = binding
        self._networks[binding.network] += 1

    def remove(self, user: str, contact: str) -> None:
        """Forget a phone; harmless when it is not there."""
        found = self._of.get(user, {})
        binding = found.pop(contact, None)
        if binding is None:
            return
        if not found:
            del self._of[user]
        self._networks[binding.network] -= 1
        if not self._networks[binding.network]:
            del self._networks[binding.network]

    def clear(self, user: str) -> None:
        """Forget every phone of `user`."""
        for contact in list(self._of.get(user, {})):
            self.remove(user, contact)

    def lose(self, flow: Flow, now: float) -> list[Binding]:
        """A connection closed: the phones behind it, marked so."""
        lost = [replace(one, lost_at=now) for one in self if one.flow == flow and one.lost_at is None]
        for binding in lost:
            self.put(binding)
        return lost

    def expire(self, now: float, grace_seconds: float) -> list[Binding]:
        """Forget the phones whose time is over, or whose connection has been closed for `grace_seconds`."""
        over = [one for one in self if one.expires_at <= now or _is_lost(one, now - grace_seconds)]
        for binding in over:
            self.remove(binding.user, binding.contact)
        return over


def _is_lost(binding: Binding, before: float) -> bool:
    return binding.lost_at is not None and binding.lost_at <= before
