"""The names that every condition, formula and text of a flow may use, besides the variables its steps keep."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from skipline.model.call import Call
from skipline.model.contact import Contact
from skipline.model.events import MessageReceived
from skipline.model.run import Run

TYPES = {
    "contact.phone": "text",
    "contact.name": "text",
    "contact.address": "text",
    "contact.language": "text",
    "contact.tags": "list",
    "contact.tier": "text",
    "call.from": "text",
    "call.to": "text",
    "call.trunk": "text",
    "call.caller_name": "text",
    "call.is_withheld": "boolean",
    "call.attestation": "text",
    "call.diverted_from": "text",
    "call.headers": "map",
    "message.text": "text",
    "message.channel": "text",
    "message.account": "text",
    "message.media": "list",
    "message.choice": "text",
    "message.kind": "text",
    "message.is_first_contact": "boolean",
    "message.referral": "map",
    "lookup.status": "text",
    "lookup.origin": "text",
    "lookup.source": "text",
    "lookup.reason": "text",
    "lookup.age_seconds": "number",
    "lookup.is_cached": "boolean",
    "queues": "map",
    "flow.name": "text",
    "now": "time",
}
"""The type of each name, in the words of `skipline.expr.scope.Scope`."""

QUEUE_TYPES = {
    "waiting": "number",
    "longest_wait": "number",
    "estimated_wait": "number",
    "agents_ready": "number",
}
"""The type of each name below `queues.<name>`."""

QueueView = Mapping[str, Mapping[str, Any]]
"""What `queues` says while a turn is taken: for each queue its figures (`queue_figures`), by its name. It may work them
out only when they are asked for."""

NO_QUEUES: QueueView = MappingProxyType({})
"""The view of a run that nobody tells about queues: none of their names has a value."""

NO_LOOKUP: dict[str, Any] = {
    "status": "",
    "origin": "",
    "source": "",
    "reason": "",
    "age_seconds": 0,
    "is_cached": False,
}
"""What `lookup` says before the first look-up."""


_READY, _READY_IN_WRITING = "agents_ready", "agents_ready_in_writing"


def queue_figures(
    *,
    waiting: int,
    longest_wait_seconds: float,
    agents_ready: int,
    estimated_wait_seconds: float | None,
    agents_ready_in_writing: int | None = None,
) -> dict[str, Any]:
    """One queue as conditions see it, times in seconds. A wait that nobody can estimate has no value. Conditions know
    one `agents_ready`: those who have room for a call, or for a conversation where somebody writes."""
    known = {"waiting": waiting, "longest_wait": round(longest_wait_seconds, 1), _READY: agents_ready}
    if agents_ready_in_writing is not None:
        known[_READY_IN_WRITING] = agents_ready_in_writing
    return known if estimated_wait_seconds is None else {**known, "estimated_wait": round(estimated_wait_seconds, 1)}


class _InWriting(Mapping[str, Mapping[str, Any]]):
    """The queues as somebody sees them who writes."""

    __slots__ = ("_queues",)

    def __init__(self, queues: QueueView) -> None:
        self._queues = queues

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        figures = self._queues[name]
        return {**figures, _READY: figures.get(_READY_IN_WRITING, figures.get(_READY))}

    def __iter__(self) -> Iterator[str]:
        return iter(self._queues)

    def __len__(self) -> int:
        return len(self._queues)


def contact_view(contact: Contact) -> dict[str, Any]:
    """`contact` as conditions see it."""
    return {
        "phone": contact.phone,
        "name": contact.name,
        "address": contact.address,
        "language": contact.language,
        "tags": list(contact.tags),
        "tier": contact.tier,
    }


def call_view(call: Call | None) -> dict[str, Any]:
    """`call` as conditions see it; empty when the contact is not on a call."""
    if call is None:
        return {}
    return {
        "from": call.from_,
        "to": call.to,
        "trunk": call.trunk,
        "caller_name": call.caller_name,
        "is_withheld": call.is_withheld,
        "attestation": call.attestation.value,
        "diverted_from": call.diverted_from,
        "headers": call.headers,
    }


def message_view(message: MessageReceived | None) -> dict[str, Any]:
    """`message` as conditions see it: the one that started the run, then each answer; empty when nobody wrote."""
    if message is None:
        return {}
    return {
        "text": message.text,
        "channel": message.channel.value,
        "account": message.account,
        "media": list(message.media),
        "choice": message.choice,
        "kind": message.kind.value,
        "is_first_contact": message.is_first_contact,
        "referral": message.referral,
    }


def visible_names(run: Run, flow_name: str, now: datetime, queues: QueueView = NO_QUEUES) -> dict[str, Any]:
    """Everything that conditions of `run` see."""
    return {
        "lookup": NO_LOOKUP,
        **run.variables,
        "contact": contact_view(run.contact),
        "call": call_view(run.call),
        "message": message_view(run.message),
        "queues": queues if run.message is None else _InWriting(queues),
        "flow": {"name": flow_name},
        "now": now,
    }
