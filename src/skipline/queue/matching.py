"""Which entry an agent takes next, and which agent an entry gets.

Entries stand in lines (`line`). Only the first of each line can be the next, so a decision compares as many entries as
there are lines that the agent serves, however many wait behind. In this order:

1. On the fair lane's turn (every N-th start of the agent's profile) the longest waiting goes first.
2. Then who is past the maximum wait of its tier, the longest overdue before the others.
3. Then a tier that has fewer agents than its share.
4. Then the policy of the queue. An agent who serves queues of several policies takes the first of each, and of
   those the one that has used up the greatest share of its target.

A tier for which agents are kept idle holds the lower ones back, but not those of 1 and 2.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from skipline.model.queueing import Medium, Policy
from skipline.queue.grade import PAST_MAX_WAIT, Grade, Key
from skipline.queue.instants import Instant
from skipline.queue.line import Line
from skipline.queue.profile import Ticket
from skipline.queue.seat import Seat
from skipline.queue.spot import NOBODY, Spot
from skipline.queue.starts import Rule
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay

_OVERDUE, _POLICY = Rule.OVERDUE, Rule.POLICY

_HEAD = attrgetter("head")

Head = tuple[Grade, Spot]
"""The first of a line, or of several that age alike."""


@dataclass(slots=True)
class Choice:
    """An entry chosen for an agent, by which rule, and the heads that it was chosen from."""

    stay: Stay
    rule: Rule
    heads: Sequence[Head] = ()


def pick_entry(state: QueueState, seat: Seat, media: Sequence[Medium], now: Instant) -> Choice | None:
    """What an agent with room for these media takes next; None when nothing that waits is for them."""
    heads = _heads_for(state, seat, media)
    if not heads:
        return None
    profile = seat.profile
    if profile.is_lane_due() and (longest := _longest_waiting(heads)) is not None:
        return Choice(longest[1][2], Rule.LANE, heads)
    if profile.is_plain and not seat.own_lines:
        grade, (since, _, stay) = min(heads, key=lambda head: head[0].key(head[1][0], head[1][1], now))
        return Choice(stay, _OVERDUE if grade.is_overdue(since, now) else _POLICY, heads)
    return _pick_by_all_rules(seat, heads, now)


def _pick_by_all_rules(seat: Seat, heads: Sequence[Head], now: Instant) -> Choice | None:
    """With agents kept idle, shares of tiers, or queues of several policies."""
    keyed = [(grade.key(one[0], one[1], now), (grade, one)) for grade, one in heads]
    free = [found for found in keyed if not _is_held(seat, found[0], found[1])]
    if not free:
        return None
    first = min(free)
    if first[0][0] == PAST_MAX_WAIT:
        return Choice(first[1][1][2], Rule.OVERDUE, heads)
    owed = [found for found in free if _is_owed_agents(found[1][0])]
    rule, able = (Rule.SHARE, owed) if owed else (Rule.POLICY, free)
    return Choice(_first_across_policies(able, now)[1][1][2], rule, heads)


def _heads_for(state: QueueState, seat: Seat, media: Sequence[Medium]) -> list[Head]:
    """The first of each grade that the agent may take now."""
    heads: list[Head] = []
    for medium in media:
        for grade, lines in seat.profile.reach[medium].items():
            head = min(lines, key=_HEAD).head
            if head is not NOBODY:
                heads.append((grade, head))
    if seat.profile.side_lines or seat.own_lines:
        heads.extend(
            (line.grade, line.head)
            for line in (*seat.profile.side_lines, *seat.own_lines)
            if line.head is not NOBODY and line.medium in media and may_take(state, seat, line)
        )
    return heads


def _longest_waiting(heads: Sequence[Head]) -> Head | None:
    """By effective arrival, among the queues that have a fair lane."""
    able = [head for head in heads if head[0].hall.queue.fair_lane > 0]
    return min(able, key=lambda head: (head[1][0], head[0].rank, head[1][1]), default=None)


def _is_held(seat: Seat, key: Key, head: Head) -> bool:
    """Whether the agent is kept for a higher tier, unless the entry asks for them by name. They count as idle
    themselves, though not counted as ready yet."""
    grade, (_, _, stay) = head
    line = stay.line
    if not grade.kept_idle or key[0] == PAST_MAX_WAIT or line is None or line.preferred:
        return False
    medium, hall = line.medium, grade.hall
    itself = 1 if seat.tickets[medium] is None and hall in seat.profile.halls else 0
    return hall.ready[medium] + itself <= grade.kept_idle


def _is_owed_agents(grade: Grade) -> bool:
    """Whether fewer agents than its share serve a tier."""
    hall = grade.hall
    share = hall.queue.shares.get(grade.tier, 0.0)
    return share > 0 and hall.in_hand.get(grade.tier, 0) < share * hall.present


def _first_across_policies(able: Sequence[tuple[Key, Head]], now: Instant) -> tuple[Key, Head]:
    best: dict[Policy, tuple[Key, Head]] = {}
    for found in able:
        policy = found[1][0].hall.queue.policy
        if policy not in best or found < best[policy]:
            best[policy] = found
    return min(best.values(), key=lambda found: _by_urgency(found, now))


def _by_urgency(found: tuple[Key, Head], now: Instant) -> tuple[float, int, Instant, str]:
    (grade, (since, entry, _)) = found[1]
    return -grade.urgency(since, now), grade.rank, since, entry


def in_order(stays: Iterable[Stay], now: Instant) -> Iterator[Stay]:
    """Entries as they would be taken by somebody who can do everything: by their policy; of several policies the
    firsts, by urgency."""
    queues: dict[Policy, deque[tuple[Key, Head]]] = {}
    heads = ((stay.grade, (stay.since, stay.entry.id, stay)) for stay in stays)
    for found in sorted((grade.key(one[0], one[1], now), (grade, one)) for grade, one in heads):
        queues.setdefault(found[1][0].hall.queue.policy, deque()).append(found)
    while queues:
        policy = min(queues, key=lambda policy: _by_urgency(queues[policy][0], now))
        yield queues[policy].popleft()[1][1][2]
        if not queues[policy]:
            del queues[policy]


def may_take(state: QueueState, seat: Seat, line: Line) -> bool:
    """Whether an agent may take from a line that some agents refused, or that asks for agents by name. Who refused
    an entry is not asked again, unless nobody else could take it."""
    return seat.name not in line.refused or (not line.preferred and not has_others(state, line))


def has_others(state: QueueState, line: Line) -> bool:
    """Whether any agent at work, busy or not, could take from `line` who has not refused."""
    medium = line.medium
    able = sum(profile.present_for[medium] for profile in line.profiles)
    refusing = (state.seats.get(name) for name in line.refused)
    return able > sum(
        1 for seat in refusing if seat is not None and seat.is_present_for(medium) and seat.profile in line.profiles
    )


def pick_agent(state: QueueState, line: Line, since: Instant, now: Instant) -> Seat | None:
    """The ready agent who gets an entry: those asked for by name in their order; else the narrowest profile that fits,
    in it the one with the fewest contacts, then the longest idle, then by name."""
    if line.preferred:
        return _named_agent(state, line)
    grade, medium = line.grade, line.medium
    ready = grade.hall.ready[medium]
    if ready == 0 or (ready <= grade.kept_idle and not grade.is_overdue(since, now)):
        return None
    barred = line.refused if line.refused and has_others(state, line) else frozenset()
    best: Ticket | None = None
    best_breadth = -1
    for profile in line.profiles:
        if best is not None and profile.breadth > best_breadth:
            break
        ticket = profile.first_ready_but(medium, barred) if barred else profile.first_ready(medium)
        if ticket is not None and (best is None or ticket < best):
            best, best_breadth = ticket, profile.breadth
    return best[3] if best is not None else None


def _named_agent(state: QueueState, line: Line) -> Seat | None:
    seats = (state.seats.get(name) for name in line.preferred if name not in line.refused)
    return next((seat for seat in seats if seat is not None and seat.has_room(line.medium)), None)
