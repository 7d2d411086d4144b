"""A centre with one flow, and the facts that a voice worker and a source would tell it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar

from flow_room import NOON, compiled

from skipline.centre.handle import handle
from skipline.centre.state import Centre, Changes, LiveFlow
from skipline.flow.compiled import CompiledFlow, CompiledStep
from skipline.flow.outcome import Context, StepOutcome
from skipline.model.call import Call, EndedBy, TargetTry, TryEnd
from skipline.model.commands import AnyCommand
from skipline.model.configuration import Trunk
from skipline.model.events import (
    CallArrived,
    CallConnected,
    CallEnded,
    Event,
    ForwardEnded,
    LookupAnswered,
    LookupStatus,
    PromptEnded,
    Reply,
)
from skipline.model.ids import CallId, CommandId, StepId
from skipline.model.run import Run

NUMBER = "+31201234567"
CALLER = "+31612345678"
VIP, GENERAL = "sip:vip@127.0.0.1:5071", "sip:general@127.0.0.1:5073"

FLOW = f"""
format: 1
name: Loyalty line
triggers: [{{type: incoming_call, numbers: ["{NUMBER}"]}}]
start: look_up
steps:
  look_up:
    type: fetch_variables
    with:
      source: loyalty
      path: "/customers/{{{{ contact.phone }}}}"
      keep: [{{from: /loyalty_status, as: loyalty_status, type: text, default: standard}}]
    next: {{found: tier, not_found: tier, failed: tier}}
  tier:
    type: branch
    with:
      paths: [{{id: vip, name: VIP, all: [{{variable: loyalty_status, operator: is, value: gold}}]}}]
    next: {{vip: greet, else: to_general}}
  greet: {{type: say, with: {{text: Hello}}, next: {{done: to_vip}}}}
  to_vip: {{type: forward_call, with: {{targets: ["{VIP}"]}}, next: {{no_answer: to_general, failed: to_general}}}}
  to_general: {{type: forward_call, with: {{targets: ["{GENERAL}"]}}}}
"""


class Broken:
    """A step with a bug: it breaks when it is entered, or only at the answer it waits for."""

    exits: ClassVar[tuple[str, ...]] = ()

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        raise ZeroDivisionError("a bug")


class BrokenTrigger:
    """A trigger with a bug."""

    def match(self, event: Event) -> None:
        raise ZeroDivisionError("a bug")


def loyalty_flow(version: int = 1) -> CompiledFlow:
    return compiled(FLOW, version=version)


def with_broken(flow: CompiledFlow, step: str) -> CompiledFlow:
    """The flow, with a bug in the code of one step."""
    name = StepId(step)
    broken = CompiledStep(name, "broken", Broken(), flow.steps[name].next)
    return replace(flow, steps={**flow.steps, name: broken})


def new_centre(flow: CompiledFlow | None = None, *, fallback: str = "") -> Centre:
    trunk = Trunk(name="carrier", fallback=fallback)
    live = LiveFlow("loyalty", flow or loyalty_flow())
    return Centre(flows={NUMBER: live}, trunks={"carrier": trunk})


def call_from(caller: str = CALLER, *, id_: str = "call1", to: str = NUMBER) -> Call:
    return Call(id=CallId(id_), arrived_at=NOON, from_=caller, to=to, trunk="carrier")


def arrived(call: Call | None = None) -> CallArrived:
    return CallArrived(at=NOON, call=call or call_from())


def found(command: CommandId, call: str = "call1", **customer: object) -> LookupAnswered:
    return LookupAnswered(
        at=NOON, call=CallId(call), command=command, status=LookupStatus.OK, value=customer, reason="it said so"
    )


def spoken(command: CommandId, call: str = "call1") -> PromptEnded:
    return PromptEnded(at=NOON, call=CallId(call), command=command)


def connected(command: CommandId, target: str = VIP, call: str = "call1") -> CallConnected:
    attempt = TargetTry(target=target, end=TryEnd.ANSWERED, code=200)
    return CallConnected(at=NOON, call=CallId(call), command=command, target=target, attempt=attempt)


def forwarded(command: CommandId, end: TryEnd, code: int = 0, call: str = "call1") -> ForwardEnded:
    tries = (TargetTry(target=VIP, end=end, code=code),)
    return ForwardEnded(at=NOON, call=CallId(call), command=command, end=end, code=code, tries=tries)


def ended(by: EndedBy = EndedBy.CALLER, call: str = "call1", reason: str = "") -> CallEnded:
    return CallEnded(at=NOON, call=CallId(call), by=by, code=200, reason=reason)


@dataclass
class Room:
    """A centre, the time, and all that came of what it was told. Facts come half a second apart."""

    centre: Centre = field(default_factory=new_centre)
    now: datetime = NOON
    all_changes: list[Changes] = field(default_factory=list)

    def tell(self, event: Event) -> Changes:
        self.now += timedelta(seconds=0.5)
        self.all_changes.append(handle(self.centre, event, self.now))
        return self.all_changes[-1]

    def run(self, call: str = "call1") -> Run:
        return self.centre.runs[CallId(call)].run

    def reach_vip(self) -> CommandId:
        """A gold customer's call on its way to the VIP line; gives the forward's id."""
        [look_up] = self.tell(arrived()).commands
        [say] = self.tell(found(look_up.id, loyalty_status="gold")).commands
        [forward] = self.tell(spoken(say.id)).commands
        return forward.id


def bodies(changes: Changes) -> list[AnyCommand]:
    return [issued.body for issued in changes.commands]
