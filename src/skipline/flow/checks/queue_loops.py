"""Contacts who cannot wait in a queue are led back to it, so a run would spin until it is stopped."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.drawing import serves_caller
from skipline.flow.graph import Lines, circles
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.model.ids import StepId


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `queue_loop`: a circle over exits that a step may take at once, such as `overflowed`."""
    drawing = inspection.drawing
    lines = {name: _quick_lines(inspection, name) for name in inspection.lines}
    for circle in circles(_existing(lines), lambda name: bool(lines[name])):
        waiting = next((name for name in circle if _at_once(inspection, name)), None)
        if waiting is not None:
            way = " -> ".join([*circle, circle[0]]) if len(circle) > 1 else f"{circle[0]} -> {circle[0]}"
            sentence = say(
                "{way} goes round without an end when nobody can wait in the queue of `{step}`", way=way, step=waiting
            )
            fix = say("lead its overflowed and failed contacts elsewhere, or say something on the way")
            yield drawing.issue(("steps", waiting), "queue_loop", sentence, fix)


def _quick_lines(inspection: Inspection, name: StepId) -> tuple[StepId, ...]:
    """Where a run may go from a step without any time passing."""
    step, next_ = inspection.drawing.steps.get(name), inspection.drawing.document.steps[name].next
    if step is None:
        return ()
    if exits := _at_once(inspection, name):
        return tuple(to for exit_, to in next_.items() if exit_ in exits)
    takes_time = serves_caller(step) or getattr(step, "takes_time", False)
    return () if takes_time else inspection.lines[name]


def _at_once(inspection: Inspection, name: StepId) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(inspection.drawing.steps.get(name), "at_once", ())
    return found


def _existing(lines: Lines) -> Lines:
    return {name: tuple(dict.fromkeys(to for to in after if to in lines)) for name, after in lines.items()}
