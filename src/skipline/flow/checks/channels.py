"""A step cannot work on the channel that starts the flow, or nothing carries it yet in this release."""

from collections.abc import Iterator

from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.outcome import CARRIED


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `not_carried` and `wrong_channel`. The fix tells the way round."""
    drawing = inspection.drawing
    begins = {number: str(getattr(trigger, "channel", "call")) for number, trigger in drawing.triggers.items()}
    for number, channel in begins.items():
        if channel not in CARRIED:
            type_ = drawing.document.triggers[number].type
            sentence = f"nothing carries runs that a `{type_}` starts yet"
            yield drawing.issue(("triggers", number), "not_carried", sentence, _way_round(drawing.triggers[number]))
    for name, step in drawing.steps.items():
        channels: tuple[str, ...] = getattr(step, "channels", ())
        type_ = drawing.document.steps[name].type
        if channels and not CARRIED & set(channels):
            yield drawing.issue(("steps", name), "not_carried", f"nothing carries `{type_}` yet", _way_round(step))
        elif channels and (wrong := sorted(set(begins.values()) - set(channels))):
            sentence = f"`{name}` works on a {' or '.join(channels)} only, and a {wrong[0]} may start this flow"
            fix = "take it out, or begin such runs in a flow of their own"
            yield drawing.issue(("steps", name), "wrong_channel", sentence, fix)


def _way_round(piece: object) -> str:
    return str(getattr(piece, "way_round", "take it out"))
