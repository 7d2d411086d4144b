"""In which order the entries of a queue are taken. A policy gives each entry a figure, and the lowest goes first.

target_ratio  waited / target, highest first. Kleinrock's accumulating priority (1964) and the generalised c-mu rule
              with quadratic costs (van Mieghem 1995): waits come out in proportion to the targets at any load
due_time      arrival + target, earliest first (Jackson's urgency numbers): for deadlines in hours
strict        the higher tier, always; inside a tier who came first
reserve       strict, and agents are kept idle for the higher tiers (idle-agent thresholds, Gurvich, Armony and
              Mandelbaum 2008)
head_start    arrival - head start of the tier, earliest first
fifo          arrival, earliest first

"Arrival" is effective arrival: the wait that an entry was granted counts as waited.
"""

from collections.abc import Mapping

from skipline.model.queueing import Policy
from skipline.queue.grade import Figure, Grade
from skipline.queue.instants import Instant


def _target_ratio(grade: Grade, since: Instant, now: Instant) -> float:
    return (since - now) / grade.target


def _due_time(grade: Grade, since: Instant, _now: Instant) -> float:
    return since + grade.target


def _strict(grade: Grade, _since: Instant, _now: Instant) -> float:
    return grade.rank


def _head_start(grade: Grade, since: Instant, _now: Instant) -> float:
    return since - grade.head_start


def _fifo(_grade: Grade, since: Instant, _now: Instant) -> float:
    return since


POLICIES: Mapping[Policy, Figure] = {
    Policy.TARGET_RATIO: _target_ratio,
    Policy.DUE_TIME: _due_time,
    Policy.STRICT: _strict,
    Policy.RESERVE: _strict,
    Policy.HEAD_START: _head_start,
    Policy.FIFO: _fifo,
}
