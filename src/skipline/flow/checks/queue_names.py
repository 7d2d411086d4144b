"""A condition, formula or text asks about a queue that the workspace does not have."""

import re
from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.mistakes import Path
from skipline.flow.written import Mark, marked_values

_IN_BRACKETS = re.compile(r"\bqueues\s*\[\s*[\"']([^\"']+)[\"']\s*\]", re.ASCII)


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `unknown_queue`."""
    if inspection.workspace is None:
        return
    queues = frozenset(queue.name for queue in inspection.workspace.queues)
    for path, name in dict.fromkeys(_named(inspection)):
        if name not in queues:
            fix = advice(name, queues) if queues else say("add it under `queues` in skipline.yaml")
            sentence = say("the workspace has no queue `{name}`", name=name)
            yield inspection.drawing.issue(path, "unknown_queue", sentence, fix)


def _named(inspection: Inspection) -> Iterator[tuple[Path, str]]:
    """Every queue that an expression asks about, with its place."""
    for use in inspection.values.uses:
        for name in sorted(use.names):
            whole, _, part = name.partition(".")
            if whole == "queues" and part:
                yield use.path, part.partition(".")[0]
    for path, piece in inspection.drawing.pieces():
        for one in marked_values(piece):
            if one.mark in (Mark.TEXT, Mark.FORMULA):
                for name in _IN_BRACKETS.findall(one.value):
                    yield (*path, *one.path), name
