"""A step asks for agents or skills that nobody in its queue has."""

from collections.abc import Iterator

from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.mistakes import Path
from skipline.flow.written import FieldValue, field_values
from skipline.model.queueing import Agent


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `agent_not_in_queue` and `nobody_has_skill`, warnings. Both look at the queue that the step names."""
    if inspection.workspace is None:
        return
    agents = inspection.workspace.agents
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            queue = str(getattr(one.owner, "queue", ""))
            there = [agent for agent in agents if queue in agent.queues]
            if one.kind in ("agent", "agents"):
                yield from _strangers(inspection, (*path, *one.path), one, queue, there)
            elif one.kind == "skills" and there:
                yield from _unmet(inspection, (*path, *one.path), one, queue, there)


def _strangers(inspection: Inspection, path: Path, one: FieldValue, queue: str, there: list[Agent]) -> Iterator[Issue]:
    known = {agent.name for agent in inspection.workspace.agents} if inspection.workspace is not None else set()
    outside = known - {agent.name for agent in there}
    for place, name in enumerate(one.value if isinstance(one.value, tuple) else (one.value,)):
        if name in outside:
            sentence = f"{name} does not take queue `{queue}`, and is left out"
            fix = f"name {queue} under `queues` of {name} in skipline.yaml"
            where = (*path, place) if isinstance(one.value, tuple) else path
            yield inspection.drawing.issue(where, "agent_not_in_queue", sentence, fix, Severity.WARNING)


def _unmet(inspection: Inspection, path: Path, one: FieldValue, queue: str, there: list[Agent]) -> Iterator[Issue]:
    section = inspection.workspace.skills if inspection.workspace is not None else ()
    known = {skill.name for skill in section}
    for place, need in enumerate(one.value):
        if known and need.skill not in known:
            continue  # told as unknown
        if not any(agent.skills.get(need.skill, 0) >= need.level for agent in there):
            sentence = f"no agent of queue `{queue}` has {need.skill} at level {need.level} or more"
            until = "it is no longer asked for" if need.until is not None else "the queue gives up"
            fix = f"ask for less; as it is, contacts wait until {until}"
            yield inspection.drawing.issue((*path, place), "nobody_has_skill", sentence, fix, Severity.WARNING)
