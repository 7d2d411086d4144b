"""Where an entry stands: what it asks for at this moment of its wait, and what will change that.

A need may relax, a preference may end, an agent who refused may be asked again. Each time the entry moves to another
line and keeps its effective arrival, so its place there is what it would have been had it always stood there.
"""

from skipline.model.queueing import Place
from skipline.queue.instants import Instant, Span, as_span
from skipline.queue.line import Needs
from skipline.queue.state import LineKey, QueueState
from skipline.queue.stay import Stay

REFUSED = as_span(60)
"""How long an agent who refused an entry is not asked again while others could take it."""
ESTIMATE_EVERY = as_span(15)
"""How often an entry whose queue overflows by the estimated wait is looked at again."""


def line_key_of(state: QueueState, stay: Stay, now: Instant) -> LineKey:
    """Who may take an entry now; preferences whose time is up, or whose agents are all away, are over for good."""
    place = stay.entry.place
    if not place.needs and not place.preferences and not stay.refused:
        return stay.grade, place.medium, (), (), _NOBODY
    waited = now - stay.joined_at
    preferred = _preferred(state, stay, now)
    needs = needs_after(place, waited)
    return stay.grade, place.medium, needs, preferred, _refused(stay, now)


def needs_after(place: Place, waited: Span) -> Needs:
    """The skills still asked for after a wait; of two levels the higher one."""
    levels: dict[str, int] = {}
    for need in place.needs:
        if need.until_seconds is None or waited < as_span(need.until_seconds):
            levels[need.skill] = max(need.level, levels.get(need.skill, 0))
    return tuple(sorted(levels.items()))


def next_change_of(stay: Stay, now: Instant) -> Instant | None:
    """When time alone will next change something for a waiting entry."""
    place, rules = stay.entry.place, stay.grade.hall.queue.overflow
    is_plain = not (place.needs or place.preferences or stay.refused or stay.grade.hall.watches_waits)
    if is_plain and stay.spared_until <= now:
        return None
    since = stay.joined_at
    times = [since + as_span(need.until_seconds) for need in place.needs if need.until_seconds is not None]
    if stay.stage < len(place.preferences):
        times.append(_end_of_stage(stay))
    times += (*stay.refused.values(), stay.spared_until)
    if rules.after_seconds is not None:
        times.append(stay.waits_since + as_span(rules.after_seconds))
    if rules.wait_exceeds_seconds is not None:
        times.append(now + ESTIMATE_EVERY)
    if stay.grade.kept_idle and stay.grade.max_wait is not None:
        times.append(stay.since + stay.grade.max_wait)
    return min((time for time in times if time > now), default=None)


def is_preference_dead(state: QueueState, stay: Stay, names: tuple[str, ...]) -> bool:
    """Whether none of these agents is at work, or all who are have refused the entry."""
    seats = (state.seats.get(name) for name in names if name not in stay.refused)
    return not any(seat is not None and seat.is_present_for(stay.medium) for seat in seats)


def _preferred(state: QueueState, stay: Stay, now: Instant) -> tuple[str, ...]:
    preferences = stay.entry.place.preferences
    while stay.stage < len(preferences):
        names, end = preferences[stay.stage].agents, _end_of_stage(stay)
        if now < end and not is_preference_dead(state, stay, names):
            return names
        stay.stage, stay.stage_began_at = stay.stage + 1, min(end, now)
    return ()


def _end_of_stage(stay: Stay) -> Instant:
    return stay.stage_began_at + as_span(stay.entry.place.preferences[stay.stage].seconds)


def _refused(stay: Stay, now: Instant) -> frozenset[str]:
    if not stay.refused:
        return _NOBODY
    stay.refused = {name: until for name, until in stay.refused.items() if until > now}
    return frozenset(stay.refused)


_NOBODY: frozenset[str] = frozenset()
