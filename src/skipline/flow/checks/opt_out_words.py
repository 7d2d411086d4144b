"""A keyword with which contacts say that they want no more messages."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `opt_out_word`. A trigger tells by `unheard` which of its keywords never come to a flow, by their place."""
    for position, trigger in inspection.drawing.triggers.items():
        unheard = getattr(trigger, "unheard", None)
        for place, word in unheard() if unheard is not None else ():
            sentence = say("whoever writes `{word}` wants no more messages, so it starts nothing", word=word)
            fix = say("take another word: the wish is noted and kept to without a flow")
            path = ("triggers", position, "keywords", place)
            yield inspection.drawing.issue(path, "opt_out_word", sentence, fix)
