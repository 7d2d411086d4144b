"""How fast one account sends: a bucket that fills at the provider's rate, a pause for each contact, and what providers
say about being too fast or not being there.

The bucket is empty when it is made, so a process that ends and begins again never sends a second burst. Times are the
event loop's, in seconds.
"""

from skipline.model.messaging import Pace

_BURST_SECONDS = 0.25
_SLOWEST = 1 / 16
_RECOVERY = 1 / 100
_LONGEST_PAUSE = 30.0
_SLOW_DOWN_SECONDS = 1.0
_PATIENCE = 3
"""Failures in a row before an account is thought to be unreachable; then one message at a time finds out."""


class Pacing:
    """The pace of one account."""

    def __init__(self, pace: Pace, now: float) -> None:
        self._pace, self._filled_at = pace, now
        self._tokens, self._share = 0.0, 1.0
        self._closed_until, self._failures = now, 0
        # When the contact would be due, had all messages to them kept the mean (the virtual scheduling algorithm of
        # ITU-T I.371).
        self._contacts: dict[str, float] = {}

    @property
    def per_second(self) -> float:
        """How many messages leave in a second now."""
        return self._pace.per_second * self._share

    @property
    def is_slowed(self) -> bool:
        """Whether the provider said that we are too fast, and we have not found back yet."""
        return self._share < 1.0

    @property
    def is_troubled(self) -> bool:
        """Whether the provider seems to be unreachable."""
        return self._failures >= _PATIENCE

    def room(self, now: float) -> int:
        """How many messages may leave now."""
        if now < self._closed_until:
            return 0
        self._fill(now)
        return min(int(self._tokens), 1) if self.is_troubled else int(self._tokens)

    def next_in(self, now: float) -> float:
        """In how many seconds there is room again; 0 when there is."""
        if now < self._closed_until:
            return self._closed_until - now
        self._fill(now)
        return max(0.0, (1 - self._tokens) / self.per_second)

    def take(self, conversation: str, now: float) -> None:
        """A message leaves to the contact of a conversation."""
        self._tokens -= 1
        if self._pace.seconds_per_contact > 0:
            mean = max(now, self._contacts.get(conversation, now))
            self._contacts[conversation] = mean + self._pace.seconds_per_contact

    def resting(self, now: float) -> tuple[str, ...]:
        """Conversations whose contact must not get another message yet."""
        ahead = self._pace.seconds_per_contact * (self._pace.burst_per_contact - 1)
        self._contacts = {one: mean for one, mean in self._contacts.items() if mean > now}
        return tuple(one for one, mean in self._contacts.items() if mean - ahead > now)

    def accepted(self) -> None:
        """The provider took a message: whatever was wrong is over, and the rate climbs back step by step."""
        self._failures = 0
        self._share = min(1.0, self._share + _RECOVERY)

    def slow_down(self, now: float, after_seconds: float | None) -> None:
        """The provider says that the account is too fast: half the rate, after the pause that it asks for."""
        pause = _SLOW_DOWN_SECONDS if after_seconds is None else after_seconds
        if now >= self._closed_until:  # what else was on its way then says the same once more
            self._share = max(_SLOWEST, self._share / 2)
        self._close(now + pause)

    def failed(self, now: float) -> None:
        """The provider could not be reached, or is broken: after some of these it is asked now and then only."""
        self._failures += 1
        if self.is_troubled:
            self._close(now + min(_LONGEST_PAUSE, 2.0 ** min(self._failures - _PATIENCE, 10)))

    def _close(self, until: float) -> None:
        self._closed_until = max(self._closed_until, until)
        self._tokens, self._filled_at = 0.0, self._closed_until

    def _fill(self, now: float) -> None:
        most = max(1.0, self.per_second * _BURST_SECONDS)
        passed = max(0.0, now - self._filled_at)
        self._tokens = min(most, self._tokens + passed * self.per_second)
        self._filled_at = max(self._filled_at, now)
