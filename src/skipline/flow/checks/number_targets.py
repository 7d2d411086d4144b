"""A step forwards to a telephone number, and no trunk can carry the call."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.written import FieldValue, field_values
from skipline.model.configuration import Configuration


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `no_trunk_for_number`."""
    if inspection.workspace is None:
        return
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            if one.kind != "targets" or _can_dial(one, inspection.workspace):
                continue
            for place, target in enumerate(one.value):
                if target.startswith("+"):
                    sentence = say("no trunk can carry a call to {target}", target=target)
                    fix = say("give a trunk its `server` in skipline.yaml, and name that trunk under `trunk` here")
                    yield inspection.drawing.issue((*path, *one.path, place), "no_trunk_for_number", sentence, fix)


def _can_dial(one: FieldValue, workspace: Configuration) -> bool:
    """Whether the trunk named beside the targets, or else any trunk, has a server to send calls to."""
    name = getattr(one.owner, "trunk", "")
    named = [trunk for trunk in workspace.trunks if name in ("", trunk.name)]
    return bool(name and not named) or any(trunk.server for trunk in named)
