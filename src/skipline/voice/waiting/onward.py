"""A caller who was handed on to somebody who is no agent: targets are rung, or one who was consulted takes over."""

import asyncio

from skipline.model.call import TargetTry, TryEnd
from skipline.model.commands import ForwardCall, TransferCall
from skipline.model.events import TransferEnded
from skipline.model.ids import CommandId
from skipline.voice.forward import Forward, Joined
from skipline.voice.line import Party
from skipline.voice.talk import Talk
from skipline.voice.waiting.floor import Floor


async def ring_onward(floor: Floor, command: CommandId, order: TransferCall, headers: dict[str, str]) -> bool:
    """Ring the targets while the caller hears music, and let them talk; whether somebody answered."""
    plan = ForwardCall(targets=order.targets, ring_seconds=order.ring_seconds, trunk=order.trunk, headers=headers)
    forward = Forward(floor.call, floor.caller, floor.exchange, command, plan, entertain=floor.music.start)
    joined = await forward.run()
    seconds = await _talk(floor, joined) if joined is not None else 0.0
    if joined is not None or floor.line.ending is None:
        _tell_end(floor, command, seconds, tuple(forward.tries))
    return joined is not None


async def talk_onward(floor: Floor, party: Party, said: str) -> None:
    """Let the caller talk with somebody from another call, who was told `said` about the caller's audio."""
    attempt = TargetTry(target=party.name, end=TryEnd.ANSWERED, code=200)
    seconds = await _talk(floor, Joined(party.listener, attempt, said))
    _tell_end(floor, CommandId(""), seconds, (attempt,))


async def _talk(floor: Floor, joined: Joined) -> float:
    clock = asyncio.get_running_loop().time
    began = clock()
    await floor.music.stop()
    await Talk(floor.caller, joined).run()
    return clock() - began


def _tell_end(floor: Floor, command: CommandId, seconds: float, tries: tuple[TargetTry, ...]) -> None:
    last = tries[-1]
    floor.exchange.tell(
        TransferEnded(
            at=floor.exchange.clock(),
            call=floor.call.id,
            command=command,
            end=last.end,
            target=last.target,
            tries=tries,
            talk_seconds=seconds,
        )
    )
