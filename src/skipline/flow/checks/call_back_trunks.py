"""A step promises to call a contact, and no trunk can carry the call."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.written import field_values

_SERVERLESS = say("no trunk has a server to send calls to, so nobody can be called back")


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `no_trunk_to_call`. Looks at fields of kind `trunk` over which numbers are always called."""
    if inspection.workspace is None:
        return
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            if one.kind != "trunk" or not one.field.get("calls_out"):
                continue
            named = [trunk for trunk in inspection.workspace.trunks if one.value in ("", trunk.name)]
            if not any(trunk.server for trunk in named) and (named or not one.value):
                sentence = _SERVERLESS
                if one.value:
                    sentence = say(
                        "trunk `{trunk}` has no server to send calls to, so nobody can be called back", trunk=one.value
                    )
                fix = say("give a trunk its `server` in skipline.yaml")
                where = (*path, *one.path) if one.value else path[:2]
                yield inspection.drawing.issue(where, "no_trunk_to_call", sentence, fix)
