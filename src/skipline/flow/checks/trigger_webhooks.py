"""Two triggers of the flow have the same webhook, and only the first would ever be heard."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue
from skipline.flow.loading import webhooks_of


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `duplicate_webhook`."""
    seen: set[str] = set()
    for path, name in webhooks_of(inspection.drawing):
        if name in seen:
            sentence = say("two triggers have the webhook `{webhook}`", webhook=name)
            fix = say("take one of them out, or give it another name")
            yield inspection.drawing.issue(path, "duplicate_webhook", sentence, fix)
        seen.add(name)
