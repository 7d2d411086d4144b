"""A queue's words of comfort are missing in a language that the flow speaks."""

from collections.abc import Iterator

from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.outcome import Step
from skipline.flow.written import field_values


def check(inspection: Inspection) -> Iterator[Issue]:
    """Code `missing_language`, a warning: a usual sentence in that language stands in for them. Looks at the fixed
    languages of the step that leads to the queue, else at those of the whole flow."""
    drawing = inspection.drawing
    queues = {queue.name: queue for queue in inspection.workspace.queues} if inspection.workspace is not None else {}
    spoken = {language for step in drawing.steps.values() for language in _languages(step)}
    for name, step in drawing.steps.items():
        for one in field_values(step):
            comfort = queues[one.value].comfort if one.kind == "queue" and one.value in queues else {}
            known = {tag.casefold() for tag in comfort}
            for language in sorted(_languages(step) or spoken) if comfort else ():
                if not known & {language.casefold(), language.casefold().partition("-")[0]}:
                    sentence = say(
                        "queue `{queue}` has no words of comfort in {language}, which this flow speaks",
                        queue=one.value,
                        language=language,
                    )
                    fix = say(
                        "add {language} under `comfort` of the queue; until then a usual sentence is said",
                        language=language,
                    )
                    path = ("steps", name, "with", *one.path)
                    yield drawing.issue(path, "missing_language", sentence, fix, Severity.WARNING)


def _languages(step: Step) -> set[str]:
    """The languages that are written out in a step."""
    values = (str(one.value).strip() for one in field_values(step) if one.kind == "language")
    return {value for value in values if value and "{{" not in value}
