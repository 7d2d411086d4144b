"""Why an entry was offered to an agent, in sentences with their figures."""

from collections.abc import Callable, Mapping
from itertools import islice

from skipline.model.queueing import Policy
from skipline.queue.grade import Grade
from skipline.queue.instants import Instant, as_datetime, in_seconds
from skipline.queue.matching import Choice, Head
from skipline.queue.seat import Seat
from skipline.queue.starts import Rule
from skipline.queue.stay import Stay

_MOST_PASSED_NAMED = 3


def why_offered(choice: Choice, seat: Seat, now: Instant) -> tuple[str, ...]:
    """The sentences of a decision, made just before the entry leaves its line."""
    stay = choice.stay
    sentences = [urgency_sentence(stay, now), _rule_sentence(choice, now), _agent_sentence(choice, seat, now)]
    sentences.extend(_passed_over(choice, now))
    hall = stay.grade.hall
    if hall.size > 1:
        ready, present = hall.ready[stay.medium], hall.present
        rest = f"{present - ready} busy and {hall.size - present} away or offline"
        sentences.append(f"Of the {hall.size} agents of {hall.queue.name} {ready} were ready, {rest}.")
    return tuple(filter(None, sentences))


def urgency_sentence(stay: Stay, now: Instant) -> str:
    """How the queue's policy sees an entry at this moment."""
    return _SENTENCES[stay.grade.hall.queue.policy](stay.grade, stay, now)


def _target_ratio(grade: Grade, stay: Stay, now: Instant) -> str:
    target = in_seconds(grade.target)
    return f"Urgency {grade.urgency(stay.since, now):.2f}: {_waited(stay, now)} of a {target:g} s target{_tier(grade)}."


def _due_time(grade: Grade, stay: Stay, now: Instant) -> str:
    due = as_datetime(stay.since + grade.target)
    return f"Due {due:%H:%M:%S}: {_waited(stay, now)} of a {in_seconds(grade.target):g} s target{_tier(grade)}."


def _strict(grade: Grade, stay: Stay, now: Instant) -> str:
    return f"Tier {grade.tier or 'none'} is number {grade.rank + 1} here: {_waited(stay, now)}."


def _head_start(grade: Grade, stay: Stay, now: Instant) -> str:
    lead = in_seconds(grade.head_start)
    total = in_seconds(now - stay.since) + lead
    return f"{_waited(stay, now).capitalize()} with a head start of {lead:g} s{_tier(grade)}: {total:.1f} s."


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


def _waited(stay: Stay, now: Instant) -> str:
    credit = stay.entry.place.credit_seconds
    waited = f"waited {in_seconds(now - stay.joined_at):.1f} s"
    return f"{waited} and {credit:g} s granted" if credit else waited


def _tier(grade: Grade) -> str:
    return f" ({grade.tier})" if grade.tier else ""


def _rule_sentence(choice: Choice, now: Instant) -> str:
    grade, stay = choice.stay.grade, choice.stay
    queue, max_wait = grade.hall.queue, grade.max_wait
    if choice.rule is Rule.LANE:
        return "Fair lane: it was the turn of the longest waiting."
    if choice.rule is Rule.OVERDUE and max_wait is not None:
        late = in_seconds(now - stay.since - max_wait)
        return (
            f"Past its maximum wait of {in_seconds(max_wait):g} s by {late:.1f} s, so it goes before all who are not."
        )
    if choice.rule is Rule.SHARE:
        busy, share = grade.hall.in_hand.get(grade.tier, 0), queue.shares[grade.tier]
        return f"{busy} of {grade.hall.present} agents serve {grade.tier}, whose share is {share:.0%}: it goes first."
    return ""


def _agent_sentence(choice: Choice, seat: Seat, now: Instant) -> str:
    line, profile = choice.stay.line, seat.profile
    if line is not None and line.preferred:
        return f"It asks for {' or '.join(line.preferred)}; {seat.name} has room."
    idle = in_seconds(now - seat.idle_since)
    if choice.rule is not Rule.FREE_AGENT:
        return f"{seat.name} became free and took the first of {len(choice.heads)} line heads."
    what = f"{len(profile.skills)} skills, {len(profile.halls)} queues"
    return f"{seat.name} has the narrowest fitting skill set ({what}), and of those is idle longest: {idle:.1f} s."


def _passed_over(choice: Choice, now: Instant) -> list[str]:
    """The heads that arrived earlier, in effect, and were not taken."""
    since = choice.stay.since
    older = (head for head in choice.heads if head[1][0] < since)
    return [_passed_sentence(head, now) for head in islice(older, _MOST_PASSED_NAMED)]


def _passed_sentence(head: Head, now: Instant) -> str:
    grade, (since, entry, _) = head
    urgency = grade.urgency(since, now)
    waited = in_seconds(now - since)
    return f"Went before {entry}{_tier(grade)}, who waited {waited:.1f} s and has used up {urgency:.2f} of its target."
