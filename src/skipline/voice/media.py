"""Audio of calls: relayed between two parties, prompts played into it, digits heard in it.

rtp.io does the work in threads of its own (C, outside the interpreter lock). A `Session` is the audio of one call; it
has two sides, and each side is told to send to an endpoint of ours. Audio is passed on as it comes, never transcoded.
"""

import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path

from skipline.voice.pit import Pits
from skipline.voice.prompts import Prompt
from skipline.voice.relay_link import MediaError, RelayLink
from skipline.voice.sdp import DIGITS_PAYLOAD, G711_PAYLOADS, Audio, Endpoint

__all__ = ["MediaError", "OnDigit", "Relay", "Session", "Side", "Stats"]

_DIGITS_MODULE = "M3:1"  # rtp.io numbers its modules at build time; 3 is catch_dtmf


SILENCE_SECONDS = 7200
"""After this long without a packet from either side rtp.io drops a session by itself. Two phones that hold each other
are silent as well, so it is long: dead calls are found by their session timers, this only cleans up after a fault."""


class Side(StrEnum):
    """A party of a session. The values are rtp.io's names for them."""

    CALLER = "fa"
    TARGET = "fb"

    @property
    def other(self) -> "Side":
        """The party across."""
        return Side.TARGET if self is Side.CALLER else Side.CALLER


OnDigit = Callable[[Side, str], None]
"""Called with who pressed which key: `0`-`9`, `*`, `#`, `A`-`D`."""


@dataclass(frozen=True, slots=True)
class Stats:
    """RTP packets of a session so far. A count from a side that stands still for long means a dead party, which rtp.io
    itself does not notice while a prompt plays."""

    from_caller: int
    from_target: int
    relayed: int
    dropped: int


class Relay:
    """All media of one process. It starts by itself at the first session's first command, or at `start`.

    `addresses` are the IP addresses that audio comes in on, at most one of each family; ports come from `port_range`.
    """

    def __init__(
        self,
        addresses: Sequence[str] = ("127.0.0.1",),
        *,
        port_range: tuple[int, int] = (20000, 29998),
        silence_seconds: int = SILENCE_SECONDS,
    ) -> None:
        self._link = RelayLink(addresses, port_range, silence_seconds)
        self._numbers = count(1)
        self._folders: dict[Path, int] = {}
        self._pits = Pits()

    def start(self) -> None:
        """Start now rather than with the first call. Raises `MediaError` when it cannot."""
        self._link.start()

    async def stop(self) -> None:
        """End all sessions and the relay."""
        await self._link.stop()
        self._pits.close()
        for descriptor in self._folders.values():
            os.close(descriptor)
        self._folders.clear()

    def session(self, on_digit: OnDigit | None = None, on_silence: Callable[[], None] | None = None) -> "Session":
        """Begin a call's audio. `on_silence` is called when nothing was heard from either side for `silence_seconds`.

        Close it when the call is over.
        """
        return Session(self, f"{os.getpid()}x{next(self._numbers)}", on_digit, on_silence)

    def pit_beside(self, endpoint: Endpoint) -> Endpoint:
        """Where audio ends that nobody shall hear, at the same address of ours as `endpoint`."""
        return self._pits.at(endpoint.ip)

    def playable(self, prompt: Prompt) -> str:
        """A path of `prompt` without spaces, whatever its folder is called: rtp.io's commands cannot quote."""
        folder = prompt.path.parent
        if folder not in self._folders:
            self._folders[folder] = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._folders[folder]}/{prompt.path.name}"


