"""What can be told about an entry while it is with us: where it stands, why, and who could take it."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from skipline.model.ids import EntryId
from skipline.model.queueing import Entry, EntryState
from skipline.queue.considered import agents_considered, line_seen
from skipline.queue.instants import Instant, as_datetime, as_instant, in_seconds
from skipline.queue.starts import Rule, Start
from skipline.queue.state import QueueState
from skipline.queue.stay import Stay
from skipline.queue.why import urgency_sentence

_MOST_PASSED = 20


class ExplainedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry at one moment. `waited_seconds` is without credit. `position` 1 is the next one of its queue, whoever
    becomes free; None when it does not wait. `passed_over` tells who arrived later and went first."""

    entry: Entry
    queue: str
    tier: str
    state: EntryState
    waited_seconds: float
    credit_seconds: float
    position: int | None
    why: tuple[str, ...]
    passed_over: tuple[str, ...]
    agents_considered: tuple[str, ...]
    agent: str = ""


def explain_entry(state: QueueState, entry: EntryId, now: datetime) -> ExplainedEntry | None:
    """Everything about an entry that is here; None when it is not, or not any more."""
    stay = state.stays.get(entry)
    if stay is None:
        return None
    instant = as_instant(now)
    return ExplainedEntry(
        entry=stay.entry,
        queue=stay.entry.place.queue,
        tier=stay.entry.place.tier,
        state=stay.state,
        waited_seconds=in_seconds(stay.waited_by(instant)),
        credit_seconds=stay.entry.place.credit_seconds,
        position=position_of(state, entry, now),
        why=(*stay.entry.reasons, *_why(state, stay, instant)),
        passed_over=tuple(_passed_over(state, stay, instant)),
        agents_considered=agents_considered(state, stay, instant),
        agent=stay.seat.name if stay.seat is not None else "",
    )


def position_of(state: QueueState, entry: EntryId, now: datetime) -> int | None:
    """How many of its queue would be taken before a waiting entry if somebody who can do everything became free again
    and again, plus one; the fair lane left aside. An entry that is being offered counts as the first."""
    stay = state.stays.get(entry)
    if stay is None or stay.is_with_agent:
        return None
    if stay.state is EntryState.RESERVED:
        return 1
    instant = as_instant(now)
    return 1 + sum(line.count_before(stay, instant) for line in stay.grade.hall.lines)


def _why(state: QueueState, stay: Stay, now: Instant) -> Iterator[str]:
    if stay.state is not EntryState.WAITING:
        yield from stay.why
        return
    yield urgency_sentence(stay, now)
    yield from _what_it_asks_for(state, stay, now)
    if stay.grade.max_wait is not None:
        limit = stay.since + stay.grade.max_wait
        before = "since" if limit <= now else "from"
        yield f"Goes before all others {before} {as_datetime(limit):%H:%M:%S}, its maximum wait."
    if stay.offers:
        yield f"Offered {stay.offers} times so far, {stay.misses} of them refused or left unanswered."


def _what_it_asks_for(state: QueueState, stay: Stay, now: Instant) -> Iterator[str]:
    line = line_seen(state, stay, now)
    if line.preferred:
        yield f"Asks for {' or '.join(line.preferred)}."
    if line.needs:
        yield f"Asks for {' and '.join(f'{skill} >= {level}' for skill, level in line.needs)}."


def _passed_over(state: QueueState, stay: Stay, now: Instant) -> Iterator[str]:
    """The latest starts first. Only those whose agent may take this entry as it asks now: the others passed nobody."""
    found = (start for start in reversed(state.starts) if _went_first(state, stay, start, now))
    for start, _ in zip(found, range(_MOST_PASSED), strict=False):
        later = in_seconds(start.since - stay.since)
        has_grants = start.joined_at - stay.joined_at != start.since - stay.since
        after = f"{later:.1f} s later, granted waits counted," if has_grants else f"{later:.1f} s later"
        theirs = start.grade.urgency(start.since, start.at)
        ours = stay.grade.urgency(stay.since, start.at)
        how = "" if start.rule is Rule.POLICY else f", by rule: {start.rule}"
        who = f"{start.entry} ({start.grade.tier or 'no tier'})"
        yield (
            f"{as_datetime(start.at):%H:%M:%S}: {who} came {after} and went to {start.agent} first, "
            f"with {theirs:.2f} of its target used up against {ours:.2f} here{how}."
        )


def _went_first(state: QueueState, stay: Stay, start: Start, now: Instant) -> bool:
    if start.entry == stay.entry.id or start.since <= stay.since or start.at < stay.joined_at:
        return False
    if stay.is_with_agent and start.at > stay.left_at:
        return False
    seat = state.seats.get(start.agent)
    if seat is None:
        return False
    line = line_seen(state, stay, now)
    if line.preferred:
        return seat.name in line.preferred
    return stay.grade.hall in seat.profile.halls and seat.profile.fits(line.needs)
