"""Who is on a caller's stay at this moment; the parts of a stay share it."""

from dataclasses import dataclass

from skipline.model.call import Call
from skipline.voice.caller import Caller
from skipline.voice.exchange import Exchange
from skipline.voice.line import Line
from skipline.voice.sip.leg import Leg
from skipline.voice.waiting.agent_leg import AgentLeg, AgentStep
from skipline.voice.waiting.music import HoldMusic


@dataclass(frozen=True, slots=True)
class StayEnd:
    """How a stay ended, as `WaitEnded` tells it. `is_alone`: no centre came, and the music plays on until somebody does
    something about the caller."""

    key: str = ""
    has_talked: bool = False
    problem: str = ""
    is_alone: bool = False


@dataclass(slots=True)
class Floor:
    """A caller, the agent who rings or is there, and the end of the stay once it is known."""

    call: Call
    caller: Caller
    exchange: Exchange
    music: HoldMusic
    agent: AgentLeg | None = None
    end: StayEnd | None = None

    @property
    def line(self) -> Line:
        """Where everything that concerns the call arrives."""
        return self.caller.line

    @property
    def is_joined(self) -> bool:
        """Whether an agent answered and is there."""
        return self.agent is not None and self.agent.is_joined

    @property
    def joined_leg(self) -> Leg | None:
        """The leg of an agent who is there."""
        return self.agent.leg if self.agent is not None and self.agent.is_joined else None

    def is_agent(self, leg: Leg) -> bool:
        """Whether `leg` is that of the present agent."""
        return self.agent is not None and leg is self.agent.leg

    async def settle_agent(self, *, is_handing_on: bool = False) -> bool:
        """See to what has become of the agent: after a talk the stay is over, unless they are handing the caller on;
        else the caller waits on with music. True when nobody is there any more since now."""
        agent = self.agent
        if agent is None or agent.is_up:
            return False
        self.agent = None
        await self.caller.part()
        if agent.step is AgentStep.LEFT and not is_handing_on:
            self.end = StayEnd(has_talked=True)
        else:
            await self.music.start()
        return True
