"""The lines of a drawing: which step follows which, what can be reached, where it goes round in circles."""

from collections.abc import Callable, Iterable, Mapping

from skipline.flow.drawing import Drawing, exits_of, kept_by
from skipline.model.ids import StepId

Lines = Mapping[StepId, tuple[StepId, ...]]
"""For each step the steps that its lines lead to, those that exist."""


def lines_of(drawing: Drawing) -> Lines:
    """All lines of a drawing, also of steps that could not be made."""
    steps = drawing.document.steps
    return {name: tuple(dict.fromkeys(to for to in step.next.values() if to in steps)) for name, step in steps.items()}


def reachable_from(starts: Iterable[StepId], lines: Lines) -> set[StepId]:
    """Every step on some way from `starts`, the starts included."""
    reached: set[StepId] = set()
    waiting = [start for start in starts if start in lines]
    while waiting:
        step = waiting.pop()
        if step not in reached:
            reached.add(step)
            waiting += lines[step]
    return reached


def circles(lines: Lines, is_wanted: Callable[[StepId], bool]) -> list[list[StepId]]:
    """The groups of wanted steps that lead to each other in circles, over wanted steps alone."""
    inner = {name: tuple(to for to in after if is_wanted(to)) for name, after in lines.items() if is_wanted(name)}
    ahead = {name: reachable_from(inner[name], inner) for name in inner}
    found: list[list[StepId]] = []
    placed: set[StepId] = set()
    for name in inner:
        if name in ahead[name] and name not in placed:
            circle = [other for other in inner if other in ahead[name] and name in ahead[other]]
            placed.update(circle)
            found.append(circle)
    return found


def open_exits(drawing: Drawing, name: StepId) -> list[str]:
    """The exits of a step that no line leaves from."""
    return [exit_ for exit_ in exits_of(drawing.steps[name]) if exit_ not in drawing.document.steps[name].next]


def set_on_every_way(drawing: Drawing) -> dict[StepId, frozenset[str]]:
    """For each step that can be reached, the variables that are set whichever way led to it."""
    return _set_before(drawing, frozenset.intersection)


def set_on_some_way(drawing: Drawing) -> dict[StepId, frozenset[str]]:
    """For each step that can be reached, the variables that some way to it sets."""
    return _set_before(drawing, frozenset.union)


def _set_before(
    drawing: Drawing, join: Callable[[frozenset[str], frozenset[str]], frozenset[str]]
) -> dict[StepId, frozenset[str]]:
    """Follow the lines until nothing changes; what two lines bring to one step is joined by `join`."""
    lines = lines_of(drawing)
    start = drawing.document.start
    before: dict[StepId, frozenset[str]] = {start: frozenset()} if start in lines else {}
    waiting = list(before)
    while waiting:
        name = waiting.pop()
        after = before[name] | _set_by(drawing, name)
        for to in lines[name]:
            joined = join(before[to], after) if to in before else after
            if joined != before.get(to):
                before[to] = joined
                waiting.append(to)
    return before


def _set_by(drawing: Drawing, name: StepId) -> frozenset[str]:
    step = drawing.steps.get(name)
    return frozenset(kept.name for kept in kept_by(step)) if step is not None else frozenset()
