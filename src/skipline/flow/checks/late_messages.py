"""Something is written after a pause that outlives the time in which most providers let a flow write freely."""

from collections.abc import Iterator

from skipline.base.durations import write_duration
from skipline.base.sentence import say
from skipline.flow.checks.answer_times import WINDOW_SECONDS
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.outcome import MESSAGE, Step
from skipline.flow.written import field_values
from skipline.model.ids import StepId
from skipline.model.message import Channel


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `template_needed`, a warning. SMS has no such time."""
    if not inspection.has_writer or _is_sms_alone(inspection):
        return
    told: set[StepId] = set()
    for name, step in inspection.drawing.steps.items():
        seconds = _pause_seconds(step)
        for late in _first_words_after(inspection, name) if seconds >= WINDOW_SECONDS else ():
            if late not in told:
                told.add(late)
                sentence = say(
                    "`{step}` writes after a pause of {pause}, when most providers take a template only",
                    step=late,
                    pause=write_duration(seconds),
                )
                fix = say("use `send_message` with a `template`, or wait for less than 24h")
                where = ("steps", late)
                yield inspection.drawing.issue(where, "template_needed", sentence, fix, Severity.WARNING)


def _is_sms_alone(inspection: Inspection) -> bool:
    """Whether each trigger that messages concern names SMS and no other channel."""
    triggers = [one for one in inspection.drawing.triggers.values() if getattr(one, "channel", "") == MESSAGE]
    return all(tuple(getattr(one, "channels", ())) == (Channel.SMS,) for one in triggers)


def _pause_seconds(step: Step) -> float:
    pause = getattr(step, "duration", None)
    return float(pause) if isinstance(pause, float) and getattr(step, "waits_in_writing", False) else 0.0


def _first_words_after(inspection: Inspection, start: StepId) -> Iterator[StepId]:
    """The first steps after `start` that write without a template, on each way; where the contact may have written
    meanwhile, nobody knows."""
    waiting, seen = list(inspection.lines[start]), {start}
    while waiting:
        name = waiting.pop(0)
        step = inspection.drawing.steps.get(name)
        if name in seen or step is None:
            continue
        seen.add(name)
        if MESSAGE not in getattr(step, "channels", ()):
            waiting += inspection.lines[name]
        elif _writes(step):
            yield name


def _writes(step: Step) -> bool:
    fields = field_values(step)
    has_words = any(one.kind == "long_text" and one.value for one in fields)
    return has_words and not any(one.kind == "template" and one.value is not None for one in fields)
