"""How audio goes between a caller and a target: straight between them, or through our relay.

A path turns what one party says about its audio into what the other is told. Straight, that is the same text. Relayed,
it is the same text with our address in it, or, for a caller whom we answered ourselves, an offer of the codec that the
caller already speaks.
"""

from itertools import count
from typing import Protocol

from skipline.voice.junction import Junction
from skipline.voice.media import Side
from skipline.voice.sdp import G711_PAYLOADS, Audio, Endpoint, SdpMistake, make_answer, make_sdp, read_sdp, with_address
from skipline.voice.sip.leg import Leg

_session_ids = count(1)

_UNKNOWN = make_sdp(Endpoint("0.0.0.0", 9))  # noqa: S104 - nothing is bound
"""Stands for a caller whose INVITE had no session description: G.711 from an address learnt from its first packet."""


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


class RelayedPath:
    """Audio flows through our relay, which can also play into it. `target_is_ipv6` is that of the next target, where it
    is known; `was_offered` says that a target knows where the caller's own session listens."""

    def __init__(
        self,
        junction: Junction,
        caller_text: str | None,
        target_is_ipv6: bool | None = None,
        caller_view: "View | None" = None,
    ) -> None:
        self._junction = junction
        self.target_is_ipv6 = target_is_ipv6
        self.was_offered = False
        self._caller_text = caller_text
        self._caller: Audio = read_sdp(caller_text or _UNKNOWN)
        self._codec: int | None = None
        self._for_target: Endpoint | None = None
        self._for_caller: Endpoint | None = None
        self._caller_view = caller_view or View()
        self._target_view = View()

    @property
    def is_answered(self) -> bool:
        """Whether the caller talks with us already, and so has settled on a codec."""
        return self._codec is not None

    async def answer(self) -> str:
        """Our own answer to the caller: plain G.711, so that prompts can be played."""
        endpoint = await self._endpoint_for_caller()
        codec = self._caller.codec if self._codec is None else self._codec
        if self._caller_text is None:
            answer = make_sdp(endpoint, payloads=G711_PAYLOADS[:1])
        else:
            answer = make_answer(self._caller, endpoint, payload=codec)
        self._codec = codec
        return self._caller_view.describe(answer)

    async def reanswer(self, text: str) -> str:
        """Our answer to a caller who changes the talk while no target is there."""
        self._caller_text, self._caller = text, read_sdp(text)
        await self._junction.update(Side.CALLER, self._caller)
        return await self.answer()

    async def offer(self) -> str | None:
        """The caller's offer led through us; for an answered caller, the codec settled on."""
        self._target_view = View()
        if self._codec is not None:
            return await self._offer_codec(self._codec)
        endpoint, self.was_offered = await self._endpoint_for_target(), True
        digits = self._caller.digits_payload
        text = with_address(self._caller_text, endpoint) if self._caller_text else None
        return self._target_view.describe(text or make_sdp(endpoint, digits_payload=digits))

    async def _offer_codec(self, codec: int) -> str:
        """An offer of what the caller speaks already, on ports that no target before has known."""
        await self._endpoint_for_caller()
        self._for_target = await self._junction.begin_target(self.target_is_ipv6)
        return self._target_view.describe(
            make_sdp(self._for_target, payloads=(codec,), digits_payload=self._caller.digits_payload)
        )

    async def to_caller(self, text: str) -> str:
        """The target's words with our address; audio of the target goes to the caller from now on."""
        self._for_caller = await self._junction.update(Side.TARGET, read_sdp(text))
        return self._caller_view.describe(with_address(text, self._for_caller))

    async def to_target(self, text: str) -> str:
        """The caller's words with our address."""
        self._caller = read_sdp(text)
        self._for_target = await self._junction.update(Side.CALLER, self._caller)
        return self._target_view.describe(with_address(text, self._for_target))

    async def _endpoint_for_target(self) -> Endpoint:
        if self._for_target is None:
            self._for_target = await self._junction.update(Side.CALLER, self._caller, other_is_ipv6=self.target_is_ipv6)
        return self._for_target

    async def _endpoint_for_caller(self) -> Endpoint:
        await self._endpoint_for_target()
        if self._for_caller is None:
            self._for_caller = await self._junction.drop_target()
        return self._for_caller


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
