"""A party's audio that meets others, one after the other: each of them gets ports of its own.

rtp.io learns where a party is from the first packet that comes from it, and keeps that for the life of a session. A
phone behind NAT, or one that sends before it has answered, would so take the place of whoever is joined after it; and
a phone that was thought dead could still be heard. So a caller's session never meets a second target itself:

    caller  <->  session  <->  hop  <->  target          the next target gets another hop
    caller  <->  session   ->  pit                       nobody is there

Between session and hop audio goes from one of our own ports to another, which is told and never learnt.
"""

from dataclasses import replace

from skipline.voice.media import MediaError, OnDigit, Relay, Session, Side, Stats
from skipline.voice.prompts import Prompt
from skipline.voice.sdp import Audio, Endpoint


class Junction:
    """A caller's session and the hop to the present target. Until `begin_target` or `drop_target` a target meets the
    session itself: cheaper, and good for one target. Every method may raise `MediaError`, except `close`."""

    def __init__(self, relay: Relay, on_digit: OnDigit | None = None) -> None:
        self._relay = relay
        self._session = relay.session(on_digit)
        self._hop: Session | None = None
        self._caller: Audio | None = None
        self._near = self._far = self._for_target = Endpoint("", 0)

    async def update(self, side: Side, audio: Audio | None, *, other_is_ipv6: bool | None = None) -> Endpoint:
        """As `Session.update`: where `side` receives now; gives our endpoint for the other side."""
        if side is Side.CALLER:
            self._caller = audio or self._caller
            self._near = await self._session.update(side, audio, other_is_ipv6=other_is_ipv6)
            return self._near if self._hop is None else self._for_target
        if self._hop is None:
            self._far = await self._session.update(side, audio)
        else:
            await self._hop.update(side, audio)
        return self._far

    async def begin_target(self, is_ipv6: bool | None = None) -> Endpoint:
        """Make room for the next target, and give the endpoint that it must send to."""
        await self.drop_target()
        self._hop = hop = self._relay.session()
        self._for_target = await hop.update(Side.CALLER, self._at(self._near), other_is_ipv6=is_ipv6, is_fixed=True)
        await self.connect(await hop.update(Side.TARGET, None))
        return self._for_target

    async def drop_target(self) -> Endpoint:
        """Part with the target: nobody hears the caller any more. Gives the endpoint that the caller must send to."""
        hop, self._hop = self._hop, None
        far = await self.connect(self._relay.pit_beside(self._near))
        if hop is not None:
            await hop.close()
        return far

    async def connect(self, receiver: Endpoint) -> Endpoint:
        """Let what the caller says go to `receiver`, a socket of ours; gives the endpoint that the caller must send
        to. What `receiver` gets comes from `outlet`."""
        self._far = await self._session.update(Side.TARGET, self._at(receiver), is_fixed=True)
        return self._far

    @property
    def outlet(self) -> Endpoint:
        """Where the caller's audio leaves from."""
        return self._near

    def _at(self, endpoint: Endpoint) -> Audio:
        """The caller's audio as if it came from one of our own ports."""
        if self._caller is None:
            raise MediaError("a junction needs the caller's audio first")
        return replace(self._caller, ip=endpoint.ip, port=endpoint.port)

    async def play(self, side: Side, prompt: Prompt, *, times: int = 1) -> None:
        """As `Session.play`."""
        await self._session_of(side).play(side, prompt, times=times)

    async def stop(self, side: Side) -> None:
        """As `Session.stop`."""
        await self._session_of(side).stop(side)

    def _session_of(self, side: Side) -> Session:
        return self._session if side is Side.CALLER or self._hop is None else self._hop

    async def stats(self) -> Stats:
        """Packets of the caller since the beginning, and of the present target."""
        own = await self._session.stats()
        return own if self._hop is None else replace(own, from_target=(await self._hop.stats()).from_target)

    async def close(self) -> None:
        """Free all ports. May be called more than once."""
        hop, self._hop = self._hop, None
        if hop is not None:
            await hop.close()
        await self._session.close()
