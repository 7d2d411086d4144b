"""A step asks for a skill that nobody in its queue has."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import field_values

_WAITS_A_WHILE = say("ask for less; as it is, contacts wait until it is no longer asked for")
_WAITS_TO_THE_END = say("ask for less; as it is, contacts wait until the queue gives up")


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `nobody_has_skill`, a warning. Looks at fields of kind `skills`, and at the queue that the step names."""
    if inspection.workspace is None:
        return
    agents, known = inspection.workspace.agents, {skill.name for skill in inspection.workspace.skills}
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            queue = str(getattr(one.owner, "queue", ""))
            there = [agent for agent in agents if queue in agent.queues]
            for place, need in enumerate(one.value if one.kind == "skills" and there else ()):
                is_met = any(agent.skills.get(need.skill, 0) >= need.level for agent in there)
                if is_met or (known and need.skill not in known):
                    continue  # what is no skill at all is told as unknown
                sentence = say(
                    "no agent of queue `{queue}` has {skill} at level {level} or more",
                    queue=queue,
                    skill=need.skill,
                    level=need.level,
                )
                fix = _WAITS_A_WHILE if need.until is not None else _WAITS_TO_THE_END
                where = (*path, *one.path, place)
                yield inspection.drawing.issue(where, "nobody_has_skill", sentence, fix, Severity.WARNING)
