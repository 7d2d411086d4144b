"""A step cannot work on the channel that starts the flow, or nothing carries it yet."""

from collections.abc import Iterator, Sequence

from skipline.flow.drawing import channels_of
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.outcome import MESSAGE


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `not_carried` and `wrong_channel`. The fix tells the way round."""
    drawing, carried = inspection.drawing, inspection.carried
    begins = channels_of(drawing)
    for number, channel in begins.items():
        if channel not in carried:
            type_ = drawing.document.triggers[number].type
            sentence = f"nothing carries runs that a `{type_}` starts{_why([channel])}"
            fix = _way_round(drawing.triggers[number], channel)
            yield drawing.issue(("triggers", number), "not_carried", sentence, fix)
    for name, step in drawing.steps.items():
        channels: tuple[str, ...] = getattr(step, "channels", ())
        if channels and not carried & set(channels):
            sentence = f"nothing carries `{drawing.document.steps[name].type}`{_why(channels)}"
            yield drawing.issue(("steps", name), "not_carried", sentence, _way_round(step, channels[0]))
        elif channels and (wrong := sorted(set(begins.values()) - set(channels))):
            sentence = f"`{name}` works on a {' or '.join(channels)} only, and a {wrong[0]} may start this flow"
            fix = f"{_way_round(step)}, or begin such runs in a flow of their own"
            yield drawing.issue(("steps", name), "wrong_channel", sentence, fix)


_WHY = {MESSAGE: "no messaging account is configured"}
_CONFIGURE = {MESSAGE: "add an account under `channels` in skipline.yaml, or "}


def _why(channels: Sequence[str]) -> str:
    return "".join(f": {_WHY[channel]}" for channel in channels[:1] if channel in _WHY)


def _way_round(piece: object, missing: str = "") -> str:
    return _CONFIGURE.get(missing, "") + str(getattr(piece, "way_round", "take it out"))
