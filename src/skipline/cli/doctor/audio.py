"""Audio as callers will hear it: through the media relay in both codecs, and spoken in each language."""

import asyncio
import ipaddress
from collections.abc import Sequence

from skipline.cli.doctor.finding import Finding, bad, ok
from skipline.cli.settings import split_address
from skipline.voice.media import MediaError, Relay, Session, Side
from skipline.voice.phone.hearing import QUIET, loudness, pitch
from skipline.voice.phone.line import AudioLine
from skipline.voice.sdp import G711_PAYLOADS, make_sdp, read_sdp
from skipline.voice.speech import SpeechFailed
from skipline.voice.speech.espeak import Espeak
from skipline.voice.tones import tone

SENTENCES = {
    "en": "You will be connected now.",
    "es": "Ahora le pasamos con un compañero.",
    "pt": "A sua chamada está a ser transferida.",
    "zh": "正在为您转接。",
    "id": "Anda akan segera terhubung.",
}
_TONE_HZ = 1000.0
_LISTEN_SECONDS = 0.5
_NAMES = {0: "PCMU", 8: "PCMA"}
_RELAY_FIX = "reinstall the package `rtp-io`; when it stays so, run `skipline serve` on a Linux with glibc"


async def examine_audio(sip: Sequence[str]) -> list[Finding]:
    """The relay at the addresses that SIP listens on, then the languages."""
    return [*await _examine_relay(_media_address(sip)), *await _examine_speech()]


def _media_address(sip: Sequence[str]) -> str:
    for address in sip:
        host, _port = split_address(address)
        if not ipaddress.ip_address(host).is_unspecified:
            return host
    return "127.0.0.1"


async def _examine_relay(ip: str) -> list[Finding]:
    relay = Relay((ip,))
    try:
        relay.start()
        return [await _examine_codec(relay, ip, payload) for payload in G711_PAYLOADS]
    except MediaError as trouble:
        return [bad("media relay", str(trouble), _RELAY_FIX)]
    finally:
        await relay.stop()


async def _examine_codec(relay: Relay, ip: str, payload: int) -> Finding:
    about = f"codec {_NAMES[payload]}"
    heard = await _send_through(relay, ip, payload)
    if heard is not None and abs(heard - _TONE_HZ) < 10:
        return ok(about, f"a tone of {_TONE_HZ:.0f} Hz went through the media relay at {ip}")
    told = "nothing" if not heard else f"{heard:.0f} Hz"
    fix = f"let UDP pass between ports of {ip} itself: look at the firewall with `nft list ruleset`"
    return bad(about, f"a tone of {_TONE_HZ:.0f} Hz was sent through the media relay, and {told} came out", fix)


async def _send_through(relay: Relay, ip: str, payload: int) -> float | None:
    """Send a tone from one side of a session to the other; the pitch that arrives."""
    sides = [AudioLine(ip, on_heard=lambda: None, on_digit=lambda _: None) for _ in range(2)]
    session = relay.session()
    try:
        await _connect(session, sides, payload)
        await asyncio.sleep(_LISTEN_SECONDS)
        return pitch(sides[1].heard()[-2000:])
    finally:
        await session.close()
        for side in sides:
            await side.close()


async def _connect(session: Session, sides: Sequence[AudioLine], payload: int) -> None:
    caller, target = (read_sdp(make_sdp(side.endpoint, payloads=(payload,))) for side in sides)
    await session.update(Side.CALLER, caller)
    for_caller = await session.update(Side.TARGET, target)
    sides[0].stream.play(tone(_TONE_HZ, 1.0))
    sides[0].send_to(for_caller, payload, None)


async def _examine_speech() -> list[Finding]:
    speech = Espeak()
    try:
        return [await _examine_language(speech, language) for language in SENTENCES]
    finally:
        await speech.close()


async def _examine_language(speech: Espeak, language: str) -> Finding:
    about = f"speech in {language}"
    fix = "reinstall the package `espeakng-loader`, which brings espeak-ng and its voices"
    try:
        spoken = await speech.render(SENTENCES[language], language)
    except SpeechFailed as trouble:
        return bad(about, str(trouble), fix)
    if loudness(spoken.samples) < QUIET:
        return bad(about, f"a sentence came out as {spoken.seconds:.1f} s of silence", fix)
    return ok(about, f"a sentence takes {spoken.seconds:.1f} s")
