"""How a run begins that serves no call: what a trigger makes of an event, as a run that has not taken a step."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from skipline.centre.state import LiveFlow
from skipline.flow.compiled import CompiledFlow
from skipline.flow.outcome import Start
from skipline.flow.plain import make_plain
from skipline.model.contact import Contact
from skipline.model.events import Event, MessageReceived
from skipline.model.ids import RunId
from skipline.model.run import Run

_CONTACT = "contact."


def match_event(flow: CompiledFlow, event: Event) -> Start | None:
    """What the trigger of a flow that fits `event` best makes of it, the first among equals; None: none takes it."""
    starts = (start for trigger in flow.triggers if (start := trigger.match(event)) is not None)
    return max(starts, key=lambda start: start.rank, default=None)


def begin_run(live: LiveFlow, event: Event, run: RunId, now: datetime) -> Run | None:
    """The run that `event` starts, with what the trigger keeps of it; None when the flow does not take it."""
    start = match_event(live.flow, event)
    return None if start is None else _begun(live, start, run, now)


def start_for_message(live_flows: Iterable[LiveFlow], event: MessageReceived, run: RunId, now: datetime) -> Run | None:
    """The run that a message starts, of the flow that asks for most of what the message is (a keyword before where the
    contact came from, that before a first contact, that before any message); None when no flow takes it."""
    found = ((live, start) for live in live_flows if (start := match_event(live.flow, event)) is not None)
    best = min(found, key=lambda one: (-one[1].rank, one[0].key), default=None)
    return None if best is None else _begun(*best, run, now)


def _begun(live: LiveFlow, start: Start, run: RunId, now: datetime) -> Run:
    kept = {name: make_plain(value, _forget) for name, value in start.variables.items()}
    return Run(
        id=run,
        flow=live.key,
        version=live.flow.version,
        started_at=now,
        contact=_with_kept(start.contact, kept),
        started_by=start.started_by,
        message=start.message,
        variables={name: value for name, value in kept.items() if not name.startswith(_CONTACT)},
        personal=live.flow.personal,
    )


def _with_kept(contact: Contact, kept: dict[str, Any]) -> Contact:
    """The contact with what was kept under its own names, such as `contact.tier`."""
    own = {name.removeprefix(_CONTACT): value for name, value in kept.items() if name.startswith(_CONTACT)}
    return msgspec.structs.replace(contact, **{name: str(value) for name, value in own.items() if value is not None})


def _forget(warning: str) -> None:
    """Nobody reads warnings yet: the run has no step to note them at. What is kept is small enough to raise none."""
