"""Session descriptions (RFC 8866) for one audio stream: read with suspicion, answered, and passed on with our address.

They come from strangers, so every number is checked and only literal addresses are taken, never names.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

G711_PAYLOADS = (0, 8)
"""PCMU and PCMA, the static payload types of RFC 3551 that every phone has."""

DIGITS_PAYLOAD = 101
"""What we propose for telephone events (RFC 4733); any other number that a phone names is taken as well."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_NUMBER = re.compile(r"[0-9]{1,9}")
_NAMES = {0: "PCMU/8000", 8: "PCMA/8000"}


class SdpMistake(ValueError):
    """A session description that cannot be used; says what is wrong with it."""


class Endpoint(NamedTuple):
    """Where RTP goes to: a literal IP address and a UDP port."""

    ip: str
    port: int


class Direction(StrEnum):
    """Who sends audio, as the describing party sees it (RFC 3264 section 5.1)."""

    BOTH = "sendrecv"
    SEND = "sendonly"
    RECEIVE = "recvonly"
    NONE = "inactive"

    def reversed(self) -> "Direction":
        """The same stream seen from the other side, as an answer must say it."""
        swapped = {Direction.SEND: Direction.RECEIVE, Direction.RECEIVE: Direction.SEND}
        return swapped.get(self, self)


@dataclass(frozen=True, slots=True)
class Audio:
    """The first audio stream of a description. `payloads` are in the phone's order and include `digits_payload`;
    `media` are all its media lines, since an answer must repeat each (RFC 3264 section 6)."""

    ip: str
    port: int
    payloads: tuple[int, ...]
    digits_payload: int | None = None
    direction: Direction = Direction.BOTH
    profile: str = "RTP/AVP"
    media: tuple[str, ...] = ()

    @property
    def endpoint(self) -> Endpoint:
        """Where this party wants its audio."""
        return Endpoint(self.ip, self.port)

    @property
    def is_ipv6(self) -> bool:
        """Whether the audio travels over IPv6."""
        return ":" in self.ip

    @property
    def is_nowhere(self) -> bool:
        """Whether the address is zero: hold, as RFC 2543 said it."""
        return self.ip in ("0.0.0.0", "::")  # noqa: S104 - read, not bound

    @property
    def codec(self) -> int | None:
        """The G.711 payload type that this party likes best; None when it has neither."""
        return next((one for one in self.payloads if one in G711_PAYLOADS), None)

    @property
    def is_plain(self) -> bool:
        """Whether it is plain RTP, the only kind that we can play prompts into."""
        return self.profile in ("RTP/AVP", "RTP/AVPF")

    @property
    def is_on_hold(self) -> bool:
        """Whether this party does not want to hear us now, by direction or by a zero address."""
        return self.direction in (Direction.SEND, Direction.NONE) or self.is_nowhere


def read_sdp(text: str) -> Audio:
    """The first audio stream of `text`. Raises `SdpMistake` when there is none, or a part of it makes no sense."""
    session, sections = _split(text)
    found = next((one for one in sections if one[0].startswith("m=audio ")), None)
    if found is None:
        raise SdpMistake("the session description has no audio stream")
    port, profile, payloads = _read_media(found[0])
    address = _last(found, "c=") or _last(session, "c=")
    if address is None:
        raise SdpMistake("the session description has no c= line for its audio")
    return Audio(
        ip=_read_address(address),
        port=port,
        payloads=payloads,
        digits_payload=_digits_payload(found, payloads),
        direction=_direction(found) or _direction(session) or Direction.BOTH,
        profile=profile,
        media=tuple(one[0] for one in sections),
    )


def make_sdp(
    endpoint: Endpoint,
    *,
    payloads: Iterable[int] = G711_PAYLOADS,
    digits_payload: int | None = DIGITS_PAYLOAD,
    direction: Direction = Direction.BOTH,
    session_id: int = 1,
    version: int = 1,
) -> str:
    """An offer of G.711 audio and digits that we receive at `endpoint`."""
    lines = [*_head(endpoint, session_id, version), *_audio(endpoint.port, payloads, digits_payload, direction)]
    return _join(lines)


def make_answer(
    offer: Audio, endpoint: Endpoint, *, payload: int | None = None, session_id: int = 1, version: int = 1
) -> str:
    """Our answer to `offer`: one G.711 codec, its digits, its hold mirrored, every other stream refused.

    `payload` keeps a codec chosen earlier; without it the offer's first G.711 codec is taken.
    """
    chosen = payload if payload is not None else offer.codec
    if chosen is None or chosen not in offer.payloads or not offer.is_plain:
        raise SdpMistake("the offer has no plain G.711 audio (PCMU or PCMA)")
    lines, is_answered = _head(endpoint, session_id, version), False
    for media in offer.media or ("m=audio 1 RTP/AVP",):
        if media.startswith("m=audio ") and not is_answered:
            lines += _audio(endpoint.port, (chosen,), offer.digits_payload, offer.direction.reversed(), offer.profile)
            is_answered = True
        else:
            lines.append(_refused(media))
    return _join(lines)


