"""The caller's music gives way to the agent once they send; until then somebody looks again and again, and only one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from skipline.voice.media import Side
from skipline.voice.waiting.agent_audio import AgentAudio

if TYPE_CHECKING:
    from skipline.voice.caller import Caller
    from skipline.voice.sip.leg import Leg
    from skipline.voice.waiting.music import HoldMusic

_TALK = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"


@dataclass(slots=True)
class Talk:
    """A caller and the music they hear. The agent has sent `packets` so far; `due` is what is to be done later."""

    is_holding: bool = False
    packets: int = 0
    due: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    is_music_on: bool = True

    @property
    def line(self) -> "Talk":
        return self

    def later(self, _seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        self.due.append(act)

    async def stats(self) -> SimpleNamespace:
        return SimpleNamespace(from_target=self.packets)

    async def hush(self, side: Side = Side.CALLER) -> None:
        pass

    async def start(self) -> None:
        self.is_music_on = True

    async def stop(self) -> None:
        self.is_music_on = False

    async def look(self) -> None:
        """Do what is due now."""
        due, self.due = self.due, []
        for act in due:
            await act()


def _audio(talk: Talk) -> AgentAudio:
    return AgentAudio(cast("Caller", talk), cast("HoldMusic", talk))


def _leg(direction: str = "sendrecv") -> "Leg":
    return cast("Leg", SimpleNamespace(remote_sdp=f"{_TALK}a={direction}\r\n"))


async def test_whoever_settles_the_audio_again_starts_no_second_look() -> None:
    talk = Talk()
    audio = _audio(talk)
    await audio.open(_leg())
    for _ in range(4):  # such as a phone that describes its audio anew before it sends any
        await audio.settle(_leg())
        assert len(talk.due) == 1
    for _ in range(3):
        await talk.look()
        assert (len(talk.due), talk.is_music_on) == (1, True)
    talk.packets = 1
    await talk.look()
    assert (talk.due, talk.is_music_on) == ([], False)


async def test_nobody_looks_while_the_agent_holds_the_caller_and_somebody_does_afterwards() -> None:
    talk = Talk()
    audio = _audio(talk)
    leg = _leg()
    await audio.open(leg)
    leg.remote_sdp = _leg("sendonly").remote_sdp
    await audio.settle(leg)
    await talk.look()
    assert (talk.due, talk.is_music_on) == ([], True)
    leg.remote_sdp = _leg().remote_sdp
    await audio.settle(leg)
    assert len(talk.due) == 1
    talk.packets = 1
    await talk.look()
    assert (talk.due, talk.is_music_on) == ([], False)
