"""A company with a queue and two agents, told by a scripted voice worker what their callers and phones do."""

import asyncio
from collections.abc import Callable
from typing import Any

from centre_room import NUMBER
from inside_server import Inside

from skipline.model.call import Call, EndedBy
from skipline.model.commands import RingAgent, WaitInQueue
from skipline.model.events import (
    AgentJoined,
    AgentLeft,
    CallArrived,
    CallEnded,
    PhoneGone,
    PhoneRegistered,
    WaitEnded,
)
from skipline.model.ids import CallId
from skipline.model.voice_link import AgentTalk, Do, HeldCall

CONFIGURATION = f"""
format: 1
tiers: [{{name: gold, target: 20s}}, {{name: silver, target: 1m}}]
trunks:
  - {{name: carrier, hosts: ["127.0.0.1"]}}
  - {{name: outward, hosts: ["127.0.0.2"], server: "127.0.0.2"}}
numbers: [{{number: "{NUMBER}", name: Support line, trunk: carrier}}]
queues: [{{name: vip}}]
agents:
  - {{name: ana, queues: [vip], phone: {{user: ana, password_secret: ana_sip}}}}
  - {{name: ben, queues: [vip], phone: {{user: ben, password_secret: ben_sip}}}}
"""

FLOW = f"""
format: 1
name: Support line
triggers: [{{type: incoming_call, numbers: ["{NUMBER}"]}}]
start: wait
steps:
  wait:
    type: add_to_queue
    with: {{queue: vip, tier: gold, keys: {{"1": wants_call_back}}}}
    next: {{wants_call_back: promise}}
  promise: {{type: call_back, with: {{queue: vip, tier: gold}}}}
"""

FILES = {"skipline.yaml": CONFIGURATION, "flows/support.yaml": FLOW}


class Company:
    """What its callers and agents do, in the voice worker's words."""

    def __init__(self, room: Inside) -> None:
        self.room, self.worker = room, room.worker

    async def call(self, id_: str, caller: str = "") -> tuple[Do, WaitInQueue]:
        """Somebody calls and is made to wait."""
        call = Call(
            id=CallId(id_),
            arrived_at=self.room.services.clock(),
            from_=caller or f"+3161234{len(self.worker.orders):04}",
            to=NUMBER,
            trunk="carrier",
        )
        before = len([do for do in self.worker.orders if isinstance(do.body, WaitInQueue)])
        self.worker.tell(CallArrived(at=call.arrived_at, call=call))
        return await self.worker.order(WaitInQueue, before + 1)

    def sign_in(self, *users: str) -> None:
        for user in users:
            self.worker.tell(PhoneRegistered(at=self.room.services.clock(), user=user))

    def sign_off(self, *users: str) -> None:
        for user in users:
            self.worker.tell(PhoneGone(at=self.room.services.clock(), user=user))

    async def ring(self, nth: int = 1) -> tuple[Do, RingAgent]:
        """The nth agent who is rung."""
        return await self.worker.order(RingAgent, nth)

    def join(self, do: Do, ring: RingAgent) -> None:
        """The agent answers."""
        self.worker.tell(AgentJoined(at=self.room.services.clock(), call=do.call, reservation=ring.reservation))

    def part(self, do: Do, ring: RingAgent, wait: Do, talk: float = 12.0) -> None:
        """The agent hangs up after a talk."""
        at = self.room.services.clock()
        self.worker.tell(AgentLeft(at=at, call=do.call, reservation=ring.reservation, talk_seconds=talk))
        self.worker.tell(WaitEnded(at=at, call=do.call, command=wait.command, has_talked=True))

    def press(self, wait: Do, key: str) -> None:
        """A waiting caller presses a key."""
        self.worker.tell(WaitEnded(at=self.room.services.clock(), call=wait.call, command=wait.command, key=key))

    def hang_up(self, call: str, by: EndedBy = EndedBy.CALLER) -> None:
        self.worker.tell(CallEnded(at=self.room.services.clock(), call=CallId(call), by=by))

    def held(self, call: str, talk: AgentTalk | None = None) -> HeldCall:
        """A call as the worker would hand it to the next centre."""
        order = [do for do in self.worker.orders if do.call == call][-1]
        arrived = self.room.host.centre.runs[CallId(call)].call
        return HeldCall(
            arrived=CallArrived(at=arrived.arrived_at, call=arrived),
            command=order.command,
            memo=order.memo,
            agent=talk,
        )


async def eventually(look: Callable[[], Any]) -> Any:
    """What `look` gives, as soon as that is something."""
    async with asyncio.timeout(10):
        while True:
            if found := look():
                return found
            await asyncio.sleep(0.01)
