"""The caller's side of a call: a phone that rings or talks, and audio that goes straight to a target or through us."""

from contextlib import suppress

from skipline.model.configuration import Media
from skipline.voice.exchange import Exchange
from skipline.voice.junction import Junction
from skipline.voice.line import Line, Pressed
from skipline.voice.media import MediaError, Side, Stats
from skipline.voice.path import Path, StraightPath, View
from skipline.voice.prompts import Prompt, PromptFailed
from skipline.voice.relayed_path import RelayedPath
from skipline.voice.sdp import Endpoint, SdpMistake, read_sdp
from skipline.voice.sip.dialog import Dialog
from skipline.voice.sip.leg import Leg, LegEvent, OfferAnswered, Offered, Progressed

AudioTrouble = (SdpMistake, MediaError)
"""What a party's session description, or our relay, can do to us. Expected: the attempt fails and the call goes on."""


class Caller:
    """One caller. `said` is the last session description that the caller got from us.

    A contact whom we call ourselves is none until `use` says which leg is theirs; `is_ipv6` is what is known of their
    audio until then."""

    def __init__(self, leg: Leg | None, exchange: Exchange, media: Media, *, is_ipv6: bool | None = None) -> None:
        self._leg = leg
        self._awaits_ipv6 = is_ipv6
        self.line = Line(leg)
        self.said = ""
        self._exchange = exchange
        self._media = media
        self._junction: Junction | None = None
        self._path: Path | None = None
        self._view = View()
        self._crosses = False
        self._is_ringing_plainly = False

    @property
    def leg(self) -> Leg:
        """The caller's leg. A contact who did not answer yet has none."""
        if self._leg is None:
            raise RuntimeError("the contact has not answered yet")
        return self._leg

    @property
    def dialog(self) -> Dialog | None:
        """The caller's dialog with us; None for a contact who did not answer yet."""
        return None if self._leg is None else self._leg.dialog

    async def use(self, leg: Leg, text: str) -> None:
        """A contact whom we called answered with `text`. Raises `AudioTrouble`."""
        await self.relayed.meet_caller(text)
        self._leg = self.line.leg = leg

    def ring(self) -> None:
        """Let the caller hear that it rings."""
        if not self.leg.is_answered:
            self.leg.ring(180)
            self._is_ringing_plainly = True

    def ring_again(self) -> None:
        """Repeat what the caller heard last, for proxies on the way that would give up (RFC 3261 section 13.3.1.1)."""
        self.leg.ring(*((180,) if self._is_ringing_plainly else (183, self.said)))

    def path(self) -> Path:
        """The way of this call's audio. Raises `SdpMistake`."""
        if self._path is None:
            straight = self._media is Media.DIRECT and self._leg is not None
            self._path = StraightPath(self.leg) if straight else self._relayed()
        return self._path

    def path_towards(self, is_ipv6: bool | None) -> Path:
        """The way to a target of this IP version (None: not known). Where IPv4 and IPv6 meet, audio goes through us.

        Raises `AudioTrouble` when the caller was answered already and talks with us in the other way.
        """
        if self._is_settled and isinstance(self._path, RelayedPath):
            self._path.target_is_ipv6 = is_ipv6
            return self._path
        crosses = is_ipv6 is not None and self._is_ipv6 is (not is_ipv6)
        if crosses != self._crosses:
            if self._leg is not None and self._leg.is_answered:
                raise MediaError("a caller who was answered cannot change between targets of IPv4 and IPv6")
            self._forget_path()
            self._crosses = crosses
            self._path = self._relayed(is_ipv6) if crosses else None
        return self.path()

    async def answer(self) -> None:
        """Talk with the caller ourselves, audio through us: answer the phone, or after a talk with a target take the
        caller back. Raises `AudioTrouble`."""
        if self._is_settled:
            return
        if not isinstance(self._path, RelayedPath) or self._path.was_offered:
            self._forget_path()
        path = self._path if isinstance(self._path, RelayedPath) else self._relayed()
        self.said = await path.answer()
        self._path = path
        (self.leg.offer if self.leg.is_answered else self.leg.answer)(self.said)

    @property
    def relayed(self) -> RelayedPath:
        """The way of this call's audio when it goes through us. Raises `MediaError` when it does not."""
        if not isinstance(self._path, RelayedPath):
            raise MediaError("the caller's audio does not go through us")
        return self._path

    @property
    def is_holding(self) -> bool:
        """Whether the caller does not want to hear anything now."""
        return self._leg is not None and is_on_hold(self._leg)

    async def play(self, prompt: Prompt, *, times: int = 1, to: Side = Side.CALLER) -> None:
        """Play `prompt` to the caller, who was answered, or to the target; `times` 0 goes on until `hush`. Raises
        `MediaError`."""
        if self._junction is None:
            raise MediaError("the caller's audio does not go through us")
        await self._junction.play(to, prompt, times=times)

    async def hush(self, side: Side = Side.CALLER) -> None:
        """Play nothing more to the caller, or to the target."""
        if self._junction is not None:
            with suppress(MediaError):
                await self._junction.stop(side)

    async def part(self) -> None:
        """Nobody hears a caller who talks with us any more: the target is gone."""
        if self._junction is not None and self._is_settled:
            with suppress(MediaError):
                await self._junction.drop_target()

    async def let_hear(self, receiver: Endpoint) -> None:
        """Let a socket of this process hear the caller, and nobody else. Raises `MediaError`."""
        if self._junction is None:
            raise MediaError("the caller's audio does not go through us")
        await self._junction.connect(receiver)

    @property
    def outlet(self) -> Endpoint:
        """Where the caller's audio leaves our relay. Raises `MediaError`."""
        if self._junction is None:
            raise MediaError("the caller's audio does not go through us")
        return self._junction.outlet

    async def stats(self) -> Stats:
        """Packets heard from the caller and from the target. Raises `MediaError`."""
        if self._junction is None:
            raise MediaError("the caller's audio does not go through us")
        return await self._junction.stats()

    async def wait_for_target(self) -> None:
        """Let a caller who was answered already hear the ringing tone; others hear their own phone's."""
        if self.leg.is_answered:
            with suppress(PromptFailed, *AudioTrouble):
                await self.answer()
                await self.play(await self._exchange.prompts.ringback(), times=0)

    async def progress(self, event: Progressed) -> None:
        """A target rings or speaks before it answers: let the caller hear that. Raises `AudioTrouble`."""
        if event.sdp:
            text = await self.path().to_caller(event.sdp)
            if self.leg.is_answered:
                await self.hush()
            else:
                self.said, self._is_ringing_plainly = text, False
                self.leg.ring(event.code, text)
        elif event.code >= 180 and not self._is_ringing_plainly:
            self.ring()

    async def join(self, text: str) -> None:
        """A target answered with `text`: the caller talks with it from now on. Raises `AudioTrouble`."""
        answer = await self.path().to_caller(text)
        await self.hush()
        if not self._is_settled:
            self.said = answer
            (self.leg.offer if self.leg.is_answered else self.leg.answer)(answer)

    async def hear(self, event: LegEvent) -> None:
        """The caller says something while no target is there: agree when it changes the talk, e.g. holds us."""
        try:
            if isinstance(event, OfferAnswered) and event.sdp:
                await self.path().to_target(event.sdp)
            elif isinstance(event, Offered):
                if isinstance(self._path, RelayedPath) and (event.sdp or self._path.is_answered):
                    path = self._path
                    self.said = await (path.reanswer(event.sdp) if event.sdp else path.restate(Side.CALLER))
                self.leg.answer_offer(self.said)
        except AudioTrouble:
            self.leg.refuse_offer(488, "Not Acceptable Here")

    def _note_digit(self, side: Side, digit: str) -> None:
        if side is Side.CALLER:
            self.line.put(Pressed(digit))

    def told(self, text: str) -> None:
        """Remember what the caller was last told in a talk."""
        self.said = text

    async def close(self) -> None:
        """Free the audio."""
        if self._junction is not None:
            await self._junction.close()

    @property
    def _is_ipv6(self) -> bool | None:
        """The IP version of the caller's audio; None when it has not told."""
        try:
            return self._awaits_ipv6 if self._leg is None else read_sdp(self._leg.remote_sdp or "").is_ipv6
        except SdpMistake:
            return None

    def _forget_path(self) -> None:
        if self._junction is not None:
            self._exchange.spawn(self._junction.close())
        self._junction = self._path = None

    @property
    def _is_settled(self) -> bool:
        """Whether the caller talks with us, in a codec that every target will be offered."""
        is_answered = self._leg is not None and self._leg.is_answered
        return is_answered and isinstance(self._path, RelayedPath) and self._path.is_answered

    def _relayed(self, target_is_ipv6: bool | None = None) -> RelayedPath:
        if self._junction is None:
            self._junction = Junction(self._exchange.relay, self._note_digit)
        text = None if self._leg is None else self._leg.remote_sdp
        is_ipv6 = self._awaits_ipv6 is True
        return RelayedPath(self._junction, text, target_is_ipv6, caller_view=self._view, caller_is_ipv6=is_ipv6)


def is_on_hold(leg: Leg) -> bool:
    """Whether the party of `leg` does not want to hear us now."""
    try:
        return read_sdp(leg.remote_sdp or "").is_on_hold
    except SdpMistake:
        return False
