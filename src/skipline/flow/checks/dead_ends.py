"""A caller would be cut off without a word: an exit leads nowhere, and nobody has served the caller there."""

from collections.abc import Iterator

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
        exits = " or ".join(f"`{exit_}`" for exit_ in missing)
        sentence = f"a caller who leaves `{name}` by {exits} is cut off without a word"
        fix = f"add to `next`: {', '.join(f'{exit_}: <step>' for exit_ in missing)}, or lead them to a hang_up step"
        yield drawing.issue(("steps", name), "dead_end", sentence, fix)
