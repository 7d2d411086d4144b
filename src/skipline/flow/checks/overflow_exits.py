"""A queue gives up on contacts, and the flow has no way on for them."""

from collections.abc import Iterator, Mapping

from skipline.base.sentence import say
from skipline.flow.drawing import exits_of
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.written import field_values
from skipline.model.queueing import Overflow, Queue

_OVERFLOWED = "overflowed"


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `overflow_leads_nowhere`. Queues that overflow into another one are followed to the last of them."""
    drawing = inspection.drawing
    if inspection.workspace is None or drawing.document.inputs or not drawing.document.triggers:
        return
    queues = {queue.name: queue for queue in inspection.workspace.queues}
    for name, step in drawing.steps.items():
        if _OVERFLOWED not in exits_of(step) or _OVERFLOWED in drawing.document.steps[name].next:
            continue
        for one in field_values(step):
            if one.kind == "queue" and (last := _last(str(one.value), queues)) is not None:
                sentence = say(
                    "whoever overflows from queue `{queue}` in `{step}` is cut off without a word",
                    queue=last,
                    step=name,
                )
                fix = say("add to `next`: {exit}: <step>, or let the queue overflow `to` another one", exit=_OVERFLOWED)
                yield drawing.issue(("steps", name), "overflow_leads_nowhere", sentence, fix)


def _last(name: str, queues: Mapping[str, Queue]) -> str | None:
    """The queue that gives contacts back to the flow, when they begin to wait in `name`; None when none does."""
    seen: set[str] = set()
    while name in queues and name not in seen:
        seen.add(name)
        overflow = queues[name].overflow
        if not overflow.to:
            return name if _happens(overflow) else None
        name = overflow.to
    return None


def _happens(overflow: Overflow) -> bool:
    limits = (overflow.after_seconds, overflow.wait_exceeds_seconds, overflow.most_waiting)
    return overflow.when_nobody_is_signed_in or any(limit is not None for limit in limits)
