"""Agents who serve the same queues with the same skills."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from skipline.model.queueing import Medium
from skipline.queue.grade import Grade
from skipline.queue.instants import Instant
from skipline.queue.line import Line, Needs

if TYPE_CHECKING:
    from skipline.queue.hall import Hall
    from skipline.queue.seat import Seat

Ticket = tuple[int, Instant, str, "Seat"]
"""A ready agent: contacts in hand, idle since, name, and who it is. Lowest first."""

MEDIA = tuple(Medium)
_SPARE = 64


@dataclass(slots=True, eq=False, kw_only=True)
class Profile:
    """`breadth` is the number of queues and skills: the narrower ones are asked first, so that those who can do more
    stay free for what only they can do. `reach` are the lines they serve, `side_lines` those of entries that somebody
    refused. Every `lane_every`-th start takes the longest waiting (0: never); `since_lane` counts the starts between.
    """

    halls: "tuple[Hall, ...]"
    skills: Mapping[str, int]
    breadth: int
    lane_every: int
    since_lane: int = 0
    size: int = 0
    present: int = 0
    present_for: dict[Medium, int] = field(default_factory=lambda: dict.fromkeys(MEDIA, 0))
    is_plain: bool = True
    """Whether one policy decides alone: their queues have the same one, keep nobody idle and give no tier a share."""
    keeping_halls: "tuple[Hall, ...]" = ()
    """Queues that keep agents idle for some tier."""
    reach: dict[Medium, dict[Grade, list[Line]]] = field(default_factory=lambda: {medium: {} for medium in MEDIA})
    side_lines: list[Line] = field(default_factory=list)
    tickets: dict[Medium, list[Ticket]] = field(default_factory=lambda: {medium: [] for medium in MEDIA})

    def fits(self, needs: Needs) -> bool:
        """Whether these agents have every skill at its level."""
        return all(self.skills.get(skill, 0) >= level for skill, level in needs)

    def is_lane_due(self) -> bool:
        """Whether the next start is the fair lane's."""
        return self.lane_every > 0 and self.since_lane + 1 >= self.lane_every

    def add_line(self, line: Line) -> None:
        """Serve a line from now on."""
        if line.refused:
            self.side_lines.append(line)
        else:
            self.reach[line.medium].setdefault(line.grade, []).append(line)

    def drop_line(self, line: Line) -> None:
        """Serve a line no more."""
        if line.refused:
            self.side_lines.remove(line)
            return
        lines = self.reach[line.medium][line.grade]
        lines.remove(line)
        if not lines:
            del self.reach[line.medium][line.grade]

    def add_ticket(self, medium: Medium, ticket: Ticket) -> None:
        """Note an agent as ready."""
        tickets = self.tickets[medium]
        if len(tickets) > _SPARE and len(tickets) > 4 * self.size:
            tickets[:] = [old for old in tickets if old[3].tickets[medium] is old]
            heapify(tickets)
        heappush(tickets, ticket)

    def first_ready(self, medium: Medium) -> Ticket | None:
        """The agent who is asked first: fewest contacts in hand, then longest idle, then by name."""
        tickets = self.tickets[medium]
        while tickets and tickets[0][3].tickets[medium] is not tickets[0]:
            heappop(tickets)
        return tickets[0] if tickets else None

    def first_ready_but(self, medium: Medium, barred: frozenset[str]) -> Ticket | None:
        """The same, without those named. Looks at every ready agent: for the few entries that somebody refused."""
        live = (one for one in self.tickets[medium] if one[3].tickets[medium] is one and one[2] not in barred)
        return min(live, default=None)
