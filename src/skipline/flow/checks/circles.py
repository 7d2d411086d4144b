"""Steps lead round in a circle that takes no time, so a run would spin until it is stopped, and a writer would get one
message after the other."""

from collections.abc import Callable, Iterator

from skipline.base.sentence import Sentence, say
from skipline.flow.drawing import serves_caller
from skipline.flow.graph import circles
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.outcome import Step
from skipline.model.ids import StepId

_UNHEARD = say("in which the caller never hears anything")
_FLOODED = say("in which nobody is waited for, so a writer would get one message after the other")
_SPEAK = say("lead one of the lines out of the circle, or put a step into it that speaks or forwards")
_ASK = say("lead one of the lines out of the circle, or put an `ask` or a `wait` into it")


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `loop_without_wait`. A circle through a step that serves the caller takes time, and is fine; in writing one
    through a step that waits (see `outcome.WaitsInWriting`)."""
    told: set[StepId] = set()
    if inspection.has_caller or not inspection.has_writer:
        yield from _found(inspection, _is_silent, _UNHEARD, _SPEAK, told)
    if inspection.has_writer:
        yield from _found(inspection, _is_instant, _FLOODED, _ASK, told)


def _found(
    inspection: Inspection, is_timeless: Callable[[Step], bool], which: Sentence, fix: Sentence, told: set[StepId]
) -> Iterator[Issue]:
    drawing = inspection.drawing

    def takes_no_time(name: StepId) -> bool:
        step = drawing.steps.get(name)
        return step is not None and is_timeless(step)

    for circle in circles(inspection.lines, takes_no_time):
        if told.isdisjoint(circle):
            way = " -> ".join([*circle, circle[0]]) if len(circle) > 1 else f"{circle[0]} -> {circle[0]}"
            sentence = say("{way} goes round in a circle {which}", way=way, which=which)
            yield drawing.issue(("steps", circle[0]), "loop_without_wait", sentence, fix)
        told.update(circle)


def _is_silent(step: Step) -> bool:
    return not serves_caller(step) and not getattr(step, "takes_time", False)


def _is_instant(step: Step) -> bool:
    return not getattr(step, "waits_in_writing", not _is_silent(step))
