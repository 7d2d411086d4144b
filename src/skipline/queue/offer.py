"""An entry offered to one agent."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skipline.model.queueing import Reservation, ReservationState
from skipline.queue.alarms import Alarm
from skipline.queue.instants import Instant

if TYPE_CHECKING:
    from skipline.queue.seat import Seat
    from skipline.queue.stay import Stay


@dataclass(slots=True, eq=False)
class Offer:
    """A reservation and what became of it. `is_lane` says that it took the fair lane's turn."""

    reservation: Reservation
    stay: "Stay"
    seat: "Seat"
    made_at: Instant
    is_lane: bool = False
    state: ReservationState = ReservationState.PENDING
    alarm: Alarm | None = None
