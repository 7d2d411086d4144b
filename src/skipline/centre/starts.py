"""How a run begins that serves no call: what a trigger makes of an event, as a run that has not taken a step."""

from datetime import datetime
from typing import Any

import msgspec

from skipline.centre.state import LiveFlow
from skipline.flow.compiled import CompiledFlow
from skipline.flow.outcome import Start
from skipline.flow.plain import make_plain
from skipline.model.contact import Contact
from skipline.model.events import Event
from skipline.model.ids import RunId
from skipline.model.run import Run

_CONTACT = "contact."


def match_event(flow: CompiledFlow, event: Event) -> Start | None:
    """What the first trigger of a flow that takes `event` makes of it; None when none does."""
    return next((start for trigger in flow.triggers if (start := trigger.match(event)) is not None), None)


def begin_run(live: LiveFlow, event: Event, run: RunId, now: datetime) -> Run | None:
    """The run that `event` starts, with what the trigger keeps of it; None when the flow does not take it."""
    start = match_event(live.flow, event)
    if start is None:
        return None
    kept = {name: make_plain(value, _forget) for name, value in start.variables.items()}
    return Run(
        id=run,
        flow=live.key,
        version=live.flow.version,
        started_at=now,
        contact=_with_kept(start.contact, kept),
        started_by=start.started_by,
        variables={name: value for name, value in kept.items() if not name.startswith(_CONTACT)},
        personal=live.flow.personal,
    )


def _with_kept(contact: Contact, kept: dict[str, Any]) -> Contact:
    """The contact with what was kept under its own names, such as `contact.tier`."""
    own = {name.removeprefix(_CONTACT): value for name, value in kept.items() if name.startswith(_CONTACT)}
    return msgspec.structs.replace(contact, **{name: str(value) for name, value in own.items() if value is not None})


def _forget(warning: str) -> None:
    """Nobody reads warnings yet: the run has no step to note them at. What is kept is small enough to raise none."""
