"""Look-ups follow each other for so long that a caller, who only hears ringing meanwhile, hangs up."""

from collections.abc import Iterator

from skipline.base.durations import write_duration
from skipline.base.sentence import say
from skipline.flow.drawing import serves_caller
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import field_values
from skipline.model.ids import StepId

PATIENCE_SECONDS = 8.0
_USUAL_LIMIT_SECONDS = 2.0


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `long_wait`, a warning at the step where the wait has become too long."""
    waits = _waits_before(inspection) if inspection.has_caller else {}
    for name, before in waits.items():
        total = before + _limit(inspection, name)
        if 0 < before <= PATIENCE_SECONDS < total:
            sentence = say(
                "look-ups up to `{step}` may keep a caller ringing for {time}", step=name, time=write_duration(total)
            )
            fix = say("shorten their `time_limit`, or say something in between")
            yield inspection.drawing.issue(("steps", name), "long_wait", sentence, fix, Severity.WARNING)


def _waits_before(inspection: Inspection) -> dict[StepId, float]:
    """The longest wait, in seconds, that may lie behind a caller at each step; speech and forwards end a wait."""
    start = inspection.drawing.document.start
    before = {start: 0.0} if start in inspection.lines else {}
    waiting = list(before)
    while waiting:
        name = waiting.pop()
        after = 0.0 if _serves(inspection, name) else min(before[name] + _limit(inspection, name), 3 * PATIENCE_SECONDS)
        for to in inspection.lines[name]:
            if after > before.get(to, -1.0):
                before[to] = after
                waiting.append(to)
    return before


def _serves(inspection: Inspection, name: StepId) -> bool:
    step = inspection.drawing.steps.get(name)
    return step is not None and serves_caller(step)


def _limit(inspection: Inspection, name: StepId) -> float:
    """The most seconds that a step may take; of its own or of its source, for steps that have a `time_limit`."""
    step = inspection.drawing.steps.get(name)
    fields = {one.path[0]: one.value for one in field_values(step)} if step is not None else {}
    if isinstance(fields.get("duration"), float):
        return float(fields["duration"])
    if "time_limit" not in fields or fields["time_limit"] is not None:
        return float(fields.get("time_limit", 0.0))
    sources = inspection.workspace.sources if inspection.workspace is not None else ()
    limits = {source.name: source.time_limit_seconds for source in sources}
    return limits.get(str(fields.get("source")), _USUAL_LIMIT_SECONDS)
