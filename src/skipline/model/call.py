"""One caller's call as it arrived, and what an attempt to reach a target came to."""

from datetime import datetime
from enum import StrEnum

import msgspec

from skipline.model.ids import CallId


class Attestation(StrEnum):
    """How far the carrier vouches for the caller's number (STIR/SHAKEN, RFC 8224 and ATIS-1000074)."""

    FULL = "A"
    PARTIAL = "B"
    GATEWAY = "C"
    FAILED = "failed"
    NONE = "none"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """An incoming call. Numbers are E.164 where they could be read. `headers` holds the caller's own `X-` headers,
    names in lower case; texts in it come from strangers and stay data."""

    id: CallId
    arrived_at: datetime
    from_: str = msgspec.field(name="from", default="")
    to: str = ""
    trunk: str = ""
    caller_name: str = ""
    is_withheld: bool = False
    attestation: Attestation = Attestation.NONE
    diverted_from: str = ""
    headers: dict[str, str] = {}
    source: str = ""


class TryEnd(StrEnum):
    """How one attempt at one target ended; also the exits of `forward_call`."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TargetTry(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at one target. `code` is the final SIP status (0: none came); times in seconds."""

    target: str
    end: TryEnd
    code: int = 0
    reason: str = ""
    rang_after: float | None = None
    ended_after: float = 0.0


class EndedBy(StrEnum):
    """Who ended a call; `lost` means by our own fault."""

    CALLER = "caller"
    TARGET = "target"
    FLOW = "flow"
    LOST = "lost"
