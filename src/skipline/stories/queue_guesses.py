"""Guesses what queues, agents and waiting callers could do to lead a run down a certain way."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from skipline.base.durations import write_duration
from skipline.expr.rows import Row
from skipline.flow.drawing import Drawing
from skipline.flow.names import QUEUE_TYPES
from skipline.flow.row_logic import paths_in
from skipline.model.commands import EnterQueue
from skipline.stories.guesses import examples
from skipline.stories.script import OTHERS, AgentLine, PressLine, QueueLine, Story

_COMPARED = re.compile(r"queues\.(\w+)\.(\w+)\s*(==|>=|<=|>|<)\s*(\d+(?:\.\d+)?)", re.ASCII)
_STEPS = {">": 1.0, "<": -1.0}
_SOME = 60.0
_WHOLE = frozenset({"waiting", "agents_ready"})
_AWAY = AgentLine(does="away")

Asked = tuple[str, str, float]
"""A queue, one of its figures, and a value for which some condition holds."""


def busy_stories(drawing: Drawing, plain: Story) -> Iterator[Story]:
    """Stories in which queues are as busy as some path asks."""
    for step in drawing.steps.values():
        for _, paths in paths_in(step):
            for path in paths:
                for row in path.any_ or (None,):
                    rows = [*path.all_, *([row] if row is not None else [])]
                    asked = [*_asked_by_formula(path.formula), *(one for each in rows for one in _asked_by_row(each))]
                    if asked:
                        yield replace(plain, queues=_as_busy(asked))


def other_waits(story: Story, order: EnterQueue) -> Iterator[Story]:
    """The story with another end of a wait: nobody is there, each key is pressed, the queue is out of order."""
    nobody = replace(story, agents={OTHERS: (_AWAY,)})
    yield nobody
    yield from (replace(nobody, presses=(*story.presses, PressLine(key=key))) for key in order.keys)
    yield replace(story, queues={**story.queues, order.place.queue: QueueLine(does="failed")})


def written_waits(story: Story) -> dict[str, Any]:
    """What a story says of agents, queues and keys, as it is written."""
    written: dict[str, Any] = {}
    if story.agents:
        kinds = {name: lines[0].does for name, lines in story.agents.items()}
        written["agents"] = kinds[OTHERS] if list(kinds) == [OTHERS] else kinds
    if story.queues:
        written["queues"] = {name: _queue(line) for name, line in story.queues.items()}
    if story.presses:
        written["presses"] = [one.key for one in story.presses]
    if story.voicemail != Story(story="").voicemail:
        written["voicemail"] = write_duration(story.voicemail)
    return written


def _queue(line: QueueLine) -> str | dict[str, Any]:
    if line.does != "works":
        return line.does
    figures = {part: getattr(line, part) for part in QUEUE_TYPES}
    known = {part: figure for part, figure in figures.items() if figure is not None}
    return {part: figure if part in _WHOLE else write_duration(figure) for part, figure in known.items()}


def _as_busy(asked: Iterable[Asked]) -> dict[str, QueueLine]:
    found: dict[str, dict[str, Any]] = {}
    for name, part, value in asked:
        found.setdefault(name, {})[part] = max(0, int(value)) if part in _WHOLE else max(0.0, value)
    return {name: QueueLine(**figures) for name, figures in found.items()}


def _asked_by_formula(formula: str) -> Iterator[Asked]:
    for name, part, sign, value in _COMPARED.findall(formula):
        if part in QUEUE_TYPES:
            yield name, part, float(value) + _STEPS.get(sign, 0.0)


def _asked_by_row(row: Row) -> Iterator[Asked]:
    """A value for which a row about a queue holds; one that is only asked whether it is there gets some value."""
    whole, _, rest = row.variable.partition(".")
    name, _, part = rest.rpartition(".")
    for example in examples(row)[:1] if whole == "queues" and part in QUEUE_TYPES else ():
        if example is not None:
            yield name, part, float(example) if isinstance(example, int | float) else _SOME
