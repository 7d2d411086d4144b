"""Another system starts the flow over HTTP."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator

from skipline.asking.keeping import KeepValue, pick_values
from skipline.base.json_pointer import MISSING, JsonPointer, find, split_pointer
from skipline.base.sentence import say
from skipline.base.value_types import ValueType, take
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import field
from skipline.flow.outcome import Kept, Start
from skipline.model.contact import Contact
from skipline.model.events import Event, WebhookReceived
from skipline.model.run import StartedBy

_GROUPING = re.compile(r"[\s().-]")
_INTERNATIONAL = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", re.ASCII)


def _name(written: str) -> str:
    if not _NAME.fullmatch(written):
        raise WrongValue(
            say("{written!r} cannot be a name", written=written),
            say("use letters, digits, _ and -, such as new_orders"),
        )
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """`secret` names what the sender signs with; pointers lead into the body of the delivery."""

    group: ClassVar[str] = "start"
    channel: ClassVar[str] = "webhook"

    name: Annotated[str, AfterValidator(_name)] = field(label="name", kind="webhook")
    secret: str = field(label="secret", kind="secret")
    phone_from: JsonPointer = field(label="phone_from", kind="pointer", default="")
    name_from: JsonPointer = field(label="name_from", kind="pointer", default="")
    keep: tuple[KeepValue, ...] = field(label="keep", kind="keep", default=())

    def match(self, event: Event) -> Start | None:
        """Who the delivery is about, when it is one to this webhook."""
        if not isinstance(event, WebhookReceived) or event.webhook != self.name:
            return None
        phone = _phone(_text(event.payload, self.phone_from))
        contact = Contact(phone=phone, address=phone, name=_text(event.payload, self.name_from))
        values, _ = pick_values(self.keep, lambda one: one.found_in(event.payload))
        started_by = StartedBy(type="webhook", details={"name": self.name, "delivery": event.id})
        return Start(contact=contact, variables=values, started_by=started_by)

    def keeps(self) -> Iterator[Kept]:
        """What is kept of each delivery."""
        for one in self.keep:
            yield Kept(one.as_, one.type, one.personal)


def _phone(written: str) -> str:
    """A number as E.164 if it is one but for how it is grouped; else as it came, because its country is not known."""
    plain = _GROUPING.sub("", written)
    return plain if _INTERNATIONAL.fullmatch(plain) else written


def _text(payload: Any, pointer: str) -> str:
    found = find(payload, split_pointer(pointer)) if pointer else MISSING
    return str(take(None if found is MISSING else found, ValueType.TEXT, "")[0])
