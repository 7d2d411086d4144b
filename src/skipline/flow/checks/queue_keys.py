"""A key that waiting callers may press leads nowhere, or nobody can press it."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.checks.channels import channel_name
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.written import field_values


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `key_leads_nowhere` and, as a warning, `keys_need_a_call`. Looks at fields of kind `keys`."""
    drawing = inspection.drawing
    others = sorted({str(getattr(trigger, "channel", "call")) for trigger in drawing.triggers.values()} - {"call"})
    is_inner = bool(drawing.document.inputs) or not drawing.document.triggers
    for name, step in drawing.steps.items():
        for one in field_values(step):
            if one.kind != "keys" or not one.value:
                continue
            path = ("steps", name, "with", *one.path)
            if others:
                sentence = say(
                    "a {other} may start this flow, and only callers can press the keys of `{step}`",
                    other=channel_name(others[0]),
                    step=name,
                )
                fix = say("take them out, or begin such runs in a flow of their own")
                yield drawing.issue(path, "keys_need_a_call", sentence, fix, Severity.WARNING)
            for key, exit_ in one.value.items() if not is_inner else ():
                if exit_ not in drawing.document.steps[name].next:
                    sentence = say(
                        "whoever presses {key} in `{step}` is cut off, because its exit `{exit}` leads nowhere",
                        key=key,
                        step=name,
                        exit=exit_,
                    )
                    fix = say("add to `next`: {exit}: <step>", exit=exit_)
                    yield drawing.issue((*path, key), "key_leads_nowhere", sentence, fix)