def with_address(text: str, endpoint: Endpoint) -> str:
    """`text` with its audio led through `endpoint` (our relay) and all else as it came.

    Other streams are refused, since the relay carries one; ICE and RTCP addresses go, since they would lead past it.
    A zero address stays, since it means hold (RFC 2543).
    """
    audio = read_sdp(text)
    endpoint = Endpoint(audio.ip, endpoint.port) if audio.is_nowhere else endpoint
    lines, has_audio = [], False
    for line in _lines(text):
        if line.startswith("c="):
            lines.append(_connection(endpoint.ip))
        elif line.startswith("m="):
            is_ours = line.startswith("m=audio ") and not has_audio and audio.port > 0
            has_audio = has_audio or line.startswith("m=audio ")
            lines.append(_with_port(line, endpoint.port) if is_ours else _refused(line))
        elif not line.startswith(_LEADS_PAST_US):
            lines.append(line)
    return _join(lines)


_LEADS_PAST_US = (
    "a=rtcp:",
    "a=rtcp-mux",
    "a=candidate",
    "a=remote-candidates",
    "a=end-of-candidates",
    "a=ice-",
    "a=group:BUNDLE",
)


def _lines(text: str) -> list[str]:
    return [line for line in _LINE_END.split(text) if line]


def _join(lines: Iterable[str]) -> str:
    return "\r\n".join([*lines, ""])


def _split(text: str) -> tuple[list[str], list[list[str]]]:
    session: list[str] = []
    sections: list[list[str]] = []
    for line in _lines(text):
        if line.startswith("m="):
            sections.append([])
        (sections[-1] if sections else session).append(line)
    return session, sections


def _last(lines: list[str], prefix: str) -> str | None:
    return next((line for line in reversed(lines) if line.startswith(prefix)), None)


def _read_media(line: str) -> tuple[int, str, tuple[int, ...]]:
    words = line[2:].split()
    if len(words) < 4:
        raise SdpMistake(f"{line[:80]!r} is not a media line: it needs a port, a profile and payload types")
    port = _number(words[1].partition("/")[0], 65535)
    return port, words[2].upper(), tuple(dict.fromkeys(_number(word, 127) for word in words[3:35]))


def _number(word: str, limit: int) -> int:
    if not _NUMBER.fullmatch(word) or int(word) > limit:
        raise SdpMistake(f"{word[:20]!r} is not a number from 0 to {limit}")
    return int(word)


def _read_address(line: str) -> str:
    words = line[2:].split()
    try:
        address = ipaddress.ip_address(words[2].partition("/")[0])
    except (IndexError, ValueError):
        raise SdpMistake(f"{line[:80]!r} names no IP address") from None
    if address.is_multicast or "%" in str(address):
        raise SdpMistake(f"{address} is not an address of one phone")
    return str(address)


def _digits_payload(lines: list[str], payloads: tuple[int, ...]) -> int | None:
    for line in lines:
        number, _, name = line.removeprefix("a=rtpmap:").partition(" ")
        if line.startswith("a=rtpmap:") and name.strip().lower().startswith("telephone-event/8000"):
            payload = _number(number, 127)
            if payload in payloads:
                return payload
    return None


def _direction(lines: list[str]) -> Direction | None:
    return next((Direction(line[2:]) for line in lines if line.startswith("a=") and line[2:] in set(Direction)), None)


def _head(endpoint: Endpoint, session_id: int, version: int) -> list[str]:
    family = "IP6" if ":" in endpoint.ip else "IP4"
    origin = f"o=- {session_id} {version} IN {family} {endpoint.ip}"
    return ["v=0", origin, "s=-", _connection(endpoint.ip), "t=0 0"]


def _connection(ip: str) -> str:
    return f"c=IN {'IP6' if ':' in ip else 'IP4'} {ip}"


def _audio(
    port: int, payloads: Iterable[int], digits_payload: int | None, direction: Direction, profile: str = "RTP/AVP"
) -> list[str]:
    codecs = tuple(payloads)
    numbers = codecs if digits_payload is None else (*codecs, digits_payload)
    lines = [f"m=audio {port} {profile} {' '.join(map(str, numbers))}"]
    lines += [f"a=rtpmap:{one} {_NAMES[one]}" for one in codecs]
    if digits_payload is not None:
        lines += [f"a=rtpmap:{digits_payload} telephone-event/8000", f"a=fmtp:{digits_payload} 0-16"]
    return [*lines, "a=ptime:20", f"a={direction}"]


def _with_port(line: str, port: int) -> str:
    kind, _, rest = line.split(" ", 2)
    return f"{kind} {port} {rest}"


def _refused(line: str) -> str:
    return _with_port(line, 0) if len(line.split(" ", 2)) == 3 else line
