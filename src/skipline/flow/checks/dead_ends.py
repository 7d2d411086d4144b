"""A caller would be cut off without a word: an exit leads nowhere, and nobody has served the caller there."""

from collections.abc import Iterator

from skipline.base.sentence import chained, either, say
from skipline.flow.drawing import serves_caller
from skipline.flow.graph import open_exits
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `dead_end`. After steps that serve the caller (speech, a forward) a run may end."""
    drawing = inspection.drawing
    if drawing.document.inputs or not drawing.document.triggers:
        return  # another flow runs this one, and goes on where it ends
    if not inspection.has_caller:
        return  # nobody is cut off
    for name, step in drawing.steps.items():
        if serves_caller(step) or not (missing := open_exits(drawing, name)):
            continue
        exits = either(f"`{exit_}`" for exit_ in missing)
        lines = chained(say("{exit}: <step>", exit=exit_) for exit_ in missing)
        sentence = say("a caller who leaves `{step}` by {exits} is cut off without a word", step=name, exits=exits)
        fix = say("add to `next`: {lines}, or lead them to a hang_up step", lines=lines)
        yield drawing.issue(("steps", name), "dead_end", sentence, fix)
