"""One queue at work: its rules, the grades of its entries, and what is counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from skipline.model.configuration import Tier
from skipline.model.queueing import EntryState, Medium, Place, Policy, Queue
from skipline.queue.displacement import Ledger
from skipline.queue.grade import Grade
from skipline.queue.instants import Span, as_span
from skipline.queue.line import Line
from skipline.queue.policies import POLICIES

DEFAULT_TARGET_SECONDS = 60.0
MAX_WAIT_IN_TARGETS = 10.0
_IN_HAND = frozenset({EntryState.RESERVED, EntryState.CONNECTED, EntryState.WRAPPING})


@dataclass(slots=True, eq=False)
class Hall:
    """A queue's rules, compiled for the tiers that there are, and its counters.

    `in_hand` counts by tier, where tiers have shares, the entries that agents have or are offered. `present` agents
    could take something now or when they are done; `signed_in` counts those on a break too, `signed_in_for`
    by what they can be reached for; `ready` have room for a medium at this moment.
    """

    queue: Queue
    tiers: Mapping[str, Tier]
    is_open: bool = True
    """False once the queue is no longer configured, for entries that still name it."""
    lines: list[Line] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    counts: dict[EntryState, int] = field(default_factory=lambda: dict.fromkeys(EntryState, 0))
    in_hand: dict[str, int] = field(default_factory=dict)
    size: int = 0
    present: int = 0
    signed_in: int = 0
    signed_in_for: dict[Medium, int] = field(default_factory=lambda: dict.fromkeys(Medium, 0))
    ready: dict[Medium, int] = field(default_factory=lambda: dict.fromkeys(Medium, 0))
    offer_span: Span = 0
    offer_time: timedelta = timedelta()
    _ranks: dict[str, int] = field(default_factory=dict)
    _grades: dict[tuple[str, float | None], Grade] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.offer_span = as_span(self.queue.offer_seconds)
        self.offer_time = timedelta(microseconds=self.offer_span)
        self._ranks = {name: rank for rank, name in enumerate(self.tiers)}

    @property
    def keeps_agents(self) -> bool:
        """Whether agents are kept idle for some tier."""
        return any(self.queue.reserves.values())

    @property
    def watches_waits(self) -> bool:
        """Whether something falls due for an entry that asks for nothing particular."""
        rules = self.queue.overflow
        return rules.after_seconds is not None or rules.wait_exceeds_seconds is not None or self.keeps_agents

    @property
    def waiting(self) -> int:
        """How many have not been answered yet."""
        return self.counts[EntryState.WAITING] + self.counts[EntryState.RESERVED]

    def count(self, tier: str, before: EntryState | None, after: EntryState | None) -> None:
        """An entry of `tier` came, went on to another state, or went."""
        if before is not None:
            self.counts[before] -= 1
        if after is not None:
            self.counts[after] += 1
        if self.queue.shares:
            change = (after in _IN_HAND) - (before in _IN_HAND)
            self.in_hand[tier] = self.in_hand.get(tier, 0) + change

    def grade_of(self, place: Place) -> Grade:
        """The grade of an entry with this place. A tier that nobody knows ranks after all others, with the last one's
        promise: a caller is not turned away because a look-up said a strange word."""
        key = (place.tier, place.target_seconds)
        grade = self._grades.get(key)
        if grade is None:
            grade = self._grades[key] = self._build_grade(*key)
        return grade

    def forget_grades(self) -> None:
        """Forget the grades that no line stands for."""
        used = {line.grade for line in self.lines}
        self._grades = {key: grade for key, grade in self._grades.items() if grade in used}

    def _build_grade(self, tier: str, target_seconds: float | None) -> Grade:
        rule = self.tiers.get(tier) or self._lowest()
        target = max(1, as_span(rule.target_seconds if target_seconds is None else target_seconds))
        rank = self._ranks.get(tier, len(self._ranks))
        above = [name for name, other in self._ranks.items() if other < rank]
        return Grade(
            hall=self,
            tier=tier,
            rank=rank,
            target=target,
            max_wait=self._max_wait(rule, target),
            head_start=as_span(self.queue.head_starts.get(tier, 0.0)),
            kept_idle=sum(self.queue.reserves.get(name, 0) for name in above),
            figure=POLICIES[self.queue.policy],
        )

    def _lowest(self) -> Tier:
        return next(reversed(list(self.tiers.values())), Tier(name="", target_seconds=DEFAULT_TARGET_SECONDS))

    def _max_wait(self, tier: Tier, target: Span) -> Span | None:
        """Ten times the target unless the tier says otherwise; 0 says none. Order of arrival has nothing to cap."""
        if self.queue.policy is Policy.FIFO or tier.max_wait_seconds == 0:
            return None
        if tier.max_wait_seconds is None:
            return round(target * MAX_WAIT_IN_TARGETS)
        return as_span(tier.max_wait_seconds)
