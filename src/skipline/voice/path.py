"""How audio goes between a caller and a target: straight between them, or through our relay.

A path turns what one party says about its audio into what the other is told. Straight, that is the same text. Relayed,
it is the same text with our address in it, or, for a caller whom we answered ourselves, an offer of the codec that the
caller already speaks.
"""

from itertools import count
from typing import Protocol

from skipline.voice.sdp import G711_PAYLOADS, SdpMistake, make_sdp, read_sdp
from skipline.voice.sip.leg import Leg

_session_ids = count(1)


class Path(Protocol):
    """Audio between one caller and the target being tried. Methods may raise `SdpMistake` and `MediaError`."""

    async def offer(self) -> str | None:
        """What to offer a target; None asks it for an offer of its own (RFC 3261 section 13.2.1)."""

    async def to_caller(self, text: str) -> str:
        """What to tell the caller when the target says `text`."""

    async def to_target(self, text: str) -> str:
        """What to tell the target when the caller says `text`."""


class StraightPath:
    """Audio flows between the parties without us."""

    def __init__(self, caller: Leg) -> None:
        self._caller = caller

    async def offer(self) -> str | None:
        """The caller's own offer."""
        return self._caller.remote_sdp

    async def to_caller(self, text: str) -> str:
        """The target's own words."""
        return text

    async def to_target(self, text: str) -> str:
        """The caller's own words."""
        return text


class View:
    """What one party has been told about us: one origin, whose version rises with each change (RFC 3264 section 8)."""

    def __init__(self) -> None:
        self._session_id = next(_session_ids)
        self._version = 0
        self._said = ""

    def describe(self, text: str) -> str:
        """`text` with this view's origin."""
        before, _, rest = text.partition("o=")
        origin, _, after = rest.partition("\r\n")
        if after != self._said:
            self._said, self._version = after, self._version + 1
        address = " ".join(origin.split()[3:])
        return f"{before}o=- {self._session_id} {self._version} {address}\r\n{after}"


def with_g711_only(text: str) -> str | None:
    """The audio of `text` cut down to G.711, for a target that refused the rest; None when there is nothing to cut, or
    nothing that we understand."""
    try:
        audio = read_sdp(text)
    except SdpMistake:
        return None
    kept = [one for one in audio.payloads if one in G711_PAYLOADS]
    others = set(audio.payloads) - {*kept, audio.digits_payload}
    if not kept or not (others or len(audio.media) > 1):
        return None
    return make_sdp(audio.endpoint, payloads=kept, digits_payload=audio.digits_payload, direction=audio.direction)
