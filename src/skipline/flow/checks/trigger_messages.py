"""Messages that a flow's triggers name in vain: of no account, twice, or with a keyword that makes no difference."""

from collections.abc import Iterator

from skipline.base.plain_words import begins_with_words, plain_words
from skipline.base.sentence import say
from skipline.flow.claims import said_of
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.loading import claims_of
from skipline.flow.mistakes import Path
from skipline.flow.written import FieldValue, field_values


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `trigger_without_account`, `duplicate_message` and, as a warning, `shadowed_keyword`. Looks at fields of
    kind `accounts` and `keywords`."""
    for position, trigger in inspection.drawing.triggers.items():
        for one in field_values(trigger):
            path = ("triggers", position, *one.path)
            if one.kind == "accounts" and not one.value:
                sentence = say("this trigger has no account, so no message can start the flow")
                fix = say("name an account")
                yield inspection.drawing.issue(path, "trigger_without_account", sentence, fix)
            if one.kind == "keywords":
                yield from _shadowed(inspection, one, path)
    yield from _claimed_twice(inspection)


def _claimed_twice(inspection: Inspection) -> Iterator[Issue]:
    seen: dict[str, Path] = {}
    told: set[Path] = set()
    for path, claim in claims_of(inspection.drawing):
        first = seen.setdefault(claim, path)
        if first != path and path not in told:
            told.add(path)
            sentence = say("{messages} start this flow twice", messages=said_of(claim))
            fix = say("name them in one trigger")
            yield inspection.drawing.issue(path, "duplicate_message", sentence, fix)


def _shadowed(inspection: Inspection, one: FieldValue, path: Path) -> Iterator[Issue]:
    """A message that begins with the longer of two keywords begins with the shorter one too."""
    if getattr(one.owner, "whole_message", False):
        return
    plain = [plain_words(word) for word in one.value]
    for place, word in enumerate(plain):
        for other in (*plain[:place], *plain[place + 1 :]):
            if begins_with_words(word, other) and (word != other or other in plain[:place]):
                sentence = say(
                    "`{keyword}` makes no difference: what begins with it begins with `{other}`",
                    keyword=one.value[place],
                    other=other,
                )
                where = (*path, place)
                fix = say("take it out")
                yield inspection.drawing.issue(where, "shadowed_keyword", sentence, fix, Severity.WARNING)
                break
