"""A promised call-back: a place in a queue that is kept without its contact.

waiting -> placed -> talking -> gone        an agent is free: they and the contact are rung and joined
placed -> waiting                           the agent did not take it
placed -> resting -> waiting                the contact was not reached: later again, with the place as it was
placed -> gone                              the contact was not reached for the last time
placed -> holding -> talking                the contact is there and the agent is not: the next agent is rung for them
talking -> holding                          the agent's phone was lost
waiting -> resting -> waiting               its queue is not configured any more: looked for from time to time
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from skipline.model.commands import CallCommand, Issued, RequestCallBack
from skipline.model.ids import CallId, CommandId, ReservationId
from skipline.model.queueing import Entry


class CallBackState(StrEnum):
    """Where a call-back stands."""

    WAITING = "waiting"
    PLACED = "placed"
    HOLDING = "holding"
    TALKING = "talking"
    RESTING = "resting"


class CallBack(msgspec.Struct, kw_only=True):
    """A call-back as the centre keeps it, and the database too, because most of the time no call carries it.

    `call` is the one placed now; `calls` counts them, `attempts` those on which the contact was rung. `number` is ours,
    which the contact sees. `issued` counts the commands of the present call. `has_agent` says that the queue counts the
    agent as taken, `has_contact` that the contact answered,
    `is_wrapping` that it has not closed the last attempt yet.
    """

    entry: Entry
    request: RequestCallBack
    number: str = ""
    state: CallBackState = CallBackState.WAITING
    attempts: int = 0
    calls: int = 0
    issued: int = 0
    retry_at: datetime | None = None
    call: CallId = CallId("")
    reservation: ReservationId = ReservationId("")
    agent: str = ""
    has_agent: bool = False
    has_contact: bool = False
    is_untold: bool = False
    is_wrapping: bool = False
    connected_at: datetime | None = None
    why: list[str] = []

    def note(self, sentences: Iterable[str]) -> None:
        """Keep the reasons of what happened, for the record."""
        self.why = [*self.why, *sentences]

    def wait_on(self) -> None:
        """Nobody is rung: back in line, or still on the line when the contact is."""
        self.reservation, self.agent, self.has_agent = ReservationId(""), "", False
        self.connected_at = None
        if self.has_contact:
            self.state = CallBackState.HOLDING
        else:
            self.state, self.call = CallBackState.WAITING, CallId("")

    def issue(self, body: CallCommand) -> Issued:
        """A command for the present call."""
        self.issued += 1
        return Issued(id=CommandId(f"{self.call}:{self.issued}"), run=self.entry.run, call=self.call, body=body)
