"""What a call leg tells its owner, in the order in which it happens."""

from dataclasses import dataclass, field

from skipline.voice.sip.transport import HostPort


@dataclass(frozen=True, slots=True)
class Invite:
    """An INVITE as it arrived. `headers` has lower-case names and each line as it came; texts come from strangers.
    `source` is where the packet really came from, `transport` is udp or tcp, `sdp` None for a late offer."""

    call_id: str
    request_uri: str
    from_uri: str
    from_name: str
    to_uri: str
    headers: dict[str, list[str]]
    source: HostPort
    transport: str
    sdp: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A final answer to a request that is not served. Code 0 answers nothing at all."""

    code: int
    reason: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progressed:
    """The called side sent a provisional answer above 100; with `sdp` it may be sending early media."""

    code: int
    reason: str
    sdp: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The called side took the call. When we dialled without SDP, `sdp` is an offer: reply with `answer_offer`."""

    sdp: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The called side did not take the call; the last event. 408 without any reply, or when the ring time was over."""

    code: int
    reason: str
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """The peer wants another session (hold, new address): reply with `answer_offer` or `refuse_offer`.
    Without `sdp` it asks us for an offer; its answer then comes as `OfferAnswered`."""

    sdp: str | None = None


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """The peer answered our offer. When we offered without SDP, `sdp` is its offer: reply with `answer_offer`."""

    sdp: str | None = None


@dataclass(frozen=True, slots=True)
class OfferRefused:
    """The peer refused our offer; the call goes on as it was."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Digit:
    """A key that came as SIP INFO: 0-9, *, # or A-D."""

    digit: str


@dataclass(frozen=True, slots=True)
class Replaces:
    """A dialog whose place is to be taken (RFC 3891), as the side sees it that is asked: `to_tag` is its own."""

    call_id: str
    to_tag: str
    from_tag: str

    @property
    def value(self) -> str:
        """As the Replaces header says it."""
        return f"{self.call_id};to-tag={self.to_tag};from-tag={self.from_tag}"


@dataclass(frozen=True, slots=True)
class Referred:
    """The peer asks us to call `uri` in its place, and with `replaces` to join who is in that call already; only when
    the leg accepts that. `number` belongs into our reports."""

    uri: str
    replaces: Replaces | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class TransferTold:
    """The peer reports on the transfer that we asked it for: the status that its own INVITE got."""

    code: int
    reason: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The leg is over; the last event. `code` is 200 after a BYE, 487 after a CANCEL."""

    by_peer: bool
    code: int
    reason: str


LegEvent = (
    Progressed | Answered | Failed | Offered | OfferAnswered | OfferRefused | Digit | Referred | TransferTold | Ended
)
