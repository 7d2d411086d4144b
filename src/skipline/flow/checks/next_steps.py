"""A line leads to a step that does not exist, or leaves from an exit that the step does not have."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.flow.drawing import exits_of
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `unknown_step` and `unknown_exit`."""
    drawing = inspection.drawing
    known = {*drawing.document.steps, *drawing.unreadable}
    for name, written in drawing.document.steps.items():
        step = drawing.steps.get(name)
        for exit_, to in written.next.items():
            path = ("steps", name, "next", exit_)
            if to not in known:
                sentence = say(
                    "exit `{exit}` of `{step}` leads to `{to}`, and there is no such step", exit=exit_, step=name, to=to
                )
                yield drawing.issue(path, "unknown_step", sentence, advice(to, known))
            if step is not None and exit_ not in exits_of(step):
                sentence = say("`{step}` has no exit `{exit}`", step=name, exit=exit_)
                yield drawing.issue(path, "unknown_exit", sentence, _fix(exit_, exits_of(step)))


def _fix(exit_: str, exits: tuple[str, ...]) -> str:
    return advice(exit_, exits) if exits else say("leave `next` out: the run ends with this step")
