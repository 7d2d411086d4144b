"""Targets ring one after the other for longer than a call can wait for an answer."""

from collections.abc import Iterator

from skipline.base.durations import write_duration
from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import field_values

LONGEST_SECONDS = 180.0
"""Proxies on the caller's way give up after three minutes (RFC 3261 section 16.6, Timer C)."""


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `rings_too_long`, a warning."""
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            ring_seconds = getattr(one.owner, "ring_time", None)
            if one.kind != "targets" or not isinstance(ring_seconds, float):
                continue
            total = ring_seconds * len(one.value)
            if len(one.value) > 1 and total > LONGEST_SECONDS:
                sentence = say(
                    "{count} targets ring for {time} in all, and callers give up before",
                    count=len(one.value),
                    time=write_duration(total),
                )
                fix = say(
                    "shorten `ring_time` to {time}, or name fewer targets",
                    time=write_duration(LONGEST_SECONDS // len(one.value)),
                )
                where = (*path, *one.path)
                yield inspection.drawing.issue(where, "rings_too_long", sentence, fix, Severity.WARNING)
