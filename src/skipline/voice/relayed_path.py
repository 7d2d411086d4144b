"""Audio that goes through our relay, which can also play into it.

A caller who was not answered yet is led to a target with all codecs that both have. Once we talk with a party ourselves
it has settled on one codec of G.711, which is all that the next ones are offered, on ports of their own.
"""

from skipline.voice.junction import Junction
from skipline.voice.media import Side
from skipline.voice.path import View
from skipline.voice.sdp import G711_PAYLOADS, Audio, Endpoint, SdpMistake, make_answer, make_sdp, read_sdp, with_address

_UNKNOWN = make_sdp(Endpoint("0.0.0.0", 9))  # noqa: S104 - nothing is bound
_UNKNOWN_V6 = make_sdp(Endpoint("::", 9))
"""Stand for a caller who has not described its audio yet: G.711 from an address learnt from its first packet."""


class RelayedPath:
    """The way between a caller and the present target. `target_is_ipv6` is that of the next target, where it is known;
    `was_offered` says that a target knows where the caller's own session listens. Methods may raise `SdpMistake` and
    `MediaError`."""

    def __init__(
        self,
        junction: Junction,
        caller_text: str | None,
        target_is_ipv6: bool | None = None,
        *,
        caller_view: View | None = None,
        caller_is_ipv6: bool = False,
    ) -> None:
        self._junction = junction
        self.target_is_ipv6 = target_is_ipv6
        self.was_offered = False
        self._caller_text = caller_text
        self._caller: Audio = read_sdp(caller_text or (_UNKNOWN_V6 if caller_is_ipv6 else _UNKNOWN))
        self._codec: int | None = None
        self._for_target: Endpoint | None = None
        self._for_caller: Endpoint | None = None
        self._caller_view = caller_view or View()
        self._target_view = View()

    @property
    def is_answered(self) -> bool:
        """Whether a party talks with us already, and so has settled on a codec."""
        return self._codec is not None

    @property
    def codec(self) -> int:
        """The payload type that was settled on."""
        return G711_PAYLOADS[0] if self._codec is None else self._codec

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
        """Our answer to a caller who changes the talk, e.g. holds us."""
        self._caller_text, self._caller = text, read_sdp(text)
        await self._junction.update(Side.CALLER, self._caller)
        return await self.answer()

    async def answer_target(self, text: str) -> str:
        """Our own answer to a target that changes the talk."""
        audio = read_sdp(text)
        await self._junction.update(Side.TARGET, audio)
        return self._target_view.describe(make_answer(audio, await self._endpoint_for_target(), payload=self._codec))

    async def offer(self) -> str | None:
        """The caller's offer led through us; for an answered caller, the codec settled on."""
        self._target_view = View()
        if self._codec is not None or self._caller_text is None:
            await self._endpoint_for_caller()
            self._for_target = await self._junction.begin_target(self.target_is_ipv6)
            return await self.restate(Side.TARGET)
        endpoint, self.was_offered = await self._endpoint_for_target(), True
        return self._target_view.describe(with_address(self._caller_text, endpoint))

    async def offer_caller(self) -> str:
        """What to offer a party whom we call ourselves, in the caller's place."""
        return await self.restate(Side.CALLER)

    async def restate(self, side: Side) -> str:
        """What we would offer `side` now, when it asks for that (RFC 3264 section 8): to talk, in our codec."""
        codecs = G711_PAYLOADS if self._codec is None else (self._codec,)
        endpoint = await (self._endpoint_for_caller() if side is Side.CALLER else self._endpoint_for_target())
        view = self._caller_view if side is Side.CALLER else self._target_view
        return view.describe(make_sdp(endpoint, payloads=codecs, digits_payload=self._caller.digits_payload))

    async def meet_target(self, text: str) -> None:
        """A target answered with `text`; the first party to answer settles the codec."""
        audio = read_sdp(text)
        self._settle(audio)
        self._for_caller = await self._junction.update(Side.TARGET, audio)

    async def meet_caller(self, text: str) -> None:
        """The party whom we called in the caller's place answered with `text`."""
        audio = read_sdp(text)
        self._settle(audio)
        self._caller_text, self._caller = text, audio
        await self._junction.update(Side.CALLER, audio)

    def _settle(self, audio: Audio) -> None:
        if not audio.is_plain or audio.codec is None or (self._codec is not None and self._codec not in audio.payloads):
            raise SdpMistake("the other side has no plain G.711 audio (PCMU or PCMA) that fits")
        if self._codec is None:
            self._codec = audio.codec

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
