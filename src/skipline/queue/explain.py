"""Why an entry was offered to an agent, in sentences with their figures."""

from skipline.queue.instants import Instant
from skipline.queue.matching import Choice
from skipline.queue.seat import Seat
from skipline.queue.state import QueueState


def why_offered(state: QueueState, choice: Choice, seat: Seat, now: Instant) -> tuple[str, ...]:
    """The sentences of a decision."""
    stay = choice.stay
    urgency = stay.grade.urgency(stay.since, now)
    return (f"Urgency {urgency:.2f}.",)
