"""The lines of a drawing: which step follows which, what can be reached, where it goes round in circles."""

from collections.abc import Callable, Iterable, Mapping

from skipline.flow.drawing import Drawing, exits_of, given_at_start, kept_by
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
    wanted = {name: tuple(to for to in after if is_wanted(to)) for name, after in lines.items() if is_wanted(name)}
    left = _without_ends(wanted)
    back = _turned(left)
    found: list[list[StepId]] = []
    placed: set[StepId] = set()
    for name in left:
        if name not in placed:
            ahead, behind = reachable_from(left[name], left), reachable_from(back[name], back)
            circle = [other for other in left if other in ahead and other in behind]
            placed.update(circle)
            found += [circle] if name in ahead else []
    return found


def _without_ends(lines: Lines) -> Lines:
    """Only the steps that have lines to others, again and again: what is left leads into circles."""
    back = _turned(lines)
    ways = {name: len(after) for name, after in lines.items()}
    ends = [name for name, count in ways.items() if count == 0]
    while ends:
        for before in back[ends.pop()]:
            ways[before] -= 1
            if ways[before] == 0:
                ends.append(before)
    return {name: tuple(to for to in after if ways[to]) for name, after in lines.items() if ways[name]}


def _turned(lines: Lines) -> Lines:
    """The same lines the other way round."""
    back: dict[StepId, list[StepId]] = {name: [] for name in lines}
    for name, after in lines.items():
        for to in after:
            back[to].append(name)
    return {name: tuple(before) for name, before in back.items()}


def open_exits(drawing: Drawing, name: StepId) -> list[str]:
    """The exits of a step that no line leaves from."""
    return [exit_ for exit_ in exits_of(drawing.steps[name]) if exit_ not in drawing.document.steps[name].next]


def set_on_every_way(drawing: Drawing) -> dict[StepId, frozenset[str]]:
    """For each step that can be reached, the variables that are set whichever way led to it."""
    return _set_before(drawing, frozenset.intersection, given_at_start(drawing)[0])


def set_on_some_way(drawing: Drawing) -> dict[StepId, frozenset[str]]:
    """For each step that can be reached, the variables that some way to it sets."""
    return _set_before(drawing, frozenset.union, given_at_start(drawing)[1])


def _set_before(
    drawing: Drawing, join: Callable[[frozenset[str], frozenset[str]], frozenset[str]], given: frozenset[str]
) -> dict[StepId, frozenset[str]]:
    """Follow the lines until nothing changes; what two lines bring to one step is joined by `join`."""
    lines = lines_of(drawing)
    start = drawing.document.start
    before: dict[StepId, frozenset[str]] = {start: given} if start in lines else {}
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
