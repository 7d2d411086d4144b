"""Why an entry was offered to an agent, in sentences with their figures."""

from collections.abc import Callable, Mapping

from skipline.model.queueing import Policy
from skipline.queue.grade import Grade
from skipline.queue.instants import SECOND, Instant, as_datetime, in_seconds
from skipline.queue.matching import Choice
from skipline.queue.seat import Seat
from skipline.queue.starts import Rule
from skipline.queue.stay import Stay

_MOST_PASSED_NAMED = 2


def why_offered(choice: Choice, seat: Seat, now: Instant) -> tuple[str, ...]:
    """The sentences of a decision, made just before the entry leaves its line. They are made for every offer, so they
    look at what is at hand and search nothing."""
    stay = choice.stay
    sentences = [urgency_sentence(stay, now), _agent_sentence(choice, seat, now)]
    if choice.rule in _RULE_SENTENCES:
        sentences.append(_RULE_SENTENCES[choice.rule](stay.grade, stay, now))
    _add_passed_over(sentences, choice, now)
    if stay.grade.hall.size > 1:
        sentences.append(_others_sentence(stay, seat))
    return tuple(sentences)


def urgency_sentence(stay: Stay, now: Instant) -> str:
    """How the queue's policy sees an entry at this moment."""
    return _SENTENCES[stay.grade.hall.queue.policy](stay.grade, stay, now)


def _waited(stay: Stay, now: Instant) -> str:
    """What was talked before the agent's side was lost is granted, too."""
    waited = stay.waited_by(now)
    granted = round((now - stay.since - waited) / SECOND, 1)
    return f"waited {waited / SECOND:.1f} s" + (f" and {granted:g} s granted" if granted else "")


def _target_ratio(grade: Grade, stay: Stay, now: Instant) -> str:
    urgency = (now - stay.since) / grade.target
    return f"Urgency {urgency:.2f}: {_waited(stay, now)} of a {grade.target_seconds:g} s target{grade.label}."


def _due_time(grade: Grade, stay: Stay, now: Instant) -> str:
    due = as_datetime(stay.since + grade.target)
    return f"Due {due:%H:%M:%S}: {_waited(stay, now)} of a {grade.target_seconds:g} s target{grade.label}."


def _strict(grade: Grade, stay: Stay, now: Instant) -> str:
    return f"Tier {grade.tier or 'none'} is number {grade.rank + 1} here: {_waited(stay, now)}."


def _head_start(grade: Grade, stay: Stay, now: Instant) -> str:
    lead = in_seconds(grade.head_start)
    total = in_seconds(now - stay.since) + lead
    return f"Ahead by {total:.1f} s: {_waited(stay, now)}, with a head start of {lead:g} s{grade.label}."


def _fifo(_grade: Grade, stay: Stay, now: Instant) -> str:
    return f"First come, first served: {_waited(stay, now)}."


_SENTENCES: Mapping[Policy, Callable[[Grade, Stay, Instant], str]] = {
    Policy.TARGET_RATIO: _target_ratio,
    Policy.DUE_TIME: _due_time,
    Policy.STRICT: _strict,
    Policy.RESERVE: _strict,
    Policy.HEAD_START: _head_start,
    Policy.FIFO: _fifo,
}


def _lane(_grade: Grade, _stay: Stay, _now: Instant) -> str:
    return "Fair lane: it was the turn of the longest waiting."


def _overdue(grade: Grade, stay: Stay, now: Instant) -> str:
    max_wait = grade.max_wait or 0
    late = in_seconds(now - stay.since - max_wait)
    return f"Past its maximum wait of {in_seconds(max_wait):g} s by {late:.1f} s, so it goes before all who are not."


def _share(grade: Grade, _stay: Stay, _now: Instant) -> str:
    hall = grade.hall
    busy, share = hall.in_hand.get(grade.tier, 0), hall.queue.shares[grade.tier]
    return f"{busy} of {hall.present} agents serve {grade.tier}, whose share is {share:.0%}: it goes first."


_RULE_SENTENCES: Mapping[Rule, Callable[[Grade, Stay, Instant], str]] = {
    Rule.LANE: _lane,
    Rule.OVERDUE: _overdue,
    Rule.SHARE: _share,
}


def _agent_sentence(choice: Choice, seat: Seat, now: Instant) -> str:
    line, profile = choice.stay.line, seat.profile
    if line is not None and line.preferred:
        return f"It asks for {' or '.join(line.preferred)}; {seat.name} has room."
    if choice.rule is not Rule.FREE_AGENT:
        return f"{seat.name} came free and had {len(choice.heads)} to choose from, the first of each grade."
    idle = in_seconds(now - seat.idle_since)
    what = f"{_count(len(profile.skills), 'skill')}, {_count(len(profile.halls), 'queue')}"
    fits = f"the narrowest skill set that fits ({what})"
    return f"{seat.name} was ready, with {fits}, and of those idle longest: {idle:.1f} s."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _add_passed_over(sentences: list[str], choice: Choice, now: Instant) -> None:
    """The heads that arrived earlier, in effect, and were not taken."""
    since, most = choice.stay.since, len(sentences) + _MOST_PASSED_NAMED
    for grade, (other_since, entry, _) in choice.heads:
        if other_since < since and len(sentences) < most:
            waited = now - other_since
            used = waited / grade.target
            sentences.append(
                f"Went before {entry}{grade.label}: waited {waited / SECOND:.1f} s, {used:.2f} of its target."
            )


def _others_sentence(stay: Stay, seat: Seat) -> str:
    hall, medium = stay.grade.hall, stay.entry.place.medium
    itself = 1 if hall in seat.profile.halls else 0
    ready = hall.ready[medium] - (itself if seat.tickets[medium] is not None else 0)
    busy, absent = hall.present - itself - ready, hall.size - hall.present
    return f"Other agents of {hall.queue.name}: {ready} ready, {busy} busy, {absent} away or offline."
