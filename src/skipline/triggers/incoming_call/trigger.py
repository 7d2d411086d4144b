"""A call to one of our numbers starts the flow."""

from dataclasses import dataclass
from typing import ClassVar

from skipline.base.phone_number import PhoneNumber
from skipline.flow.fields import field
from skipline.flow.outcome import Start
from skipline.model.call import Call
from skipline.model.contact import Contact
from skipline.model.events import CallArrived, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingCall:
    """`numbers` are the numbers whose calls start this flow; a number belongs to one published flow at most."""

    group: ClassVar[str] = "start"
    channel: ClassVar[str] = "call"

    numbers: tuple[PhoneNumber, ...] = field(label="numbers", kind="numbers")

    def match(self, event: Event) -> Start | None:
        """The caller, when the call is for one of the numbers."""
        if not isinstance(event, CallArrived) or event.call.to not in self.numbers:
            return None
        return Start(contact=_contact(event.call), call=event.call)


def _contact(call: Call) -> Contact:
    """Who calls, as far as the call itself says. The caller's display name greets, it identifies nobody."""
    return Contact(phone=call.from_, address=call.from_, name=call.caller_name)
