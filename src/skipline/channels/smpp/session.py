"""One session with a carrier as a state machine that opens nothing: bytes in, happenings and bytes out.

opening -> binding -> bound -> unbinding -> closed (SMPP 3.4 section 2.2), and closed from each of them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from skipline.channels.smpp.errors import OK, UNKNOWN_COMMAND
from skipline.channels.smpp.pdu import (
    ALERT_NOTIFICATION,
    BIND_TRANSCEIVER,
    DELIVER_SM,
    ENQUIRE_LINK,
    GENERIC_NACK,
    RESPONSE,
    SUBMIT_SM,
    UNBIND,
    BrokenStream,
    Frames,
    Pdu,
    bind_transceiver,
    frame,
    message_id,
)

_LAST_SEQUENCE = 0x7FFFFFFF


class State(StrEnum):
    """How far a session is."""

    OPENING = "opening"
    BINDING = "binding"
    BOUND = "bound"
    UNBINDING = "unbinding"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Bound:
    """The carrier took us in."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The carrier answered our request: `id` is the message's when it took one."""

    sequence: int
    status: int
    id: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """A deliver_sm that waits for our answer. `fingerprint` is the same when the carrier brings it again."""

    sequence: int
    raw: bytes
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Closed:
    """It is over: `status` is the carrier's reason for not taking us in, None for any other end."""

    why: str
    status: int | None = None


Happening = Bound | Answered | Delivered | Closed


class Session:
    """The state of one connection."""

    def __init__(self) -> None:
        self.state = State.OPENING
        self.requests = 0
        """How many we made; a request's sequence number is the count with it, so they are never mixed up."""
        self._frames = Frames()
        self._replies = b""

    def bind(self, system_id: str, password: str, system_type: str) -> bytes:
        """The request that signs in. Raises `ValueError` for a field that cannot be written."""
        request = bind_transceiver(self.next_sequence(), system_id, password, system_type)
        self.state = State.BINDING
        return request

    def next_sequence(self) -> int:
        """The sequence number of the next request of ours."""
        self.requests += 1
        return (self.requests - 1) % _LAST_SEQUENCE + 1

    def enquire(self) -> bytes:
        """The question whether anybody is there."""
        return frame(ENQUIRE_LINK, OK, self.next_sequence())

    def acknowledge(self, sequence: int, status: int = OK) -> bytes:
        """The answer to a deliver_sm; its message_id is there and empty (section 4.6.2)."""
        return frame(DELIVER_SM | RESPONSE, status, sequence, b"\x00")

    def unbind(self) -> bytes:
        """The request that signs out."""
        self.state = State.UNBINDING
        return frame(UNBIND, OK, self.next_sequence())

    def feed(self, data: bytes) -> Sequence[Happening]:
        """What happens by these bytes; answers that need no thought are in `replies`."""
        happenings: list[Happening] = []
        try:
            for pdu in self._frames.feed(data):
                happening = self._take(pdu)
                if happening is not None:
                    happenings.append(happening)
        except BrokenStream as broken:
            happenings.append(self._close(str(broken)))
        return happenings

    def replies(self) -> bytes:
        """The answers to be written now."""
        replies, self._replies = self._replies, b""
        return replies

    def _take(self, pdu: Pdu) -> Happening | None:
        if self.state is State.CLOSED:
            return None
        if pdu.is_response:
            return self._answer(pdu)
        if pdu.command == ENQUIRE_LINK:
            self._replies += frame(ENQUIRE_LINK | RESPONSE, OK, pdu.sequence)
        elif pdu.command == UNBIND:
            self._replies += frame(UNBIND | RESPONSE, OK, pdu.sequence)
            return self._close("the carrier signed us out")
        elif pdu.command == DELIVER_SM and self.state in (State.BOUND, State.UNBINDING):
            return Delivered(pdu.sequence, pdu.raw, hashlib.sha256(pdu.body).hexdigest())
        elif pdu.command != ALERT_NOTIFICATION:  # which has no answer
            self._replies += frame(GENERIC_NACK, UNKNOWN_COMMAND, pdu.sequence)
        return None

    def _answer(self, pdu: Pdu) -> Happening | None:
        if pdu.command == UNBIND | RESPONSE:
            return self._close("we signed out")
        if self.state is State.BINDING:
            return self._bound(pdu)
        if pdu.command == SUBMIT_SM | RESPONSE:
            return Answered(pdu.sequence, pdu.status, message_id(pdu.body))
        if pdu.command == GENERIC_NACK:
            # A nack of what the carrier could not even read has no sequence; it is about nothing that we know.
            return Answered(pdu.sequence, pdu.status or UNKNOWN_COMMAND, "") if pdu.sequence else None
        return Answered(pdu.sequence, pdu.status, "") if pdu.command == ENQUIRE_LINK | RESPONSE else None

    def _bound(self, pdu: Pdu) -> Happening | None:
        if pdu.command not in (BIND_TRANSCEIVER | RESPONSE, GENERIC_NACK):
            return None
        if pdu.status == OK and pdu.command != GENERIC_NACK:
            self.state = State.BOUND
            return Bound()
        return self._close("the carrier did not take us in", pdu.status or UNKNOWN_COMMAND)

    def _close(self, why: str, status: int | None = None) -> Closed:
        self.state = State.CLOSED
        return Closed(why, status)