class Session:
    """The audio of one call. Every method may raise `MediaError`, except `close`."""

    def __init__(
        self, relay: Relay, name: str, on_digit: OnDigit | None, on_silence: Callable[[], None] | None
    ) -> None:
        self._relay = relay
        self._link = relay._link
        self._name = name
        self._parties: dict[Side, Audio] = {}
        self._is_ipv6: dict[Side, bool] = {}
        self._was_opened = False
        self._is_closed = False
        self._listen(on_digit, on_silence)

    def _listen(self, on_digit: OnDigit | None, on_silence: Callable[[], None] | None) -> None:
        if on_silence is not None:
            self._link.listen(self._tag("t"), lambda _: on_silence())
        if on_digit is not None:
            for side in Side:
                self._link.listen(self._tag(side), lambda words, side=side: on_digit(side, words[0]))  # type: ignore[misc]

    def _tag(self, kind: str) -> str:
        return f"{kind}{self._name}"

    async def update(
        self, side: Side, audio: Audio | None, *, other_is_ipv6: bool | None = None, is_fixed: bool = False
    ) -> Endpoint:
        """Tell the relay where `side` receives; None while that is not known, as before a target has answered.

        Gives our endpoint that the *other* side must send to. A session's first update must describe a party and
        settles the families of both sides; `other_is_ipv6` tells that of the other side when it is not the same.
        `is_fixed`: it sends from where it receives, and no packet from elsewhere changes that.
        """
        if audio is not None:
            self._settle_families(side, audio, other_is_ipv6)
        described = audio or self._parties.get(side) or self._parties.get(side.other)
        if described is None or self._is_closed:
            raise MediaError("a session needs a party's audio first, and must not be closed")
        self._link.start()
        self._was_opened = True
        reply = await self._link.ask(self._update_command(side, audio, described, "a" if is_fixed else ""))
        self._parties[side] = described
        return _read_endpoint(reply)

    def _settle_families(self, side: Side, audio: Audio, other_is_ipv6: bool | None) -> None:
        if not self._is_ipv6:
            self._is_ipv6 = {side: audio.is_ipv6, side.other: audio.is_ipv6 if other_is_ipv6 is None else other_is_ipv6}
        if self._is_ipv6[side] != audio.is_ipv6 and not audio.is_nowhere:
            raise MediaError(f"{audio.ip} is of another IP version than this side of the call began with")

    def _update_command(self, side: Side, audio: Audio | None, described: Audio, options: str) -> str:
        is_ipv6 = self._is_ipv6[side]
        nowhere = Endpoint("::" if is_ipv6 else "0.0.0.0", 0)  # noqa: S104 - told to the relay, not bound
        ip, port = nowhere if audio is None or audio.is_nowhere else audio.endpoint
        has_other = side.other in self._parties
        words = [
            f"U{options}{self._networks(side)}{'6' if is_ipv6 else ''}c{_codecs(described)}z20",
            *(f"{self._name}-0", ip, str(port), side, *((side.other,) if has_other else ())),
            *(self._link.notices_to, self._tag("t")),
            *("&&", _DIGITS_MODULE, self._tag(side), str(described.digits_payload or DIGITS_PAYLOAD)),
        ]
        return " ".join(words)

    def _networks(self, side: Side) -> str:
        """rtp.io's letters for this side's network and the other's: `i` our first address, `e` the second."""
        if self._link.families != (True, True):
            return ""
        return "".join("e" if self._is_ipv6[one] else "i" for one in (side, side.other))

    async def play(self, side: Side, prompt: Prompt, *, times: int = 1) -> None:
        """Play `prompt` to `side`, from the beginning; `times` 0 repeats it until `stop`.

        That side hears nothing else meanwhile. Its end is not reported: wait `prompt.seconds`.
        """
        path = self._relay.playable(prompt)
        await self._link.ask(f"P{times or -1} {self._name}-0 {path} session {side} {side.other}")

    async def stop(self, side: Side) -> None:
        """End what is played to `side`; harmless when nothing is."""
        await self._link.ask(f"S {self._name}-0 {side} {side.other}")

    async def stats(self) -> Stats:
        """Packets counted so far."""
        words = (await self._link.ask(f"Q {self._name}-0 {Side.CALLER} {Side.TARGET}")).split()
        if len(words) < 5:
            raise MediaError("the relay's statistics could not be read")
        return Stats(*(int(word) for word in words[1:5]))

    async def close(self) -> None:
        """Free the session's ports. May be called more than once."""
        if self._is_closed:
            return
        self._is_closed = True
        for kind in ("t", *Side):
            self._link.forget(self._tag(kind))
        if self._was_opened:
            with contextlib.suppress(MediaError):
                await self._link.ask(f"D {self._name}-0 {Side.CALLER} {Side.TARGET}")


def _codecs(audio: Audio) -> str:
    """Payload types for prompts, G.711 first: rtp.io plays the first of these that it finds a file for."""
    known = [one for one in audio.payloads if one in G711_PAYLOADS]
    return ",".join(str(one) for one in dict.fromkeys([*known, *audio.payloads]))


def _read_endpoint(reply: str) -> Endpoint:
    words = reply.split()
    if len(words) < 2 or not words[0].isdecimal():
        raise MediaError(f"the relay gave no port: {reply!r}")
    return Endpoint(words[1], int(words[0]))
