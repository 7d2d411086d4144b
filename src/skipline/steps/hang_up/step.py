"""End the call."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Done, StepOutcome
from skipline.model.commands import HangUp
from skipline.model.events import Reply
from skipline.model.run import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUpCall:
    """An answered call is ended; a call that only rings is refused with the SIP status `code`
    (RFC 3261 section 21: 486 busy, 603 declined). Without a call the run just ends."""

    exits: ClassVar[tuple[str, ...]] = ()
    group: ClassVar[str] = "finish"
    serves_caller: ClassVar[bool] = True

    code: Annotated[int, Field(ge=400, le=699)] = field(label="code", kind="number", default=603)
    reason: Template = field(label="reason", default=Template(""))

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Hang up; the run ends here."""
        if not ctx.is_on_call:
            ctx.explain("the run ends here; there is no call to hang up")
            return Done()
        reason = " ".join(ctx.text(self.reason).split())[:100]
        ctx.do(HangUp(code=self.code, reason=reason))
        ctx.explain("the flow hung up" + (f": {reason}" if reason else ""))
        return Done(Outcome.HUNG_UP)
