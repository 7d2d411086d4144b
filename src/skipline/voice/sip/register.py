"""A REGISTER as plain values, between the stack that reads it and the registrar that answers it (RFC 3261 section 10).

The flow of the request is where its answer goes. Whatever a phone writes into its Contact, nothing is ever sent to
another host than the one it registered from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from skipline.voice.sip.address import parse_address
from skipline.voice.sip.flow import Flow
from skipline.voice.sip.headers import first_value, read_headers
from skipline.voice.sip.transport import Transport

FIRST_BYTES = b"REGISTER "
"""How a REGISTER begins, for those who look before it is parsed."""


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """One REGISTER. `headers` has lower-case names and each line as it came; texts come from strangers."""

    call_id: str
    cseq: int
    request_uri: str
    to_uri: str
    headers: Mapping[str, list[str]]
    flow: Flow


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """The final answer to a REGISTER. Code 0 answers nothing at all."""

    code: int
    reason: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Registers(Protocol):
    """Who takes registrations."""

    def lets_in(self, source: str) -> bool:
        """Whether a REGISTER from this IP address is looked at at all; asked before it is parsed."""

    def serve(self, request: RegisterRequest) -> RegisterAnswer | None:
        """Answer a REGISTER; None when no phones are known, as if there were no registrar."""

    def lose(self, flow: Flow) -> None:
        """A connection closed."""


def read_register(request: Any, transport: Transport) -> RegisterRequest:
    """The plain values of a REGISTER that came in on `transport`."""
    return RegisterRequest(
        call_id=str(request.getHFBody("call-id")),
        cseq=int(request.getHFBody("cseq").getCSeqNum()),
        request_uri=str(request.ruri.original_uri),
        to_uri=parse_address(first_value(request, "to")).uri,
        headers=read_headers(request),
        flow=Flow(transport, _answer_address(request, transport)),
    )


def _answer_address(request: Any, transport: Transport) -> tuple[str, int]:
    """The source; of a phone that does not know `rport` the port that it wrote into its Via (RFC 3581 section 4)."""
    source: tuple[str, int] = request.source_address
    if transport.is_reliable:
        return source
    return source[0], int(request.getHFBody("via").getTAddr()[1] or source[1])
