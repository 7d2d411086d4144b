"""Who writes gets too little time to answer, so much that nothing may be written to them afterwards, or no word when it
is over."""

from collections.abc import Iterator

from skipline.base.durations import write_duration
from skipline.base.sentence import say
from skipline.flow.drawing import exits_of
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.mistakes import Path
from skipline.flow.options import SILENCE
from skipline.flow.written import FieldValue, field_values

WINDOW_SECONDS = 86_400.0
"""How long after a contact's message WhatsApp, Instagram and Messenger let us write freely."""

_LEAST_SECONDS = 60.0


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `patience_past_window`, `hasty_patience` and `silence_leads_nowhere`, all warnings, in flows that a message
    may start. Looks at durations with `in_writing`."""
    if not inspection.has_writer:
        return
    for name, step in inspection.drawing.steps.items():
        for one in field_values(step):
            if one.field.get("in_writing") and one.value is not None:
                yield from _patience(inspection, one, ("steps", name, "with", *one.path))
        if SILENCE in exits_of(step) and SILENCE not in inspection.drawing.document.steps[name].next:
            sentence = say(
                "who does not answer `{step}` hears nothing more, because its exit `{exit}` leads nowhere",
                step=name,
                exit=SILENCE,
            )
            fix = say("add to `next`: {exit}: <step>, such as a `say` or a `hang_up`", exit=SILENCE)
            where = ("steps", name)
            yield inspection.drawing.issue(where, "silence_leads_nowhere", sentence, fix, Severity.WARNING)


def _patience(inspection: Inspection, one: FieldValue, path: Path) -> Iterator[Issue]:
    seconds = float(one.value) * (1 + int(getattr(one.owner, "retries", 0)))
    if seconds > WINDOW_SECONDS:
        sentence = say(
            "after {pause} without an answer most providers let a flow write a template only",
            pause=write_duration(seconds),
        )
        fix = say("wait for less than 24h in all, `retries` included")
        yield inspection.drawing.issue(path, "patience_past_window", sentence, fix, Severity.WARNING)
    elif one.value < _LEAST_SECONDS and not inspection.has_caller:
        sentence = say(
            "{pause} is hardly enough to read a message and write an answer", pause=write_duration(one.value)
        )
        fix = say("leave it out, which is 1h in writing, or write more")
        yield inspection.drawing.issue(path, "hasty_patience", sentence, fix, Severity.WARNING)
