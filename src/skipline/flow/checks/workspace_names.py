"""A step or trigger names something that the workspace does not have: a source, table, tier, trunk, number, queue,
skill, agent or account of messages."""

from collections.abc import Iterator, Mapping

from skipline.base.sentence import Sentence, say
from skipline.base.spelling import nearest
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.written import FieldValue, field_values
from skipline.model.configuration import Configuration


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `unknown_source`, `unknown_table`, `unknown_hours`, `unknown_tier`, `unknown_trunk`, `unknown_number`,
    `unknown_queue`, `unknown_skill`, `unknown_agent`, `unknown_account`."""
    if inspection.workspace is None:
        return
    known = _names(inspection.workspace)
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            kind = one.kind.removesuffix("s") if one.kind in _LISTED else one.kind
            for place, name in enumerate(_named(one) if kind in known else ()):
                if name not in known[kind]:
                    where = (*path, *one.path, place) if one.kind in _LISTED else (*path, *one.path)
                    sentence = say("the workspace has {nothing} `{name}`", nothing=_NOTHING[kind], name=name)
                    yield inspection.drawing.issue(where, f"unknown_{kind}", sentence, _fix(name, known[kind]))


_LISTED = frozenset({"numbers", "agents", "accounts"})
"""Kinds of fields that hold several names."""


_NOTHING = {
    "source": say("no source"),
    "table": say("no table"),
    "hours": say("no hours"),
    "tier": say("no tier"),
    "trunk": say("no trunk"),
    "number": say("no number"),
    "queue": say("no queue"),
    "skill": say("no skill"),
    "agent": say("no agent"),
    "account": say("no account"),
}


def _fix(name: str, known: frozenset[str]) -> Sentence:
    near = nearest(name, known)
    if near is None:
        return say("add it to skipline.yaml")
    return say("did you mean {near}? else add it to skipline.yaml", near=near)


def _names(workspace: Configuration) -> Mapping[str, frozenset[str]]:
    return {
        "source": frozenset(one.name for one in workspace.sources),
        "table": frozenset(one.name for one in workspace.tables),
        "hours": frozenset(one.name for one in workspace.hours),
        "tier": frozenset(one.name for one in workspace.tiers),
        "trunk": frozenset(one.name for one in workspace.trunks),
        "number": frozenset(one.number for one in workspace.numbers),
        "queue": frozenset(one.name for one in workspace.queues),
        "skill": frozenset(one.name for one in workspace.skills) or _skills_of_agents(workspace),
        "agent": frozenset(one.name for one in workspace.agents),
        "account": frozenset(one.name for one in workspace.channels),
    }


def _skills_of_agents(workspace: Configuration) -> frozenset[str]:
    """What counts as a skill in a workspace that has no section of them."""
    return frozenset(name for agent in workspace.agents for name in agent.skills)


def _named(one: FieldValue) -> tuple[str, ...]:
    """The names that a field holds; empty ones and those with holes are known only during a call."""
    names = one.value if isinstance(one.value, tuple) else (one.value,)
    return tuple(name for name in names if isinstance(name, str) and name and "{{" not in name)
