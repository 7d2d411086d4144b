"""A step cannot work on the channel that starts the flow, or nothing carries it yet."""

from collections.abc import Iterator, Sequence

from skipline.base.sentence import Sentence, either, say
from skipline.flow.drawing import channels_of
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.outcome import CALL, MESSAGE


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `not_carried` and `wrong_channel`. The fix tells the way round."""
    drawing, carried = inspection.drawing, inspection.carried
    begins = channels_of(drawing)
    for number, channel in begins.items():
        if channel not in carried:
            type_ = drawing.document.triggers[number].type
            sentence = _because(say("nothing carries runs that a `{type}` starts", type=type_), [channel])
            fix = _way_round(drawing.triggers[number], channel)
            yield drawing.issue(("triggers", number), "not_carried", sentence, fix)
    for name, step in drawing.steps.items():
        channels: tuple[str, ...] = getattr(step, "channels", ())
        if channels and not carried & set(channels):
            sentence = _because(say("nothing carries `{type}`", type=drawing.document.steps[name].type), channels)
            yield drawing.issue(("steps", name), "not_carried", sentence, _way_round(step, channels[0]))
        elif channels and (wrong := sorted(set(begins.values()) - set(channels))):
            sentence = say(
                "`{step}` works on a {channels} only, and a {other} may start this flow",
                step=name,
                channels=either(channel_name(one) for one in channels),
                other=channel_name(wrong[0]),
            )
            fix = say("{way_round}, or begin such runs in a flow of their own", way_round=_way_round(step))
            yield drawing.issue(("steps", name), "wrong_channel", sentence, fix)


_NAMES = {CALL: say("call"), MESSAGE: say("message"), "webhook": say("webhook"), "schedule": say("schedule")}


def channel_name(channel: str) -> str:
    """A channel as people call it; one of other packages as it is."""
    return _NAMES.get(channel, channel)


def _because(sentence: Sentence, channels: Sequence[str]) -> Sentence:
    if channels[0] != MESSAGE:
        return sentence
    return say("{sentence}: no messaging account is configured", sentence=sentence)


def _way_round(piece: object, missing: str = "") -> str:
    found: str = getattr(piece, "way_round", say("take it out"))
    if missing != MESSAGE:
        return found
    return say("add an account under `channels` in skipline.yaml, or {way_round}", way_round=found)
