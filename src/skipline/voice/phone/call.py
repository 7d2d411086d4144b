"""One call of a telephone: its SIP leg, its audio, and the timeline of what happened."""

import asyncio
from array import array

from skipline.voice.phone.hearing import pitch
from skipline.voice.phone.line import AudioLine
from skipline.voice.phone.timeline import Timeline
from skipline.voice.sdp import Audio, Direction, SdpMistake, make_answer, make_sdp, read_sdp
from skipline.voice.sip.leg import (
    Answered,
    Digit,
    Ended,
    Failed,
    Invite,
    Leg,
    LegEvent,
    OfferAnswered,
    Offered,
    OfferRefused,
    Progressed,
    Referred,
    Replaces,
    TransferTold,
)


class PhoneCall:
    """A call from or to a `Phone`. Lives until either side hangs up; `timeline`, `digits` and `heard` stay readable."""

    def __init__(self, leg: Leg | None, media_ip: str, sound: "array[int]") -> None:
        self._line = AudioLine(media_ip, on_heard=self._on_heard, on_digit=self._on_digit)
        self._line.stream.play(sound)
        self._version = 0
        self._is_mute = False
        self._direction = Direction.BOTH
        self._first_answer: str | None = None
        self.leg = leg
        self.timeline = Timeline(asyncio.get_running_loop().time)
        self.digits: list[str] = []
        self.transfers: list[TransferTold] = []
        self.code = 0
        self.reason = ""
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()

    @property
    def invite(self) -> Invite | None:
        """How the call came in, with its headers; None for a call that we placed."""
        return self.leg.invite if self.leg else None

    @property
    def heard(self) -> "array[int]":
        """The samples of the last minute that was heard."""
        return self._line.heard()

    @property
    def heard_hz(self) -> float | None:
        """The tone that is heard now (the last half second): 0 for silence, None for what is no single tone."""
        return pitch(self._line.heard()[-4000:])

    @property
    def packets_heard(self) -> int:
        """How many packets of sound have come."""
        return self._line.packets_heard

    @property
    def longest_gap_seconds(self) -> float:
        """The longest pause between two packets of sound since the recording began."""
        return self._line.longest_gap_seconds

    def play(self, sound: "array[int]") -> None:
        """Send another sound, over and over."""
        self._line.stream.play(sound)

    def mute(self) -> None:
        """Send nothing from now on, as a phone that suppresses silence."""
        self._is_mute = self._line.stream.is_muted = True

    def unmute(self) -> None:
        """Send again."""
        self._is_mute = self._line.stream.is_muted = False

    def forget_heard(self) -> None:
        """Start the recording anew."""
        self._line.forget()

    async def press(self, digits: str) -> None:
        """Press keys (RFC 4733), and return when they are out."""
        self.timeline.note(f"pressed {digits}")
        await asyncio.sleep(self._line.stream.press(digits))

    def hold(self) -> None:
        """Put the other side on hold."""
        self._direction = Direction.SEND
        self._offer("hold")

    def resume(self) -> None:
        """Take the other side back from hold."""
        self._direction = Direction.BOTH
        self._offer("resume")

    def transfer(self, uri: str, consulted: "PhoneCall | None" = None) -> None:
        """Ask the other side to talk with `uri` instead of us (REFER, RFC 3515), or with the party of another call of
        this phone; `transfers` and the timeline tell how it goes."""
        replaces = None
        if consulted is not None and consulted.leg is not None:
            dialog = consulted.leg.dialog
            replaces = Replaces(dialog.call_id, str(dialog.remote_tag), dialog.local_tag)
        if self.leg is not None:
            self.timeline.note(f"asked for a transfer to {uri}")
            self.leg.refer(uri, replaces)

    def hang_up(self) -> None:
        """End the call; before the answer this cancels it."""
        if self.leg is not None and not self.leg.is_over:
            self.timeline.note("hung up")
            self.leg.hang_up()

    def own_sdp(self) -> str:
        """A description of our audio, a new version of it each time."""
        self._version += 1
        return make_sdp(self._line.endpoint, direction=self._direction, version=self._version)

    def ring_with_audio(self) -> None:
        """Ring a call that came in, and let the caller hear our sound already (183)."""
        sdp = self._own_answer()
        if self.leg is not None and sdp is not None:
            self.leg.ring(183, sdp)

    def accept(self) -> None:
        """Answer a call that came in."""
        sdp = self._own_answer()
        if self.leg is not None and sdp is not None:
            self.leg.answer(sdp)
            self._on_answer()

    def _own_answer(self) -> str | None:
        """Our answer to the caller's offer, the same each time; None when the call is over or has no use for us."""
        leg = self.leg
        if leg is None or leg.is_over:
            return None
        try:
            self._first_answer = self._first_answer or self._answer_to(leg.invite.sdp if leg.invite else None)
        except SdpMistake as mistake:
            self.timeline.note(str(mistake), 488)
            leg.refuse(488, "Not Acceptable Here")
        return self._first_answer

    def _answer_to(self, offer: str | None) -> str:
        if offer is None:
            return self.own_sdp()
        audio = read_sdp(offer)
        self._version += 1
        answer = make_answer(audio, self._line.endpoint, version=self._version)
        self._use(audio)
        return answer

    def _offer(self, what: str) -> None:
        if self.leg is not None:
            self.timeline.note(f"asked for {what}")
            self.leg.offer(self.own_sdp())

    def _use(self, audio: Audio) -> None:
        """Send to where the other side says, unless it does not want to hear us."""
        if audio.codec is None:
            raise SdpMistake("the other side has neither PCMU nor PCMA")
        self._line.stream.is_muted = self._is_mute or audio.is_on_hold
        if audio.port > 0 and not audio.is_nowhere:
            self._line.send_to(audio.endpoint, audio.codec, audio.digits_payload)

    async def close(self) -> None:
        """Let go of the audio; the call is over, or never began."""
        await self._line.close()
        self.ended.set()

    async def follow(self, leg: Leg) -> None:
        """Live through the leg's events until it is over."""
        self.leg = leg
        leg.on_trying = self._on_trying
        try:
            while not self.ended.is_set():
                self._take(leg, await leg.next_event())
        finally:
            leg.hang_up()
            await self.close()

    def _take(self, leg: Leg, event: LegEvent) -> None:
        match event:
            case Progressed(code, reason, sdp):
                self.timeline.note(f"{code} {reason}" + (" with early audio" if sdp else ""), code)
                self._learn(sdp)
            case Answered(sdp):
                self._learn(sdp)
                self._on_answer()
            case Failed(code, reason) | Ended(_, code, reason):
                self._on_end(event, code, reason)
            case Digit(digit):
                self._on_digit(digit)
            case Referred(uri):
                self.timeline.note(f"was asked to call {uri}")
            case _:
                self._take_offer(leg, event)

    def _take_offer(self, leg: Leg, event: LegEvent) -> None:
        match event:
            case Offered(sdp):
                self._on_offer(leg, sdp)
            case OfferAnswered(sdp):
                self.timeline.note("the other side took the offer", 200)
                self._learn(sdp)
            case TransferTold(code, reason):
                self.timeline.note(f"heard of the transfer: {code} {reason}", code)
                self.transfers.append(event)
            case OfferRefused(code, reason):
                self.timeline.note(f"the other side refused the offer: {code} {reason}", code)

    def _learn(self, sdp: str | None) -> None:
        if sdp:
            try:
                self._use(read_sdp(sdp))
            except SdpMistake as mistake:
                self.timeline.note(str(mistake))

    def _on_trying(self) -> None:
        self.timeline.note("100 Trying", 100)

    def _on_answer(self) -> None:
        self.timeline.note("answered", 200)
        self.answered.set()

    def _on_end(self, event: Failed | Ended, code: int, reason: str) -> None:
        self.code, self.reason = code, reason
        if isinstance(event, Failed):
            self.timeline.note(f"{code} {reason}", code)
        elif event.by_peer:
            self.timeline.note("the other side hung up" if self.answered.is_set() else f"cancelled: {reason}")
        self.ended.set()

    def _on_offer(self, leg: Leg, sdp: str | None) -> None:
        try:
            answer = self._answer_to(sdp)
        except SdpMistake as mistake:
            self.timeline.note(str(mistake), 488)
            leg.refuse_offer()
            return
        is_held = self._line.stream.is_muted and not self._is_mute
        self.timeline.note("put on hold" if is_held else "the other side changed the session")
        leg.answer_offer(answer)

    def _on_heard(self) -> None:
        self.timeline.note("first audio heard")

    def _on_digit(self, digit: str) -> None:
        self.timeline.note(f"heard the key {digit}")
        self.digits.append(digit)
